internal import Glibc

/// A file that is open to be read: opened once, looked at before anything else is, and closed once.
///
/// The wall round the C library's files. A class, so that several windows on the file can share it.
@safe
package final class InputFile {
  package let path: String
  /// How many bytes it has; nil for a pipe or a device, which can only be read from where it is.
  package private(set) var byteCount: Int?
  /// The first thing that went wrong in reading. Libraries that read by callback learn only that something did.
  private(set) var failure: FileError?
  private let descriptor: Int32
  /// What was read of a pipe and is to be read again.
  private var returned: [UInt8] = []

  /// Asked now and then while a pipe is waited for: whether somebody wants no more of it, which ends it.
  package var isUnwanted: () -> Bool = { false }

  /// Opens a file. A pipe or a device is refused unless `mayStream`, for only sound whose layout is stated can be read
  /// without going back; reading waits for somebody to write to it then.
  package init(_ path: String, mayStream: Bool = false) throws(FileError) {
    guard !path.utf8.contains(0) else { throw FileError(path, "has a zero byte in its name") }
    let descriptor = Self.open(path, mayStream: mayStream)
    guard descriptor >= 0 else { throw FileError(path, cannotBe: "opened") }
    var status = stat()
    let kind = unsafe fstat(descriptor, &status) == 0 ? status.st_mode & S_IFMT : 0
    self.path = path
    self.descriptor = descriptor
    byteCount = kind == S_IFREG ? Int(status.st_size) : nil
    // From here on deinit closes.
    if kind == S_IFDIR { throw FileError(path, "is a folder") }
    guard byteCount != nil || mayStream else {
      throw FileError(path, "is a pipe or a device; only raw PCM of a stated layout can be read from one")
    }
  }

  /// Without O_NONBLOCK the open of a pipe that nobody writes to would not come back; one that is to be read is waited
  /// for by ``awaitBytes()``.
  private static func open(_ path: String, mayStream: Bool) -> Int32 {
    // A pipe that is open already loses its writers in the moment of opening it again, and a socket can't be opened.
    var status = stat()
    if mayStream, path == standardInput, unsafe fstat(STDIN_FILENO, &status) == 0, status.st_mode & S_IFMT != S_IFREG {
      return fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 0)
    }
    return unsafe Glibc.open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK)
  }

  /// The name of this process's standard input.
  package static let standardInput = "/dev/stdin"

  /// Returns when the pipe has something to be read, or has ended.
  private func awaitBytes() throws(FileError) {
    while true {
      if isUnwanted() { throw FileError(path, "was waited for in vain") }
      var wait = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
      // Sound: one value of ours.
      let count = unsafe poll(&wait, 1, Self.pollMilliseconds)
      // What can't be waited for tells why when it is read.
      if count > 0 || count < 0 && errno != EINTR { return }
    }
  }

  private static let pollMilliseconds: Int32 = 100

  deinit {
    _ = Glibc.close(descriptor)
  }

  /// Fills `bytes` from `offset` on, from where it is if it is a pipe; gives how many came, fewer only at the end.
  func read(into bytes: UnsafeMutableRawBufferPointer, at offset: Int) throws(FileError) -> Int {
    var filled = unsafe takeReturned(into: bytes)
    while filled < bytes.count {
      // Sound: what is left of the buffer is what the call is told of.
      let rest = unsafe UnsafeMutableRawBufferPointer(rebasing: bytes[filled...])
      if byteCount == nil { try awaitBytes() }
      let count =
        byteCount == nil
        ? unsafe Glibc.read(descriptor, rest.baseAddress, rest.count)
        : unsafe pread(descriptor, rest.baseAddress, rest.count, off_t(offset + filled))
      if count < 0 && (errno == EINTR || errno == EAGAIN) { continue }
      guard count >= 0 else {
        let error = FileError(path, cannotBe: "read")
        failure = failure ?? error
        throw error
      }
      if count == 0 { break }
      filled += count
    }
    return filled
  }

  /// Gives bytes of a pipe back, to be read again before all that follows.
  func putBack(_ bytes: some Sequence<UInt8>) {
    returned = bytes + returned
  }

  private func takeReturned(into bytes: UnsafeMutableRawBufferPointer) -> Int {
    guard !returned.isEmpty else { return 0 }
    let count = min(returned.count, bytes.count)
    // Sound: so many are there, and fit.
    unsafe bytes.copyBytes(from: returned[..<count])
    returned.removeFirst(count)
    return count
  }

  /// All that a pipe gives, in a file that has no name and goes with this object: for sound that can't be read without
  /// going back.
  func spooled() throws(FileError) -> InputFile {
    let folder = Folder.temporary
    // Sound: the system writes into the text and not beyond it.
    var name = Array("\(folder)/reel-XXXXXX".utf8CString)
    let file = unsafe mkstemp(&name)
    guard file >= 0 else { throw FileError(folder, cannotBe: "used for what came by \(path)") }
    unsafe unlink(name)
    let spool = InputFile(path, spool: file)
    var (block, length) = ([UInt8](repeating: 0, count: Self.spoolBytes), 0)
    while true {
      var result = Result<Int, FileError>.success(0)
      // Sound: the array holds that many bytes for the time of the call.
      unsafe block.withUnsafeMutableBytes { buffer in
        result = Result { () throws(FileError) in try unsafe read(into: buffer, at: 0) }
      }
      let count = try result.get()
      guard count > 0 else { break }
      guard unsafe write(file, block, count) == count else {
        throw FileError(folder, cannotBe: "used for what came by \(path)")
      }
      length += count
    }
    spool.byteCount = length
    return spool
  }

  private static let spoolBytes = 1 << 16

  private init(_ path: String, spool: Int32) {
    self.path = path
    descriptor = spool
    byteCount = 0
  }

  /// The bytes from `offset` on: `count`, or as many as there are.
  func bytes(at offset: Int, count: Int) throws(FileError) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: count)
    var result = Result<Int, FileError>.success(0)
    // Sound: the array holds that many bytes for the time of the call.
    unsafe bytes.withUnsafeMutableBytes { buffer in
      result = Result { () throws(FileError) in try unsafe read(into: buffer, at: offset) }
    }
    bytes.removeLast(count - (try result.get()))
    return bytes
  }
}
