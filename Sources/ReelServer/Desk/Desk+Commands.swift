internal import Reel
internal import ReelCore

// What RELAY's clients can have done to a call.
extension Desk {
  /// Does what a request of `calling.…` asks for; gives the members of its result.
  func perform(_ method: String, _ params: JSON, _ name: String) throws(ServiceRefusal) -> [JSON.Member] {
    let verb = String(method.dropFirst("calling.".count))
    guard Self.verbs.contains(verb) else {
      throw ServiceRefusal(.notSupported, "\(method) is not supported; allowed: \(Self.allowedVerbs)")
    }
    let call = try liveCall(params["call_id"], projectID: sessions[name]?.session.projectID ?? "")
    let id = JSON.Member("call_id", .string(call.row.id))
    switch verb {
    case "answer":
      answer(call)
      return Self.success("Answered") + [id]
    case "end":
      hangUp(call, reason: try endReason(params["reason"]))
      return Self.success("Ended") + [id]
    case "pass":
      call.sessions.remove(name)
      return Self.success("Passed") + [id]
    case "record": return try startRecording(call, params) + [id]
    case "record.stop", "record.pause", "record.resume":
      return try changeRecording(call, verb, params) + [id]
    case "play": return try startPlaying(call, params) + [id]
    default: return try changePlaying(call, verb, params) + [id]
    }
  }

  private static let verbs = [
    "answer", "end", "pass", "record", "record.stop", "record.pause", "record.resume", "play", "play.stop",
    "play.pause", "play.resume", "play.volume",
  ]
  private static let allowedVerbs = verbs.map { "calling.\($0)" }.joined(separator: ", ")

  /// A call that goes on, of this project. Another's does not exist.
  func liveCall(_ id: JSON?, projectID: String) throws(ServiceRefusal) -> ServiceCall {
    guard let text = id?.text else {
      throw ServiceRefusal(.badRequest, "call_id is \(id.map { "\($0)" } ?? "missing"); allowed: a call's id")
    }
    guard let call = calls[text], call.row.projectID == projectID else {
      throw ServiceRefusal(.notFound, "no call \(text) goes on")
    }
    return call
  }

  func controlID(_ params: JSON) throws(ServiceRefusal) -> String {
    guard let controlID = params["control_id"]?.text else {
      let given = params["control_id"].map { "\($0)" } ?? "missing"
      throw ServiceRefusal(.badRequest, "control_id is \(given); allowed: the name that a recording was begun with")
    }
    return controlID
  }

  private static let endReasons = [
    "hangup", "cancel", "busy", "noAnswer", "decline", "error", "abandoned", "max_duration", "not_found",
  ]

  private func endReason(_ json: JSON?) throws(ServiceRefusal) -> String {
    guard let json, json != .null else { return "hangup" }
    guard let reason = json.text, Self.endReasons.contains(reason) else {
      throw ServiceRefusal(
        .unprocessable, "reason is \(json); allowed: \(Self.endReasons.joined(separator: ", "))")
    }
    return reason
  }

  private func startRecording(_ call: ServiceCall, _ params: JSON) throws(ServiceRefusal) -> [JSON.Member] {
    let row = try record(call, try wish(params["record"], params, channel: "call:\(call.row.id)"))
    return Self.success("Recording") + members(row)
  }

  func members(_ row: RecordingRow) -> [JSON.Member] {
    [
      .init("control_id", .string(row.controlID)), .init("recording_id", .string(row.id)),
      .init("url", .string(url(of: row.id))),
    ]
  }

  /// A recording as RELAY and REST ask for it: options within `audio`, all else beside it.
  func wish(_ options: JSON?, _ params: JSON, channel: String) throws(ServiceRefusal) -> Wish {
    let request: RecordingRequest
    do { request = try RecordingRequest(options ?? .object([]), verb: .relay) } catch {
      throw ServiceRefusal(.unprocessable, "\(error)")
    }
    var wish = Wish(request, verb: .relay, channel: channel)
    if let json = params["control_id"], json != .null {
      wish.controlID = try text(json, "control_id")
    }
    if let json = params["status_url"], json != .null {
      wish.statusURL = try text(json, "status_url")
    }
    return wish
  }

  private func text(_ json: JSON, _ name: String) throws(ServiceRefusal) -> String {
    guard let text = json.text else { throw ServiceRefusal(.badRequest, "\(name) is \(json); allowed: a string") }
    return text
  }

  func changeRecording(_ call: ServiceCall, _ verb: String, _ params: JSON) throws(ServiceRefusal) -> [JSON.Member] {
    let entry = try entry(call, try controlID(params))
    switch verb {
    case "record.pause":
      let behavior = try pauseBehavior(params["behavior"])
      try command { try entry.recording.pause(behavior) }
    case "record.resume": try command { try entry.recording.resume() }
    default: try stop(entry)
    }
    return Self.success("Done") + members(entry.row)
  }

  /// A second time it changes nothing.
  func stop(_ entry: LiveEntry) throws(ServiceRefusal) {
    guard !entry.isStopping else { return }
    try command { try entry.recording.stop() }
    recordings[entry.row.id]?.isStopping = true
  }

  private func pauseBehavior(_ json: JSON?) throws(ServiceRefusal) -> PauseBehavior {
    guard let json, json != .null else { return .silence }
    guard let behavior = json.text.flatMap(PauseBehavior.init(rawValue:)) else {
      throw ServiceRefusal(.unprocessable, "behavior is \(json); allowed: silence, skip")
    }
    return behavior
  }
}
