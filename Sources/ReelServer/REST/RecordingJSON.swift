internal import ReelCore
internal import ReelFiles

extension RecordingRow {
  /// As the REST interface shows it: the published members, and what is ours beside them.
  func json(url: String) -> JSON {
    let published: [JSON.Member] = [
      .init("id", .string(id)), .init("project_id", .string(projectID)), .init("created_at", Self.time(createdAt)),
      .init("updated_at", Self.time(updatedAt)),
      .init("duration_in_seconds", durationSeconds.map { .number($0) } ?? .null),
      .init("error_code", failure.map { .string($0) } ?? .null), .init("price", .number(0)),
      .init("price_unit", .string("USD")), .init("status", .string(state.rawValue)), .init("url", .string(url)),
      .init("stereo", .bool(isStereo)), .init("byte_size", byteCount.map { .number(Double($0)) } ?? .null),
      .init("track", .string(direction.rawValue)), .init("relay_pstn_leg_id", .string(callID)),
    ]
    let ours: [JSON.Member] = [
      .init("call_id", .string(callID)), .init("control_id", .string(controlID)),
      .init("format", .string(format.rawValue)), .init("started_at", Self.time(startedAt)),
      .init("ended_at", Self.time(endedAt)), .init("sha256", sha256.map { .string($0) } ?? .null),
      .init("tag", .string(tag)), .init("recovered", .bool(isRecovered)), .init("hold", .bool(isHeld)),
    ]
    return .object(published + ours)
  }

  private static func time(_ time: WallTime?) -> JSON { time.map { .string("\($0)") } ?? .null }

  /// What is told of its end.
  func ending(_ url: String) -> StatusCallback.Ending {
    StatusCallback.Ending(
      url: byteCount == nil ? nil : url, durationSeconds: durationSeconds, byteCount: byteCount,
      startSeconds: (startedAt ?? createdAt).seconds, endSeconds: (endedAt ?? updatedAt).seconds)
  }

  /// What is told of it in the published payload.
  func callback(
    _ state: StatusCallback.State, _ configuration: ServiceConfiguration, url: String, _ time: WallTime
  ) -> StatusCallback {
    var callback = StatusCallback(
      state, callID: callID, recordingID: id, controlID: controlID, format: format, direction: direction,
      isStereo: isStereo, timestampSeconds: time.seconds)
    callback.url = url
    callback.origin = StatusCallback.Origin(
      eventChannel: channel, projectID: projectID, spaceID: configuration.spaceID, nodeID: configuration.nodeID)
    return callback
  }

  /// Who is told by a callback, and what: the published payload for each state, and the end in the short form.
  func notes(_ callback: StatusCallback) -> [(url: String, body: String)] {
    var notes: [(url: String, body: String)] = []
    if let statusURL { notes.append((statusURL, "\(callback.json)")) }
    if let webhookURL, let note = WebhookNote(callback) { notes.append((webhookURL, "\(note.json)")) }
    return notes
  }

  /// What a player has to know of the file.
  var contentType: String {
    switch format {
    case .wav: "audio/wav"
    case .mp3: "audio/mpeg"
    case .mp4: "audio/mp4"
    }
  }
}

/// Where clients find the service.
struct PublicURL: Hashable, Sendable {
  let base: String

  private static let end = "/download"

  private var recordings: String { "\(base)/api/v1/recordings/" }

  /// Where a recording is fetched from.
  func recording(_ id: String) -> String { "\(recordings)\(id)\(Self.end)" }

  /// The recording that is fetched from there; nil where none of this service's is.
  func id(ofRecording url: String) -> String? {
    guard url.hasPrefix(recordings), url.hasSuffix(Self.end) else { return nil }
    return String(url.dropFirst(recordings.count).dropLast(Self.end.count))
  }
}
