package import ReelCore
package import ReelFiles

/// Where a call is in its life, in the published words.
package enum CallState: String, Hashable, Sendable, CaseIterable {
  case created, ringing, answered, ending, ended
}

/// What is known of a call.
package struct CallRow: Hashable, Sendable {
  package var id: String
  package var projectID: String
  /// Which clients it is offered to.
  package var context: String
  /// Its owner's, for retention.
  package var tag: String
  package var from: String
  package var to: String
  package var state: CallState
  package var createdAt: WallTime
  package var answeredAt: WallTime?
  package var endedAt: WallTime?
  package var endReason: String?

  package init(
    id: String, projectID: String, context: String, tag: String, from: String, to: String, state: CallState,
    createdAt: WallTime, answeredAt: WallTime? = nil, endedAt: WallTime? = nil, endReason: String? = nil
  ) {
    self.id = id
    self.projectID = projectID
    self.context = context
    self.tag = tag
    self.from = from
    self.to = to
    self.state = state
    self.createdAt = createdAt
    self.answeredAt = answeredAt
    self.endedAt = endedAt
    self.endReason = endReason
  }
}

/// Where a recording is in its life, in the published words.
package enum RecordingState: String, Hashable, Sendable, CaseIterable {
  /// Asked for, with its beep still to come.
  case starting
  case recording, paused, finished
  case noInput = "no_input"
  case error

  package var isLast: Bool { self == .finished || self == .noInput || self == .error }
}

/// What is known of a recording.
package struct RecordingRow: Hashable, Sendable {
  package var id: String
  package var callID: String
  package var controlID: String
  package var projectID: String
  package var tag: String
  /// What asked for it, whose defaults and words hold.
  package var verb: RecordingVerb
  package var format: RecordingOptions.Format
  package var direction: Direction
  package var isStereo: Bool
  /// Who is told each state, in the published payload.
  package var statusURL: String?
  /// Who is told the end, in the short form.
  package var webhookURL: String?
  /// `event_channel` of what is told.
  package var channel: String
  package var state: RecordingState
  package var createdAt: WallTime
  package var updatedAt: WallTime
  package var startedAt: WallTime?
  package var endedAt: WallTime?
  package var durationSeconds: Double?
  package var byteCount: Int?
  package var sha256: String?
  /// Within the folder of recordings. Never made from a client's text.
  package var fileName: String?
  package var failure: String?
  /// Whether it was closed after a crash.
  package var isRecovered = false
  /// Whether neither retention nor a client may delete it.
  package var isHeld = false
  package var deletedAt: WallTime?
  package var deletionReason: String?

  package init(
    id: String, callID: String, controlID: String, projectID: String, tag: String, verb: RecordingVerb,
    format: RecordingOptions.Format, direction: Direction, isStereo: Bool, statusURL: String?, webhookURL: String?,
    channel: String, state: RecordingState, createdAt: WallTime
  ) {
    self.id = id
    self.callID = callID
    self.controlID = controlID
    self.projectID = projectID
    self.tag = tag
    self.verb = verb
    self.format = format
    self.direction = direction
    self.isStereo = isStereo
    self.statusURL = statusURL
    self.webhookURL = webhookURL
    self.channel = channel
    self.state = state
    self.createdAt = createdAt
    updatedAt = createdAt
  }
}

/// Which recordings are listed.
package struct RecordingFilter: Hashable, Sendable {
  package var projectID: String?
  package var callID: String?
  package var states: [RecordingState] = []
  package var createdFrom: WallTime?
  package var createdBefore: WallTime?
  /// What was deleted is listed no more, unless this says so.
  package var includesDeleted = false

  package init() {}
}

/// An event that waits for its receiver.
package struct OutboxEvent: Hashable, Sendable {
  /// The order in which events came about.
  package var sequence: Int64
  /// A UUID, by which a receiver knows one that comes again.
  package var id: String
  package var recordingID: String
  package var url: String
  package var body: String
  package var createdAt: WallTime
  /// When it was made, or made to wait again: how long it is tried counts from here.
  package var pendingSince: WallTime
  package var attempts: Int
}

/// What became of an event.
package struct EventRow: Hashable, Sendable {
  package enum State: String, Hashable, Sendable, CaseIterable {
    case pending, delivered
    case givenUp = "given_up"
  }

  package var sequence: Int64
  package var id: String
  package var recordingID: String
  package var url: String
  package var body: String
  package var state: State
  package var createdAt: WallTime
  package var attempts: Int
  /// What the receiver answered last, where it did.
  package var lastStatus: Int?
  /// Why the last attempt failed, if it did.
  package var lastError: String?
  package var triedAt: WallTime?
  /// When it is tried next, if nothing stands before it in its line; nil unless it is pending.
  package var dueAt: WallTime?
  /// When it was delivered or given up.
  package var endedAt: WallTime?
}

/// Who did what to a recording, and when.
package struct AuditEntry: Hashable, Sendable {
  package enum Action: String, Hashable, Sendable, CaseIterable {
    case fetched, deleted, held, released
  }

  package var at: WallTime
  package var action: Action
  package var recordingID: String
  /// A project, `retention`, or a user of this machine.
  package var actor: String
  /// The address that it came from; empty where it came from this machine's command line.
  package var peer: String
  /// Why, or what of it.
  package var detail: String

  package init(
    at: WallTime, action: Action, recordingID: String, actor: String, peer: String = "", detail: String = ""
  ) {
    self.at = at
    self.action = action
    self.recordingID = recordingID
    self.actor = actor
    self.peer = peer
    self.detail = detail
  }
}

/// What is deleted by age: recordings that ended so long ago and are of the project and tag, where these are named.
package struct RetentionRule: Hashable, Sendable {
  package var olderThanSeconds: Double
  package var projectID: String?
  package var tag: String?

  package init(olderThanSeconds: Double, projectID: String? = nil, tag: String? = nil) {
    self.olderThanSeconds = olderThanSeconds
    self.projectID = projectID
    self.tag = tag
  }
}
