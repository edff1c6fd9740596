internal import Reel
internal import ReelCore
internal import ReelOffline

/// `reel bench live --plan`: what a number of calls at once needs of a machine like this, from what fewer cost here.
///
/// Two loads are run, one four times the other: what they differ by is each call's, the rest the engine's own.
package struct LivePlan: Bench {
  package var load = LiveLoad()
  package var calls = 1_000
  private static let runs = 3
  private static let runSeconds = 6.0
  /// What is left takes bursts and other programs' turns: nothing waits for longer than it should until 95 %.
  package static let busyShare = 0.75

  package init() {}

  package func run(_ setting: BenchSetting) async throws {
    let (small, large) = try loads()
    var models: [CallCost] = []
    for _ in 0..<Self.runs {
      var pair: [LiveRun] = []
      for count in [small, large] {
        var load = load
        load.calls = count
        load.seconds = setting.seconds ?? Self.runSeconds
        try setting.checkInterruption()
        pair.append(try LiveRun(inProcessOfItsOwn: load, setting))
      }
      if let lossy = pair.first(where: { $0.short + $0.failed > 0 }) {
        throw BenchFailure.failed("this machine loses sound with \(lossy.recordings) calls already: no plan is made")
      }
      // A few calls leave whole pages unused: the larger load tells better what each takes.
      models.append(
        CallCost(
          small: (small, pair[0].cores), large: (large, pair[1].cores),
          memoryBytesEach: pair[1].memoryKiBEach * 1_024))
    }
    let bytesPerSecond = try load.fileBytesPerSecond() * Double(calls)
    tell(models, fileBytesPerSecond: bytesPerSecond, "\(small) and \(large)", setting.report)
  }

  /// A tenth and four tenths of what the machine may take, roughly, and no more than what is asked about.
  private func loads() throws -> (Int, Int) {
    let large = try max(2, min(calls, roughly() * 4 / 10))
    return (max(1, large / 4), large)
  }

  private func roughly() throws -> Int {
    let cores = Machine.usableCores
    guard load.format != .wav else { return Self.wavRecordingsPerCore * cores }
    return try BareEncoder(load.format, isStereo: load.isStereo, threads: cores).mostRecordings()
  }

  private static let wavRecordingsPerCore = 2_500

  private func tell(_ models: [CallCost], fileBytesPerSecond: Double, _ tried: String, _ report: Report) {
    let table = report.table(
      "plan", "\(calls) calls at once, \(load.words): from \(tried) that were run here, \(Self.runs) times each",
      [.words("needs", "needs", width: 54), .number("how much", "how_much", width: 22)])
    func row(_ needs: String, _ cell: Cell) { table.row([.text(needs), cell]) }
    func figure(_ value: (CallCost) -> Double) -> Cell { .figure(Figure(models.map(value))) }
    row("cores like these, \(Int(100 * Self.busyShare)) % busy", figure { $0.cores(calls) / Self.busyShare })
    row("memory, GB", figure { $0.memoryBytes(calls) * 1e-9 })
    row("disk, MB a second", .number(fileBytesPerSecond * 1e-6, places: 1))
    row("disk, GB an hour", .number(fileBytesPerSecond * 3_600e-9, places: 1))
    row("disk, GB a day, all calls day and night", .number(fileBytesPerSecond * 86_400e-9, places: 0))
    let cores = Double(Machine.usableCores) * Self.busyShare
    let memory = Double(Need.freeMemoryBytes)
    row(
      "calls that this machine has cores and memory for",
      figure { $0.mostCalls(cores: cores, memoryBytes: memory) })
  }
}

/// What a call costs, and what the engine costs whatever their number.
package struct CallCost: Sendable {
  private let fixedCores: Double
  private let coresEach: Double
  private let bytesEach: Double

  /// Of two loads: how many calls, and how many cores they took.
  package init(
    small: (calls: Int, cores: Double), large: (calls: Int, cores: Double), memoryBytesEach: Double
  ) {
    let more = Double(large.calls - small.calls)
    // No call costs nothing, nor the engine less than nothing, whatever noise says.
    coresEach = max((large.cores - small.cores) / more, 0.1 * large.cores / Double(large.calls))
    fixedCores = max(0, large.cores - coresEach * Double(large.calls))
    bytesEach = memoryBytesEach
  }

  package func cores(_ calls: Int) -> Double { fixedCores + coresEach * Double(calls) }
  package func memoryBytes(_ calls: Int) -> Double { bytesEach * Double(calls) }

  package func mostCalls(cores: Double, memoryBytes: Double) -> Double {
    max(0, min((cores - fixedCores) / coresEach, memoryBytes / max(1, bytesEach))).rounded(.down)
  }
}
