internal import Glibc
internal import Reel

/// What a figure was measured on.
enum Machine {
  /// One line: processor, cores, memory, system, date.
  static var description: String {
    let cores = sysconf(Int32(_SC_NPROCESSORS_ONLN))
    let gibibytes = (sysconf(Int32(_SC_PHYS_PAGES)) * sysconf(Int32(_SC_PAGESIZE)) + (1 << 29)) >> 30
    let processor = field("model name", of: "/proc/cpuinfo") ?? "a processor"
    let kernel = firstLine(of: "/proc/sys/kernel/osrelease") ?? "?"
    return "\(processor), \(cores) cores, \(gibibytes) GiB; Linux \(kernel); \("\(WallTime.now())".prefix(10))"
  }

  /// Cores' worth of work that others did lately: what makes a figure doubtful.
  static var loadAverage: Double {
    firstLine(of: "/proc/loadavg")?.split(separator: " ").first.flatMap { Double($0) } ?? 0
  }

  /// Where the program that runs lies.
  static var thisProgram: String {
    var path = [UInt8](repeating: 0, count: Int(PATH_MAX))
    // Sound: the system writes no more than the array is long.
    let count = unsafe path.withUnsafeMutableBytes { unsafe readlink("/proc/self/exe", $0.baseAddress!, $0.count) }
    return String(decoding: path.prefix(max(0, count)), as: UTF8.self)
  }

  private static func firstLine(of path: String) -> String? {
    lines(of: path).first
  }

  private static func field(_ name: String, of path: String) -> String? {
    let line = lines(of: path).first { $0.hasPrefix(name) }
    return line?.split(separator: ":").last.map { String($0.drop { $0 == " " }) }
  }

  private static func lines(of path: String) -> [String] {
    guard let file = unsafe fopen(path, "r") else { return [] }
    defer { unsafe fclose(file) }
    var bytes = [UInt8](repeating: 0, count: 4_096)
    // Sound: the array is as long as is said.
    let count = unsafe fread(&bytes, 1, bytes.count, file)
    return String(decoding: bytes[..<count], as: UTF8.self).split(separator: "\n").map(String.init)
  }
}

/// A table for people: columns as wide as they need, numbers to the right.
struct Table {
  private var rows: [[String]]

  init(_ head: [String]) {
    rows = [head]
  }

  mutating func add(_ row: [String]) {
    rows.append(row)
  }

  var text: String {
    let widths = rows[0].indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
    return rows.map { row in
      zip(row, widths).enumerated().map { index, cell in
        let space = String(repeating: " ", count: cell.1 - cell.0.count)
        return index == 0 ? cell.0 + space : space + cell.0
      }.joined(separator: "  ")
    }.joined(separator: "\n") + "\n"
  }
}
