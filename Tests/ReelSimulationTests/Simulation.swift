import CFaultyDisk
import Reel
import ReelRealtime
import ReelTesting

/// A life of an engine by a seed: calls, pushes, commands, beats in any order, and a disk that misbehaves.
///
/// Every sample that is pushed says which it is: its value is its number on its leg, in two cycles by turns, so that a
/// file tells what of it is in it and in which order.
final class Simulation {
  let seed: UInt64
  let folder = TestFolder()
  let engine: RecordingEngine
  private(set) var recordings: [SimulatedRecording] = []
  private(set) var faults = 0

  private var generator: SeededGenerator
  private var calls: [SimulatedCall] = []
  private let disk: DiskMood
  private var isStalled = false
  /// What is pushed comes with its position, in part.
  private let hasPositions: Bool

  /// What the disk does in this life.
  enum DiskMood: CaseIterable {
    case good, slow, failing, short, full
  }

  init(seed: UInt64) throws {
    self.seed = seed
    var generator = SeededGenerator(seed: seed)
    var configuration = EngineConfiguration(folder: folder.path)
    configuration.workers = Int.random(in: 1...3, using: &generator)
    configuration.beatSeconds = 0.02
    configuration.ringSeconds = [0.1, 0.25, 0.5].randomElement(using: &generator)!
    configuration.backlogBytes = [0, 30_000, 200_000, 64 << 20].randomElement(using: &generator)!
    disk = DiskMood.allCases.randomElement(using: &generator)!
    hasPositions = Int.random(in: 0..<4, using: &generator) == 0
    engine = try RecordingEngine(configuration, hasThreads: false)
    self.generator = generator
  }

  func run() throws {
    for _ in 0..<Int.random(in: 1...3, using: &generator) { addCall() }
    let steps = Int.random(in: 20...250, using: &generator)
    for _ in 0..<steps { step() }
    isStalled = false
    for call in calls where !call.hasEnded { end(call) }
    // A disk that is full stays so; one that fails now and then may come round.
    for _ in 0..<400 where engine.counters.recordings > 0 {
      work()
      write()
      keep()
    }
  }

  private func chance(_ one: Int) -> Bool { Int.random(in: 0..<one, using: &generator) == 0 }

  // MARK: Steps

  private func step() {
    switch Int.random(in: 0..<100, using: &generator) {
    case 0..<55: pushSome()
    case 55..<75: work()
    case 75..<85: if !isStalled { write() }
    case 85..<88: if !isStalled { keep() }
    case 88..<90: if disk == .slow || chance(4) { isStalled.toggle() }
    case 90..<93: command()
    case 93..<95: if let call = aCall() { record(call) }
    case 95: if let call = aCall() { call.call.press(["1", "#", "*"].randomElement(using: &generator)!) }
    case 96: pull()
    case 97: if chance(4), let call = aCall() { end(call) }
    case 98: if calls.count < 5 { addCall() }
    default: engine.core.syncer.beat(deadline: .never)
    }
  }

  private func aCall() -> SimulatedCall? {
    calls.filter { !$0.hasEnded }.randomElement(using: &generator)
  }

  private func addCall() {
    let rates: [SampleRate] = [8_000, 8_000, 16_000]
    let rate = rates.randomElement(using: &generator)!
    let agentRate = chance(6) ? rates.randomElement(using: &generator)! : rate
    let call = engine.call("call-\(calls.count)", callerRate: rate, agentRate: agentRate)
    let simulated = SimulatedCall(call, rate, agentRate)
    calls.append(simulated)
    record(simulated)
  }

  private func record(_ call: SimulatedCall) {
    var options = RecordingOptions.recordCall(stereo: true)
    options.format = chance(12) ? [.mp3, .mp4].randomElement(using: &generator)! : .wav
    if chance(5) { options.terminators = DTMFDigits("#")! }
    if chance(6) { options.maxLengthSeconds = Double.random(in: 0.1...2, using: &generator) }
    if chance(8) { options.endSilenceTimeoutSeconds = 0.3 }
    if chance(8) { options.initialTimeoutSeconds = 0.5 }
    if chance(10) { options.beep = true }
    let time = chance(3) ? EncodingTime.after : .live
    guard let recording = try? call.call.record(options, encode: time) else { return }
    recordings.append(SimulatedRecording(recording, options, call))
  }

  private func pushSome() {
    guard let call = aCall() else { return }
    switch Int.random(in: 0..<20, using: &generator) {
    case 0: push(call, .caller, packets: Int.random(in: 1...40, using: &generator))
    case 1: push(call, .agent, packets: Int.random(in: 1...40, using: &generator))
    case 2: call.skip(Int.random(in: 1...4_000, using: &generator), .caller)
    default:
      for _ in 0..<Int.random(in: 1...5, using: &generator) {
        push(call, .caller, packets: 1)
        push(call, .agent, packets: 1)
      }
    }
  }

  private func push(_ call: SimulatedCall, _ leg: Leg, packets: Int) {
    for _ in 0..<packets {
      let count = chance(10) ? Int.random(in: 1...400, using: &generator) : call.rate(leg).hz / 50
      call.push(count, leg, withPosition: hasPositions && !chance(5))
    }
  }

  private func pull() {
    guard let call = aCall() else { return }
    var block = [Int16](repeating: 0, count: 400)
    var memory = block.mutableSpan
    _ = call.call.pull(into: &memory)
  }

  private func command() {
    guard let recording = recordings.randomElement(using: &generator) else { return }
    switch Int.random(in: 0..<8, using: &generator) {
    case 0..<3: recording.pause(Bool.random(using: &generator) ? .silence : .skip)
    case 3..<6: recording.resume()
    default: recording.stop()
    }
  }

  private func end(_ call: SimulatedCall) {
    for recording in recordings where recording.call === call { recording.noteEnd() }
    call.end()
  }

  // MARK: Beats

  private func work() {
    engine.core.workers.randomElement(using: &generator)!.beat(deadline: .never)
  }

  private func write() {
    misbehave { engine.core.writer.beat(deadline: .never) }
  }

  private func keep() {
    misbehave {
      engine.core.keeper.beat(deadline: .never)
      engine.core.encodings.beat(deadline: .never)
    }
  }

  private func misbehave(_ body: () -> Void) {
    var plan = reel_disk_faults(
      seed: generator.next(), failing_per_mille: 0, short_per_mille: 0, room_bytes: -1)
    switch disk {
    case .good, .slow: break
    case .failing: plan.failing_per_mille = 40
    case .short: plan.short_per_mille = 500
    case .full: plan.room_bytes = Int64.random(in: 0...60_000, using: &generator)
    }
    reel_disk_faults_begin(plan)
    body()
    faults += Int(reel_disk_faults_end())
  }
}

/// A call with the number of the next sample of each leg.
final class SimulatedCall {
  let call: Call
  private(set) var hasEnded = false
  private let rates: [SampleRate]
  private var next = [0, 0]
  private var skipped = [0, 0]

  /// The cycles of the values of even and of odd numbers: two neighbours tell a number below 900 million.
  private static let cycles = [30_011, 29_989]

  init(_ call: Call, _ caller: SampleRate, _ agent: SampleRate) {
    self.call = call
    rates = [caller, agent]
  }

  func rate(_ leg: Leg) -> SampleRate { rates[Self.index(leg)] }
  /// How many samples of a leg have been pushed.
  func pushed(_ leg: Leg) -> Int { next[Self.index(leg)] }

  /// The value of a leg's sample of that number: never 0, above it for even numbers and below it for odd ones.
  static func value(_ number: Int) -> Int16 {
    number % 2 == 0 ? Int16(number % cycles[0] + 1) : -Int16(number % cycles[1] + 1)
  }

  /// The first number from `least` on and below `end` that has that value, and whose neighbour has the next one; where
  /// there is none, the first that has the value; nil for a value that no number there has.
  static func number(of value: Int16, before next: Int16?, from least: Int, below end: Int) -> Int? {
    let cycle = cycles[value > 0 ? 0 : 1]
    var number = least + (abs(Int(value)) - 1 - least % cycle + cycle) % cycle
    var first: Int?
    while number < end {
      if Self.value(number) == value {
        first = first ?? number
        if next == nil || Self.value(number + 1) == next { return number }
      }
      number += cycle
    }
    return first
  }

  static func index(_ leg: Leg) -> Int { leg == .caller ? 0 : 1 }

  func push(_ count: Int, _ leg: Leg, withPosition: Bool) {
    let index = Self.index(leg)
    let samples = (next[index]..<next[index] + count).map(Self.value)
    if withPosition {
      call.push(samples.span, from: leg, at: next[index] + skipped[index])
    } else {
      call.push(samples.span, from: leg)
    }
    next[index] += count
  }

  /// The leg's clock goes on without samples.
  func skip(_ count: Int, _ leg: Leg) {
    skipped[Self.index(leg)] += count
  }

  func end() {
    hasEnded = true
    call.hangUp()
  }
}

/// A recording with what it was told, and when.
final class SimulatedRecording {
  let recording: Recording
  let options: RecordingOptions
  let call: SimulatedCall
  /// The numbers of both legs' next samples when it began, and when it was to end.
  let begun: [Int]
  private(set) var ended: [Int]?
  /// What was pushed between a pause and its end, of each leg.
  private(set) var secrets: [[Range<Int>]] = [[], []]
  private var pausedAt: [Int]?
  private(set) var wasPaused = false

  init(_ recording: Recording, _ options: RecordingOptions, _ call: SimulatedCall) {
    self.recording = recording
    self.options = options
    self.call = call
    begun = Leg.allCases.map(call.pushed)
  }

  private var here: [Int] { Leg.allCases.map(call.pushed) }

  func pause(_ behavior: PauseBehavior) {
    guard (try? recording.pause(behavior)) != nil else { return }
    pausedAt = here
    wasPaused = true
  }

  func resume() {
    guard (try? recording.resume()) != nil else { return }
    closePause()
  }

  func stop() {
    guard (try? recording.stop()) != nil else { return }
    noteEnd()
  }

  func noteEnd() {
    guard ended == nil else { return }
    closePause()
    ended = here
  }

  private func closePause() {
    guard let pausedAt else { return }
    for leg in 0..<2 { secrets[leg].append(pausedAt[leg]..<here[leg]) }
    self.pausedAt = nil
  }
}
