// Strategy: the kernels are held against the plainest way to write them, on sizes round every vector width and on
// the extreme values; levels against figures worked out by hand.
import ReelAudio
import ReelTesting
import Testing

private let sizes = Array(0...70) + [159, 160, 161, 1_000, 32_768, 65_539]

private func noise(_ count: Int, seed: UInt64) -> [Int16] {
  var generator = SeededGenerator(seed: seed)
  return (0..<count).map { _ in
    // One in eight at the ends of the scale, where sums overflow.
    switch Int.random(in: 0..<16, using: &generator) {
    case 0: .min
    case 1: .max
    default: Int16.random(in: .min ... .max, using: &generator)
    }
  }
}

@Suite struct LevelTests {
  @Test func sumOfSquaresIsExact() {
    for size in sizes {
      let samples = noise(size, seed: UInt64(size))
      let expected = samples.reduce(UInt64(0)) { $0 + UInt64(Int64($1) * Int64($1)) }
      #expect(Level.sumOfSquares(samples.span) == expected, "\(size) samples")
    }
  }

  @Test func sumOfSquaresHoldsTheLoudestSignalThereIs() {
    let samples = [Int16](repeating: .min, count: 3 << 15)
    #expect(Level.sumOfSquares(samples.span) == UInt64(samples.count) << 30)
  }

  @Test func levelsAreThoseOfRMSAgainstFullScale() {
    let full: [Int16] = [.min, .min, .min]
    #expect(Level.dBFS(of: full.span) == 0)
    let half: [Int16] = [16_384, -16_384]
    #expect(abs(Level.dBFS(of: half.span) + 6.0206) < 1e-4)
    let sine = Signals.sine(hz: 1_000, dBFS: -23, seconds: 1, rate: .narrowband)
    #expect(abs(Level.dBFS(of: sine.span) + 23) < 0.01)
    let silence: [Int16] = [0, 0]
    #expect(Level.dBFS(of: silence.span) == -.infinity)
    let none: [Int16] = []
    #expect(Level.dBFS(of: none.span) == -.infinity)
  }
}

@Suite struct MixTests {
  @Test func mixClipsAndNeverWraps() {
    for size in sizes {
      let a = noise(size, seed: 1)
      let b = noise(size, seed: 2)
      var output = [Int16](repeating: 7, count: size + 1)
      var span = output.mutableSpan
      Mix.saturating(a.span, b.span, into: &span)
      let expected = zip(a, b).map { Int16(max(-32_768, min(32_767, Int($0) + Int($1)))) }
      #expect(difference(output, expected + [7]) == nil, "\(size) samples")
    }
  }

  @Test func interleavingAndSplittingAreInverse() {
    for size in sizes {
      let left = noise(size, seed: 3)
      let right = noise(size, seed: 4)
      var frames = [Int16](repeating: 7, count: 2 * size + 1)
      var span = frames.mutableSpan
      Mix.interleave(left: left.span, right: right.span, into: &span)
      let expected = zip(left, right).flatMap { [$0, $1] }
      #expect(difference(frames, expected + [7]) == nil, "\(size) frames")

      var leftAgain = [Int16](repeating: 0, count: size)
      var rightAgain = leftAgain
      var leftSpan = leftAgain.mutableSpan
      var rightSpan = rightAgain.mutableSpan
      Mix.split(frames.span.extracting(first: 2 * size), left: &leftSpan, right: &rightSpan)
      #expect(leftAgain == left && rightAgain == right, "\(size) frames")
    }
  }

  @Test func placingLeavesTheOtherSideSilent() {
    let samples: [Int16] = [1, -2, 3]
    var frames = [Int16](repeating: 7, count: 6)
    var span = frames.mutableSpan
    Mix.place(samples.span, on: .left, into: &span)
    #expect(difference(frames, [1, 0, -2, 0, 3, 0]) == nil)
    span = frames.mutableSpan
    Mix.place(samples.span, on: .right, into: &span)
    #expect(difference(frames, [0, 1, 0, -2, 0, 3]) == nil)
  }
}
