// Strategy: rules that hold of every recording, tried on thousands of random schedules (Schedule). A quarter of
// them are held against a plain model to the sample, a quarter against the timers worked out from the finished sound,
// and all against the rules of ledger and events.
//
// A failure prints its seed. REEL_SEED=n runs that one alone; REEL_SCHEDULES=n runs so many.
import Glibc
import ReelAudio
import ReelCore
import ReelTesting
import Testing

private func number(_ variable: String) -> UInt64? {
  guard let text = unsafe getenv(variable) else { return nil }
  return unsafe UInt64(String(cString: text))
}

@Suite struct RecorderPropertyTests {
  static let seeds: Range<UInt64> =
    number("REEL_SEED").map { $0..<$0 + 1 } ?? 0..<(number("REEL_SCHEDULES") ?? 12_000)
  /// Enough parts to use every core, few enough to print.
  static let parts = stride(from: seeds.lowerBound, to: seeds.upperBound, by: 1_500).map {
    $0..<min($0 + 1_500, seeds.upperBound)
  }

  @Test(arguments: parts) func everyRuleHoldsForEverySchedule(seeds: Range<UInt64>) {
    var samples = 0
    var ends: [String: Int] = [:]
    for seed in seeds {
      let schedule = Schedule(seed: seed)
      let sink = schedule.play()
      samples += sink.samples.count
      ends["\(sink.ending?.reason.outcome.rawValue ?? "unfinished")", default: 0] += 1
      if let broken = brokenRule(schedule, sink, seed: seed) {
        Issue.record("seed \(seed) (\(schedule.kind)): \(broken)")
      }
    }
    let outcomes = ends.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }.joined(separator: ", ")
    print("\(seeds.count) schedules, seeds \(seeds): \(samples) samples written, \(outcomes)")
  }

  private func brokenRule(_ schedule: Schedule, _ sink: CollectingSink, seed: UInt64) -> String? {
    brokenEventRule(sink) ?? brokenLedgerRule(schedule, sink) ?? brokenSecret(sink)
      ?? brokenChunks(schedule, sink, seed: seed) ?? brokenOutcome(schedule, sink)
  }

  // MARK: Rules of every schedule

  private func brokenEventRule(_ sink: CollectingSink) -> String? {
    var isPaused = false
    var hasBegun = false
    var hasEnded = false
    for event in sink.events {
      if hasEnded { return "an event after the last" }
      switch event {
      case .recording:
        if hasBegun && !isPaused { return "recording twice" }
        hasBegun = true
        isPaused = false
      case .paused:
        if !hasBegun || isPaused { return "paused out of turn" }
        isPaused = true
      case .beepNotPlayed: if hasBegun { return "a beep missed after the beginning" }
      case .ended: hasEnded = true
      }
    }
    return nil
  }

  private func brokenLedgerRule(_ schedule: Schedule, _ sink: CollectingSink) -> String? {
    guard let sums = sink.ending?.sums else { return nil }
    let channels = schedule.options.stereo ? 2 : 1
    if sink.samples.count != sums.timeline * channels { return "\(sink.samples.count) samples, \(sums)" }
    for leg in Leg.allCases {
      let spans = sink.spans.filter { $0.leg == leg }
      let legSums = leg == .caller ? sums.caller : sums.agent
      guard schedule.options.legs.contains(leg) else {
        if !spans.isEmpty || legSums != LegSums() { return "a ledger of \(leg), which is not recorded" }
        continue
      }
      var place = 0
      for span in spans {
        if span.start != place { return "a hole in the ledger at \(place): \(span)" }
        if span.count <= 0 && span.skipped <= 0 { return "an empty span: \(span)" }
        place += span.count
      }
      if place != sums.timeline || legSums.total != sums.timeline { return "spans up to \(place), \(sums)" }
      if legSums.paused != sums.paused { return "\(leg) paused \(legSums.paused), \(sums)" }
      if spans.reduce(0, { $0 + $1.skipped }) != sums.skipped { return "\(leg) skipped otherwise" }
      for kind in [SpanKind.filled, .paused, .dropped] {
        for span in spans where span.kind == kind && !isSilent(span, schedule, sink) {
          return "sound in \(span)"
        }
      }
    }
    if sums.speech + sums.paused > sums.timeline { return "more speech than sound: \(sums)" }
    return nil
  }

  /// Whether what stereo holds of a span is digital silence; a mix can't be told apart.
  private func isSilent(_ span: LedgerSpan, _ schedule: Schedule, _ sink: CollectingSink) -> Bool {
    guard schedule.options.stereo else { return true }
    let side = span.leg == .caller ? 0 : 1
    return (span.start..<span.start + span.count).allSatisfy { sink.samples[2 * $0 + side] == 0 }
  }

  private func brokenSecret(_ sink: CollectingSink) -> String? {
    // Two legs' ordinary sound and a resampler's overshoot stay below half the secret.
    let limit = Schedule.secret / 2
    return sink.samples.first { $0 > limit || $0 < -limit }.map { "\($0) was pushed while paused" }
  }

  private func brokenChunks(_ schedule: Schedule, _ sink: CollectingSink, seed: UInt64) -> String? {
    // Where a leg without positions falls behind, what is late depends on how much comes at once.
    guard schedule.kind != .wild else { return nil }
    for longest in [7, 300] {
      if schedule.play(chunks: longest, seed: seed) != sink { return "other chunks, other recording" }
    }
    return nil
  }

  private func brokenOutcome(_ schedule: Schedule, _ sink: CollectingSink) -> String? {
    switch schedule.kind {
    case .orderly: brokenModel(schedule, sink)
    case .timed: brokenTimer(schedule, sink)
    case .placed, .wild: nil
    }
  }

  // MARK: Rules of orderly schedules

  private func brokenModel(_ schedule: Schedule, _ sink: CollectingSink) -> String? {
    let plain = PlainRecorder(schedule)
    guard let reason = plain.reason else { return sink.ending == nil ? nil : "ended, and should not have" }
    if sink.ending?.reason != reason {
      return "ended \(String(describing: sink.ending?.reason)), not \(reason)"
    }
    return sink.samples == plain.samples ? nil : "not what the model writes"
  }

  // MARK: Rules of timed schedules

  /// Works out from all that was heard when the timers had to end the recording, and compares.
  private func brokenTimer(_ schedule: Schedule, _ sink: CollectingSink) -> String? {
    let rate = schedule.callerRate
    let options = schedule.options
    let heard = heardSamples(schedule, sink)
    let due = dueEnd(of: heard, rate: rate, options: options)
    let ending = sink.ending
    if ending?.reason == .noInput || ending?.reason == .endSilence {
      guard let due else { return "ended by a timer that was not due" }
      return due.time == heard.count && due.reason == ending?.reason
        ? nil : "due at \(due), ended at \(heard.count)"
    }
    if let due, due.time < heard.count { return "not ended, though due at \(due)" }
    return nil
  }

  private func heardSamples(_ schedule: Schedule, _ sink: CollectingSink) -> [Int16] {
    let sound = schedule.options.stereo ? sink.channel(0) : sink.samples
    guard sink.ending != nil else { return [] }
    return sink.spans.filter { $0.kind != .paused }.flatMap { sound[$0.start..<$0.start + $0.count] }
  }

  /// When and why silence ends a recording of `sound`, by decisions made over all of it at once.
  private func dueEnd(
    of sound: [Int16], rate: SampleRate, options: RecordingOptions
  ) -> (time: Int, reason: EndReason)? {
    var detector = VoiceDetector(rate: rate, inputSensitivity: options.inputSensitivity)
    let initial =
      options.initialTimeoutSeconds == 0 ? Int.max : rate.samples(completing: options.initialTimeoutSeconds)
    let final =
      options.endSilenceTimeoutSeconds == 0 ? Int.max : rate.samples(completing: options.endSilenceTimeoutSeconds)
    var deadline = (time: initial, reason: EndReason.noInput)
    var place = 0
    var spoke = false
    while place < sound.count {
      let next = min(sound.count, place + detector.samplesToDecision)
      if deadline.time < next { return deadline }
      guard detector.push(sound.span.extracting(place..<next)) else { break }
      place = next
      if detector.hearsSpeech {
        deadline = (.max, .endSilence)
        spoke = true
      } else if spoke && deadline.time == .max && final != .max {
        deadline.time = place + final
      }
    }
    return deadline.time <= sound.count ? deadline : nil
  }
}
