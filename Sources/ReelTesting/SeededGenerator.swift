/// Random numbers that the same seed gives again, on every machine: SplitMix64.
package struct SeededGenerator: RandomNumberGenerator {
  private var state: UInt64

  package init(seed: UInt64) {
    state = seed
  }

  package mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
    return mixed ^ mixed >> 31
  }

  /// A number of the normal distribution, of mean 0 and deviation 1.
  package mutating func nextNormal() -> Double {
    // The sum of twelve uniform numbers has deviation 1 and is near enough to normal for noise.
    var sum = -6.0
    for _ in 0..<12 { sum += Double.random(in: 0..<1, using: &self) }
    return sum
  }
}

/// Cuts `count` into pieces of 1 to `longest`.
package func randomPieces(of count: Int, longest: Int, using generator: inout SeededGenerator) -> [Int] {
  var pieces: [Int] = []
  var left = count
  while left > 0 {
    let piece = min(left, Int.random(in: 1...longest, using: &generator))
    pieces.append(piece)
    left -= piece
  }
  return pieces
}
