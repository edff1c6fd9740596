/// When something held, told window by window: whether somebody spoke, whether two did at once.
///
/// Memory is bounded: beyond ``mostListed`` stretches are counted and summed, and not listed.
package struct Stretches: Hashable, Sendable {
  /// An hour and more of syllables, each taken for a turn of its own.
  package static let mostListed = 20_000
  /// The first stretches, in samples.
  package private(set) var ranges: [Range<Int>] = []
  /// How many there are, listed or not.
  package private(set) var count = 0
  /// How many samples they have in all.
  package private(set) var samples = 0
  /// The longest run of samples in which it did not hold, from the first sample to the last; the first of equals.
  package private(set) var longestGap = 0..<0

  private var begun: Int?
  private var gapStart = 0

  package init() {}

  /// Takes whether it holds from the sample at `start` on, where the last window ended.
  package mutating func take(_ holds: Bool, from start: Int) {
    switch (holds, begun) {
    case (true, nil):
      closeGap(at: start)
      begun = start
    case (false, let first?):
      close(first..<start)
    default: break
    }
  }

  /// Takes where the sound ends. Comes once, at last.
  package mutating func end(at sampleCount: Int) {
    if let begun { close(begun..<sampleCount) }
    closeGap(at: sampleCount)
  }

  private mutating func close(_ range: Range<Int>) {
    if ranges.count < Self.mostListed { ranges.append(range) }
    count += 1
    samples += range.count
    begun = nil
    gapStart = range.upperBound
  }

  private mutating func closeGap(at end: Int) {
    if end - gapStart > longestGap.count { longestGap = gapStart..<end }
  }
}
