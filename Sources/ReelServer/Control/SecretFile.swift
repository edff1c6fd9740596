internal import Glibc
internal import ReelFiles

/// A file that holds a secret: a line of text that only its owner may read.
enum SecretFile {
  /// Longer than any token is.
  private static let longestBytes = 4_096

  /// 256 bits, in hexadecimal digits.
  static func random() -> String {
    (0..<32).map { _ in
      let byte = UInt8.random(in: .min ... .max)
      return String(byte >> 4, radix: 16) + String(byte & 15, radix: 16)
    }.joined()
  }

  /// The text of the file; makes one with a new secret where there is none.
  static func readOrMake(_ path: String) throws -> String {
    if FileIdentity(of: path) == nil { try write(random(), to: path) }
    return try read(path)
  }

  /// The first line.
  static func read(_ path: String) throws -> String {
    let text = String(decoding: try WholeFile.bytes(of: path, atMost: longestBytes), as: UTF8.self)
    guard let line = text.split(whereSeparator: \.isNewline).first.map(String.init) else {
      throw ConfigurationError("\(path) is empty; allowed: a file whose first line is the secret")
    }
    return line
  }

  /// Makes the file, in place of one that has the name.
  static func write(_ secret: String, to path: String) throws(FileError) {
    let hidden = "\(path).new"
    // Sound: the names and the text outlive the calls, and the descriptor is closed once.
    unsafe unlink(hidden)
    let file = unsafe open(hidden, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
    guard file >= 0 else { throw FileError(path, cannotBe: "created") }
    let line = "\(secret)\n"
    let written = unsafe Glibc.write(file, line, line.utf8.count)
    let isWhole = written == line.utf8.count && fsync(file) == 0
    close(file)
    guard isWhole, unsafe rename(hidden, path) == 0 else { throw FileError(path, cannotBe: "written") }
  }
}
