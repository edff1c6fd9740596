internal import Glibc

/// A file that can't be read, written or trusted: which one and why, in words.
public struct FileError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The file, as it was named.
  public let path: String
  /// Why not.
  public let reason: String
  /// The system's number for it, where the system said no.
  public let errorNumber: Int32?

  package init(_ path: String, _ reason: String) {
    self.init(path, reason, errorNumber: nil)
  }

  init(_ path: String, _ reason: String, errorNumber: Int32?) {
    self.path = path
    self.reason = reason
    self.errorNumber = errorNumber
  }

  /// What the system said last, to an attempt that `verb` names: `can't be written: No space left on device`.
  package init(_ path: String, cannotBe verb: String, errno number: Int32 = errno) {
    self.init(path, "can't be \(verb): \(Self.words(of: number))", errorNumber: number)
  }

  /// What is done with a file under a name that nobody gave it: its errors are told of `path`.
  static func naming<Result: ~Copyable>(
    _ path: String, _ body: () throws(FileError) -> Result
  ) throws(FileError) -> Result {
    do { return try body() } catch { throw FileError(path, error.reason, errorNumber: error.errorNumber) }
  }

  /// One line with both.
  public var description: String { "\(path): \(reason)" }

  private static func words(of number: Int32) -> String {
    // Sound: the library's text, which another thread's call may overwrite in older C libraries; it is never freed.
    unsafe strerror(number).map { unsafe String(cString: $0) } ?? "error \(number)"
  }
}
