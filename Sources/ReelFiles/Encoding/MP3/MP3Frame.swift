internal import ReelAudio

/// What an MPEG audio layer III file's frames have in common (ISO 11172-3, 13818-3, and "2.5" below 16 kHz).
package struct MP3Stream: Hashable {
  package let hz: Int
  package let channels: Int

  package init(hz: Int, channels: Int) {
    self.hz = hz
    self.channels = channels
  }

  /// The standards' versions, by their bits in a frame's header.
  enum Version: UInt8 {
    case one = 3
    case two = 2
    case twoAndHalf = 0
  }

  var version: Version { hz >= 32_000 ? .one : hz >= 16_000 ? .two : .twoAndHalf }

  var samplesPerFrame: Int { version == .one ? 1_152 : 576 }

  /// What lies between a frame's header and its sound.
  var sideInfoBytes: Int {
    switch (version, channels) {
    case (.one, 2): 32
    case (.one, _), (_, 2): 17
    default: 9
    }
  }

  /// The bit rates of frames, in thousands of bits a second. LAME makes no "2.5" frames above 64.
  var kilobits: [Int] {
    switch version {
    case .one: [32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320]
    case .two: [8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160]
    case .twoAndHalf: [8, 16, 24, 32, 40, 48, 56, 64]
    }
  }

  func frameBytes(kilobits: Int, isPadded: Bool) -> Int {
    samplesPerFrame / 8 * kilobits * 1_000 / hz + (isPadded ? 1 : 0)
  }

  /// The header of a frame of ours.
  func header(kilobits: Int) -> [UInt8] {
    let rateIndex = Self.rates(version).firstIndex(of: hz)!
    let bitRateIndex = self.kilobits.firstIndex(of: kilobits)! + 1
    return [
      0xFF, 0xE3 | version.rawValue << 3, UInt8(bitRateIndex << 4 | rateIndex << 2), channels == 2 ? 0x04 : 0xC4,
    ]
  }

  /// A frame with nothing in it.
  func silentFrame(kilobits: Int) -> [UInt8] {
    let header = header(kilobits: kilobits)
    let byteCount = frameBytes(kilobits: kilobits, isPadded: false)
    return header + [UInt8](repeating: 0, count: byteCount - header.count)
  }

  static func rates(_ version: Version) -> [Int] {
    switch version {
    case .one: [44_100, 48_000, 32_000]
    case .two: [22_050, 24_000, 16_000]
    case .twoAndHalf: [11_025, 12_000, 8_000]
    }
  }
}

/// The header of one layer III frame, in its first four bytes.
struct MP3FrameHeader {
  let stream: MP3Stream
  let kilobits: Int
  let byteCount: Int

  static let headerBytes = 4

  /// Nil where no layer III frame of a stated bit rate begins.
  init?(_ bytes: [UInt8], at place: Int) {
    guard place >= 0, place <= bytes.count - Self.headerBytes, bytes[place] == 0xFF, bytes[place + 1] & 0xE6 == 0xE2,
      let version = MP3Stream.Version(rawValue: bytes[place + 1] >> 3 & 3)
    else { return nil }
    let (bitRateIndex, rateIndex) = (Int(bytes[place + 2] >> 4), Int(bytes[place + 2] >> 2 & 3))
    let rates = MP3Stream.rates(version)
    guard rateIndex < rates.count else { return nil }
    stream = MP3Stream(hz: rates[rateIndex], channels: bytes[place + 3] >> 6 == 3 ? 1 : 2)
    guard bitRateIndex >= 1, bitRateIndex <= stream.kilobits.count else { return nil }
    kilobits = stream.kilobits[bitRateIndex - 1]
    byteCount = stream.frameBytes(kilobits: kilobits, isPadded: bytes[place + 2] & 2 != 0)
  }
}

/// The whole frames at the front of some bytes.
struct MP3FrameRun {
  private(set) var frameCount = 0
  private(set) var byteCount = 0
  /// Whether what follows is no frame of the stream, rather than one that is not all there.
  private(set) var isBroken = false

  init(_ bytes: [UInt8], of stream: MP3Stream) {
    while byteCount <= bytes.count - MP3FrameHeader.headerBytes {
      guard let header = MP3FrameHeader(bytes, at: byteCount), header.stream == stream else {
        isBroken = true
        return
      }
      guard header.byteCount <= bytes.count - byteCount else { return }
      frameCount += 1
      byteCount += header.byteCount
    }
  }
}
