/// A program of other people's that stands beside ours.
struct Peer {
  let name: String
  /// As it tells itself.
  let version: String

  private static let ways = [
    "ffmpeg": ["ffmpeg", "-version"], "sox": ["sox", "--version"], "lame": ["lame", "--version"],
  ]

  /// Nil where it is not installed.
  init?(_ name: String, in folder: String) {
    guard let way = Self.ways[name], let line = ChildProcess.lines(of: way, in: folder)?.first else { return nil }
    self.name = name
    // The first word with a digit in it: `ffmpeg version 5.1.9-0+deb12u1 Copyright`, `sox: SoX v14.4.2`.
    let word = line.split(separator: " ").first { $0.contains(where: \.isNumber) && $0.contains(".") }
    version = String((word ?? "?").drop { !$0.isNumber })
  }

  /// Those of them that are here; says which and which not.
  static func find(_ names: [String], _ setting: BenchSetting) -> [Peer] {
    let found = names.compactMap { Peer($0, in: setting.folder) }
    if !found.isEmpty {
      setting.report.remark("beside " + found.map { "\($0.name) \($0.version)" }.joined(separator: ", "))
    }
    for name in names where !found.contains(where: { $0.name == name }) {
      setting.report.remark("\(name) is not here: its rows are left out")
    }
    return found
  }
}
