/// How much of each pixel column of a picture something fills.
struct PixelColumns {
  private var shares: [Double]

  /// Shades that are told apart.
  static let levels = 8

  init(count: Int) {
    shares = [Double](repeating: 0, count: count)
  }

  /// Adds what lies between two places; what has been added does not overlap it.
  mutating func add(from: Double, to: Double) {
    let end = min(to, Double(shares.count))
    var place = max(0, from)
    while place < end {
      let column = Int(place)
      let next = min(end, Double(column + 1))
      shares[column] += next - place
      place = next
    }
  }

  /// Columns in a row that are filled alike, as far as anything is in them.
  struct Run {
    var start: Int
    var count: Int
    /// From more than 0 to 1.
    var share: Double
  }

  /// Any share at all is the least shade.
  var runs: [Run] {
    var runs: [Run] = []
    for (column, share) in shares.enumerated() where share > 0 {
      let level = (min(1, share + 1e-9) * Double(Self.levels)).rounded(.up) / Double(Self.levels)
      let shade = min(1, level)
      if let last = runs.last, last.start + last.count == column, last.share == shade {
        runs[runs.count - 1].count += 1
      } else {
        runs.append(Run(start: column, count: 1, share: shade))
      }
    }
    return runs
  }

  /// The same, whatever the share.
  var filled: [Run] {
    runs.reduce(into: []) { result, run in
      if let last = result.last, last.start + last.count == run.start {
        result[result.count - 1].count += run.count
      } else {
        result.append(run)
      }
    }
  }
}
