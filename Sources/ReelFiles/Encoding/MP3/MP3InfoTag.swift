/// The frame before an MP3 file's sound that holds none itself: how long the file is, where to seek to, and how many
/// samples at both ends are the codec's and not the recording's. Players that know it play without a gap; to others it
/// is a frame of silence.
///
/// Laid out as LAME and Xing do. `Info` stands for a constant bit rate, `Xing` for any other.
package struct MP3InfoTag: Equatable {
  /// Frames that follow this one.
  var frameCount: Int
  /// All bytes from this frame on.
  var byteCount: Int
  /// Where each hundredth of the file begins, in 256ths of its bytes.
  var seekTable: [UInt8]
  /// Samples of the encoder's before the recording's. Decoders leave out 529 more, which are their own delay.
  var delay: Int
  /// Samples after the recording's.
  var padding: Int
  var mode: Mode
  /// LAME's own sum over all bytes that follow this frame.
  var musicCRC: UInt16

  package enum Mode: UInt8 {
    case constant = 1
    case average = 2
    case variable = 4
  }

  private static let seekEntries = 100
  private static let contentBytes = 4 + 4 + 4 + 4 + seekEntries + 4 + 36
  private static let mostDelay = 0xFFF

  init(delay: Int, mode: Mode) {
    frameCount = 0
    byteCount = 0
    seekTable = [UInt8](repeating: 0, count: Self.seekEntries)
    self.delay = delay
    padding = 0
    self.mode = mode
    musicCRC = 0
  }

  /// The tag's frame is at this rate: the stream's own where the tag fits, else the lowest in which it does.
  static func kilobits(_ stream: MP3Stream, preferred: Int) -> Int {
    let needed = MP3FrameHeader.headerBytes + stream.sideInfoBytes + contentBytes
    let fitting = stream.kilobits.filter { stream.frameBytes(kilobits: $0, isPadded: false) >= needed }
    return fitting.contains(preferred) ? preferred : fitting[0]
  }

  /// The whole frame.
  func frame(_ stream: MP3Stream, kilobits: Int) -> [UInt8] {
    let frame = stream.silentFrame(kilobits: kilobits)
    var bytes = Array(frame[..<(MP3FrameHeader.headerBytes + stream.sideInfoBytes)])
    bytes.append(ascii: mode == .constant ? "Info" : "Xing")
    // All four of the numbers that follow are there.
    bytes.appendBig(UInt32(0xF))
    bytes.appendBig(UInt32(clamping: frameCount))
    bytes.appendBig(UInt32(clamping: byteCount))
    bytes += seekTable
    bytes.appendBig(UInt32(50))
    bytes.append(ascii: "LAME3.100")
    bytes.append(mode.rawValue)
    // Low pass, peak, two gains and flags: not told.
    bytes += [UInt8](repeating: 0, count: 1 + 4 + 2 + 2 + 1)
    bytes.append(UInt8(clamping: kilobits))
    let ends = min(delay, Self.mostDelay) << 12 | min(padding, Self.mostDelay)
    bytes += [UInt8(ends >> 16), UInt8(ends >> 8 & 0xFF), UInt8(ends & 0xFF)]
    // Miscellany, gain and preset: not told.
    bytes += [0, 0, 0, 0]
    bytes.appendBig(UInt32(clamping: byteCount))
    bytes.appendBig(musicCRC)
    bytes.appendBig(CRC16.of(bytes))
    return bytes + frame[bytes.count...]
  }

  /// The tag of a frame of ours; nil for any other.
  package init?(_ bytes: [UInt8], at place: Int) {
    guard let header = MP3FrameHeader(bytes, at: place) else { return nil }
    let start = place + MP3FrameHeader.headerBytes + header.stream.sideInfoBytes
    guard start + Self.contentBytes <= place + header.byteCount else { return nil }
    let details = start + 16 + Self.seekEntries + 4
    guard bytes.has(ascii: "Info", at: start) || bytes.has(ascii: "Xing", at: start),
      bytes.big(4, at: start + 4) == 0xF,
      bytes.has(ascii: "LAME", at: details), let frames = bytes.big(4, at: start + 8),
      let size = bytes.big(4, at: start + 12), let method = bytes.big(1, at: details + 9),
      let mode = Mode(rawValue: UInt8(method & 0xF)), let ends = bytes.big(3, at: details + 21),
      let crc = bytes.big(2, at: details + 32)
    else { return nil }
    frameCount = frames
    byteCount = size
    seekTable = Array(bytes[start + 16..<start + 16 + Self.seekEntries])
    delay = ends >> 12
    padding = ends & 0xFFF
    self.mode = mode
    musicCRC = UInt16(crc)
  }
}

/// The CRC of LAME's tag: polynomial x¹⁶ + x¹⁵ + x² + 1, lowest bit first, from 0.
struct CRC16 {
  private(set) var value: UInt16 = 0

  private static let table: [UInt16] = (0..<256).map { byte in
    (0..<8).reduce(UInt16(byte)) { value, _ in value & 1 == 1 ? value >> 1 ^ 0xA001 : value >> 1 }
  }

  mutating func take(_ bytes: some Sequence<UInt8>) {
    for byte in bytes { value = value >> 8 ^ Self.table[Int(UInt8(truncatingIfNeeded: value) ^ byte)] }
  }

  static func of(_ bytes: [UInt8]) -> UInt16 {
    var crc = CRC16()
    crc.take(bytes)
    return crc.value
  }
}
