internal import ReelCore
internal import ReelFiles

/// Writes down what samples are, on their way to the files, and turns what is lost there into `dropped`.
///
/// The recorder told what its samples are. Where a stall of the disk makes some of them silence after all, real ones
/// become dropped; silence is silence still.
struct LossLedger {
  /// What the recorder says of a leg's samples from here on.
  private var kinds: [Leg: SpanKind] = [:]
  /// What was written down last; nil where a mark is needed in any case.
  private var told: [Leg: SpanKind] = [:]
  /// How many real samples of each leg were lost.
  private(set) var lost: [Leg: Int] = [:]

  /// Takes the recorder's next mark, whose place has been reached.
  mutating func take(_ mark: LedgerMark, into change: inout RecordingChange) {
    kinds[mark.leg] = mark.kind
    guard mark.skipped > 0 else { return }
    // A pause that was taken out stands between two spans, and has no samples of its own.
    change.note(mark)
    told[mark.leg] = nil
  }

  /// Writes down what `count` samples at `start` are, before they are written.
  mutating func account(
    _ count: Int, at start: Int, isLost: Bool, into change: inout RecordingChange
  ) {
    for leg in Leg.allCases {
      guard var kind = kinds[leg] else { continue }
      if isLost && kind == .real {
        kind = .dropped
        lost[leg, default: 0] += count
      }
      guard told[leg] != kind else { continue }
      change.note(LedgerMark(leg, kind, start: start))
      told[leg] = kind
    }
  }

  /// The sums as they are with what was lost.
  func corrected(_ sums: TimelineSums) -> TimelineSums {
    var sums = sums
    sums.caller.lose(lost[.caller] ?? 0)
    sums.agent.lose(lost[.agent] ?? 0)
    return sums
  }
}

extension LegSums {
  fileprivate mutating func lose(_ count: Int) {
    real -= count
    dropped += count
  }
}
