/// What a run of samples on the timeline is.
public enum SpanKind: UInt8, Hashable, Sendable, CaseIterable {
  /// Audio that was pushed.
  case real
  /// Silence where no audio arrived in time.
  case filled
  /// Silence, or time taken out, because the recording was paused.
  case paused
  /// Silence where audio was lost on the way: a ring or the disk's queue was full.
  case dropped
  /// Audio made unrecognisable afterwards.
  case redacted
}

/// A run of one leg's samples on the timeline that are all of one kind.
///
/// A recorded leg's spans follow each other without gap or overlap from sample 0 to the end.
public struct LedgerSpan: Hashable, Sendable {
  /// The leg whose samples these are.
  public let leg: Leg
  /// What they are.
  public let kind: SpanKind
  /// Where on the timeline they begin.
  public let start: Int
  /// How many samples of the timeline they are: 0 for a pause that was taken out.
  public fileprivate(set) var count: Int
  /// How many samples a pause took out of the timeline here.
  public let skipped: Int
}

/// What became of one recorded leg, in samples of the timeline.
public struct LegSums: Hashable, Sendable {
  /// Audio that was pushed and is in the recording.
  public internal(set) var real = 0
  /// Silence where no audio arrived in time.
  public internal(set) var filled = 0
  /// Silence written for pauses.
  public internal(set) var paused = 0
  /// Silence where audio was lost on the way here.
  public internal(set) var dropped = 0
  /// Samples, by the leg's own clock, that came too late for their place and are not in the recording.
  public internal(set) var late = 0

  /// All samples of the leg on the timeline.
  public var total: Int { real + filled + paused + dropped }

  package init() {}
}

/// What became of a recording's time, in samples of the timeline.
public struct TimelineSums: Hashable, Sendable {
  /// The length of the recording.
  public internal(set) var timeline = 0
  /// Time written as silence for pauses.
  public internal(set) var paused = 0
  /// Time taken out for pauses; not part of ``timeline``.
  public internal(set) var skipped = 0
  /// Time in which speech was heard on any recorded leg.
  public internal(set) var speech = 0
  /// The caller's leg; all 0 when it is not recorded.
  public internal(set) var caller = LegSums()
  /// The agent's leg; all 0 when it is not recorded.
  public internal(set) var agent = LegSums()

  package init() {}
}

/// Keeps one leg's sums and its span in progress, so that a whole ledger needs no memory here: a span is handed
/// on as soon as the next one begins.
struct LegLedger {
  let leg: Leg
  private(set) var sums = LegSums()
  private var open: LedgerSpan?

  init(leg: Leg) {
    self.leg = leg
  }

  /// Adds `count` samples at `start`, where the last ones ended; gives the span that this ends.
  mutating func add(_ kind: SpanKind, count: Int, at start: Int) -> LedgerSpan? {
    tally(kind, count)
    if open?.kind == kind, open?.skipped == 0 {
      open?.count += count
      return nil
    }
    return begin(LedgerSpan(leg: leg, kind: kind, start: start, count: count, skipped: 0))
  }

  /// Notes that a pause took `skipped` samples out at `start`; gives the span that this ends.
  mutating func skip(_ skipped: Int, at start: Int) -> LedgerSpan? {
    begin(LedgerSpan(leg: leg, kind: .paused, start: start, count: 0, skipped: skipped))
  }

  /// Ends the last span.
  mutating func close() -> LedgerSpan? {
    defer { open = nil }
    return open
  }

  mutating func note(late count: Int) {
    sums.late += count
  }

  private mutating func begin(_ span: LedgerSpan) -> LedgerSpan? {
    defer { open = span }
    return open
  }

  private mutating func tally(_ kind: SpanKind, _ count: Int) {
    switch kind {
    case .real: sums.real += count
    case .filled: sums.filled += count
    case .paused: sums.paused += count
    case .dropped: sums.dropped += count
    case .redacted: preconditionFailure("nothing is redacted while it is recorded")
    }
  }
}
