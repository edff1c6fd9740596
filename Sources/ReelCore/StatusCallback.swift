/// What is told of a recording to those who asked for it, in the published shape of `calling.call.record`.
///
///     {"event_type":"calling.call.record","timestamp":…,"params":{"call_id":…,"state":"finished","url":…,…}}
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

  package var state: State
  package var callID: String
  package var recordingID: String
  package var controlID: String?
  package var format: RecordingOptions.Format
  package var direction: Direction
  package var isStereo: Bool
  /// When it came about, by the calendar, since 1970.
  package var timestampSeconds: Double

  package init(
    _ state: State, callID: String, recordingID: String, controlID: String?, format: RecordingOptions.Format,
    direction: Direction, isStereo: Bool, timestampSeconds: Double
  ) {
    self.state = state
    self.callID = callID
    self.recordingID = recordingID
    self.controlID = controlID
    self.format = format
    self.direction = direction
    self.isStereo = isStereo
    self.timestampSeconds = timestampSeconds
  }

  package var json: JSON {
    let audio: [JSON.Member] = [
      .init("format", .string(format.rawValue)), .init("direction", .string(direction.rawValue)),
      .init("stereo", .bool(isStereo)),
    ]
    let names: [JSON.Member?] = [
      .init("call_id", .string(callID)), controlID.map { .init("control_id", .string($0)) },
      .init("recording_id", .string(recordingID)), .init("state", .string(stateName)),
    ]
    let record = JSON.Member("record", .object([.init("audio", .object(audio))]))
    return .object([
      .init("event_type", .string("calling.call.record")), .init("timestamp", .number(timestampSeconds)),
      .init("params", .object(names.compactMap { $0 } + details + [record])),
    ])
  }

  private var stateName: String {
    switch state {
    case .recording: "recording"
    case .paused: "paused"
    case .ended(let outcome, _): outcome.rawValue
    }
  }

  private var details: [JSON.Member] {
    switch state {
    case .recording: return []
    case .paused(let behavior): return [.init("pause_behavior", .string(behavior.rawValue))]
    case .ended(_, let ending):
      let facts: [JSON.Member?] = [
        ending.url.map { .init("url", .string($0)) }, ending.durationSeconds.map { .init("duration", .number($0)) },
        ending.byteCount.map { .init("size", .number(Double($0))) }, .init("start_time", .number(ending.startSeconds)),
        .init("end_time", .number(ending.endSeconds)),
      ]
      return facts.compactMap { $0 }
    }
  }
}
