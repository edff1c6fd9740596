// Strategy: a life of the real engine for each seed, with its real files, on a disk that stalls, fails, writes less
// than it was asked to, or is full (Simulation.swift); afterwards every promise is checked against what was pushed. All
// of it runs on one thread, so a seed always gives the same life: `REEL_SEED=n make test` repeats one,
// `REEL_LIVES=100000 make test` tries more.
import CFaultyDisk
import Foundation
import Reel
import ReelCore
import ReelRealtime
import ReelTesting
import Testing

private func environment(_ name: String) -> UInt64? {
  ProcessInfo.processInfo.environment[name].flatMap { UInt64($0) }
}

@Suite(.enabled(if: reel_disk_is_ours())) struct SimulationTests {
  @Test func everyLifeKeepsEveryPromise() throws {
    let lives = environment("REEL_LIVES") ?? 1_000
    let first = environment("REEL_SEED") ?? UInt64.random(in: 0...UInt64(UInt32.max))
    var tally = LifeTally()
    for seed in first..<first + (environment("REEL_SEED") == nil ? lives : 1) {
      let life = try Simulation(seed: seed)
      try life.run()
      var problems = LifeCheck(life).problems
      tally.add(life)
      if !problems.isEmpty {
        problems = Array(problems.prefix(3))
        Issue.record("seed \(seed): \(problems)")
      }
    }
    // What never happened was not tried.
    #expect(tally.finished > 0)
    if lives >= 1_000 && environment("REEL_SEED") == nil {
      #expect(tally.failed > 20 && tally.dropped > 20 && tally.overrun > 20 && tally.faults > 200, "\(tally)")
    }
  }

  @Test func oneSeedIsOneLife() throws {
    for seed in UInt64(1)...20 {
      let sums = try (0..<2).map { _ in
        let life = try Simulation(seed: seed)
        try life.run()
        return life.recordings.map { $0.recording.summary?.sums }
      }
      #expect(sums[0] == sums[1], "seed \(seed)")
    }
  }
}

/// What happened in many lives.
private struct LifeTally {
  var finished = 0
  var failed = 0
  var dropped = 0
  var overrun = 0
  var faults = 0

  mutating func add(_ life: Simulation) {
    let counters = life.engine.counters
    finished += counters.closed
    failed += counters.failed
    dropped += counters.droppedSamples > 0 ? 1 : 0
    overrun += counters.overrunSamples > 0 ? 1 : 0
    faults += life.faults
  }
}

/// What a life left, against what was promised.
private struct LifeCheck {
  private(set) var problems: [String] = []
  private let life: Simulation

  init(_ life: Simulation) {
    self.life = life
    checkEngine()
    for recording in life.recordings { check(recording) }
    checkFolder()
  }

  private mutating func expect(_ condition: Bool, _ problem: @autoclosure () -> String) {
    if !condition { problems.append(problem()) }
  }

  private mutating func checkEngine() {
    let counters = life.engine.counters
    expect(counters.recordings == 0, "\(counters.recordings) recordings never ended")
    expect(counters.closed + counters.failed == life.recordings.count, "not every recording was counted: \(counters)")
    expect(counters.backlogBytes == 0, "\(counters.backlogBytes) bytes were not given back")
  }

  private mutating func check(_ simulated: SimulatedRecording) {
    guard let summary = simulated.recording.summary else { return problems.append("a recording without a summary") }
    let sums = summary.sums
    for leg in [sums.caller, sums.agent] {
      expect(leg.total == sums.timeline, "sums don't add up: \(sums)")
      expect(leg.real >= 0 && leg.dropped >= 0 && leg.filled >= 0, "less than nothing: \(sums)")
    }
    guard summary.outcome != .error else {
      return expect(summary.failure != nil || summary.reason == .failed, "an error without a reason")
    }
    expect(summary.failure == nil, "finished with a failure")
    for file in summary.files {
      expect(file.samples == sums.timeline, "\(file.samples) samples of \(sums.timeline)")
      let found = ReelTesting.problems(of: file.path)
      expect(found.isEmpty, "\(found)")
    }
    if let file = summary.files.first, file.path.hasSuffix(".wav") { checkContent(simulated, summary, file.path) }
  }

  /// Every sample in the file is the one that the ledger says, in the order in which it was pushed; none of a pause's
  /// is there, and none that came after the end.
  private mutating func checkContent(_ simulated: SimulatedRecording, _ summary: RecordingSummary, _ path: String) {
    guard let manifest = try? JSON(utf8: readBytes(summary.manifests[0])), let sound = try? readStereo(path) else {
      return problems.append("\(path) can't be read")
    }
    for leg in Leg.allCases where simulated.call.rate(leg) == summary.rate {
      let index = SimulatedCall.index(leg)
      var content = ContentCheck(
        next: simulated.begun[index], end: simulated.ended?[index] ?? simulated.call.pushed(leg),
        secrets: simulated.secrets[index])
      let spans = manifest["spans"]?[leg.rawValue]?.array ?? []
      for span in spans {
        guard let parts = span.array, let kind = parts[0].text, let start = parts[1].integer,
          let count = parts[2].integer
        else { return problems.append("a span that is none: \(span)") }
        content.check(kind, (start..<start + count).map { sound[2 * $0 + index] })
      }
      expect(content.problem == nil, "\(leg) of \(path): \(content.problem ?? "")")
      let legSums = leg == .caller ? summary.sums.caller : summary.sums.agent
      expect(content.real == legSums.real, "\(leg): \(content.real) real samples, told were \(legSums.real)")
      checkConservation(simulated, legSums, index, summary)
    }
  }

  /// Of a recording without pauses that was stopped from outside, all that was pushed is accounted for.
  private mutating func checkConservation(
    _ simulated: SimulatedRecording, _ sums: LegSums, _ index: Int, _ summary: RecordingSummary
  ) {
    guard !simulated.wasPaused, !simulated.options.beep, let ended = simulated.ended,
      summary.reason == .stopped || summary.reason == .callEnded
    else { return }
    let pushed = ended[index] - simulated.begun[index]
    let accounted = sums.real + sums.late + sums.dropped
    expect(accounted == pushed, "\(pushed) samples pushed, \(accounted) accounted for: \(sums)")
  }

  private func readStereo(_ path: String) throws -> [Int16] {
    let reader = try AudioReader(path)
    var block = [Int16](repeating: 0, count: 8_192)
    var samples: [Int16] = []
    while case let count = try reader.readFrames(into: &block), count > 0 { samples += block[..<(2 * count)] }
    return samples
  }

  /// Nothing is lost on the disk: what could not be closed is recovered, or was never begun.
  private mutating func checkFolder() {
    let hasFailed = life.engine.counters.failed > 0
    let left = life.folder.names.filter { $0.contains(".part.") }
    expect(hasFailed || left.isEmpty, "left over: \(left)")
  }
}

/// Follows the numbers of one leg's samples through a file.
private struct ContentCheck {
  /// No lower number may come.
  var next: Int
  let end: Int
  let secrets: [Range<Int>]
  private(set) var real = 0
  private(set) var problem: String?

  init(next: Int, end: Int, secrets: [Range<Int>]) {
    self.next = next
    self.end = end
    self.secrets = secrets
  }

  mutating func check(_ kind: String, _ samples: [Int16]) {
    guard kind == "real" else {
      if samples.contains(where: { $0 != 0 }) { fail("sound in a span that is \(kind)") }
      return
    }
    real += samples.count
    for (index, sample) in samples.enumerated() {
      guard sample != 0 else { return fail("silence in a span that is real, at number \(next)") }
      // Numbers skip where samples were late or lost.
      let following = index + 1 < samples.count ? samples[index + 1] : nil
      guard let number = SimulatedCall.number(of: sample, before: following, from: next, below: end) else {
        return fail("\(sample) after number \(next), which none has that was pushed before \(end)")
      }
      if secrets.contains(where: { $0.contains(number) }) { fail("number \(number), pushed in a pause") }
      next = number + 1
    }
  }

  private mutating func fail(_ words: String) {
    if problem == nil { problem = words }
  }
}
