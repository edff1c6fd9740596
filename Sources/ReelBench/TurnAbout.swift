internal import Glibc
internal import ReelRealtime

/// Several pieces of work done in turn, over and over, so that whatever else the machine does falls on all of them
/// alike. The first turn warms the caches and is not counted; every other turn goes backwards, for who comes first may
/// find a colder machine.
package struct TurnAbout: Sendable {
  /// How long all of it may take, but for the least number of turns.
  package let seconds: Double
  /// What a range needs to mean anything.
  package let leastTurns: Int
  /// Beyond this the range narrows no more than the eye sees.
  package let mostTurns: Int

  package init(seconds: Double, leastTurns: Int = 5, mostTurns: Int = 101) {
    self.seconds = seconds
    self.leastTurns = leastTurns
    self.mostTurns = mostTurns
  }

  /// Each piece's time of every turn, as the pieces themselves take it.
  package func times(_ works: [() throws -> Double], _ setting: BenchSetting) throws -> Times {
    for work in works { _ = try work() }
    var rows = [[Double]](repeating: [], count: works.count)
    let start = MonotonicTime.now()
    for turn in 0..<mostTurns {
      if turn >= leastTurns && MonotonicTime.now().seconds(since: start) > seconds { break }
      for index in turn % 2 == 0 ? Array(works.indices) : works.indices.reversed() {
        try setting.checkInterruption()
        rows[index].append(try works[index]())
      }
    }
    return Times(rows: rows)
  }

  /// The pieces' times, turn by turn.
  package struct Times {
    package let rows: [[Double]]

    /// One piece's time, in units of so many seconds.
    package func figure(_ index: Int, unitSeconds: Double = 1) -> Figure {
      Figure(rows[index].map { $0 / unitSeconds })
    }

    /// How many times as long as another a piece took.
    package func ratio(_ index: Int, to other: Int) -> Figure {
      Figure(ratiosOf: rows[index], to: rows[other])
    }
  }
}

/// Takes the time of something that is short, so often that the clock does not count.
func secondsEach(of repetitions: Int, _ body: () -> Void) -> Double {
  let start = MonotonicTime.now()
  for _ in 0..<repetitions { body() }
  return MonotonicTime.now().seconds(since: start) / Double(repetitions)
}
