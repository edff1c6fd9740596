internal import CTicks
internal import Glibc
internal import Reel
internal import ReelOffline
internal import ReelRealtime

/// `reel bench push`: how long a push takes, one by one, whatever the rest of the engine does.
struct PushBench {
  var seconds = 10.0
  var folder = ""

  private static let calls = 500
  private static let packetSamples = 160

  /// One row for each thing that may go on beside the pushes.
  func run() async throws {
    var table = Table(["a push of 20 ms at 8 kHz, ns", "p50", "p99", "p99.99", "max", "pushes"])
    let clock = TickClock()
    table.add(try warm().row("into a warm ring", clock))
    table.add(try await live(hanging: false).row("of \(Self.calls) calls, all at work", clock))
    table.add(try await live(hanging: true).row("the same, the disk hangs for \(Int(seconds)) s", clock))
    table.add(try starved().row("the same, no worker has a turn: rings are full", clock))
    Console.write("\(Machine.description)\n\(table.text)")
    if Machine.loadAverage > 1.5 {
      Console.write("others keep this machine busy: the upper percentiles are theirs too\n")
    }
  }

  /// One call whose ring is emptied by the same thread before it is full.
  private func warm() throws -> PushTimes {
    let engine = try RecordingEngine(EngineConfiguration(folder: folder), hasThreads: false)
    let call = engine.call("push", rate: 8_000)
    let samples = [Int16](repeating: 7, count: Self.packetSamples)
    var times = PushTimes()
    let end = MonotonicTime.now().advanced(bySeconds: min(seconds, 2))
    while MonotonicTime.now() < end {
      for _ in 0..<20 { times.measure { call.push(samples.span, from: .caller) } }
      for worker in engine.core.workers { worker.beat(deadline: .never) }
    }
    times.forgetBeginning()
    return times
  }

  /// Many calls at real pace, with all threads and recordings.
  private func live(hanging: Bool) async throws -> PushTimes {
    let engine = try RecordingEngine(EngineConfiguration(folder: folder))
    let calls = (0..<Self.calls).map { engine.call("push-\($0)", rate: 8_000) }
    for call in calls { try call.record(.recordCall(stereo: true)) }
    try await Task.sleep(nanoseconds: 500_000_000)
    if hanging { engine.core.writer.hang(seconds: seconds) }
    let timers = Leg.allCases.map { TimedPusher(calls, $0, seconds: seconds) }
    let threads = timers.map { BeatThread("bench push", everySeconds: 0.001, $0) }
    while !timers.allSatisfy(\.isDone) { try await Task.sleep(nanoseconds: 10_000_000) }
    for thread in threads { thread.stop() }
    await engine.close(withinSeconds: 60)
    let lost = engine.counters.overrunSamples + engine.counters.droppedSamples
    if lost > 0 { Console.write("of \(Self.calls) calls \(lost) samples were lost\n") }
    return timers[0].times.joined(timers[1].times)
  }

  /// Nobody reads: the rings fill up, and then every push is dropped and counted.
  private func starved() throws -> PushTimes {
    let engine = try RecordingEngine(EngineConfiguration(folder: folder), hasThreads: false)
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
  }
}

/// The times of many pushes, in ticks.
struct PushTimes {
  private var ticks: [UInt32]

  init() {
    ticks = []
    ticks.reserveCapacity(4_000_000)
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

  func joined(_ other: PushTimes) -> PushTimes {
    var all = self
    all.ticks += other.ticks
    return all
  }

  func row(_ name: String, _ clock: TickClock) -> [String] {
    let sorted = ticks.sorted()
    func place(_ share: Double) -> String {
      guard !sorted.isEmpty else { return "-" }
      let ticks = Int(sorted[min(sorted.count - 1, Int(share * Double(sorted.count)))])
      return (Double(max(0, ticks - clock.costTicks)) * clock.nanosecondsPerTick).text(1)
    }
    return [name, place(0.5), place(0.99), place(0.9999), place(1), "\(sorted.count)"]
  }
}
