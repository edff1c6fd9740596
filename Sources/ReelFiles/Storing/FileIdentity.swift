internal import Glibc

/// Which file a name leads to: two names of one file have the same.
package struct FileIdentity: Hashable, Sendable {
  private let device: UInt
  private let number: UInt
  package let isFolder: Bool
  /// Whether it is neither a folder nor a pipe, nor a device.
  package let isPlain: Bool

  /// Nil where the name leads to nothing.
  package init?(of path: String) {
    var status = stat()
    // Sound: the system fills a value of ours.
    guard unsafe stat(path, &status) == 0 else { return nil }
    device = UInt(status.st_dev)
    number = UInt(status.st_ino)
    isFolder = status.st_mode & S_IFMT == S_IFDIR
    isPlain = status.st_mode & S_IFMT == S_IFREG
  }

  /// The length of the file that a name leads to; 0 where it leads to none.
  package static func byteCount(of path: String) -> Int {
    var status = stat()
    // Sound: as above.
    return unsafe stat(path, &status) == 0 ? Int(status.st_size) : 0
  }
}

/// A file's place as a URL.
package enum FileURL {
  /// `file:///var/recordings/call%201.wav`
  package static func text(of path: String) -> String {
    var text = "file://"
    for byte in (path.hasPrefix("/") ? path : "\(workingFolder)/\(path)").utf8 {
      let digits = String(byte, radix: 16, uppercase: true)
      text += isPlain(byte) ? String(UnicodeScalar(byte)) : "%\(digits.count == 1 ? "0" : "")\(digits)"
    }
    return text
  }

  private static var workingFolder: String {
    // Sound: the system makes the text, which is freed when it was copied.
    guard let text = unsafe getcwd(nil, 0) else { return "" }
    defer { unsafe free(text) }
    return unsafe String(cString: text)
  }

  /// What RFC 3986 leaves as it is in a path.
  private static func isPlain(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"):
      true
    default: "-._~/".utf8.contains(byte)
    }
  }
}

/// A file that is dealt with as a whole.
package enum WholeFile {
  /// Makes a file of these bytes, in place of one that has the name: all of them, or none and that one stays.
  package static func write(_ bytes: Span<UInt8>, to path: String) throws(FileError) {
    _ = try PartFile.create(path, bytes, replacing: true)
  }

  /// All of it. Throws where it is longer than can be meant.
  package static func bytes(of path: String, atMost most: Int) throws(FileError) -> [UInt8] {
    let file = try DiskFile(path, .reading)
    let byteCount = try file.byteCount
    guard byteCount <= most else { throw FileError(path, "has \(byteCount) bytes; allowed: at most \(most)") }
    return try file.allBytes()
  }

  /// Hands all of it out, a block at a time.
  package static func readBlocks(of path: String, _ body: (Span<UInt8>) -> Void) throws(FileError) {
    try DiskFile(path, .reading).readBlocks(body)
  }
}
