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
  ///
  /// Samples are taken two by two, from the two halves of a stretch, because two squares fit an unsigned 32-bit
  /// lane (`2 · 2^30`) and a vector of 64-bit sums would cost three times as much.
  package static func sumOfSquares(_ samples: Span<Int16>) -> UInt64 {
    var total: UInt64 = 0
    var rest = samples
    while rest.count > 1 {
      let half = min(rest.count / 2, longestHalf)
      total += sumOfSquares(rest.extracting(first: half), rest.extracting(half..<2 * half))
      rest = rest.extracting(droppingFirst: 2 * half)
    }
    if rest.count == 1 { total += UInt64(Int64(rest[0]) * Int64(rest[0])) }
    return total
  }

  /// With no more pairs than this, the sum of their low 16 bits and that of their high 16 bits fit 32 bits.
  private static let longestHalf = 1 << 14

  private static func sumOfSquares(_ a: Span<Int16>, _ b: Span<Int16>) -> UInt64 {
    var wrapped: UInt32 = 0
    var high: UInt32 = 0
    for index in a.indices {
      let pair = UInt32(
        bitPattern: Int32(a[index]) &* Int32(a[index]) &+ Int32(b[index]) &* Int32(b[index]))
      wrapped &+= pair
      high &+= pair &>> 16
    }
    // What the high halves account for, taken from the sum modulo 2^32, leaves the sum of the low halves.
    let low = wrapped &- high &<< 16
    return UInt64(high) << 16 + UInt64(low)
  }
}
