/// `reel bench all`: every bench, one after the other, in less than a quarter of an hour; or so little of everything
/// that it only shows that all of it works.
///
/// Each is a process of its own. A fork copies what tells of its parent's memory, so that a parent which has held much
/// would make every program that it times look slower and larger.
package struct WholeBench: Bench {
  package var isQuick = false
  /// Where growth is drawn.
  package var pictures: String?
  /// Calls whose truth is known, to judge voice activity by; without them it is left out.
  package var truths: [String] = []
  /// Which one has WebRTC's detector.
  package var python: String?
  private static let quickSeconds = 0.5
  private let legs: (caller: String, agent: String)

  package init(caller: String, agent: String) {
    legs = (caller, agent)
  }

  package func run(_ setting: BenchSetting) async throws {
    var common = ["--folder", setting.folder, "--no-machine"]
    let seconds = (setting.seconds ?? (isQuick ? Self.quickSeconds : nil)).map { ["--seconds", "\($0)"] } ?? []
    if setting.report.style == .json { common.append("--json") }
    // Voice activity first: it is over soon, and its files may be wrong, of which nobody should learn when all else is
    // done.
    for part in judged + (isQuick ? quick : whole) {
      try setting.checkInterruption()
      // It says itself why it fails.
      _ = try ChildProcess.succeeding(
        [Machine.thisProgram, "bench"] + part + (part.contains("--seconds") ? [] : seconds) + common, output: nil,
        complains: true, orElse: "bench \(part[0]) came to no end", setting)
    }
  }

  private var sound: [String] { ["--caller", legs.caller, "--agent", legs.agent] }
  private var drawing: [String] { pictures.map { ["--pictures", $0] } ?? [] }

  private var judged: [[String]] {
    let own = python.map { ["--python", $0] } ?? []
    return truths.isEmpty ? [] : [["vad"] + truths + own + (isQuick ? ["--seeds", "2"] : [])]
  }

  private var whole: [[String]] {
    [
      ["push"], ["kernels"],
      // What the live engine is to bear, beside what growth shows.
      ["live", "--format", "mp3", "--mono", "--of-bare", "75", "--runs", "2", "--seconds", "15"],
      ["live", "--format", "mp3", "--mono", "--of-bare", "90", "--runs", "2", "--seconds", "15"],
      ["live", "--format", "mp3", "--mono", "--after", "--calls", "1000", "--runs", "2"],
      ["live", "--calls", "10000", "--half", "silent", "--runs", "2"],
      ["live", "--calls", "10000", "--half", "missing", "--runs", "2"],
      ["live", "--calls", "1000", "--hang", "10", "--runs", "2", "--seconds", "20"],
      ["live", "--plan", "--calls", "5000", "--format", "mp3", "--mono"],
      ["growth"] + sound + drawing,
      // Two hours and 200 calls are what it does by itself.
      ["transcode", "--minutes", "10", "--files", "60"] + sound,
    ]
  }

  private var quick: [[String]] {
    [
      ["push"], ["kernels"], ["live", "--calls", "20", "--runs", "2"], ["live", "--plan", "--calls", "40"],
      ["growth", "--calls", "10,20", "--minutes", "1,2", "--runs", "2", "--cores-load", "100,5"] + sound + drawing,
      ["transcode", "--minutes", "1", "--files", "4"] + sound,
    ]
  }
}
