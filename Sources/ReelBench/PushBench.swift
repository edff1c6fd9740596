internal import CTicks
internal import Glibc
internal import Reel
internal import ReelCore
internal import ReelOffline
internal import ReelRealtime

/// `reel bench push`: what a push costs beside a C11 ring, and how long pushes take one by one, whatever the rest of
/// the engine does.
package struct PushBench: Bench {
  private static let calls = 500
  private static let packetSamples = 160
  private static let seconds = 10.0
  /// Enough for millions of pushes.
  private static let warmSeconds = 2.0

  package init() {}

  package func run(_ setting: BenchSetting) async throws {
    let seconds = setting.seconds ?? Self.seconds
    let bytes = 2 * Self.calls * Int((seconds + 1) * 2 * 16_000)
    try Need(folderBytes: bytes).check("\(Self.calls) calls for \(seconds.lengthText), twice,", in: setting.folder)
    try RingBench().run(setting)
    let clock = TickClock()
    let table = setting.report.table(
      "push",
      "one push of 160 samples, ns, taken one by one (without what the clock costs, which counts in steps of "
        + "\(clock.stepNanoseconds.text(1)))",
      [
        .words("while", "while", width: 44), .number("p50", "p50_ns", width: 18),
        .number("p99", "p99_ns", width: 22), .number("p99.99", "p9999_ns", width: 26),
        .number("worst", "worst_ns", width: 9), .number("pushes", "pushes", width: 8),
      ])
    table.row(PushTimes.row("one call, its ring warm", try warm(seconds, setting).slices, clock))
    let busy = "\(Self.calls) calls, all at work"
    try await table.row(PushTimes.row(busy, live(seconds, setting, hanging: false), clock))
    let hang = "\(Self.calls) calls, the disk hangs for \(seconds.lengthText)"
    try await table.row(PushTimes.row(hang, live(seconds, setting, hanging: true), clock))
    let full = "\(Self.calls) calls, no worker has a turn, rings full"
    table.row(PushTimes.row(full, try starved(setting).slices, clock))
  }

  /// One call whose ring is emptied by the same thread before it is full.
  private func warm(_ seconds: Double, _ setting: BenchSetting) throws -> PushTimes {
    let engine = try RecordingEngine(EngineConfiguration(folder: setting.folder), hasThreads: false)
    let call = engine.call("push", rate: 8_000)
    let samples = [Int16](repeating: 7, count: Self.packetSamples)
    var times = PushTimes()
    let end = MonotonicTime.now().advanced(bySeconds: min(seconds, Self.warmSeconds))
    while MonotonicTime.now() < end {
      for _ in 0..<20 { times.measure { call.push(samples.span, from: .caller) } }
      for worker in engine.core.workers { worker.beat(deadline: .never) }
    }
    times.forgetBeginning()
    return times
  }

  /// Many calls at real pace, with all threads and recordings.
  private func live(_ seconds: Double, _ setting: BenchSetting, hanging: Bool) async throws -> [ArraySlice<UInt32>] {
    let engine = try RecordingEngine(EngineConfiguration(folder: setting.folder))
    let calls = (0..<Self.calls).map { engine.call("push-\($0)", rate: 8_000) }
    for call in calls { try call.record(.recordCall(stereo: true)) }
    try await Task.sleep(nanoseconds: 500_000_000)
    if hanging { engine.core.writer.hang(seconds: seconds) }
    let timers = Leg.allCases.map { TimedPusher(calls, $0, seconds: seconds) }
    let threads = timers.map { BeatThread("bench push", everySeconds: 0.001, $0) }
    while !timers.allSatisfy(\.isDone) && !setting.isInterrupted() { try await Task.sleep(nanoseconds: 10_000_000) }
    for thread in threads { thread.stop() }
    await engine.close(withinSeconds: 60)
    let lost = engine.counters.overrunSamples + engine.counters.droppedSamples
    if lost > 0 { setting.report.remark("of \(Self.calls) calls \(lost) samples were lost") }
    try setting.checkInterruption()
    return timers[0].times.joined(timers[1].times)
  }

  /// Nobody reads: the rings fill up, and then every push is dropped and counted.
  private func starved(_ setting: BenchSetting) throws -> PushTimes {
    let engine = try RecordingEngine(EngineConfiguration(folder: setting.folder), hasThreads: false)
    let calls = (0..<Self.calls).map { engine.call("push-\($0)", rate: 8_000) }
    let samples = [Int16](repeating: 7, count: Self.packetSamples)
    var times = PushTimes()
    for _ in 0..<500 {
      for call in calls { times.measure { call.push(samples.span, from: .agent) } }
    }
    times.forgetBeginning()
    return times
  }
}

/// Pushes one leg of many calls at real pace, a few every millisecond, and takes the time of each.
private final class TimedPusher: Beating, @unchecked Sendable {
  // Sound to share: the beat's alone, which one thread makes; read when that has ended.
  private(set) var times = PushTimes()
  private let calls: [Call]
  private let leg: Leg
  private let beats: Int
  private let beat = Tally()
  private let samples = (0..<160).map { Int16($0 * 50) }

  init(_ calls: [Call], _ leg: Leg, seconds: Double) {
    self.calls = calls
    self.leg = leg
    beats = Int(seconds * 1_000)
  }

  var isDone: Bool { beat.value >= beats }

  func beat(deadline: MonotonicTime) {
    let turn = beat.value
    guard turn < beats else { return }
    let group = turn % 20
    let samples = samples
    for number in calls.count * group / 20..<calls.count * (group + 1) / 20 {
      times.measure { calls[number].push(samples.span, from: leg) }
    }
    beat.add(1)
  }
}

/// The processor's ticks in nanoseconds, and what it costs to read them.
struct TickClock {
  let nanosecondsPerTick: Double
  let costTicks: Int
  /// Some machines' ticks come several at once: what lies between the readings that come often.
  let stepNanoseconds: Double

  init() {
    let (start, began) = (reel_ticks(), MonotonicTime.now())
    usleep(100_000)
    let (end, ended) = (reel_ticks(), MonotonicTime.now())
    nanosecondsPerTick = ended.seconds(since: began) * 1e9 / Double(end - start)
    var costs: [Int] = []
    for _ in 0..<10_001 {
      let first = reel_ticks()
      costs.append(Int(reel_ticks() - first))
    }
    costs.sort()
    costTicks = costs[costs.count / 2]
    let frequent = Set(costs).filter { cost in costs.count { $0 == cost } > costs.count / 100 }.sorted()
    stepNanoseconds = Double(zip(frequent.dropFirst(), frequent).map { $0 - $1 }.min() ?? 0) * nanosecondsPerTick
  }
}

/// The times of many pushes, in ticks, in the order in which they were made.
struct PushTimes {
  private var ticks: [UInt32]
  /// What comes after these is not measured.
  private static let most = 4_000_000
  /// The pushes are taken in so many parts, one after the other, whose percentiles give a range.
  private static let parts = 7

  init() {
    ticks = []
    ticks.reserveCapacity(Self.most)
  }

  @inline(__always)
  mutating func measure(_ body: () -> Void) {
    let start = reel_ticks()
    body()
    let time = reel_ticks() - start
    // What would make the array grow would be measured too.
    if ticks.count < ticks.capacity { ticks.append(UInt32(clamping: time)) }
  }

  /// Leaves out the first tenth, in which memory is touched for the first time.
  mutating func forgetBeginning() {
    ticks.removeFirst(ticks.count / 10)
  }

  /// Pushes that were made at the same time.
  func joined(_ other: PushTimes) -> [ArraySlice<UInt32>] {
    zip(slices, other.slices).map { $0 + $1 }
  }

  var slices: [ArraySlice<UInt32>] {
    (0..<Self.parts).map { ticks[ticks.count * $0 / Self.parts..<ticks.count * ($0 + 1) / Self.parts] }
  }

  /// A row of percentiles, of parts that each give one.
  static func row(_ name: String, _ slices: [ArraySlice<UInt32>], _ clock: TickClock) -> [Cell] {
    let parts = slices.filter { !$0.isEmpty }.map { $0.sorted() }
    guard !parts.isEmpty else { return [.text(name), .nothing, .nothing, .nothing, .nothing, .count(0)] }
    func nanoseconds(_ ticks: UInt32) -> Double {
      Double(max(0, Int(ticks) - clock.costTicks)) * clock.nanosecondsPerTick
    }
    let fewest = parts.map(\.count).min() ?? 0
    func percentile(_ share: Double) -> Cell {
      // Of fewer it would be the worst.
      guard Double(fewest) * (1 - share) >= 1 else { return .nothing }
      let values = parts.map { nanoseconds($0[min($0.count - 1, Int(share * Double($0.count)))]) }
      return .figure(Figure(values, step: clock.stepNanoseconds))
    }
    let worst = parts.compactMap(\.last).max().map(nanoseconds) ?? 0
    return [
      .text(name), percentile(0.5), percentile(0.99), percentile(0.9999), .number(worst, places: 0),
      .count(parts.reduce(0) { $0 + $1.count }),
    ]
  }
}
