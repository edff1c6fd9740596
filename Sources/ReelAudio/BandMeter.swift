/// Measures the power of the telephone band over one 10 ms window after another.
///
/// The windows lie on the signal's own clock: window `i` ends at sample `floor((i + 1) · rate / 100)`, at any
/// rate and however the signal is cut up. Allocates only when made.
package struct BandMeter: Sendable {
  static let windowsPerSecond = 100

  /// How many samples are wanting until the window in progress is whole; never 0.
  package private(set) var samplesToWindowEnd: Int
  private let rate: SampleRate
  private var decimator: Decimator
  private var highPass: HighPass
  private var windows = 0
  private var energy: UInt64 = 0
  private var measured = 0

  package init(rate: SampleRate) {
    self.rate = rate
    decimator = Decimator(rate: rate)
    highPass = HighPass(rate: decimator.outputHz)
    samplesToWindowEnd = rate.hz / Self.windowsPerSecond
  }

  /// Takes samples of one window, at most ``samplesToWindowEnd``; gives its power once it is whole.
  package mutating func push(_ samples: Span<Int16>) -> Double? {
    precondition(samples.count <= samplesToWindowEnd, "a window's samples, not the next one's")
    // 10 ms of the decimated band are 120 samples at most (of 12 kHz).
    var band = InlineArray<128, Int16>(repeating: 0)
    var bandSpan = band.mutableSpan
    let count = decimator.process(samples, into: &bandSpan)
    var sound = InlineArray<128, Int16>(repeating: 0)
    var soundSpan = sound.mutableSpan
    highPass.process(band.span.extracting(first: count), into: &soundSpan)
    energy += Level.sumOfSquares(sound.span.extracting(first: count))
    measured += count
    samplesToWindowEnd -= samples.count
    guard samplesToWindowEnd == 0 else { return nil }
    return finishWindow()
  }

  private mutating func finishWindow() -> Double {
    let power = Double(energy) / Double(measured)
    energy = 0
    measured = 0
    windows += 1
    samplesToWindowEnd =
      (windows + 1) * rate.hz / Self.windowsPerSecond - windows * rate.hz / Self.windowsPerSecond
    return power
  }
}
