package import ReelCore

/// How a recording ended, as far as it knew itself.
package struct RecordingEnding: Hashable, Sendable {
  var outcome: EndReason.Outcome
  /// Why, in words.
  var reason: String
  var time: WallTime
  /// The length of the timeline.
  var samples: Int
  /// Nil where the recorder did not come to its end.
  var sums: TimelineSums?
  /// What went wrong with which file, or with the journal.
  var failures: [String: String] = [:]

  /// Of a recorder that ended now, with so many samples; without a reason, of one that was left in its midst.
  package init(_ reason: EndReason?, samples: Int, sums: TimelineSums?) {
    outcome = reason?.outcome ?? .error
    self.reason = reason?.words ?? "was not brought to an end"
    time = .now()
    self.samples = samples
    self.sums = sums
  }
}
