/// A file that can't be read or written: which one and why, in words.
public struct FileError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The file, as it was named.
  public let path: String
  /// Why not.
  public let reason: String

  package init(_ path: String, _ reason: String) {
    self.path = path
    self.reason = reason
  }

  /// One line with both.
  public var description: String { "\(path): \(reason)" }
}
