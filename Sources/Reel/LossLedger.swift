internal import ReelCore
internal import ReelFiles

/// Writes down what samples are, on their way to the files, and turns what is lost there into `dropped`.
///
/// The recorder told what its samples are. Where a stall of the disk makes some of them silence after all, real ones
/// become dropped; silence is silence still.
struct LossLedger {
  private var caller = LegLoss(.caller)
  private var agent = LegLoss(.agent)

  /// Takes the recorder's next mark, whose place has been reached.
  mutating func take(_ mark: LedgerMark, into change: inout RecordingChange) {
    switch mark.leg {
    case .caller: caller.take(mark, into: &change)
    case .agent: agent.take(mark, into: &change)
    }
  }

  /// Writes down what `count` samples at `start` are, before they are written.
  mutating func account(_ count: Int, at start: Int, isLost: Bool, into change: inout RecordingChange) {
    caller.account(count, at: start, isLost: isLost, into: &change)
    agent.account(count, at: start, isLost: isLost, into: &change)
  }

  /// The sums as they are with what was lost.
  func corrected(_ sums: TimelineSums) -> TimelineSums {
    var sums = sums
    sums.caller.lose(caller.lost)
    sums.agent.lose(agent.lost)
    return sums
  }
}

/// One leg's part of it.
private struct LegLoss {
  private let leg: Leg
  /// What the recorder says of the samples from here on; nil for a leg that is not recorded.
  private var kind: SpanKind?
  /// What was written down last; nil where a mark is needed in any case.
  private var told: SpanKind?
  /// How many real samples were lost.
  private(set) var lost = 0

  init(_ leg: Leg) {
    self.leg = leg
  }

  mutating func take(_ mark: LedgerMark, into change: inout RecordingChange) {
    kind = mark.kind
    guard mark.skipped > 0 else { return }
    // A pause that was taken out stands between two spans, and has no samples of its own.
    change.note(mark)
    told = nil
  }

  mutating func account(_ count: Int, at start: Int, isLost: Bool, into change: inout RecordingChange) {
    guard var kind else { return }
    if isLost && kind == .real {
      kind = .dropped
      lost += count
    }
    guard told != kind else { return }
    change.note(LedgerMark(leg, kind, start: start))
    told = kind
  }
}

extension LegSums {
  fileprivate mutating func lose(_ count: Int) {
    real -= count
    dropped += count
  }
}
