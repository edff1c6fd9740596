/// What a run of samples on the timeline is.
public enum SpanKind: String, Hashable, Sendable, CaseIterable {
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

/// Where a run of one leg's samples begins that are all of one kind. It lasts until the leg's next mark, or the end.
///
/// Beginnings are told and not ends, so that whoever writes them down knows at every moment what all samples so far
/// are, with no more memory than the last mark of each leg.
public struct LedgerMark: Hashable, Sendable {
  /// The leg whose samples these are.
  public let leg: Leg
  /// What they are.
  public let kind: SpanKind
  /// Where on the timeline they begin.
  public let start: Int
  /// How many samples a pause took out of the timeline here; its span has no samples.
  public let skipped: Int

  package init(_ leg: Leg, _ kind: SpanKind, start: Int, skipped: Int = 0) {
    self.leg = leg
    self.kind = kind
    self.start = start
    self.skipped = skipped
  }
}

/// A run of one leg's samples on the timeline that are all of one kind.
///
/// A recorded leg's spans follow each other without gap or overlap from sample 0 to the end.
public struct LedgerSpan: Hashable, Sendable {
  /// Where they begin and what they are.
  public let mark: LedgerMark
  /// How many samples of the timeline they are: 0 for a pause that was taken out.
  public let count: Int

  /// The leg whose samples these are.
  public var leg: Leg { mark.leg }
  /// What they are.
  public var kind: SpanKind { mark.kind }
  /// Where on the timeline they begin.
  public var start: Int { mark.start }
  /// How many samples a pause took out of the timeline here.
  public var skipped: Int { mark.skipped }

  package init(_ mark: LedgerMark, count: Int) {
    self.mark = mark
    self.count = count
  }
}

/// Makes spans of one leg's marks.
package struct SpanBuilder {
  private var open: LedgerMark?

  package init() {}

  /// Takes the leg's next mark; gives the span that it ends.
  package mutating func note(_ mark: LedgerMark) -> LedgerSpan? {
    defer { open = mark }
    return span(endingAt: mark.start)
  }

  /// Gives the last span, which ends with the recording at `end`.
  package mutating func close(at end: Int) -> LedgerSpan? {
    defer { open = nil }
    return span(endingAt: end)
  }

  private func span(endingAt end: Int) -> LedgerSpan? {
    open.map { LedgerSpan($0, count: end - $0.start) }
  }
}

/// What became of one recorded leg, in samples of the timeline.
public struct LegSums: Hashable, Sendable {
  /// Audio that was pushed and is in the recording.
  public package(set) var real = 0
  /// Silence where no audio arrived in time.
  public package(set) var filled = 0
  /// Silence written for pauses.
  public package(set) var paused = 0
  /// Silence where audio was lost on the way here.
  public package(set) var dropped = 0
  /// Samples, by the leg's own clock, that came too late for their place and are not in the recording.
  public package(set) var late = 0

  /// All samples of the leg on the timeline.
  public var total: Int { real + filled + paused + dropped }

  package init() {}
}

/// What became of a recording's time, in samples of the timeline.
public struct TimelineSums: Hashable, Sendable {
  /// The length of the recording.
  public package(set) var timeline = 0
  /// Time written as silence for pauses.
  public package(set) var paused = 0
  /// Time taken out for pauses; not part of ``timeline``.
  public package(set) var skipped = 0
  /// Time in which speech was heard on any recorded leg.
  public package(set) var speech = 0
  /// The caller's leg; all 0 when it is not recorded.
  public package(set) var caller = LegSums()
  /// The agent's leg; all 0 when it is not recorded.
  public package(set) var agent = LegSums()

  package init() {}
}

/// Keeps one leg's sums and knows what its last samples were.
struct LegLedger {
  let leg: Leg
  private(set) var sums = LegSums()
  private var last: SpanKind?

  init(leg: Leg) {
    self.leg = leg
  }

  /// Adds `count` samples at `start`, where the last ones ended; gives a mark where a span begins with them.
  mutating func add(_ kind: SpanKind, count: Int, at start: Int) -> LedgerMark? {
    tally(kind, count)
    guard last != kind else { return nil }
    last = kind
    return LedgerMark(leg, kind, start: start)
  }

  /// Notes that a pause took `skipped` samples out at `start`.
  mutating func skip(_ skipped: Int, at start: Int) -> LedgerMark {
    last = nil
    return LedgerMark(leg, .paused, start: start, skipped: skipped)
  }

  mutating func note(late count: Int) {
    sums.late += count
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
