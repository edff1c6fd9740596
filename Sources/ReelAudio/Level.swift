import Glibc

/// How loud samples are, in dBFS: decibels by RMS, where 0 is a signal whose every sample is at full scale.
///
/// A full-scale sine is therefore at -3.01 dBFS, as in sox's and ffmpeg's RMS figures.
///
///     Level.dBFS(of: [16384, -16384])   // -6.02
///     Level.dBFS(of: [0, 0])            // -infinity: digital silence
package enum Level {
  /// The power (mean square) of a signal at 0 dBFS.
  package static let fullScalePower = 32_768.0 * 32_768.0

  /// The RMS level of `samples` in dBFS; minus infinity for none, or for digital silence.
  package static func dBFS(of samples: Span<Int16>) -> Double {
    guard !samples.isEmpty else { return -.infinity }
    return dBFS(power: Double(sumOfSquares(samples)) / Double(samples.count))
  }

  package static func dBFS(power: Double) -> Double {
    10 * log10(power / fullScalePower)
  }

  /// The power (mean square) that a signal at `dBFS` has.
  package static func power(dBFS: Double) -> Double {
    fullScalePower * pow(10, dBFS / 10)
  }

  /// The amplitude, of 32,768 at full scale, whose RMS is `dBFS` when held steadily.
  package static func amplitude(dBFS: Double) -> Double {
    32_768 * pow(10, dBFS / 20)
  }

  /// The sum of the squares of `samples`, exact.
  package static func sumOfSquares(_ samples: Span<Int16>) -> UInt64 {
    var total: UInt64 = 0
    var rest = samples
    while rest.count >= 8 {
      let part = rest.extracting(first: min(rest.count & ~7, Energy.most))
      total &+= sumOfSquares(ofEights: part)
      rest = rest.extracting(droppingFirst: part.count)
    }
    for index in rest.indices { total &+= UInt64(Int64(rest[index]) &* Int64(rest[index])) }
    return total
  }

  private static func sumOfSquares(ofEights samples: Span<Int16>) -> UInt64 {
    // Sound: eight samples are read where eight are left, and need no alignment.
    unsafe samples.withUnsafeBytes { bytes in
      var energy = Energy()
      guard let words = bytes.baseAddress else { return 0 }
      for place in stride(from: 0, to: bytes.count &- 15, by: 16) {
        energy.add(unsafe words.loadUnaligned(fromByteOffset: place, as: SIMD8<Int16>.self))
      }
      return energy.total
    }
  }
}

/// The sum of the squares of at most ``most`` samples, exact, eight at a time.
///
/// Two squares are added first, which is one instruction: they fit an unsigned 32-bit lane (`2 · 2^30`), and a vector
/// of 64-bit sums would cost three times as much.
struct Energy {
  /// With no more samples than this, the sums of all pairs' low 16 bits and of their high 16 bits fit 32 bits.
  static let most = 1 << 15

  private var wrapped = SIMD4<UInt32>()
  private var high = SIMD4<UInt32>()

  @inline(__always)
  mutating func add(_ eight: SIMD8<Int16>) {
    let even = SIMD4<Int32>(truncatingIfNeeded: eight.evenHalf)
    let odd = SIMD4<Int32>(truncatingIfNeeded: eight.oddHalf)
    let pairs = SIMD4<UInt32>(truncatingIfNeeded: even &* even &+ odd &* odd)
    wrapped &+= pairs
    high &+= pairs &>> 16
  }

  @inline(__always)
  var total: UInt64 {
    // What the high halves account for, taken from the sum modulo 2^32, leaves the sum of the low halves.
    let low = wrapped &- high &<< 16
    return UInt64(high.wrappedSum()) << 16 + UInt64(low.wrappedSum())
  }
}
