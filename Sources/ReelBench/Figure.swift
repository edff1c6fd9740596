internal import Glibc
internal import ReelOffline

/// What came of measuring one thing several times: the median, and how far it can be trusted.
package struct Figure: Hashable, Sendable {
  package let runs: Int
  package let median: Double
  /// What holds the true median with 95 %, whatever the noise is like, by the order of the runs alone; with fewer than
  /// six runs, from the least to the most.
  package let low: Double
  package let high: Double
  /// What was measured with can't tell apart what is nearer than this.
  private let step: Double

  /// Where the median is known no better than to an eighth on either side, a figure would say more than was seen.
  package static let widestShare = 0.25

  /// Of one run or more.
  package init(_ values: [Double], step: Double = 0) {
    precondition(!values.isEmpty, "a figure is of something")
    let sorted = values.sorted()
    let count = sorted.count
    runs = count
    self.step = step
    median = (sorted[(count - 1) / 2] + sorted[count / 2]) / 2
    let outside = Self.outside(count)
    low = sorted[outside]
    high = sorted[count - 1 - outside]
  }

  /// How many runs on either side may be left out of a range that holds the median with 95 %: how many of the runs are
  /// below the true median is binomial.
  private static func outside(_ runs: Int) -> Int {
    var (count, share, both) = (0, pow(0.5, Double(runs)), 0.0)
    while true {
      both += 2 * share
      guard both <= 0.05, count < runs / 2 else { return max(0, count - 1) }
      share *= Double(runs - count) / Double(count + 1)
      count += 1
    }
  }

  /// Round by round, which whatever slows both down does not move.
  package init(ratiosOf above: [Double], to below: [Double]) {
    self.init(zip(above, below).map { $0 / $1 })
  }

  /// Whether noise left anything of it. A single run has no spread, so nothing is known of its noise.
  package var isMeaningful: Bool {
    high - low <= max(Self.widestShare * abs(median), 1.01 * step)
  }

  /// `6.30 (4.90 to 7.10)`; where noise has drowned it, `noise (2.0 to 9.0)`; of a single run the bare number.
  package var text: String {
    let places = Self.places(max(abs(low), abs(high)))
    guard runs > 1 else { return median.text(places) }
    // Of fewer than six runs the range holds the median with less than 95 %, and says how many they were.
    let few = runs < 6 ? " of \(runs)" : ""
    let range = "(\(low.text(places)) to \(high.text(places))\(few))"
    return isMeaningful ? "\(median.text(places)) \(range)" : "noise \(range)"
  }

  /// Two or three digits that count; of nothing, none.
  static func places(_ value: Double) -> Int {
    value >= 100 ? 0 : value >= 10 ? 1 : value >= 0.1 ? 2 : value > 0 ? 4 : 0
  }
}
