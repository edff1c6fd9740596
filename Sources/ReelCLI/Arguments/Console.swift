internal import CSystem
internal import Glibc
internal import ReelFiles
internal import ReelRealtime

/// Standard output for data, standard error for messages.
enum Console {
  /// Writes data.
  static func write(_ text: String) {
    put(Array(text.utf8).span, STDOUT_FILENO)
  }

  /// Writes bytes of a file.
  static func write(_ bytes: Span<UInt8>) {
    put(bytes, STDOUT_FILENO)
  }

  /// Puts something in the place of each standard descriptor that is closed, for the next file that is opened would
  /// get its number, and what is said would go into that file. What stands there can't be used, as before.
  static func holdStandardDescriptors() {
    for descriptor in [STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO] where fcntl(descriptor, F_GETFD) < 0 {
      // Sound: a name of ours. The lowest free number is this one, for those below it are taken by now.
      _ = unsafe open("/dev/null", descriptor == STDIN_FILENO ? O_WRONLY : O_RDONLY)
    }
  }

  /// Says what went wrong, in one line: names of files may hold anything.
  static func complain(_ problem: String) {
    put(Array("reel: \(FileNames.printable(problem))\n".utf8).span, STDERR_FILENO)
  }

  /// Says what was done, where somebody looks on: a pipe or a log gets none of it.
  static func remark(_ text: String) {
    if isWatched { put(Array(text.utf8).span, STDERR_FILENO) }
  }

  /// The lines of standard input; where a zero byte comes, they end with one each, as after `find -print0`.
  static func linesOfInput() throws(FileError) -> [String] {
    var bytes: [UInt8] = []
    var block = [UInt8](repeating: 0, count: 65_536)
    while true {
      // Sound: the array is as long as the system is told.
      let count = unsafe read(STDIN_FILENO, &block, block.count)
      if count < 0 && errno == EINTR { continue }
      guard count >= 0 else { throw FileError("standard input", cannotBe: "read") }
      guard count > 0 else { break }
      bytes += block[..<count]
    }
    let end: UInt8 = bytes.contains(0) ? 0 : UInt8(ascii: "\n")
    return bytes.split(separator: end).map { String(decoding: $0, as: UTF8.self) }
  }

  /// Whether messages go to a terminal.
  static var isWatched: Bool { isatty(STDERR_FILENO) == 1 }

  /// Whether data go to a terminal that shows colours, and nobody asked for none.
  static var isColoured: Bool {
    isatty(STDOUT_FILENO) == 1 && environment("NO_COLOR") == nil && environment("TERM") != "dumb"
  }

  /// How many cores this process may use.
  static var cores: Int { Int(reel_usable_cores()) }

  /// The columns of the terminal, as far as lines are good to read.
  static var width: Int {
    let columns = Int(reel_terminal_columns(isWatched ? STDERR_FILENO : STDOUT_FILENO))
    return min(max(columns == 0 ? 80 : columns, 40), 100)
  }

  private static func environment(_ name: String) -> String? {
    // Sound: the text is copied before anything could change it; nothing here changes the environment.
    guard let text = unsafe getenv(name), unsafe text.pointee != 0 else { return nil }
    return unsafe String(cString: text)
  }

  /// Why data could not be written: the system's number. Nil as long as they could.
  static var failure: Int32? { failureNumber.value == 0 ? nil : Int32(failureNumber.value) }

  private static let failureNumber = Tally()

  private static func put(_ bytes: Span<UInt8>, _ descriptor: Int32) {
    var place = 0
    while place < bytes.count {
      let rest = bytes.extracting(droppingFirst: place)
      // Sound: the span's memory outlives the call.
      let written = unsafe rest.withUnsafeBufferPointer { unsafe Glibc.write(descriptor, $0.baseAddress, $0.count) }
      if written < 0 && errno == EINTR { continue }
      guard written > 0 else {
        // Nobody is left to be told that the place for messages is gone.
        if descriptor == STDOUT_FILENO { failureNumber.raise(to: Int(errno)) }
        return
      }
      place += written
    }
  }
}
