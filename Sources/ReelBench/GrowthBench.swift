internal import Glibc
internal import Reel
internal import ReelFiles
internal import ReelOffline

/// `reel bench growth`: how CPU and memory grow with the number of live recordings, with their length, and with the
/// cores; what is fine is a level line.
package struct GrowthBench: Bench {
  package var recordings = [100, 300, 1_000, 3_000, 10_000]
  package var minutes = [1, 10, 60, 240]
  /// So much that every core has work, and so little that one is enough.
  package var coreCalls = 2_000
  package var coreMinutes = 60
  package var runs = 3
  /// Where the pictures go; none are drawn unless it is set.
  package var pictures: String?
  private let legs: (caller: String, agent: String)

  package init(caller: String, agent: String) {
    legs = (caller, agent)
  }

  package func run(_ setting: BenchSetting) async throws {
    if let pictures { try Folder.make(pictures) }
    try await byRecordings(setting)
    try byLength(setting)
    try byCores(setting)
  }

  private func draw(
    _ name: String, _ title: String, x: String, in folder: String, _ charts: [Plot.Chart]
  ) throws {
    guard let pictures else { return }
    let origin = Machine(folder: folder).headline
    try Plot(title: title, origin: origin, x: x, charts: charts).write(to: "\(pictures)/growth-\(name).svg")
  }

  // MARK: Recordings at once

  private func byRecordings(_ setting: BenchSetting) async throws {
    var bench = LiveBench()
    bench.runs = max(2, runs)
    let table = setting.report.table(
      "growth", "with the number of live recordings: \(bench.load.words)", LiveRun.columns)
    var (cpu, own, memory) = ([(x: Double, y: Figure)](), [(x: Double, y: Figure)](), [(x: Double, y: Figure)]())
    for count in recordings {
      let runs = try await bench.measure(count, setting)
      table.row(LiveRun.cells(runs))
      cpu.append((Double(count), Figure(runs.map { 100 * $0.cores / Double($0.recordings) })))
      own.append((Double(count), Figure(runs.map { 100 * ($0.cores - $0.pushingCores) / Double($0.recordings) })))
      memory.append((Double(count), Figure(runs.map(\.memoryKiBEach))))
    }
    try draw(
      "recordings", "Live recordings: \(bench.load.words)", x: "recordings at once", in: setting.folder,
      [
        .init(
          y: "CPU for each, % of a core",
          series: [
            .init(name: "with the bench's pushing", points: cpu), .init(name: "without it", points: own),
          ]),
        .init(y: "memory for each, KiB", series: [.init(name: "resident", points: memory)]),
      ])
  }

  // MARK: Length

  private func byLength(_ setting: BenchSetting) throws {
    let table = setting.report.table(
      "growth", "with the length of a call, on files",
      [
        .words("work", "work", width: 32), .number("minutes", "minutes"),
        .number("CPU ms a minute", "cpu_ms_per_minute", width: 24), .number("MiB", "mib", width: 24),
      ])
    var points: [String: [(x: Double, cpu: Figure, memory: Figure)]] = [:]
    let works = OfflineWork.all(in: setting.folder)
    for minutes in minutes {
      try CallFiles.need(minutes: minutes, legs).check("calls of \(minutes) min", in: setting.folder)
      let call = try CallFiles(minutes: minutes, legs, in: setting.folder)
      for work in works {
        let all = try work.run(call, times: runs, setting)
        let cpu = Figure(all.map { 1_000 * $0.cpuSeconds / Double(minutes) })
        let memory = Figure(all.map(\.residentMebibytes))
        table.row([.text(work.name), .count(minutes), .figure(cpu), .figure(memory)])
        points[work.name, default: []].append((Double(minutes), cpu, memory))
      }
      call.remove()
    }
    try draw(
      "length", "Calls on files, by their length", x: "minutes", in: setting.folder,
      [
        .init(
          y: "CPU for a minute of sound, ms",
          series: works.map { .init(name: $0.name, points: (points[$0.name] ?? []).map { ($0.x, $0.cpu) }) }),
        .init(
          y: "most memory, MiB",
          series: works.map { .init(name: $0.name, points: (points[$0.name] ?? []).map { ($0.x, $0.memory) }) }),
      ])
  }

  // MARK: Cores

  private func byCores(_ setting: BenchSetting) throws {
    let table = setting.report.table(
      "growth", "with the cores: \(coreCalls) live recordings, and \(coreMinutes) min from WAV to MP3",
      [
        .number("cores", "cores"), .number("cores used live", "live_cores", width: 22),
        .number("lost", "live_lost"), .number("times real time to MP3", "mp3_times_real_time", width: 24),
      ])
    try CallFiles.need(minutes: coreMinutes, legs).check("a call of \(coreMinutes) min", in: setting.folder)
    let call = try CallFiles(minutes: coreMinutes, legs, in: setting.folder)
    defer { call.remove() }
    var (live, speed) = ([(x: Double, y: Figure)](), [(x: Double, y: Figure)]())
    for cores in 1...max(1, Machine.usableCores) {
      let pinned = ["taskset", "-c", "0-\(cores - 1)"]
      var load = LiveLoad()
      load.calls = coreCalls
      load.workers = cores
      load.seconds = setting.seconds ?? load.seconds
      let runs = try (0..<runs).map { _ in try LiveRun(inProcessOfItsOwn: load, cores: pinned, setting) }
      let mp3 = try OfflineWork.mp3(in: setting.folder, cores: pinned).run(call, times: self.runs, setting)
      live.append((Double(cores), Figure(runs.map(\.cores))))
      speed.append((Double(cores), Figure(mp3.map { Double(60 * coreMinutes) / $0.seconds })))
      table.row([
        .count(cores), .figure(live[cores - 1].y), .count(runs.reduce(0) { $0 + $1.short + $1.failed }),
        .figure(speed[cores - 1].y),
      ])
    }
    try draw(
      "cores", "The same work on more cores", x: "cores", in: setting.folder,
      [
        .init(y: "cores used by \(coreCalls) live recordings", series: [.init(name: "stereo WAV", points: live)]),
        .init(y: "WAV to MP3, times real time", series: [.init(name: "one call", points: speed)]),
      ])
  }
}

/// What is done with the legs of a call that are in files.
private struct OfflineWork {
  let name: String
  private let output: String
  private let words: (CallFiles) -> [String]

  static func all(in folder: String) -> [OfflineWork] {
    let reel = Machine.thisProgram
    let wav = "\(folder)/out.wav"
    return [
      OfflineWork(name: "recorded to stereo WAV", output: wav) {
        [reel, "record", "--stereo", "--caller", $0.caller, "--agent", $0.agent, "-o", wav]
      },
      OfflineWork(name: "joined to stereo WAV", output: wav) {
        [reel, "transcode", "--join", $0.caller, $0.agent, "-o", wav]
      },
      mp3(in: folder, cores: []),
    ]
  }

  static func mp3(in folder: String, cores: [String]) -> OfflineWork {
    let output = "\(folder)/out.mp3"
    return OfflineWork(name: "WAV to MP3", output: output) {
      cores + [Machine.thisProgram, "transcode", $0.caller, "-o", output]
    }
  }

  /// As often as is said, and once before.
  func run(_ call: CallFiles, times: Int, _ setting: BenchSetting) throws -> [ChildProcess] {
    try (0...times).map { _ in
      // Sound: the name outlives the call.
      unsafe unlink(output)
      return try ChildProcess.succeeding(words(call), orElse: "\(name) failed", setting)
    }.suffix(times)
  }

  private init(name: String, output: String, _ words: @escaping (CallFiles) -> [String]) {
    self.name = name
    self.output = output
    self.words = words
  }
}
