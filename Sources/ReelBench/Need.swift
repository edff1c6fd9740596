internal import CSystem
internal import ReelOffline

/// What a load takes of a machine, which is looked for before it begins: a machine that has run out of memory or disk
/// measures nothing, and others suffer.
package struct Need {
  var memoryBytes = 0
  /// In the folder that is recorded into; where that is memory, of the memory.
  var folderBytes = 0

  package init(memoryBytes: Int = 0, folderBytes: Int = 0) {
    self.memoryBytes = memoryBytes
    self.folderBytes = folderBytes
  }

  /// Left to others, for the estimates are rough.
  private static let spareShare = 1.1

  /// Throws what is too little, how much is there and how much it would take.
  package func check(_ what: String, in folder: String) throws(BenchFailure) {
    func short(_ needed: Int, _ there: Int, _ of: String) -> BenchFailure? {
      let needed = Int(Double(needed) * Self.spareShare)
      return needed <= there
        ? nil : .impossible("\(what) need \(Self.text(needed)) of \(of); \(Self.text(there)) are free")
    }
    // Sound: the calls copy the name.
    let (isMemory, room) = unsafe (reel_folder_is_memory(folder), Int(reel_folder_free_bytes(folder)))
    let memory = memoryBytes + (isMemory ? folderBytes : 0)
    if let problem = short(memory, Self.freeMemoryBytes, "memory") { throw problem }
    if let problem = short(folderBytes, room < 0 ? Int.max : room, "room in \(folder)") { throw problem }
  }

  static func text(_ bytes: Int) -> String {
    let (gibibyte, mebibyte) = (Double(1 << 30), Double(1 << 20))
    return Double(bytes) >= gibibyte
      ? "\((Double(bytes) / gibibyte).text(1)) GiB" : "\((Double(bytes) / mebibyte).text(0)) MiB"
  }

  /// What the system says it could give away, or less where this process is held to less.
  static var freeMemoryBytes: Int {
    let words = SystemFile.field("MemAvailable", of: "/proc/meminfo")?.split(separator: " ").first
    let free = words.flatMap { Int($0) }.map { $0 * 1_024 } ?? Int.max
    func number(_ name: String) -> Int? { SystemFile.lines(of: "/sys/fs/cgroup/\(name)").first.flatMap { Int($0) } }
    guard let most = number("memory.max"), let used = number("memory.current") else { return free }
    // What files have in memory is given back when it is asked for.
    let files = SystemFile.lines(of: "/sys/fs/cgroup/memory.stat").first { $0.hasPrefix("file ") }
    let given = files.flatMap { Int($0.dropFirst(5)) } ?? 0
    return min(free, max(0, most - used + given))
  }
}
