/// A file while it is made. Nobody sees it before its head is written, and its lock says that somebody makes it.
final class PartFile {
  let file: DiskFile
  private(set) var byteCount: Int
  /// The first thing that went wrong. Nothing more is written after it.
  private(set) var failure: FileError?

  /// Makes the file `path` with its first bytes, in one step.
  init(_ path: String, head: [UInt8]) throws(FileError) {
    file = try Self.createHidden(path)
    byteCount = head.count
    do {
      try file.write(head.span, at: 0)
      try file.rename(to: path, replacing: false)
    } catch {
      try? Disk.remove(file.path)
      throw error
    }
  }

  /// Does all of it or none of the tail: what can't be written whole is cut off again, so that the file plays.
  func apply(_ change: FileChange) {
    guard failure == nil else { return }
    do throws(FileError) {
      try file.write(change.tail.span, at: byteCount)
      byteCount += change.tail.count
      if let patch = change.patch { try file.write(patch.bytes.span, at: patch.offset) }
      if let failure = change.failure { throw FileError(file.path, failure) }
    } catch {
      fail(error)
    }
  }

  /// Returns when all of it is on the disk. What nobody can find any more can't be finished either.
  func sync() {
    guard failure == nil else { return }
    do throws(FileError) {
      try file.sync()
      guard file.hasName else { throw FileError(file.path, "was removed while it was made") }
    } catch {
      fail(error)
    }
  }

  private func fail(_ error: FileError) {
    failure = error
    try? file.truncate(to: byteCount)
  }

  private static func createHidden(_ path: String) throws(FileError) -> DiskFile {
    let hidden = FileNames.hidden(path)
    for _ in 0..<attempts {
      if Disk.exists(hidden) { try removeStale(hidden) }
      let file = try DiskFile(hidden, .creating)
      // Before it is locked, somebody who clears up may take the file for a dead process's.
      if file.lock(), file.hasName { return file }
    }
    throw FileError(path, "was taken away while it was created")
  }

  private static let attempts = 5

  /// Removes what a process left that died before the first bytes were written.
  static func removeStale(_ hidden: String) throws(FileError) {
    guard try DiskFile(hidden, .updating).lock() else { throw FileError(hidden, "is in use by a living process") }
    try Disk.remove(hidden)
  }
}
