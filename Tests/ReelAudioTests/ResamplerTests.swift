// Strategy: all 81 pairs of rates. Length by arithmetic; sound by a sine that is worked out at the other rate, so
// that delay, gain and noise all show; chunks by random cuts whose seed is printed.
import Glibc
import ReelAudio
import ReelTesting
import Testing

@Suite struct ResamplerTests {
  static let pairs = SampleRate.all.flatMap { from in SampleRate.all.map { (from, $0) } }

  @Test(arguments: pairs) func lengthIsExact(from: SampleRate, to: SampleRate) {
    for count in [0, 1, 2, 79, 80, 441, 5_000] {
      let input = [Int16](repeating: 1_000, count: count)
      let output = resample(input, from, to, pieces: [count])
      #expect(output.count == (count * to.hz + from.hz - 1) / from.hz)
    }
  }

  @Test(arguments: pairs) func anyChunksGiveTheSame(from: SampleRate, to: SampleRate) {
    let seed = UInt64(from.hz * 100_000 + to.hz)
    var generator = SeededGenerator(seed: seed)
    let input = Signals.whiteNoise(dBFS: -20, count: 4_000, using: &generator)
    let whole = resample(input, from, to, pieces: [input.count])
    for longest in [1, 37, 900] {
      let pieces = randomPieces(of: input.count, longest: longest, using: &generator)
      #expect(difference(resample(input, from, to, pieces: pieces), whole) == nil, "seed \(seed), longest \(longest)")
    }
  }

  @Test(arguments: pairs) func speechBandKeepsItsTimeAndLevel(from: SampleRate, to: SampleRate) {
    for hz in [300.0, 1_000, 3_000] {
      let input = Signals.sine(hz: hz, dBFS: -6, seconds: 0.5, rate: from)
      let expected = Signals.sine(hz: hz, dBFS: -6, seconds: 0.5, rate: to)
      let output = resample(input, from, to, pieces: [input.count])
      // The ends ring, for the signal begins and ends at full swing.
      let inner = output.count / 10..<output.count * 9 / 10
      var noise = 0.0
      for index in inner { noise += pow(Double(output[index]) - Double(expected[index]), 2) }
      let noiseDBFS = Level.dBFS(power: noise / Double(inner.count))
      #expect(noiseDBFS < -92, "\(hz) Hz: \(noiseDBFS) dBFS")
    }
  }

  @Test(arguments: pairs) func nearlyTheWholeBandPasses(from: SampleRate, to: SampleRate) {
    let edge = 0.92 * Double(min(from.hz, to.hz)) / 2
    let input = Signals.sine(hz: edge, dBFS: -6, seconds: 0.5, rate: from)
    let output = resample(input, from, to, pieces: [input.count])
    let inner = output.span.extracting(output.count / 10..<output.count * 9 / 10)
    #expect(abs(Level.dBFS(of: inner) + 6) < 0.5)
  }

  @Test func whatDoesNotFitTheLowerRateIsGone() {
    let input = Signals.sine(hz: 5_000, dBFS: -6, seconds: 0.5, rate: .wideband)
    let output = resample(input, .wideband, .narrowband, pieces: [input.count])
    #expect(Level.dBFS(of: output.span.extracting(400..<3_600)) < -85)
  }

  @Test func resetForgetsEverything() {
    var generator = SeededGenerator(seed: 5)
    let input = Signals.whiteNoise(dBFS: -20, count: 3_000, using: &generator)
    let resampler = Resampler(from: .narrowband, to: .wideband)
    let first = run(resampler, input, pieces: [3_000])
    resampler.reset()
    #expect(difference(run(resampler, input, pieces: [3_000]), first) == nil)
  }

  private func resample(_ input: [Int16], _ from: SampleRate, _ to: SampleRate, pieces: [Int]) -> [Int16] {
    let resampler = Resampler(from: from, to: to)
    return run(resampler, input, pieces: pieces)
  }

  private func run(_ resampler: Resampler, _ input: [Int16], pieces: [Int]) -> [Int16] {
    var output: [Int16] = []
    var block = [Int16](repeating: 0, count: resampler.mostOutput(of: max(64, pieces.max() ?? 0)))
    var place = 0
    for piece in pieces {
      var span = block.mutableSpan
      let made = resampler.process(input.span.extracting(place..<place + piece), into: &span)
      output += block[..<made]
      place += piece
    }
    while true {
      var span = block.mutableSpan
      let made = resampler.finish(into: &span)
      guard made > 0 else { return output }
      output += block[..<made]
    }
  }
}
