package import ReelCore

/// Where two signals part, in words; nil when they are the same.
///
/// For tests to compare by: long arrays that differ take minutes in an `#expect` of their own.
package func difference(_ a: [Int16], _ b: [Int16]) -> String? {
  if a == b { return nil }
  let place = zip(a, b).enumerated().first { $0.element.0 != $0.element.1 }?.offset ?? min(a.count, b.count)
  return
    "\(a.count) and \(b.count) samples, unlike from \(place) on: \(a[place...].prefix(4)), \(b[place...].prefix(4))"
}

/// Keeps all that a recorder makes.
package struct CollectingSink: RecordingSink, Equatable {
  package private(set) var samples: [Int16] = []
  package private(set) var marks: [LedgerMark] = []
  package private(set) var events: [RecorderEvent] = []

  package init() {}

  package mutating func write(_ samples: Span<Int16>) {
    for index in samples.indices { self.samples.append(samples[index]) }
  }

  package mutating func note(_ mark: LedgerMark) {
    let isInPlace = [mark.start, 2 * mark.start].contains(samples.count)
    precondition(isInPlace, "a mark comes right before its samples, mono or stereo")
    marks.append(mark)
  }

  package mutating func tell(_ event: RecorderEvent) {
    events.append(event)
  }

  /// The last event's reason and sums, if the recording has ended.
  package var ending: (reason: EndReason, sums: TimelineSums)? {
    guard case .ended(let reason, let sums)? = events.last else { return nil }
    return (reason, sums)
  }

  /// The ledger of a recording that has ended: the caller's spans, then the agent's.
  package var spans: [LedgerSpan] {
    guard let end = ending?.sums.timeline else { return [] }
    return Leg.allCases.flatMap { leg in
      var builder = SpanBuilder()
      let spans = marks.filter { $0.leg == leg }.compactMap { builder.note($0) }
      return spans + [builder.close(at: end)].compactMap { $0 }
    }
  }

  /// One side of a stereo recording: 0 is the left one.
  package func channel(_ side: Int) -> [Int16] {
    stride(from: side, to: samples.count, by: 2).map { samples[$0] }
  }
}
