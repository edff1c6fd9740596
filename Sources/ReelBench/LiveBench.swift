internal import Reel
internal import ReelCore
internal import ReelFiles
internal import ReelOffline

/// `reel bench live`: a row for each number of calls.
package struct LiveBench: Bench {
  package var load = LiveLoad()
  package var calls = [100, 1_000]
  /// In place of numbers: so much of what the bare encoder could do on the same cores.
  package var percentOfBare: Int?
  /// Each in a process of its own, which finds nobody else's memory; a single one, of one number of calls, in this.
  package var runs = 3

  package init() {}

  package func run(_ setting: BenchSetting) async throws {
    var calls = calls
    if let percentOfBare {
      let bare = try BareEncoder(load.format, isStereo: load.isStereo, threads: load.threads).mostRecordings()
      setting.report.remark("the bare encoder, on \(load.threads) threads: \(bare) recordings at real pace")
      calls = [max(1, bare * percentOfBare / 100)]
    }
    let table = setting.report.table("live", "recordings at once: \(load.words)", LiveRun.columns)
    for count in calls { table.row(LiveRun.cells(try await measure(count, setting))) }
  }

  /// So many calls at once, as often as is wanted.
  func measure(_ count: Int, _ setting: BenchSetting) async throws -> [LiveRun] {
    var load = load
    load.calls = count
    load.seconds = setting.seconds ?? load.seconds
    guard load.hangSeconds <= 0.7 * load.seconds else {
      throw BenchFailure.impossible("the disk can't hang for more than seven tenths of \(load.seconds.lengthText)")
    }
    guard runs > 1 || calls.count > 1 else {
      let own = setting.within("\(count)")
      defer { if !load.keeps { Folder.remove(own.folder) } }
      return [LiveRun(try await load.run(own))]
    }
    return try (0..<runs).map { _ in
      try setting.checkInterruption()
      return try LiveRun(inProcessOfItsOwn: load, setting)
    }
  }
}

/// What one run of so many calls gave.
struct LiveRun {
  let recordings: Int
  let cores: Double
  let pushingCores: Double
  let memoryKiBEach: Double
  let waitingSeconds: Double
  let longestBeatMilliseconds: Double
  let longestDiskWaitMilliseconds: Double
  let short: Int
  let failed: Int
  let lostSamples: Int

  init(_ outcome: LiveLoad.Outcome) {
    recordings = outcome.recordings
    cores = outcome.cores
    pushingCores = outcome.producerCores
    memoryKiBEach = Double(outcome.bytesPerRecording) / 1_024
    waitingSeconds = outcome.waitingSeconds
    longestBeatMilliseconds = outcome.counters.longestBeatSeconds * 1e3
    longestDiskWaitMilliseconds = outcome.counters.longestDiskWaitSeconds * 1e3
    short = outcome.shortRecordings
    failed = outcome.failed
    lostSamples = outcome.counters.overrunSamples + outcome.counters.droppedSamples
  }

  static let columns: [Column] = [
    .number("recordings", "recordings"), .number("cores", "cores", width: 22),
    .number("of which pushing", "pushing_cores", width: 22), .number("CPU each, %", "cpu_percent_each", width: 25),
    .number("KiB each", "kib_each", width: 20),
    .number("waiting, s", "waiting_seconds"), .number("longest beat, ms", "longest_beat_ms"),
    .number("disk wait, ms", "longest_disk_wait_ms"),
    .number("short", "short"), .number("failed", "failed"), .number("samples lost", "lost_samples"),
  ]

  /// Of all runs a row: what may be worse once is the worst, what was lost is all that was.
  static func cells(_ runs: [LiveRun]) -> [Cell] {
    func figure(_ value: (LiveRun) -> Double) -> Cell { .figure(Figure(runs.map(value))) }
    func worst(_ value: (LiveRun) -> Double) -> Cell { .number(runs.map(value).max() ?? 0, places: 1) }
    func sum(_ value: (LiveRun) -> Int) -> Cell { .count(runs.reduce(0) { $0 + value($1) }) }
    return [
      .count(runs[0].recordings), figure { $0.cores }, figure { $0.pushingCores },
      figure { 100 * $0.cores / Double($0.recordings) }, figure { $0.memoryKiBEach },
      .number(runs.map(\.waitingSeconds).max() ?? 0, places: 2), worst { $0.longestBeatMilliseconds },
      worst { $0.longestDiskWaitMilliseconds }, sum { $0.short },
      sum { $0.failed }, sum { $0.lostSamples },
    ]
  }

  /// From a row of one run.
  init?(_ row: JSON) {
    func number(_ key: String) -> Double? {
      let value = row[key]
      guard case .number(let number)? = value?["median"] ?? value else { return nil }
      return number
    }
    guard row["bench"]?.text == "live", let recordings = row["recordings"]?.integer, let cores = number("cores"),
      let pushing = number("pushing_cores"), let memory = number("kib_each"),
      let beat = number("longest_beat_ms"), let waiting = number("waiting_seconds"),
      let wait = number("longest_disk_wait_ms"),
      let short = row["short"]?.integer,
      let failed = row["failed"]?.integer, let lost = row["lost_samples"]?.integer
    else { return nil }
    self.recordings = recordings
    self.cores = cores
    pushingCores = pushing
    memoryKiBEach = memory
    waitingSeconds = waiting
    longestBeatMilliseconds = beat
    longestDiskWaitMilliseconds = wait
    self.short = short
    self.failed = failed
    lostSamples = lost
  }

  /// Lets this program run it, pinned to some cores if it shall be.
  init(inProcessOfItsOwn load: LiveLoad, cores: [String] = [], _ setting: BenchSetting) throws {
    // It would look itself, but then both would complain.
    try load.checkNeed(in: setting.folder)
    let output = "\(setting.folder)/run.json"
    let words =
      cores + [
        Machine.thisProgram, "bench", "live", "--json", "--runs", "1", "--calls", "\(load.calls)",
        "--seconds", "\(load.seconds)", "--folder", setting.folder,
      ]
    let failure = "a run of \(load.calls) calls ended without a figure"
    _ = try ChildProcess.succeeding(
      words + load.arguments, output: output, complains: true, orElse: failure, setting)
    let lines = SystemFile.lines(of: output).compactMap { try? JSON($0) }
    guard let run = lines.compactMap({ LiveRun($0) }).first else { throw BenchFailure.failed(failure) }
    self = run
  }
}
