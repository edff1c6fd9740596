// Strategy: decisions made by hand against turns made by hand, so that every figure is known exactly; noise measured
// after it was laid under a sound.
import ReelAudio
import ReelBench
import Testing

/// One letter for each 10 ms: `#` says speech.
private func decisions(_ line: String) -> [Bool] {
  line.filter { $0 != " " }.map { $0 == "#" }
}

/// In milliseconds, at 8 kHz.
private func truth(_ turns: [Range<Int>], digits: [Range<Int>] = []) -> LegTruth {
  func samples(_ range: Range<Int>) -> Range<Int> { range.lowerBound * 8..<range.upperBound * 8 }
  return LegTruth(rate: .narrowband, turns: turns.map(samples), digits: digits.map(samples))
}

private func judge(_ line: String, _ truth: LegTruth) -> VADScore {
  var score = VADScore()
  score.add(decisions(line), truth)
  return score
}

@Suite struct VADScoreTests {
  @Test func aPerfectDetectorDelaysByItsFrame() {
    let score = judge("....####....####....", truth([40..<80, 120..<160]))
    #expect(score.precisionPercent == 100 && score.recallPercent == 100)
    #expect(score.startDelaysMS == [10, 10] && score.endDelaysMS == [10, 10])
    #expect(score.turns == 2 && score.missedTurns == 0 && score.lostEnds == 0)
  }

  @Test func latenessOnBothEndsIsDelayAndLessPrecision() {
    // Two frames late at the start, three at the end: 8 of 10 frames of speech, and 3 of 11 told are none.
    let score = judge("..........  ..########  ###.......", truth([100..<200]))
    #expect(score.recallPercent == 80 && score.precisionPercent == 100 * 8.0 / 11)
    #expect(score.startDelaysMS == [30] && score.endDelaysMS == [40])
  }

  @Test func aFrameIsWhatItsMiddleIs() {
    // The turn begins before the middle of the second frame and ends before that of the fourth.
    let score = judge(".##...", truth([14..<34]))
    #expect(score.precisionPercent == 100 && score.recallPercent == 100)
    #expect(score.startDelaysMS == [6] && score.endDelaysMS == [6])
    // Here it begins after that of the second.
    let later = judge(".##...", truth([16..<34]))
    #expect(later.precisionPercent == 50 && later.recallPercent == 100)
  }

  @Test func whatWasToldBeforeHasNoDelay() {
    let score = judge("..#####.....", truth([40..<80]))
    #expect(score.startDelaysMS == [0] && score.endDelaysMS == [0])
    #expect(score.precisionPercent == 60 && score.recallPercent == 75)
  }

  @Test func aTurnOfWhichNothingIsToldIsMissedAndHasNoDelays() {
    let score = judge("###.........####....", truth([40..<80, 120..<160]))
    #expect(score.turns == 2 && score.missedTurns == 1 && score.lostEnds == 0)
    #expect(score.startDelaysMS == [10] && score.endDelaysMS == [10])
    // Told up to the turn's start, and of something else.
    let silent = judge("####........", truth([40..<80]))
    #expect(silent.missedTurns == 1 && silent.startDelaysMS.isEmpty && silent.recallPercent == 0)
  }

  @Test func anEndThatIsNotToldBeforeTheNextTurnIsLost() {
    let through = judge("....############....", truth([40..<80, 120..<160]))
    #expect(through.lostEnds == 1 && through.startDelaysMS == [10, 0] && through.endDelaysMS == [10])
    #expect(through.precisionPercent == 100 * 8.0 / 12)
    let toTheEnd = judge("....########", truth([40..<80]))
    #expect(toTheEnd.lostEnds == 1 && toTheEnd.endDelaysMS.isEmpty)
    let toTheDigit = judge("....############....", truth([40..<80], digits: [110..<150]))
    #expect(toTheDigit.lostEnds == 1)
  }

  @Test func digitsAndWhatFollowsThemAreNeither() {
    let line = "....####" + String(repeating: ".", count: 12) + String(repeating: "#", count: 34) + "##.."
    let score = judge(line, truth([40..<80], digits: [200..<240]))
    // 4 frames of the digit and 30 after it are left out; two are false.
    #expect(score.precisionPercent == 100 * 4.0 / 6 && score.recallPercent == 100)
    // A digit that begins within a frame takes the whole frame.
    let within = judge(line, truth([40..<80], digits: [205..<235]))
    #expect(within.precisionPercent == 100 * 4.0 / 6)
  }

  @Test func nothingToldHasNoPrecisionAndSilenceNoRecall() {
    let nothing = judge("............", truth([40..<80]))
    #expect(nothing.precisionPercent == nil && nothing.recallPercent == 0 && nothing.missedTurns == 1)
    let silence = judge("............", truth([]))
    #expect(silence.precisionPercent == nil && silence.recallPercent == nil && silence.turns == 0)
  }

  @Test func legsAddUp() {
    var score = VADScore()
    score.add(decisions("....####...."), truth([40..<80]))
    score.add(decisions("....##......"), LegTruth(rate: .wideband, turns: [40 * 16..<80 * 16], digits: []))
    #expect(score.turns == 2 && score.recallPercent == 75 && score.precisionPercent == 100)
    #expect(score.startDelaysMS == [10, 10] && score.endDelaysMS == [10, 0])
  }
}

@Suite struct VADNoiseTests {
  private static let quiet = [Int16](repeating: 0, count: 80_000)

  private func noise(_ kind: NoiseKind, seed: UInt64) -> [Double] {
    // Talk that is nowhere the same for long.
    let talk = (0..<30_000).map { Int16(truncatingIfNeeded: $0 &* $0 &* 31) }
    return kind.samples(Self.quiet.count, rate: .narrowband, talk: talk, seed: seed)
  }

  @Test(arguments: NoiseKind.allCases, [-20.0, -40])
  func noiseHasThePowerThatIsAskedFor(kind: NoiseKind, dBFS: Double) {
    let power = Level.power(dBFS: dBFS)
    let mixed = NoiseMix.adding(noise(kind, seed: 1), ofPower: power, to: Self.quiet)
    #expect(abs(Level.dBFS(of: mixed.span) - dBFS) < 0.1)
    let onSpeech = NoiseMix.adding(noise(kind, seed: 1), ofPower: power, to: Self.quiet.map { $0 + 1_000 })
    #expect(zip(onSpeech, mixed).allSatisfy { $0 - $1 == 1_000 })
  }

  @Test(arguments: NoiseKind.allCases)
  func theSameSeedGivesTheSameNoise(kind: NoiseKind) {
    #expect(noise(kind, seed: 7) == noise(kind, seed: 7))
    #expect(noise(kind, seed: 7) != noise(kind, seed: 8))
  }

  @Test func whatIsTooLoudIsCutOff() {
    let loud = NoiseMix.adding([1, -1, 1, -1], ofPower: 1e12, to: [0, 0, 32_767, -32_768])
    #expect(loud == [32_767, -32_768, 32_767, -32_768])
    #expect(NoiseMix.adding([0, 0], ofPower: 100, to: [5, -5]) == [5, -5])
  }
}
