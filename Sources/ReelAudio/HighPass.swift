/// Takes direct current and mains hum out of a signal: each sample less the mean of the 2.6 ms round it.
///
/// Gain by frequency, the same at every rate (hum at 50 and 60 Hz goes, speech from 300 Hz stays):
///
///     Hz    0    50    60    100   150   200   300   400   above
///     dB  -inf  -31   -28    -19   -12    -8    -2.6  +0.6  within ±2
///
/// A running sum of integers: exact, so the same on every processor, however the signal is cut up. The
/// output lags by ``delay`` samples. Allocates nothing.
package struct HighPass: Sendable {
  /// By how many samples the output lags.
  package let delay: Int
  private let width: Int
  private let reciprocal: Int32
  private var past: InlineArray<128, Int16>
  private var place = 0
  private var sum: Int32 = 0

  /// The time over which the mean is taken. Its inverse is the lowest frequency that passes whole.
  private static let meanSeconds = 0.0026
  /// Bits behind the point of `reciprocal`: with the largest sum (125 samples at full scale) the product
  /// stays below `2^31`.
  private static let fraction: Int32 = 15

  package init(rate hz: Int) {
    delay = Int((Double(hz) * Self.meanSeconds / 2).rounded())
    width = 2 * delay + 1
    precondition(width <= 128, "the mean of \(hz) Hz does not fit")
    reciprocal = ((1 << Self.fraction) + Int32(width) / 2) / Int32(width)
    past = InlineArray(repeating: 0)
  }

  /// Filters `input` to the front of `output`, which has room for as many.
  package mutating func process(_ input: Span<Int16>, into output: inout MutableSpan<Int16>) {
    precondition(output.count >= input.count)
    let rounding: Int32 = 1 << (Self.fraction - 1)
    for index in input.indices {
      // The ring holds 128 samples, more than the width, so no slot is read that was not written or zero.
      let newest = input[index]
      past[place] = newest
      sum &+= Int32(newest) &- Int32(past[(place &- width) & 127])
      let mean = (sum &* reciprocal &+ rounding) >> Self.fraction
      let centre = Int32(past[(place &- delay) & 127])
      output[index] = Int16(clamping: centre &- mean)
      place = (place &+ 1) & 127
    }
  }
}
