/// Measures the power of the telephone band over one 10 ms window after another.
///
/// The windows lie on the signal's own clock: window `i` ends at sample `floor((i + 1) · rate / 100)`, at any
/// rate and however the signal is cut up. Allocates only when made.
package struct BandMeter: Sendable {
  static let windowsPerSecond = 100

  /// How many samples are wanting until the window in progress is whole; never 0.
  package private(set) var samplesToWindowEnd: Int
  private var highPass: HighPass
  private var energy: Int64 = 0
  private var measured = 0
  private let windowLength: Int
  /// What windows of `windowLength` lack, in hundredths of a sample a window, and what they lack so far.
  private let lack: Int
  private var lacking: Int
  /// Nil at 8 kHz, where it would only delay: the filter does that as well.
  private var decimator: Decimator?

  package init(rate: SampleRate) {
    let decimator = Decimator(rate: rate)
    if rate == .narrowband {
      highPass = HighPass(rate: rate.hz, lag: decimator.delay)
    } else {
      highPass = HighPass(rate: decimator.outputHz)
      self.decimator = decimator
    }
    (windowLength, lack) = rate.hz.quotientAndRemainder(dividingBy: Self.windowsPerSecond)
    samplesToWindowEnd = windowLength
    lacking = lack
  }

  /// Takes samples of one window, at most ``samplesToWindowEnd``; gives its power once it is whole.
  package mutating func push(_ samples: Span<Int16>) -> Double? {
    precondition(samples.count <= samplesToWindowEnd, "a window's samples, not the next one's")
    if decimator == nil { measure(samples) } else { decimate(samples) }
    samplesToWindowEnd -= samples.count
    guard samplesToWindowEnd == 0 else { return nil }
    return finishWindow()
  }

  private mutating func decimate(_ samples: Span<Int16>) {
    // 10 ms of the decimated band are 120 samples at most (of 12 kHz).
    var band = InlineArray<128, Int16>(repeating: 0)
    var bandSpan = band.mutableSpan
    let count = decimator!.process(samples, into: &bandSpan)
    measure(band.span.extracting(first: count))
  }

  private mutating func measure(_ band: Span<Int16>) {
    var sound = InlineArray<128, Int16>(repeating: 0)
    var soundSpan = sound.mutableSpan
    energy &+= Int64(highPass.process(band, into: &soundSpan))
    measured &+= band.count
  }

  private mutating func finishWindow() -> Double {
    let power = Double(energy) / Double(measured)
    energy = 0
    measured = 0
    samplesToWindowEnd = windowLength
    lacking += lack
    if lacking >= Self.windowsPerSecond {
      lacking -= Self.windowsPerSecond
      samplesToWindowEnd += 1
    }
    return power
  }
}
