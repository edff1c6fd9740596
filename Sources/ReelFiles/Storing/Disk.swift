internal import CLinux
internal import Glibc

/// An open file, read and written at stated places.
///
/// The wall round the system's files: the descriptor is this object's alone, is closed once, and every buffer that is
/// handed over outlives its call. Interrupted calls are begun again. For one thread at a time.
final class DiskFile {
  private(set) var path: String
  private let descriptor: Int32

  /// What a new file's name means for one that is there.
  enum Mode {
    case reading, updating
    /// One that is there is an error.
    case creating
  }

  init(_ path: String, _ mode: Mode) throws(FileError) {
    let flags =
      switch mode {
      case .reading: O_RDONLY | O_NONBLOCK
      // A link could lead out of the folder.
      case .updating: O_RDWR | O_NOFOLLOW | O_NONBLOCK
      case .creating: O_RDWR | O_CREAT | O_EXCL
      }
    // Who may read it is the umask's to say. No program that the process starts later inherits it, or its lock.
    descriptor = again { unsafe open(path, flags | O_CLOEXEC, 0o666) }
    self.path = path
    guard descriptor >= 0 else { throw FileError(path, cannotBe: mode == .creating ? "created" : "opened") }
    var status = stat()
    // A pipe or a device would make whoever reads it wait.
    guard unsafe fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      throw FileError(path, "is no plain file")
    }
  }

  deinit {
    close(descriptor)
  }

  /// Writes all of `bytes` at `offset`.
  func write(_ bytes: Span<UInt8>, at offset: Int) throws(FileError) {
    var rest = bytes
    while !rest.isEmpty {
      let place = offset + bytes.count - rest.count
      let count = unsafe rest.withUnsafeBufferPointer { buffer in
        again { unsafe pwrite(descriptor, buffer.baseAddress, buffer.count, place) }
      }
      guard count > 0 else { throw FileError(path, cannotBe: "written") }
      rest = rest.extracting(droppingFirst: count)
    }
  }

  /// Reads to the front of `bytes` from `offset` on; gives how many, fewer than fit only at the end of the file.
  func read(into bytes: inout [UInt8], at offset: Int) throws(FileError) -> Int {
    var done = 0
    while done < bytes.count {
      let count = unsafe bytes.withUnsafeMutableBytes { buffer in
        let rest = unsafe UnsafeMutableRawBufferPointer(rebasing: buffer[done...])
        return again { unsafe pread(descriptor, rest.baseAddress, rest.count, offset + done) }
      }
      guard count >= 0 else { throw FileError(path, cannotBe: "read") }
      guard count > 0 else { break }
      done += count
    }
    return done
  }

  /// Reads all of it in blocks, from `offset` on.
  func readBlocks(from offset: Int = 0, _ body: (Span<UInt8>) -> Void) throws(FileError) {
    var block = [UInt8](repeating: 0, count: Self.blockBytes)
    var place = offset
    while true {
      let count = try read(into: &block, at: place)
      guard count > 0 else { return }
      body(block.span.extracting(first: count))
      place += count
    }
  }

  /// The front of it, or all of it where there is less: room for any head of ours, whose texts are bounded.
  func head() throws(FileError) -> [UInt8] {
    try bytes(at: 0, atMost: Self.headBytes)
  }

  static let headBytes = 16_384

  /// The bytes from `offset` on, as many as are there.
  func bytes(at offset: Int, atMost most: Int) throws(FileError) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: most)
    bytes.removeLast(most - (try read(into: &bytes, at: offset)))
    return bytes
  }

  /// All of it at once: for what Reel itself wrote, and wrote small.
  func allBytes() throws(FileError) -> [UInt8] {
    let most = try byteCount
    guard most <= Self.mostBytesAtOnce else { throw FileError(path, "is larger than \(Self.mostBytesAtOnce) bytes") }
    return try bytes(at: 0, atMost: most)
  }

  /// Whether nothing else is from `offset` on: what a loss of power leaves of bytes that were never written.
  func holdsOnlyZeros(from offset: Int) throws(FileError) -> Bool {
    var isZero = true
    try readBlocks(from: offset) { block in
      for index in block.indices where block[index] != 0 { isZero = false }
    }
    return isZero
  }

  private static let blockBytes = 65_536
  /// A day's ledger with a gap in every tenth of a second has a quarter of it.
  private static let mostBytesAtOnce = 256 << 20

  var byteCount: Int {
    get throws(FileError) {
      var status = stat()
      guard unsafe fstat(descriptor, &status) == 0 else { throw FileError(path, cannotBe: "examined") }
      return Int(status.st_size)
    }
  }

  /// Whether a name still leads to it.
  var hasName: Bool {
    var status = stat()
    return unsafe fstat(descriptor, &status) == 0 && status.st_nlink > 0
  }

  /// Takes over who owns another file and who may read it, as far as this process may say so.
  func takeAfter(_ other: DiskFile) {
    var status = stat()
    guard unsafe fstat(other.descriptor, &status) == 0 else { return }
    _ = fchown(descriptor, status.st_uid, status.st_gid)
    _ = fchmod(descriptor, status.st_mode & 0o7777)
  }

  func truncate(to byteCount: Int) throws(FileError) {
    guard again({ ftruncate(descriptor, byteCount) }) == 0 else { throw FileError(path, cannotBe: "cut") }
  }

  /// Returns when the file's bytes are on the disk.
  func sync() throws(FileError) {
    guard again({ fdatasync(descriptor) }) == 0 else { throw FileError(path, cannotBe: "synced") }
  }

  /// Takes the file for this process until the object goes; false when another has it. The system lets go of a lock
  /// when its holder dies, however it dies.
  func lock() -> Bool {
    again { flock(descriptor, LOCK_EX | LOCK_NB) } == 0
  }

  /// Gives the file another name in its folder.
  func rename(to path: String, replacing: Bool) throws(FileError) {
    try Disk.rename(self.path, to: path, replacing: replacing)
    self.path = path
  }
}

/// What is done with names and folders. The wall round the system's calls for them: all they take and give are copies.
enum Disk {
  static func exists(_ path: String) -> Bool {
    unsafe access(path, F_OK) == 0
  }

  /// Renames in one step. Unless it is to replace, a file of the new name is an error and stays as it is.
  static func rename(_ path: String, to newPath: String, replacing: Bool) throws(FileError) {
    guard !replacing else {
      guard unsafe Glibc.rename(path, newPath) == 0 else { throw FileError(path, cannotBe: "renamed") }
      return
    }
    // Two names of one file are what a crash leaves between the two steps.
    if unsafe link(path, newPath) == 0 || isOneFile(path, newPath) {
      do {
        return try remove(path)
      } catch {
        try? remove(newPath)
        throw error
      }
    }
    // A file system without links leaves a moment between asking and renaming.
    let hasNoLinks = errno == EPERM || errno == EOPNOTSUPP || errno == ENOSYS
    guard hasNoLinks && !exists(newPath) else { throw FileError(newPath, cannotBe: "created") }
    try rename(path, to: newPath, replacing: true)
  }

  private static func isOneFile(_ a: String, _ b: String) -> Bool {
    // The question must not disturb the answer that a caller may still want of the system.
    let number = errno
    defer { errno = number }
    var (first, second) = (stat(), stat())
    guard unsafe lstat(a, &first) == 0, unsafe lstat(b, &second) == 0 else { return false }
    return first.st_dev == second.st_dev && first.st_ino == second.st_ino
  }

  /// Removes a file; that there is none is no error.
  static func remove(_ path: String) throws(FileError) {
    guard unsafe unlink(path) == 0 || errno == ENOENT else { throw FileError(path, cannotBe: "removed") }
  }

  /// Returns when the names in a folder are on the disk.
  static func syncFolder(_ path: String) throws(FileError) {
    try sync(path) { fsync($0) }
  }

  /// Returns when all that was written to a folder's file system is on the disk, whoever wrote it.
  static func syncFileSystem(of folder: String) throws(FileError) {
    try sync(folder) { reel_syncfs($0) }
  }

  private static func sync(_ folder: String, _ call: (Int32) -> Int32) throws(FileError) {
    let descriptor = again { unsafe open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC) }
    guard descriptor >= 0 else { throw FileError(folder, cannotBe: "opened") }
    defer { close(descriptor) }
    guard again({ call(descriptor) }) == 0 else { throw FileError(folder, cannotBe: "synced") }
  }

  /// What a folder holds: plain files and folders, in order of name. Links are not followed, so that a walk ends.
  static func contents(of folder: String) throws(FileError) -> Contents {
    guard let names = Folder.names(folder) else { throw FileError(folder, cannotBe: "listed") }
    var contents = Contents()
    for name in names {
      var status = stat()
      guard unsafe lstat("\(folder)/\(name)", &status) == 0 else {
        if name.unicodeScalars.contains("\u{FFFD}") { contents.strange.append(name) }
        continue
      }
      switch status.st_mode & S_IFMT {
      case S_IFREG: contents.files.append(name)
      case S_IFDIR: contents.folders.append(name)
      default: break
      }
    }
    return contents
  }

  struct Contents {
    var files: [String] = []
    var folders: [String] = []
    /// Names that are no UTF-8, as well as they can be shown.
    var strange: [String] = []
  }
}

/// Makes a system call again for as long as a signal interrupts it.
private func again<Result: SignedInteger>(_ call: () -> Result) -> Result {
  while true {
    let result = call()
    if result >= 0 || errno != EINTR { return result }
  }
}
