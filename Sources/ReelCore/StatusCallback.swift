/// What is told of a recording to those who asked for it, in the published shape of `calling.call.record`.
///
///     {"event_type":"calling.call.record","timestamp":…,"params":{"call_id":…,"state":"finished","url":…,…}}
///
/// A service gives an ``Origin`` too, and then nothing of the published payload is missing.
package struct StatusCallback: Hashable, Sendable {
  package enum State: Hashable, Sendable {
    case recording
    case paused(PauseBehavior)
    case ended(EndReason.Outcome, Ending)
  }

  /// What is known of a recording that has ended. Of one that failed, only what there is.
  package struct Ending: Hashable, Sendable {
    package var url: String?
    package var durationSeconds: Double?
    package var byteCount: Int?
    /// By the calendar, since 1970.
    package var startSeconds: Double
    package var endSeconds: Double

    package init(url: String?, durationSeconds: Double?, byteCount: Int?, startSeconds: Double, endSeconds: Double) {
      self.url = url
      self.durationSeconds = durationSeconds
      self.byteCount = byteCount
      self.startSeconds = startSeconds
      self.endSeconds = endSeconds
    }
  }

  /// Whose event it is, as only a service knows it.
  package struct Origin: Hashable, Sendable {
    /// With the session's id: `swml:…`.
    package var eventChannel: String
    package var projectID: String
    package var spaceID: String
    /// The machine that has the call.
    package var nodeID: String

    package init(eventChannel: String, projectID: String, spaceID: String, nodeID: String) {
      self.eventChannel = eventChannel
      self.projectID = projectID
      self.spaceID = spaceID
      self.nodeID = nodeID
    }
  }

  package var state: State
  package var callID: String
  package var recordingID: String
  package var controlID: String?
  package var format: RecordingOptions.Format
  package var direction: Direction
  package var isStereo: Bool
  /// When it came about, by the calendar, since 1970.
  package var timestampSeconds: Double
  /// Where the recording will be, where that is known before it has ended.
  package var url: String?
  package var origin: Origin?

  package init(
    _ state: State, callID: String, recordingID: String, controlID: String?, format: RecordingOptions.Format,
    direction: Direction, isStereo: Bool, timestampSeconds: Double, url: String? = nil, origin: Origin? = nil
  ) {
    self.state = state
    self.callID = callID
    self.recordingID = recordingID
    self.controlID = controlID
    self.format = format
    self.direction = direction
    self.isStereo = isStereo
    self.timestampSeconds = timestampSeconds
    self.url = url
    self.origin = origin
  }

  /// The whole callback. With an ``Origin`` its members are in the published order, and what every receiver of the
  /// service reads; without one it is what a command says that knows no project.
  package var json: JSON { wrapped(params) }

  /// What `params` of RELAY's `calling.call.record` holds: as a callback's, with the address, duration and size in
  /// `record` too, since clients look there first. What is not known is absent: null would be taken for a value.
  package var relayParams: JSON { .object(members(of: order, record: [audio] + found(["url", "duration", "size"]))) }

  private var params: JSON { .object(members(of: order, record: [audio])) }

  private func wrapped(_ params: JSON) -> JSON {
    let members: [JSON.Member?] = [
      .init("event_type", .string("calling.call.record")),
      origin.map { .init("event_channel", .string($0.eventChannel)) },
      .init("timestamp", .number(timestampSeconds)),
      origin.map { .init("project_id", .string($0.projectID)) },
      origin.map { .init("space_id", .string($0.spaceID)) },
      .init("params", params),
    ]
    return .object(members.compactMap { $0 })
  }

  private static let publishedOrder = [
    "state", "control_id", "call_id", "node_id", "url", "duration", "size", "recording_id", "start_time", "end_time",
    "pause_behavior",
  ]
  private static let plainOrder = [
    "call_id", "control_id", "recording_id", "state", "pause_behavior", "url", "duration", "size", "start_time",
    "end_time",
  ]

  private var order: [String] { origin == nil ? Self.plainOrder : Self.publishedOrder }

  private var audio: JSON.Member {
    let members: [JSON.Member] = [
      .init("format", .string(format.rawValue)), .init("direction", .string(direction.rawValue)),
      .init("stereo", .bool(isStereo)),
    ]
    return JSON.Member("audio", .object(members))
  }

  private func members(of names: [String], record: [JSON.Member]) -> [JSON.Member] {
    found(names) + [JSON.Member("record", .object(record))]
  }

  /// Those of the names that something is known of.
  private func found(_ names: [String]) -> [JSON.Member] {
    names.compactMap { name in value(name).map { JSON.Member(name, $0) } }
  }

  private func value(_ name: String) -> JSON? {
    switch name {
    case "call_id": .string(callID)
    case "control_id": controlID.map { .string($0) }
    case "node_id": (origin?.nodeID).map { .string($0) }
    case "recording_id": .string(recordingID)
    case "state": .string(stateName)
    case "pause_behavior": pauseBehavior.map { .string($0.rawValue) }
    case "url": knownURL.map { .string($0) }
    case "duration": (ending?.durationSeconds).map { .number($0) }
    case "size": (ending?.byteCount).map { .number(Double($0)) }
    case "start_time": (ending?.startSeconds).map { .number($0) }
    case "end_time": (ending?.endSeconds).map { .number($0) }
    default: nil
    }
  }
}

extension StatusCallback {
  /// The state's published word.
  package var stateName: String {
    switch state {
    case .recording: "recording"
    case .paused: "paused"
    case .ended(let outcome, _): outcome.rawValue
    }
  }

  /// The address as far as it is known: once there is a file, its own.
  package var knownURL: String? { ending?.url ?? url }

  package var ending: Ending? {
    guard case .ended(_, let ending) = state else { return nil }
    return ending
  }

  private var pauseBehavior: PauseBehavior? {
    guard case .paused(let behavior) = state else { return nil }
    return behavior
  }
}
