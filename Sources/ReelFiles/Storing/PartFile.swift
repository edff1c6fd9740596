/// A file while it is made. Nobody sees it before its head is written.
final class PartFile {
  let path: String
  private(set) var byteCount: Int
  /// The first thing that went wrong. Nothing more is written after it.
  private(set) var failure: FileError?
  /// Open and locked, where the recording has its files to itself.
  private let held: DiskFile?

  /// Makes the file `path` with its first bytes, in one step.
  init(_ path: String, head: [UInt8], _ custody: Custody) throws(FileError) {
    let file = try Self.create(path, head.span, replacing: false)
    self.path = path
    byteCount = head.count
    held = custody == .itself ? file : nil
  }

  /// Does all of it or none of the tail: what can't be written whole is cut off again, so that the file plays.
  func apply(_ change: FileChange) {
    guard failure == nil else { return }
    do throws(FileError) {
      let file = try opened()
      do throws(FileError) {
        try file.write(change.tail.span, at: byteCount)
        byteCount += change.tail.count
        if let patch = change.patch { try file.write(patch.bytes.span, at: patch.offset) }
        if let failure = change.failure { throw FileError(path, failure) }
      } catch {
        try? file.truncate(to: byteCount)
        throw error
      }
    } catch {
      failure = error
    }
  }

  /// Returns when all of it is on the disk. What nobody can find any more can't be finished either.
  func sync() {
    guard failure == nil else { return }
    do throws(FileError) {
      let file = try opened()
      try file.sync()
      guard file.hasName else { throw FileError(path, "was removed while it was made") }
    } catch {
      failure = error
    }
  }

  func allBytes() throws(FileError) -> [UInt8] { try opened().allBytes() }

  private func opened() throws(FileError) -> DiskFile {
    guard let held else { return try DiskFile(path, .updating) }
    return held
  }

  /// Makes a file of these bytes, in one step.
  static func create(_ path: String, _ bytes: Span<UInt8>, replacing: Bool) throws(FileError) -> DiskFile {
    let file = try createHidden(path)
    do throws(FileError) {
      try file.write(bytes, at: 0)
      try file.rename(to: path, replacing: replacing)
      return file
    } catch {
      try? Disk.remove(file.path)
      throw error
    }
  }

  /// Makes an empty file beside `path` that nobody takes for it, and locks it as this process's.
  static func createHidden(_ path: String) throws(FileError) -> DiskFile {
    let hidden = FileNames.hidden(path)
    for _ in 0..<attempts {
      if Disk.exists(hidden) { try removeStale(hidden) }
      let file = try FileError.naming(path) { () throws(FileError) in try DiskFile(hidden, .creating) }
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

/// Who sees to it that nobody else touches a recording's files while they are made, and that they reach the disk.
package enum Custody: Hashable, Sendable {
  /// Each recording for itself: its parts stay open and locked, and are synced from the first byte on.
  case itself
  /// Whoever has the ``FolderLock``, for thousands at once: parts are open only while they are written, and one sync
  /// serves all.
  case folder
}
