internal import ReelAudio

/// The bytes before a WAV file's samples.
///
///     RIFF size WAVE │ JUNK 28 │ fmt │ fact │ LIST INFO │ data size │ samples …
///
/// They are equally long whatever the sizes in them, so that they can be written again in place. From 4 GiB on `RIFF`
/// becomes `RF64` and `JUNK` becomes `ds64` with sizes of 64 bits (EBU Tech 3306). `fact` is there for G.711 only.
package struct WAVHead: Hashable {
  package let encoding: Codec.WAVEncoding
  package let hz: Int
  package let channels: Int
  /// A `LIST INFO` chunk, or nothing.
  package let info: [UInt8]

  package init(encoding: Codec.WAVEncoding, hz: Int, channels: Int, info: [UInt8]) {
    self.encoding = encoding
    self.hz = hz
    self.channels = channels
    self.info = info
  }

  private var bytesPerSample: Int { encoding == .pcm16 ? 2 : 1 }
  var bytesPerFrame: Int { bytesPerSample * channels }

  /// The largest number that 32 bits hold; a size field of it says that `ds64` has the size.
  private static let mostBytes32 = 0xFFFF_FFFF

  /// The head of a file that holds so many bytes of samples.
  package func bytes(dataBytes: Int) -> [UInt8] {
    let factBytes = encoding == .pcm16 ? 0 : 12
    let formatBytes = encoding == .pcm16 ? 16 : 18
    let headBytes = 12 + 36 + 8 + formatBytes + factBytes + info.count + 8
    // A chunk of odd length is followed by a byte that belongs to none.
    let riffBytes = headBytes + dataBytes + dataBytes % 2 - 8
    let isLarge = riffBytes > Self.mostBytes32
    let frames = dataBytes / bytesPerFrame

    var bytes: [UInt8] = []
    bytes.reserveCapacity(headBytes)
    bytes.append(ascii: isLarge ? "RF64" : "RIFF")
    bytes.appendLittle(UInt32(clamping: isLarge ? Self.mostBytes32 : riffBytes))
    bytes.append(ascii: "WAVE")
    bytes.append(ascii: isLarge ? "ds64" : "JUNK")
    bytes.appendLittle(UInt32(28))
    for value in [riffBytes, dataBytes, frames] { bytes.appendLittle(isLarge ? UInt64(value) : 0) }
    bytes.appendLittle(UInt32(0))
    appendFormat(to: &bytes)
    if encoding != .pcm16 {
      bytes.append(ascii: "fact")
      bytes.appendLittle(UInt32(4))
      bytes.appendLittle(UInt32(clamping: isLarge ? Self.mostBytes32 : frames))
    }
    bytes += info
    bytes.append(ascii: "data")
    bytes.appendLittle(UInt32(clamping: isLarge ? Self.mostBytes32 : dataBytes))
    return bytes
  }

  private func appendFormat(to bytes: inout [UInt8]) {
    bytes.append(ascii: "fmt ")
    bytes.appendLittle(UInt32(encoding == .pcm16 ? 16 : 18))
    bytes.appendLittle(formatTag)
    bytes.appendLittle(UInt16(channels))
    bytes.appendLittle(UInt32(hz))
    bytes.appendLittle(UInt32(hz * bytesPerFrame))
    bytes.appendLittle(UInt16(bytesPerFrame))
    bytes.appendLittle(UInt16(8 * bytesPerSample))
    if encoding != .pcm16 { bytes.appendLittle(UInt16(0)) }
  }

  private var formatTag: UInt16 {
    switch encoding {
    case .pcm16: 1
    case .aLaw: 6
    case .muLaw: 7
    }
  }

  /// Of tags.
  package static func info(_ tags: Tags) -> [UInt8] {
    var list: [UInt8] = []
    list.append(ascii: "INFO")
    let entries: [(StaticString, String?)] = [
      ("INAM", tags.title), ("IART", tags.artist), ("ICRD", tags.date), ("ICMT", tags.comment), ("ISFT", Tags.software),
    ]
    for case (let name, let text?) in entries {
      list.append(ascii: name)
      list.appendLittle(UInt32(text.utf8.count + 1))
      list += Array(text.utf8) + [0]
      if list.count % 2 == 1 { list.append(0) }
    }
    var chunk: [UInt8] = []
    chunk.append(ascii: "LIST")
    chunk.appendLittle(UInt32(list.count))
    return chunk + list
  }
}

extension WAVHead {
  /// Reads a head of ours from a file's front; nil for any other. Whatever sizes stand in it do not matter.
  package init?(_ bytes: [UInt8]) {
    guard bytes.has(ascii: "RIFF", at: 0) || bytes.has(ascii: "RF64", at: 0), bytes.has(ascii: "WAVE", at: 8),
      bytes.has(ascii: "JUNK", at: 12) || bytes.has(ascii: "ds64", at: 12), bytes.little(4, at: 16) == 28,
      bytes.has(ascii: "fmt ", at: 48), let formatBytes = bytes.little(4, at: 52), let tag = bytes.little(2, at: 56),
      let channels = bytes.little(2, at: 58), let hz = bytes.little(4, at: 60), (1...2).contains(channels),
      SampleRate(hz: hz) != nil
    else { return nil }
    switch (tag, formatBytes) {
    case (1, 16): encoding = .pcm16
    case (6, 18): encoding = .aLaw
    case (7, 18): encoding = .muLaw
    default: return nil
    }
    self.hz = hz
    self.channels = channels
    var place = 56 + formatBytes + (encoding == .pcm16 ? 0 : 12)
    let infoStart = place
    if bytes.has(ascii: "LIST", at: place), let size = bytes.little(4, at: place + 4) { place += 8 + size }
    guard bytes.has(ascii: "data", at: place), place + 8 <= bytes.count else { return nil }
    info = Array(bytes[infoStart..<place])
  }

  /// How many bytes of samples such a head in `bytes` says that there are.
  package func statedDataBytes(_ bytes: [UInt8]) -> Int? {
    bytes.has(ascii: "RF64", at: 0) ? bytes.little(8, at: 28) : bytes.little(4, at: self.bytes(dataBytes: 0).count - 4)
  }
}
