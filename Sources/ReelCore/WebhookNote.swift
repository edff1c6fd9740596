/// The short form in which a `record_webhook_url` is told that a recording has ended.
///
///     {"call_id":"abc123","recording_url":"https://…","duration":180,"status":"completed"}
///
/// All four members are always there; an address or a duration that is not known is null.
package struct WebhookNote: Hashable, Sendable {
  package enum Status: String, Hashable, Sendable, CaseIterable {
    /// The recording is there, as it was meant to be.
    case completed
    /// Nobody spoke. There is a recording, of silence.
    case noInput = "no_input"
    /// The file could not be made, or not whole.
    case failed
  }

  package var callID: String
  package var recordingURL: String?
  package var durationSeconds: Double?
  package var status: Status

  package init(callID: String, recordingURL: String?, durationSeconds: Double?, status: Status) {
    self.callID = callID
    self.recordingURL = recordingURL
    self.durationSeconds = durationSeconds
    self.status = status
  }

  /// Nil for a recording that goes on: only its end is told.
  package init?(_ callback: StatusCallback) {
    guard case .ended(let outcome, let ending) = callback.state else { return nil }
    self.init(
      callID: callback.callID, recordingURL: ending.url, durationSeconds: ending.durationSeconds,
      status: Status(outcome))
  }

  package var json: JSON {
    .object([
      .init("call_id", .string(callID)), .init("recording_url", recordingURL.map { .string($0) } ?? .null),
      .init("duration", durationSeconds.map { .number($0) } ?? .null), .init("status", .string(status.rawValue)),
    ])
  }
}

extension WebhookNote.Status {
  package init(_ outcome: EndReason.Outcome) {
    switch outcome {
    case .finished: self = .completed
    case .noInput: self = .noInput
    case .error: self = .failed
    }
  }
}
