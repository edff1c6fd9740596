// Strategy: decisions against the truth of testdata, clean and with three noises; invariance by playing the same
// sound at four rates and in random chunks; monotonic sensitivity by comparing whole decision lines.
import ReelAudio
import ReelTesting
import Testing

/// Decisions of a detector, one for each 10 ms window.
func decisions(
  _ samples: [Int16], rate: SampleRate, inputSensitivity: Double = 44, pieces: [Int]? = nil
) -> [Bool] {
  var detector = VoiceDetector(rate: rate, inputSensitivity: inputSensitivity)
  var line: [Bool] = []
  var place = 0
  for piece in pieces ?? [samples.count] {
    var left = piece
    while left > 0 {
      let count = min(left, detector.samplesToDecision)
      if detector.push(samples.span.extracting(place..<place + count)) { line.append(detector.hearsSpeech) }
      place += count
      left -= count
    }
  }
  return line
}

/// The runs of speech in a line of decisions, in milliseconds.
private func speech(in line: [Bool]) -> [Range<Int>] {
  var runs: [Range<Int>] = []
  var start: Int?
  for (index, hears) in (line + [false]).enumerated() {
    if hears && start == nil { start = index }
    if !hears, let begun = start {
      runs.append(begun * 10..<index * 10)
      start = nil
    }
  }
  return runs
}

/// Turns whose pause is bridged by the hangover, made one: what a detector should tell, in milliseconds.
private func expectedSpeech(_ party: TestCall.Party, rate: SampleRate) -> [Range<Int>] {
  let hangover = Int(VoiceDetector.hangoverSeconds * 1_000)
  var runs: [Range<Int>] = []
  for turn in party.turns {
    let start = turn.start * 1_000 / rate.hz
    let end = turn.end * 1_000 / rate.hz
    if let last = runs.last, start - last.upperBound <= hangover + 60 {
      runs[runs.count - 1] = last.lowerBound..<end
    } else {
      runs.append(start..<end)
    }
  }
  return runs
}

/// The level of a party's turns, in dBFS.
private func speechLevel(_ party: TestCall.Party) -> Double {
  var power = 0.0
  var count = 0
  for turn in party.turns {
    power += Double(Level.sumOfSquares(party.samples.span.extracting(turn.start..<turn.end)))
    count += turn.end - turn.start
  }
  return Level.dBFS(power: power / Double(count))
}

enum Noise: CaseIterable {
  case white, babble, hum

  /// This noise, 15 dB below a party's speech.
  func samples(below party: TestCall.Party, rate: SampleRate, using generator: inout SeededGenerator)
    -> [Int16]
  {
    let level = speechLevel(party) - 15
    let count = party.samples.count
    switch self {
    case .white: return Signals.whiteNoise(dBFS: level, count: count, using: &generator)
    case .hum: return Signals.hum(dBFS: level, count: count, rate: rate)
    case .babble:
      return Signals.babble(
        of: allSpeech(at: rate), talkers: 8, dBFS: level, count: count, using: &generator)
    }
  }
}

/// The turns of every party in testdata end to end, at a rate.
private func allSpeech(at rate: SampleRate) -> [Int16] {
  TestCall.all.flatMap { call in
    call.parties.flatMap { party in
      party.turns.flatMap { turn in
        Signals.resampled(Array(party.samples[turn.start..<turn.end]), from: call.rate, to: rate)
      }
    }
  }
}

/// Milliseconds in which speech may be told, though none is expected: from an onset up to the hangover's end, and
/// round keys, which sound like speech.
private func tolerated(_ party: TestCall.Party, rate: SampleRate, lateness: Int) -> [Range<Int>] {
  let hangover = Int(VoiceDetector.hangoverSeconds * 1_000)
  let turns = expectedSpeech(party, rate: rate).map {
    $0.lowerBound - 60..<$0.upperBound + hangover + lateness
  }
  let keys = party.digits.map {
    $0.start * 1_000 / rate.hz - 10..<$0.end * 1_000 / rate.hz + hangover + lateness
  }
  return turns + keys
}

@Suite struct VoiceDetectorTests {
  static let rates = [8_000, 16_000, 24_000, 48_000].map { SampleRate(hz: $0)! }

  @Test(arguments: rates)
  func cleanTurnsAreFoundInTime(rate: SampleRate) {
    var edges = 0
    var exact = 0
    for call in TestCall.all {
      for party in call.parties {
        let samples = Signals.resampled(party.samples, from: call.rate, to: rate)
        let heard = speech(in: decisions(samples, rate: rate))
        for expected in expectedSpeech(party, rate: call.rate) {
          edges += 2
          guard let found = heard.first(where: { $0.overlaps(expected) }) else { continue }
          let end = expected.upperBound + Int(VoiceDetector.hangoverSeconds * 1_000)
          if abs(found.lowerBound - expected.lowerBound) <= 60 { exact += 1 }
          if abs(found.upperBound - end) <= 60 { exact += 1 }
        }
      }
    }
    print("\(rate.hz) Hz: \(exact) of \(edges) edges of clean turns within 60 ms")
    #expect(Double(exact) >= 0.95 * Double(edges))
  }

  @Test(arguments: Noise.allCases)
  func noiseHidesNoTurnAndNoSilence(noise: Noise) {
    for seed in UInt64(1)...10 {
      var generator = SeededGenerator(seed: seed)
      for call in TestCall.all {
        for party in call.parties {
          let loud = noise.samples(below: party, rate: call.rate, using: &generator)
          let line = decisions(Signals.sum(party.samples, loud), rate: call.rate)
          let heard = speech(in: line)
          for turn in expectedSpeech(party, rate: call.rate) {
            #expect(heard.contains { $0.overlaps(turn) }, "\(call.name), \(turn) missed, seed \(seed)")
          }
          let tolerated = tolerated(party, rate: call.rate, lateness: 500)
          let strays = line.indices.filter { window in
            line[window] && !tolerated.contains { $0.contains(window * 10) }
          }
          #expect(strays.isEmpty, "\(call.name), windows \(strays), seed \(seed)")
        }
      }
    }
  }

  @Test func theSameSoundIsHeardAlikeAtEveryRate() {
    for call in TestCall.all {
      for party in call.parties {
        let lines = Self.rates.map { rate in
          speech(in: decisions(Signals.resampled(party.samples, from: call.rate, to: rate), rate: rate))
        }
        for (rate, line) in zip(Self.rates, lines) {
          #expect(line.count == lines[0].count, "\(call.name) at \(rate.hz)")
          for (run, first) in zip(line, lines[0]) {
            #expect(
              abs(run.lowerBound - first.lowerBound) <= 10, "\(call.name) at \(rate.hz): \(run), \(first)")
            #expect(
              abs(run.upperBound - first.upperBound) <= 10, "\(call.name) at \(rate.hz): \(run), \(first)")
          }
        }
      }
    }
  }

  @Test(arguments: SampleRate.all)
  func anyChunksGiveTheSameDecisions(rate: SampleRate) {
    let seed = UInt64(rate.hz)
    var generator = SeededGenerator(seed: seed)
    let samples = Signals.resampled(TestCall.survey.caller.samples, from: .wideband, to: rate)
    let whole = decisions(samples, rate: rate)
    #expect(whole.count == samples.count * 100 / rate.hz)
    for longest in [1, 160, 5_000] {
      let pieces = randomPieces(of: samples.count, longest: longest, using: &generator)
      #expect(decisions(samples, rate: rate, pieces: pieces) == whole, "seed \(seed), longest \(longest)")
    }
  }

  @Test func higherSensitivityNeverHearsLess() {
    for call in TestCall.all {
      for party in call.parties {
        var before = decisions(party.samples, rate: call.rate, inputSensitivity: 0)
        for sensitivity in stride(from: 4.0, through: 100, by: 4) {
          let line = decisions(party.samples, rate: call.rate, inputSensitivity: sensitivity)
          #expect(zip(before, line).allSatisfy { !$0 || $1 }, "\(call.name) at \(sensitivity)")
          before = line
        }
      }
    }
  }

  @Test func theThresholdIsThatOfTheSensitivity() {
    // 440 Hz passes the high-pass within 1 dB. A floor of faint noise, then the tone for half a second.
    for sensitivity in [10.0, 44, 80] {
      for (above, isHeard) in [(-2.0, false), (2, true)] {
        var generator = SeededGenerator(seed: 3)
        let level = VoiceDetector.thresholdDBFS(inputSensitivity: sensitivity) + above
        let quiet = Signals.whiteNoise(dBFS: -95, count: 8_000, using: &generator)
        let tone = Signals.sine(hz: 440, dBFS: level, seconds: 0.5, rate: .narrowband)
        let line = decisions(quiet + tone, rate: .narrowband, inputSensitivity: sensitivity)
        #expect(line.contains(true) == isHeard, "sensitivity \(sensitivity), \(above) dB above")
      }
    }
  }

  @Test func steadyNoiseIsNotSpeechHoweverLoud() {
    for level in [-40.0, -20, -6] {
      var generator = SeededGenerator(seed: 7)
      let noise = Signals.whiteNoise(dBFS: level, count: 64_000, using: &generator)
      let first = decisions(noise, rate: .narrowband)
      // Louder noise is the floor only once the memory is full; then comes the hangover.
      #expect(!first[(level <= -30 ? 0 : 225)...].contains(true), "from the start, \(level) dBFS")
      let quiet = Signals.whiteNoise(dBFS: -70, count: 16_000, using: &generator)
      let later = decisions(quiet + noise, rate: .narrowband)
      // Two seconds of memory, the part in progress and the hangover.
      #expect(!later[(200 + 245)...].contains(true), "once followed, \(level) dBFS")
    }
  }

  @Test func audioThatNeverCameTeachesNothingOfTheLine() {
    var generator = SeededGenerator(seed: 8)
    let noise = Signals.whiteNoise(dBFS: -35, count: 80, using: &generator)
    let gap = Signals.silence(seconds: 0.01, rate: .narrowband)
    var detector = VoiceDetector(rate: .narrowband, inputSensitivity: 44)
    for window in 0..<800 {
      let isGap = 200..<500 ~= window
      _ = detector.push((isGap ? gap : noise).span, real: !isGap)
      #expect(!detector.hearsSpeech, "window \(window)")
    }
  }

  @Test func oneSampleThatNeverCameIsEnoughToLearnNothing() {
    var generator = SeededGenerator(seed: 9)
    let noise = Signals.whiteNoise(dBFS: -35, count: 80, using: &generator)
    let gap = Signals.silence(seconds: 0.01, rate: .narrowband)
    var detector = VoiceDetector(rate: .narrowband, inputSensitivity: 44)
    for window in 0..<800 {
      if 200..<500 ~= window {
        _ = detector.push(gap.span.extracting(0..<1), real: false)
        _ = detector.push(gap.span.extracting(1..<80), real: true)
      } else {
        _ = detector.push(noise.span)
      }
      #expect(!detector.hearsSpeech, "window \(window)")
    }
  }

  @Test func aVoiceOutOfDigitalSilenceIsHeard() {
    let quiet = Signals.silence(seconds: 1, rate: .narrowband)
    let tone = Signals.sine(hz: 440, dBFS: -20, seconds: 1, rate: .narrowband)
    let heard = speech(in: decisions(quiet + tone + quiet, rate: .narrowband))
    #expect(
      heard.count == 1 && abs(heard[0].lowerBound - 1_020) <= 10 && abs(heard[0].upperBound - 2_200) <= 10)
  }

  @Test func whoSpeaksFromTheFirstSampleOnIsHeard() {
    for call in TestCall.all {
      for party in call.parties {
        for turn in party.turns {
          let line = decisions(Array(party.samples[turn.start..<turn.end]), rate: call.rate)
          #expect((line.firstIndex(of: true) ?? .max) <= 10, "\(call.name), \(turn)")
        }
      }
    }
  }

  @Test func onsetAndHangoverAreExact() {
    // A loud tone out of a quiet line. Its windows end 10 ms apart; the sound is heard 3 ms late, by two filters.
    for length in [5, 10, 15, 30, 40, 300] {
      let quiet = Signals.silence(seconds: 1, rate: .narrowband)
      let tone = Signals.sine(hz: 1_000, dBFS: -10, seconds: Double(length) / 1_000, rate: .narrowband)
      let line = decisions(quiet + tone + quiet, rate: .narrowband)
      let runs = speech(in: line)
      // Told with the third window, which begins 20 ms after the tone does, until 200 ms after the window in which the
      // late sound ends, which begins where the tone itself ends.
      #expect(runs == (length < 20 ? [] : [1_020..<1_000 + length + 200]), "\(length) ms: \(runs)")
    }
  }

  @Test func aVoiceThatTalksOnIsHeardThroughout() {
    for party in TestCall.monologue.parties {
      let line = decisions(party.samples, rate: .narrowband)
      for turn in expectedSpeech(party, rate: .narrowband) {
        let inner = line[(turn.lowerBound / 10 + 6)..<turn.upperBound / 10]
        #expect(inner.allSatisfy { $0 }, "\(turn)")
      }
    }
  }

  @Test func aClickIsNotSpeech() {
    var samples = Signals.silence(seconds: 1, rate: .narrowband)
    for index in 4_000..<4_100 { samples[index] = index % 2 == 0 ? 20_000 : -20_000 }
    #expect(!decisions(samples, rate: .narrowband).contains(true))
  }
}
