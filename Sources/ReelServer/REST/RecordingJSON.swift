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

  /// What is told of its end in the short form.
  func webhookBody(_ url: String) -> String {
    let status: WebhookNote.Status = state == .finished ? .completed : state == .noInput ? .noInput : .failed
    return WebhookNote(
      callID: callID, recordingURL: byteCount == nil ? nil : url, durationSeconds: durationSeconds, status: status
    ).json.description
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
