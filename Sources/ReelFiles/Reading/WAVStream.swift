/// A WAV that comes by a pipe: its head is read, and what follows is sound as it comes.
///
/// Who writes to a pipe can't go back to write the sizes, so a size that no file of 32 bits could reach stands for
/// none. Sound that is not plain PCM or G.711 is left to those who can go back.
struct WAVStream {
  let layout: RawLayout
  /// How many frames there are, if the head says so.
  let frames: Int?

  /// From here on a size is no size: programs write all ones, or the largest round number.
  private static let endless = 0x7FFF_0000
  /// No head of a stream is longer.
  private static let mostHeadBytes = 65_536

  /// Reads the head and leaves the pipe at the first sample. Nil where it is no such WAV; then the pipe is as it was.
  init?(_ file: InputFile) throws(FileError) {
    var head: [UInt8] = []
    var failure: FileError?
    func bytes(at offset: Int, _ count: Int) -> [UInt8] {
      guard offset + count <= Self.mostHeadBytes else { return [] }
      do throws(FileError) {
        if head.count < offset + count { head += try file.bytes(at: head.count, count: offset + count - head.count) }
      } catch {
        failure = error
      }
      return offset < head.count ? Array(head[offset..<min(head.count, offset + count)]) : []
    }
    let start = bytes(at: 0, 12)
    let isWAV = start.starts(with: "RIFF".utf8) && start.dropFirst(8).elementsEqual("WAVE".utf8)
    let header = isWAV ? try? WAVLayout.Header(byteCount: .max, bytes: bytes) : nil
    if let failure { throw failure }
    guard let header, let layout = RawLayout(waveFormat: header.format) else {
      file.putBack(head)
      return nil
    }
    self.layout = layout
    let isStated = header.dataSize > 0 && header.dataSize < Self.endless
    frames = isStated ? Int(header.dataSize) / layout.bytesPerFrame : nil
  }
}

extension RawLayout {
  /// As a `fmt ` chunk says; nil for what is coded otherwise.
  fileprivate init?(waveFormat format: [UInt8]) {
    guard format.count >= 16 else { return nil }
    // An extensible format has its tag where its longer name begins.
    let isExtensible = littleEndian(format[..<2]) == 0xFFFE
    guard !isExtensible || format.count >= 26 else { return nil }
    let tag = littleEndian(isExtensible ? format[24..<26] : format[..<2])
    let encoding: Encoding
    switch (tag, littleEndian(format[14..<16])) {
    case (1, 16): encoding = .pcm16
    case (1, 24): encoding = .pcm24
    case (1, 32): encoding = .pcm32
    case (3, 32): encoding = .float32
    case (6, 8): encoding = .aLaw
    case (7, 8): encoding = .muLaw
    default: return nil
    }
    self.init(
      hz: Int(littleEndian(format[4..<8])), channels: Int(littleEndian(format[2..<4])), encoding: encoding)
    guard channels > 0, Int(littleEndian(format[12..<14])) == bytesPerFrame else { return nil }
  }
}
