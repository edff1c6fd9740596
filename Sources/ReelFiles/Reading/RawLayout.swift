/// What a file without a header holds, as whoever made it states: PCM of one kind, frames one after the other.
package struct RawLayout: Hashable, Sendable {
  /// How one sample is written. Little-endian where the name says nothing, as WAV has it.
  package enum Encoding: Hashable, Sendable, CaseIterable {
    /// 8 bits, signed: what sox and ffmpeg call `s8`, not the unsigned bytes of a WAV.
    case pcm8
    case pcm16, pcm16BigEndian, pcm24, pcm32, float32, muLaw, aLaw
  }

  package let hz: Int
  package let channels: Int
  package let encoding: Encoding

  package init(hz: Int, channels: Int, encoding: Encoding) {
    self.hz = hz
    self.channels = channels
    self.encoding = encoding
  }

  var bytesPerFrame: Int {
    let bytesPerSample =
      switch encoding {
      case .pcm8, .muLaw, .aLaw: 1
      case .pcm16, .pcm16BigEndian: 2
      case .pcm24: 3
      case .pcm32, .float32: 4
      }
    return bytesPerSample * channels
  }
}
