// Strategy: filters by their response to sines, tones by level and frequency, everything in random chunks.
import Glibc
import ReelAudio
import ReelTesting
import Testing

@Suite struct HighPassTests {
  @Test(arguments: [8_000, 8_820, 11_025, 12_000])
  func responseIsAsDocumented(hz: Int) {
    let documented: [(hz: Double, low: Double, high: Double)] = [
      (50, -33, -29.5), (60, -30, -26.5), (100, -21, -17.5), (150, -14, -11), (200, -9.5, -7),
      (300, -3.6, -1.8), (400, 0, 1.4), (550, -2, 2), (1_000, -2, 2), (2_000, -2, 2), (3_400, -2, 2),
    ]
    for point in documented {
      let gain = self.gain(at: point.hz, rate: hz)
      #expect(point.low...point.high ~= gain, "\(point.hz) Hz: \(gain) dB")
    }
  }

  @Test func directCurrentGoes() {
    let output = filtered([Int16](repeating: 12_345, count: 1_000), rate: 8_000)
    #expect(output[100...].allSatisfy { abs($0) <= 4 })
  }

  @Test func theLoudestSignalDoesNotOverflow() {
    for hz in [8_000, 12_000] {
      let input = (0..<2_000).map { time -> Int16 in
        let field: Int16 = (time / 500) % 2 == 0 ? .min : .max
        return time % 50 == 0 ? ~field : field
      }
      let output = filtered(input, rate: hz)
      #expect(output.contains(.max) && output.contains(.min))
    }
  }

  @Test func anyChunksGiveTheSame() {
    var generator = SeededGenerator(seed: 4)
    let input = Signals.whiteNoise(dBFS: -6, count: 4_000, using: &generator)
    let pieces = randomPieces(of: input.count, longest: HighPass.mostInput, using: &generator)
    #expect(filtered(input, rate: 8_000, pieces: pieces) == filtered(input, rate: 8_000))
  }

  private func filtered(_ input: [Int16], rate: Int, pieces: [Int]? = nil) -> [Int16] {
    var filter = HighPass(rate: rate)
    var output: [Int16] = []
    var block = [Int16](repeating: 0, count: HighPass.mostInput)
    for piece in pieces ?? [Int](repeating: 100, count: input.count / 100) {
      var span = block.mutableSpan
      filter.process(input.span.extracting(output.count..<output.count + piece), into: &span)
      output += block[..<piece]
    }
    return output
  }

  private func gain(at frequency: Double, rate: Int) -> Double {
    let input = (0..<2 * rate).map { time in
      Int16((10_000 * sin(2 * Double.pi * frequency * Double(time) / Double(rate))).rounded())
    }
    let output = filtered(input, rate: rate)
    return Level.dBFS(of: output.span.extracting(rate..<output.count))
      - Level.dBFS(of: input.span.extracting(rate..<output.count))
  }
}

@Suite struct DecimatorTests {
  @Test(arguments: SampleRate.all)
  func telephoneBandPassesAndTheRestDoesNot(rate: SampleRate) {
    for (hz, low, high) in [(300.0, -0.3, 0.3), (1_000, -0.3, 0.3), (3_400, -0.5, 0.3)] {
      #expect(low...high ~= gain(at: hz, rate: rate), "\(hz) Hz: \(gain(at: hz, rate: rate)) dB")
    }
    for hz in [4_500.0, 7_000, 9_000, 15_000] where hz < Double(rate.hz) / 2 && rate > .narrowband {
      #expect(gain(at: hz, rate: rate) < -35, "\(hz) Hz: \(gain(at: hz, rate: rate)) dB")
    }
  }

  @Test(arguments: SampleRate.all) func theLoudestSignalClipsAndNeverWraps(rate: SampleRate) {
    // Samples of the sign of the taps that meet them: the impulse response tells which those are.
    var decimator = Decimator(rate: rate)
    let length = 2 * decimator.delay + 1
    var worst: [Int16] = []
    for tap in 0..<length {
      decimator.reset()
      var impulse = [Int16](repeating: 0, count: length)
      impulse[length - 1 - tap] = .max
      worst.insert(last(of: impulse, &decimator) < 0 ? .min : .max, at: 0)
    }
    decimator.reset()
    #expect(last(of: worst, &decimator) == .max)
    decimator.reset()
    #expect(last(of: worst.map { ~$0 }, &decimator) == .min)
  }

  /// The output of the instant at which all of a filter's length has come.
  private func last(of input: [Int16], _ decimator: inout Decimator) -> Int16 {
    let lead = [Int16](repeating: 0, count: (decimator.factor - input.count % decimator.factor) % decimator.factor)
    var output = [Int16](repeating: 0, count: 480)
    var span = output.mutableSpan
    var made = 0
    let all = lead + input
    for start in stride(from: 0, to: all.count, by: 80) {
      made = decimator.process(all.span.extracting(start..<min(all.count, start + 80)), into: &span)
    }
    return output[made - 1]
  }

  @Test(arguments: SampleRate.all) func everyRateLagsByTwoMilliseconds(rate: SampleRate) {
    var decimator = Decimator(rate: rate)
    let step = (0..<rate.hz / 100).map { Int16($0 * 100 < rate.hz / 2 ? 0 : 10_000) }
    var output = [Int16](repeating: 0, count: 480)
    var span = output.mutableSpan
    var made = decimator.process(step.span, into: &span)
    let first = Array(output[..<made])
    span = output.mutableSpan
    made = decimator.process([Int16](repeating: 10_000, count: rate.hz / 100).span, into: &span)
    // The step stands at 5 ms, so half its height is passed at 7 ms.
    let place = (first + output[..<made]).firstIndex { $0 >= 5_000 }!
    let milliseconds = Double(place + 1) * 1_000 / Double(decimator.outputHz)
    #expect(abs(milliseconds - 7) < 0.26, "\(milliseconds)")
  }

  @Test func resetForgetsEverything() {
    var generator = SeededGenerator(seed: 12)
    let noise = Signals.whiteNoise(dBFS: -6, count: 200, using: &generator)
    for rate in SampleRate.all {
      var decimator = Decimator(rate: rate)
      let fresh = last(of: noise, &decimator)
      _ = last(of: Array(noise.reversed()), &decimator)
      decimator.reset()
      #expect(last(of: noise, &decimator) == fresh)
    }
  }

  private func gain(at frequency: Double, rate: SampleRate) -> Double {
    let input = Signals.sine(hz: frequency, dBFS: -10, seconds: 1, rate: rate)
    var decimator = Decimator(rate: rate)
    var output: [Int16] = []
    var block = [Int16](repeating: 0, count: 480)
    let piece = rate.hz / 100
    for start in stride(from: 0, to: input.count - piece, by: piece) {
      var span = block.mutableSpan
      let made = decimator.process(input.span.extracting(start..<start + piece), into: &span)
      output += block[..<made]
    }
    return Level.dBFS(of: output.span.extracting(output.count / 10..<output.count)) + 10
  }
}

@Suite struct ToneTests {
  @Test(arguments: SampleRate.all)
  func beepHasItsLengthLevelAndFrequency(rate: SampleRate) {
    let beep = Signals.tone(.beep, rate: rate)
    #expect(beep.count == rate.samples(in: 0.2))
    let inner = beep.span.extracting(beep.count / 10..<beep.count * 9 / 10)
    #expect(abs(Level.dBFS(of: inner) + 18) < 0.1)
    var crossings = 0
    for index in 1..<beep.count where (beep[index - 1] < 0) != (beep[index] < 0) { crossings += 1 }
    #expect(abs(crossings - 560) <= 4)
    #expect(abs(beep[0]) <= 1 && abs(beep[beep.count - 1]) <= 1)
  }

  @Test func anyChunksGiveTheSame() {
    let tone = Tone.dtmf("7", seconds: 0.09)
    let whole = Signals.tone(tone, rate: .narrowband)
    var generator = SeededGenerator(seed: 9)
    var player = TonePlayer(tone, rate: .narrowband)
    var output: [Int16] = []
    while !player.isOver {
      var block = [Int16](repeating: 0, count: Int.random(in: 1...50, using: &generator))
      var span = block.mutableSpan
      let made = player.read(into: &span)
      output += block[..<made]
    }
    #expect(difference(output, whole) == nil)
  }
}
