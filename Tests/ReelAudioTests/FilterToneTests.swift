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
    let tone = Tone.dtmf(DTMFDigit("7")!, seconds: 0.09)
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
    #expect(output == whole)
  }
}
