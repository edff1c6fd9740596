internal import ReelOffline

/// What came of measuring one thing several times: the median, and how far it can be trusted.
package struct Figure: Hashable, Sendable {
  package let runs: Int
  package let median: Double
  /// What holds the true median with 95 %, whatever the noise is like, by the order of the runs alone; with fewer than
  /// six runs, from the least to the most.
  package let low: Double
  package let high: Double

  /// Where the median is known no better than to an eighth on either side, a figure would say more than was seen.
  package static let widestShare = 0.25

  /// Of one run or more.
  package init(_ values: [Double]) {
    precondition(!values.isEmpty, "a figure is of something")
    let sorted = values.sorted()
    let count = sorted.count
    runs = count
    median = (sorted[(count - 1) / 2] + sorted[count / 2]) / 2
    // The number of runs below the true median is binomial: 1.96 deviations of √n/2 to either side.
    let outside = max(0, Int(Double(count) / 2 - 0.98 * Double(count).squareRoot()))
    low = sorted[outside]
    high = sorted[count - 1 - outside]
  }

  /// Round by round, which whatever slows both down does not move.
  package init(ratiosOf above: [Double], to below: [Double]) {
    self.init(zip(above, below).map { $0 / $1 })
  }

  /// Whether noise left anything of it. A single run has no spread, so nothing is known of its noise.
  package var isMeaningful: Bool {
    high - low <= Self.widestShare * abs(median)
  }

  /// `6.30 (4.90 to 7.10)`; where noise has drowned it, `noise (2.0 to 9.0)`; of a single run the bare number.
  package var text: String {
    let places = Self.places(max(abs(low), abs(high)))
    guard runs > 1 else { return median.text(places) }
    let range = "(\(low.text(places)) to \(high.text(places)))"
    return isMeaningful ? "\(median.text(places)) \(range)" : "noise \(range)"
  }

  /// Two or three digits that count.
  static func places(_ value: Double) -> Int {
    value >= 100 ? 0 : value >= 10 ? 1 : value >= 0.1 ? 2 : 4
  }
}
