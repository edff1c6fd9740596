internal import Glibc

/// Times several pieces of work turn about, so that what the machine does meanwhile falls on all of them alike.
///
/// The ratio of two pieces is taken round by round and its median given: the machine may slow down by half in the
/// midst of it without moving a ratio.
struct Stopwatch {
  private static let rounds = 31

  /// Nanoseconds for one run of each piece of work, a row for each, a column for each round.
  static func nanoseconds<State>(
    repetitions: Int, _ state: inout State, _ works: [(inout State) -> Void]
  ) -> [[Double]] {
    var times = [[Double]](repeating: [], count: works.count)
    for _ in 0..<rounds {
      for (index, work) in works.enumerated() {
        let begin = now()
        for _ in 0..<repetitions { work(&state) }
        times[index].append(Double(now() - begin) / Double(repetitions))
      }
    }
    return times
  }

  static func now() -> UInt64 {
    var time = timespec()
    unsafe clock_gettime(CLOCK_MONOTONIC, &time)
    return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
  }
}

func median(_ values: [Double]) -> Double {
  values.sorted()[values.count / 2]
}

/// The median of the ratios of two rows, round by round.
func medianRatio(_ a: [Double], over b: [Double]) -> Double {
  median(zip(a, b).map { $0 / $1 })
}

/// A number with so many places, at the right of its column.
func column(_ value: Double, _ width: Int, _ places: Int) -> String {
  let scale = pow(10, Double(places))
  let digits = "\(Int((value * scale).rounded()))"
  let padded = String(repeating: "0", count: max(0, places + 1 - digits.count)) + digits
  let text = places == 0 ? padded : "\(padded.dropLast(places)).\(padded.suffix(places))"
  return String(repeating: " ", count: max(0, width - text.count)) + text
}

/// A text at the left of its column.
func column(_ text: String, _ width: Int) -> String {
  text + String(repeating: " ", count: max(0, width - text.count))
}
