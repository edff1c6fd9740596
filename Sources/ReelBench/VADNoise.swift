internal import Glibc
package import ReelAudio

/// What lies under the speech on a bad line. The same seed gives the same noise.
package enum NoiseKind: String, CaseIterable, Sendable {
  case white, babble, hum

  /// So many samples, at whatever level. Babble is made of `talk`.
  package func samples(_ count: Int, rate: SampleRate, talk: [Int16], seed: UInt64) -> [Double] {
    var generator = Noise(seed: seed)
    return switch self {
    case .white: generator.samples(count, peak: 10_000).map { Double($0) }
    case .babble: Self.babble(of: talk, count, &generator)
    case .hum: Self.hum(count, rate, &generator)
    }
  }

  /// So many that no single one is understood.
  package static let talkers = 8

  /// Each talker begins somewhere in the talk, and begins anew at its end.
  private static func babble(of talk: [Int16], _ count: Int, _ generator: inout Noise) -> [Double] {
    var sum = [Double](repeating: 0, count: count)
    guard !talk.isEmpty else { return sum }
    for _ in 0..<talkers {
      var place = Int.random(in: 0..<talk.count, using: &generator)
      for index in 0..<count {
        sum[index] += Double(talk[place])
        place = place + 1 == talk.count ? 0 : place + 1
      }
    }
    return sum
  }

  /// The mains and its overtones, as an ungrounded line has them, each beginning anywhere.
  private static func hum(_ count: Int, _ rate: SampleRate, _ generator: inout Noise) -> [Double] {
    let parts: [(hz: Double, amplitude: Double)] = [(50, 1), (100, 0.6), (150, 0.4), (250, 0.2)]
    var sum = [Double](repeating: 0, count: count)
    for part in parts {
      let phase = Double.random(in: 0..<(2 * .pi), using: &generator)
      let step = 2 * Double.pi * part.hz / Double(rate.hz)
      for index in 0..<count { sum[index] += part.amplitude * sin(step * Double(index) + phase) }
    }
    return sum
  }
}

package enum NoiseMix {
  /// Sound with noise of that power added; what is beyond 16 bits is cut off there.
  package static func adding(_ noise: [Double], ofPower power: Double, to samples: [Int16]) -> [Int16] {
    let found = noise.reduce(0) { $0 + $1 * $1 } / Double(noise.count)
    // Of silence no noise can be made.
    guard found > 0 else { return samples }
    let gain = (power / found).squareRoot()
    return zip(samples, noise).map { Int16(clamping: Int((Double($0) + gain * $1).rounded())) }
  }
}
