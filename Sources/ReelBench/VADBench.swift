internal import ReelAudio
internal import ReelOffline

/// `reel bench vad`: our voice detector beside WebRTC's, on calls whose truth is known, as they are and with noise.
///
/// Nothing is timed: a run is another seed of the noise, so how busy the machine is plays no part.
package struct VADBench: Bench {
  package var conditions =
    [Condition()]
    + NoiseKind.allCases.flatMap { noise in [20, 10, 5].map { Condition(noise, belowDB: $0) } }
  package var seeds = 11
  /// Which Python is asked for WebRTC's detector.
  package var python = "python3"
  private let truths: [String]

  /// What is done to the calls.
  package struct Condition: Hashable, Sendable {
    let noise: NoiseKind?
    let belowDB: Int

    /// Nothing: they have a line's noise, some 45 dB below the speech.
    package init() {
      (noise, belowDB) = (nil, 0)
    }

    /// Noise is added, so many dB below the leg's speech.
    package init(_ noise: NoiseKind, belowDB: Int) {
      self.noise = noise
      self.belowDB = belowDB
    }
  }

  /// Of one file or more that tell the truth of calls; the sound is beside them.
  package init(truths: [String]) {
    self.truths = truths
  }

  package func run(_ setting: BenchSetting) async throws {
    let legs = try truths.flatMap { try TruthFile($0).legs }
    let peer = WebRTCVAD.find(python: python, setting)
    remark(setting)
    let title = "voice activity, a decision every 10 ms, with noise so far below the speech"
    let table = setting.report.table("vad", title, Self.columns)
    let talks = legs.indices.map { Self.talk(under: $0, legs) }
    for condition in conditions {
      let sounds = try sounds(of: legs, talks, condition, setting)
      let ours = try sounds.map { try Self.decisions(on: $0, setting) }
      table.row(Self.cells(condition, "reel", scores(ours, sounds, legs.count)))
      guard let peer else { continue }
      let theirs = try peer.decisions(sounds, setting)
      for mode in 0..<WebRTCVAD.modes {
        let score = scores(theirs.map { $0[mode] }, sounds, legs.count)
        table.row(Self.cells(condition, "WebRTC, mode \(mode)", score))
      }
    }
  }

  private func remark(_ setting: BenchSetting) {
    let hangoverMS = (1_000 * VoiceDetector.hangoverSeconds).text(0)
    setting.report.remark(
      "Reel's detector goes on for \(hangoverMS) ms after the last loud sound, so that pauses between words belong to"
        + " speech: that is in its end delay, and its precision is lower by it. WebRTC's go on for 60 to 140 ms."
        + " Precision and recall are of frames of 10 ms; delays are the median turn's, 0 where it was told before. An"
        + " end is lost where silence is not told before the next turn or digit: it has no delay. Babble is"
        + " \(NoiseKind.talkers) voices at once, and counts as noise.")
  }

  /// What babble under a leg is made of: all that the others say, or what it says itself where there is no other.
  private static func talk(under index: Int, _ legs: [JudgedLeg]) -> [Int16] {
    let others = legs.indices.filter { $0 != index || legs.count == 1 }
    return others.flatMap { legs[$0].speech(at: legs[index].truth.rate) }
  }

  /// Every leg under one seed after the other.
  private func sounds(
    of legs: [JudgedLeg], _ talks: [[Int16]], _ condition: Condition, _ setting: BenchSetting
  ) throws -> [JudgedLeg] {
    guard let noise = condition.noise else { return legs }
    return try (0..<seeds).flatMap { seed in
      try legs.indices.map { index in
        try setting.checkInterruption()
        let (leg, own) = (legs[index], UInt64(seed * legs.count + index))
        let added = noise.samples(leg.samples.count, rate: leg.truth.rate, talk: talks[index], seed: own)
        let power = leg.speechPower * Level.power(dBFS: -Double(condition.belowDB)) / Level.fullScalePower
        return JudgedLeg(truth: leg.truth, samples: NoiseMix.adding(added, ofPower: power, to: leg.samples))
      }
    }
  }

  private static let inputSensitivity = 44.0

  /// Ours, as a recording has it unless it is told otherwise.
  private static func decisions(on leg: JudgedLeg, _ setting: BenchSetting) throws -> [Bool] {
    try setting.checkInterruption()
    var detector = VoiceDetector(rate: leg.truth.rate, inputSensitivity: inputSensitivity)
    var decisions: [Bool] = []
    let samples = leg.samples
    var place = 0
    while place + detector.samplesToDecision <= samples.count {
      let count = detector.samplesToDecision
      if detector.push(samples.span.extracting(place..<(place + count))) { decisions.append(detector.hearsSpeech) }
      place += count
    }
    return decisions
  }

  /// One for each seed, over all legs.
  private func scores(_ decisions: [[Bool]], _ sounds: [JudgedLeg], _ legs: Int) -> [VADScore] {
    stride(from: 0, to: sounds.count, by: legs).map { first in
      var score = VADScore()
      for index in first..<(first + legs) { score.add(decisions[index], sounds[index].truth) }
      return score
    }
  }

  private static let columns: [Column] = [
    .words("noise", "noise", width: 6), .number("below, dB", "below_db"), .words("detector", "detector", width: 14),
    .figure("precision, %", "precision_percent"), .figure("recall, %", "recall_percent"),
    .figure("start delay, ms", "start_delay_ms"), .figure("end delay, ms", "end_delay_ms"),
    .number("turns", "turns"), .number("missed", "missed_turns"), .number("ends lost", "ends_not_found"),
  ]

  /// Turns are of all seeds together.
  private static func cells(_ condition: Condition, _ detector: String, _ scores: [VADScore]) -> [Cell] {
    func sum(_ count: (VADScore) -> Int) -> Cell { .count(scores.reduce(0) { $0 + count($1) }) }
    func figure(step: Double = 0, _ value: (VADScore) -> Double?) -> Cell {
      let values = scores.compactMap(value)
      return values.isEmpty ? .nothing : .figure(Figure(values, step: step))
    }
    func delay(_ delays: (VADScore) -> [Double]) -> Cell {
      figure(step: VADScore.frameMS) { delays($0).isEmpty ? nil : Figure(delays($0)).median }
    }
    return [
      .text(condition.noise?.rawValue ?? "none"), condition.noise == nil ? .nothing : .count(condition.belowDB),
      .text(detector), figure(\.precisionPercent), figure(\.recallPercent), delay(\.startDelaysMS),
      delay(\.endDelaysMS), sum(\.turns), sum(\.missedTurns), sum(\.lostEnds),
    ]
  }
}
