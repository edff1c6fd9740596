internal import Glibc

/// A folder taken for one engine, until it is let go of or the process dies.
///
/// What is in such a folder is neither recorded into by another engine nor recovered by anybody: its parts are a
/// living process's, though none of them is locked.
package final class FolderLock: @unchecked Sendable {
  package let folder: String
  // Sound to share: once the object is made, only `letGo` touches it, and that comes once.
  private var file: DiskFile?

  /// The lock is a file of this name, which holds the process's number and stays when the engine goes.
  static let name = ".reel.lock"

  package init(_ folder: String) throws(FileError) {
    self.folder = folder
    let path = Self.path(folder)
    let file = try Disk.exists(path) ? DiskFile(path, .updating) : DiskFile(path, .creating)
    guard file.lock() else {
      let holder = try String(decoding: file.bytes(at: 0, atMost: 20), as: UTF8.self)
      throw FileError(folder, "is in use by another engine or recovery, of process \(holder.prefix { $0 != "\n" })")
    }
    try file.truncate(to: 0)
    try file.write(Array("\(getpid())\n".utf8).span, at: 0)
    self.file = file
  }

  /// Leaves the folder to others. Comes once.
  package func letGo() {
    file = nil
  }

  /// Takes the folder where there is a lock to take; nil where no engine ever was.
  convenience init?(existingIn folder: String) throws(FileError) {
    guard Disk.exists(Self.path(folder)) else { return nil }
    try self.init(folder)
  }

  /// Returns when all that was written to the folder's file system is on the disk.
  package func sync() throws(FileError) {
    try Disk.syncFileSystem(of: folder)
  }

  private static func path(_ folder: String) -> String { "\(folder)/\(name)" }
}
