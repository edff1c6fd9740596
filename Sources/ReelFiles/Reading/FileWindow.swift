/// A file as a library is to see it: with a place in it, and with some bytes put right.
///
/// Both libraries read through callbacks that end here. Neither opens a file by its name, so no name and no header can
/// lead them to another file or to the network.
package final class FileWindow {
  /// Bytes that stand in for those of the file.
  package struct Patch: Hashable, Sendable {
    package let offset: Int
    package let bytes: [UInt8]
  }

  /// What a library is told of a pipe's size: more than anybody sends, and far from overflow.
  private static let endless = 1 << 62

  let file: InputFile
  /// Whether whoever asks for the end is told that there is none to be found.
  let hidesEnd: Bool
  private let patches: [Patch]
  private(set) var position = 0

  init(_ file: InputFile, patches: [Patch] = [], hidesEnd: Bool = false) {
    self.file = file
    self.patches = patches
    self.hidesEnd = hidesEnd
  }

  var byteCount: Int { file.byteCount ?? Self.endless }

  /// Whether every byte was handed out.
  var isAtEnd: Bool { position >= byteCount }

  /// Goes to a place; false when there is no way there.
  func seek(to target: Int) -> Bool {
    guard target >= 0, file.byteCount != nil || target == position else { return false }
    position = target
    return true
  }

  /// Fills `bytes` from the place on and moves it; gives how many came, 0 at the end, nil when reading failed.
  func read(into bytes: UnsafeMutableRawBufferPointer) -> Int? {
    guard let count = try? unsafe file.read(into: bytes, at: position) else { return nil }
    for patch in patches {
      let start = max(patch.offset, position)
      let end = min(patch.offset + patch.bytes.count, position + count)
      // Sound: start and end lie within what was just read.
      for place in start..<max(start, end) {
        unsafe bytes[place - position] = patch.bytes[place - patch.offset]
      }
    }
    position += count
    return count
  }
}
