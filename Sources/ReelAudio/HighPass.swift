/// Takes direct current and mains hum out of a signal: each sample less the mean of the 2.6 ms round it.
///
/// Gain by frequency, the same at every rate (hum at 50 and 60 Hz goes, speech from 300 Hz stays):
///
///     Hz    0    50    60    100   150   200   300   400   above
///     dB  -inf  -31   -28    -19   -12    -8    -2.6  +0.6  within ±2
///
/// A running sum of integers: exact, so the same on every processor, however the signal is cut up. The
/// output lags by ``delay`` samples. Allocates only when made.
package struct HighPass: Sendable {
  /// By how many samples the output lags.
  package let delay: Int
  private let width: Int
  private let reciprocal: Int32
  /// The last `width` samples, then those just come.
  ///
  ///     0 … width-1      width … width+count-1
  ///     past samples     new samples
  private var line: [Int16]
  /// The sum of the `width` samples up to each of those just come.
  private var sums: [Int32]
  private var sum: Int32 = 0

  /// The time over which the mean is taken. Its inverse is the lowest frequency that passes whole.
  private static let meanSeconds = 0.0026
  /// Bits behind the point of `reciprocal`. A sum is at most `width` samples at full scale and the reciprocal undoes
  /// the width, so a product is at most about `2^15 · 2^15`.
  private static let fraction: Int32 = 15
  /// No more samples may come at once: 10 ms at 12 kHz, and a little more.
  package static let mostInput = 128

  package init(rate hz: Int) {
    delay = Int((Double(hz) * Self.meanSeconds / 2).rounded())
    width = 2 * delay + 1
    precondition(width < 64, "the mean of \(hz) Hz does not fit")
    reciprocal = ((1 << Self.fraction) + Int32(width) / 2) / Int32(width)
    line = [Int16](repeating: 0, count: width + Self.mostInput)
    sums = [Int32](repeating: 0, count: Self.mostInput)
  }

  /// Filters `input`, at most ``mostInput`` samples, to the front of `output`, which has room for as many.
  package mutating func process(_ input: Span<Int16>, into output: inout MutableSpan<Int16>) {
    let count = input.count
    precondition(count <= Self.mostInput && output.count >= count)
    SampleMemory.copy(input, into: &line, at: width)
    sum = Self.sums(of: line, width: width, count, from: sum, into: &sums)
    subtractMeans(count, into: &output)
    SampleMemory.moveToFront(&line, from: count, count: width)
  }

  private func subtractMeans(_ count: Int, into output: inout MutableSpan<Int16>) {
    let centres = line.span.extracting(width - delay..<width - delay + count)
    let sums = sums.span
    let half: Int32 = 1 << (Self.fraction - 1)
    for index in 0..<count {
      let mean = (sums[index] &* reciprocal &+ half) >> Self.fraction
      output[index] = Int16(clamping: Int32(centres[index]) &- mean)
    }
  }

  /// The sum of the `width` samples up to each new one; gives the last.
  private static func sums(
    of line: [Int16], width: Int, _ count: Int, from first: Int32, into sums: inout [Int32]
  ) -> Int32 {
    let leaving = line.span.extracting(0..<count)
    let coming = line.span.extracting(width..<width + count)
    var output = sums.mutableSpan
    var sum = first
    for index in 0..<count {
      sum &+= Int32(coming[index]) &- Int32(leaving[index])
      output[index] = sum
    }
    return sum
  }
}
