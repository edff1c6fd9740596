internal import ReelAudio

/// One leg's place in time, of stamps in whole milliseconds and counts of samples.
///
/// A stamp can't say where a sample lies: at 11,025 Hz a frame of 20 ms is 220.5 of them. So what a stamp puts within
/// the tolerance of where the last message ended follows it to the sample; what lies further away is a gap, or an
/// overlap, and stays where the stamp puts it.
struct LegClock: Hashable {
  private let rate: SampleRate
  private let tolerance: Int
  /// Where the next samples are expected; nil before the first.
  private var expected: Int?

  init(_ rate: SampleRate) {
    self.rate = rate
    tolerance = rate.samples(in: MediaLimits.timestampToleranceSeconds)
  }

  /// The place of the next `count` samples. Those without a stamp follow what came before, and have no place where
  /// nothing did.
  mutating func place(_ count: Int, milliseconds: Int?) -> Int? {
    guard let milliseconds else {
      expected = expected.map { $0 + count }
      return nil
    }
    var position = (milliseconds * rate.hz + 500) / 1_000
    if let expected, abs(position - expected) <= tolerance { position = expected }
    expected = position + count
    return position
  }
}
