internal import CSystem
internal import Glibc
internal import ReelCore
internal import ReelFiles

/// What a figure was measured on, by whom it can be judged.
package struct Machine: Sendable {
  let processor: String
  let cores: Int
  let memoryBytes: Int
  let kernel: String
  let date: String
  /// Cores' worth of work that others did lately.
  let loadAverage: Double
  /// Where what is recorded goes to.
  let folderIsMemory: Bool

  /// Above this, others have more than a share of the cores.
  private static let busyLoadAverage = 1.5

  /// This one, now, recording into a folder.
  package init(folder: String) {
    // Sound: the call copies the name.
    folderIsMemory = unsafe reel_folder_is_memory(folder)
    processor = SystemFile.field("model name", of: "/proc/cpuinfo") ?? "a processor"
    cores = Self.usableCores
    memoryBytes = sysconf(Int32(_SC_PHYS_PAGES)) * sysconf(Int32(_SC_PAGESIZE))
    kernel = SystemFile.lines(of: "/proc/sys/kernel/osrelease").first ?? "?"
    date = String("\(WallTime.now())".prefix(10))
    loadAverage = SystemFile.lines(of: "/proc/loadavg").first?.split(separator: " ").first.flatMap { Double($0) } ?? 0
  }

  /// The first of ``words``.
  var headline: String {
    let gibibytes = (memoryBytes + 1 << 29) >> 30
    return "\(processor), \(cores) cores, \(gibibytes) GiB; Linux \(kernel); \(date)"
  }

  /// Lines for people. To ask for the libraries' versions loads them.
  var words: [String] {
    let own = CodecLibraries.versions.map { "\($0.name) \($0.version)" }.joined(separator: ", ")
    var lines = [
      headline,
      own + "; files in \(folderIsMemory ? "memory" : "a folder on disk")",
    ]
    if loadAverage > Self.busyLoadAverage {
      lines.append(
        "others keep this machine busy: ranges are wider than they would be, and some figures are lost in them")
    }
    return lines
  }

  var json: JSON {
    .object([
      .init("processor", .string(processor)), .init("cores", .number(Double(cores))),
      .init("memory_bytes", .number(Double(memoryBytes))), .init("kernel", .string(kernel)),
      .init("date", .string(date)), .init("folder_is_memory", .bool(folderIsMemory)),
      .init("load_average", .number(loadAverage)),
      .init("libraries", .object(CodecLibraries.versions.map { .init($0.name, .string($0.version)) })),
    ])
  }

  /// How many cores this process may use.
  static var usableCores: Int { Int(reel_usable_cores()) }

  /// Where the program that runs lies.
  static var thisProgram: String {
    var path = [UInt8](repeating: 0, count: Int(PATH_MAX))
    // Sound: the system writes no more than the array is long.
    let count = unsafe path.withUnsafeMutableBytes { unsafe readlink("/proc/self/exe", $0.baseAddress!, $0.count) }
    return String(decoding: path.prefix(max(0, count)), as: UTF8.self)
  }
}

/// The small files in which the system tells of itself.
enum SystemFile {
  /// The first lines; none where it can't be read.
  static func lines(of path: String) -> [String] {
    // Sound: the name outlives the call.
    guard let file = unsafe fopen(path, "r") else { return [] }
    defer { unsafe fclose(file) }
    var bytes = [UInt8](repeating: 0, count: 65_536)
    // Sound: the array is as long as is said.
    let count = unsafe fread(&bytes, 1, bytes.count, file)
    return String(decoding: bytes[..<count], as: UTF8.self).split(separator: "\n").map(String.init)
  }

  /// What follows the colon in the line that begins with a name.
  static func field(_ name: String, of path: String) -> String? {
    let line = lines(of: path).first { $0.hasPrefix(name) }
    return line?.split(separator: ":").last.map { String($0.drop { $0 == " " }) }
  }
}
