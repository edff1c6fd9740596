/// What became of a recording's files.
package struct ClosedRecording: Hashable, Sendable {
  package struct File: Hashable, Sendable {
    /// Where it is now.
    package let path: String
    package let byteCount: Int
    /// Of each side.
    package let samples: Int
    package let sha256: String
    /// Why it is not all that it should be, if so.
    package let failure: String?
  }

  /// In the plan's order.
  package private(set) var files: [File] = []
  package private(set) var manifests: [String] = []
  /// The first thing that went wrong, if anything did: the recording then ends in `error`.
  package private(set) var failure: FileError?

  init(files: [File], manifests: [String], failure: FileError?) {
    self.files = files
    self.manifests = manifests
    self.failure = failure
  }

  /// Of a recording that can't be closed: its files stay where they are, with their journal.
  package init(failing failure: FileError, paths: [String]) {
    self.failure = failure
    files = paths.map { File(path: $0, byteCount: 0, samples: 0, sha256: "", failure: failure.reason) }
  }
}
