/// Noise that is the same on every machine.
package struct Noise: RandomNumberGenerator, Sendable {
  private var state: UInt64

  package init(seed: UInt64) {
    state = seed
  }

  /// SplitMix64.
  package mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
    return mixed ^ mixed >> 31
  }

  /// White, with nothing beyond the peak.
  mutating func samples(_ count: Int, peak: Int16) -> [Int16] {
    (0..<count).map { _ in Int16.random(in: -peak...peak, using: &self) }
  }

  /// A second and a little more at 8 kHz of something that comes and goes as speech does, every 200 ms.
  package static func likeSpeech() -> [Int16] {
    var noise = Noise(seed: 2)
    return (0..<8_160).flatMap { noise.samples(1, peak: $0 / 1_600 % 2 == 0 ? 6_000 : 20) }
  }
}
