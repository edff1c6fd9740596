internal import Reel
internal import ReelCore
internal import ReelFiles

// What is asked over HTTP, by whoever has a project's token.
extension Desk {
  func answer(_ request: HTTPRequest, _ projectID: String, _ reply: any WebReply) {
    do throws(ServiceRefusal) {
      try route(request, projectID, reply)
    } catch {
      reply.send(HTTPAnswer(error))
    }
  }

  private func route(_ request: HTTPRequest, _ projectID: String, _ reply: any WebReply) throws(ServiceRefusal) {
    let path = request.segments.map(String.init)
    switch (request.method, path.count) {
    case ("POST", 3) where path == ["api", "calling", "calls"]:
      let json = try perform(try body(request), projectID)
      after { reply.send(.json(200, json)) }
    case ("GET", 2) where path == ["api", "calls"]:
      let mine = calls.values.filter { $0.row.projectID == projectID }.sorted { $0.row.id < $1.row.id }
      let json = JSON.object([.init("data", .array(mine.map(json)))])
      after { reply.send(.json(200, json)) }
    case ("GET", 3) where path.starts(with: ["api", "calls"]):
      let json = json(try liveCall(.string(path[2]), projectID: projectID))
      after { reply.send(.json(200, json)) }
    case ("POST", 4) where path.starts(with: ["api", "calls"]) && path[3] == "swml":
      let json = try runScript(try body(request), for: path[2], projectID)
      after { reply.send(.json(200, json)) }
    case (_, 4...) where path.starts(with: ["api", "relay", "rest", "recordings"]):
      try recordings(request, path, projectID, reply)
    case ("GET", 5) where Self.isDownload(path), ("HEAD", 5) where Self.isDownload(path):
      after { [unowned self] in reply.send(answering { try download(path[3], request, projectID) }) }
    default: throw notFound(request)
    }
  }

  private static func isDownload(_ path: [String]) -> Bool {
    path.starts(with: ["api", "v1", "recordings"]) && path[4] == "download"
  }

  private func notFound(_ request: HTTPRequest) -> ServiceRefusal {
    ServiceRefusal(.notFound, "\(request.method) \(FileNames.printable(request.path)) is not there")
  }

  private func body(_ request: HTTPRequest) throws(ServiceRefusal) -> JSON {
    do { return try JSON(utf8: request.body) } catch { throw ServiceRefusal(.badRequest, "the body is \(error)") }
  }

  /// What a look at the catalogue gives, or why it can't be had.
  private func answering(_ body: () throws -> HTTPAnswer) -> HTTPAnswer {
    do { return try body() } catch { return HTTPAnswer(ServiceRefusal(error)) }
  }

  // MARK: Commands

  /// `{"command": "calling.record", "id": CALL, "params": {…}}`
  private func perform(_ body: JSON, _ projectID: String) throws(ServiceRefusal) -> JSON {
    guard let command = body["command"]?.text else {
      throw ServiceRefusal(.unprocessable, "command is missing; allowed: \(Self.allowedCommands)")
    }
    guard Self.commands.contains(command) else {
      throw ServiceRefusal(.notSupported, "command is \(command); allowed: \(Self.allowedCommands)")
    }
    let call = try liveCall(body["id"], projectID: projectID)
    let params = body["params"] ?? .object([])
    let made: [JSON.Member]
    if command == "calling.record" {
      let options: JSON = .object(["audio"].compactMap { name in params[name].map { JSON.Member(name, $0) } })
      try refuseUnknown(params)
      let row = try record(call, try wish(params["record"] ?? options, params, channel: "call:\(call.row.id)"))
      made = Self.success("Recording") + members(row)
    } else {
      made = try changeRecording(call, String(command.dropFirst("calling.".count)), params)
    }
    return .object([.init("id", .string(call.row.id)), .init("call_id", .string(call.row.id))] + made)
  }

  private static let commands = [
    "calling.record", "calling.record.pause", "calling.record.resume", "calling.record.stop",
  ]
  private static let allowedCommands = commands.joined(separator: ", ")

  private func refuseUnknown(_ params: JSON) throws(ServiceRefusal) {
    guard case .object(let members) = params else {
      throw ServiceRefusal(.unprocessable, "params is \(params); allowed: an object")
    }
    let known = ["control_id", "audio", "record", "status_url"]
    if let unknown = members.first(where: { !known.contains($0.name) }) {
      throw ServiceRefusal(
        .unprocessable, "params has \(unknown.name); allowed: \(known.joined(separator: ", "))")
    }
  }

  /// A call that goes on, for whoever looks.
  func json(_ call: ServiceCall) -> JSON {
    let open = call.recordings.compactMap { recordings[$0] }.map { $0.row.json(url: url(of: $0.row.id)) }
    return .object([
      .init("id", .string(call.row.id)), .init("project_id", .string(call.row.projectID)),
      .init("context", .string(call.row.context)), .init("tag", .string(call.row.tag)),
      .init("from", .string(call.row.from)), .init("to", .string(call.row.to)),
      .init("state", .string(call.row.state.rawValue)), .init("created_at", .string("\(call.row.createdAt)")),
      .init("media", .bool(call.line.link != nil)), .init("recordings", .array(open)),
      .init("variables", call.variablesJSON), .init("scripts", .number(Double(call.scripts.count))),
    ])
  }

  // MARK: Recordings

  private func recordings(
    _ request: HTTPRequest, _ path: [String], _ projectID: String, _ reply: any WebReply
  ) throws(ServiceRefusal) {
    switch (request.method, path.count) {
    case ("GET", 4):
      after { [unowned self] in reply.send(answering { try list(request, projectID) }) }
    case ("GET", 5):
      after { [unowned self] in
        reply.send(answering { .json(200, try row(path[4], projectID).json(url: url(of: path[4]))) })
      }
    case ("DELETE", 5):
      after { [unowned self] in reply.send(answering { try delete(path[4], request, projectID) }) }
    case ("PUT", 6) where path[5] == "hold", ("DELETE", 6) where path[5] == "hold":
      let isHeld = request.method == "PUT"
      after { [unowned self] in reply.send(answering { try hold(path[4], isHeld, request, projectID) }) }
    case (_, 4...5): throw ServiceRefusal(.methodNotAllowed, "\(request.method) is not for recordings")
    default: throw notFound(request)
    }
  }

  /// What is in the catalogue and is this project's, and is not deleted.
  private func row(_ id: String, _ projectID: String) throws -> RecordingRow {
    guard let row = try catalogue.recording(id), row.projectID == projectID, row.deletedAt == nil else {
      throw ServiceRefusal(.notFound, "no recording \(FileNames.printable(id)) is there")
    }
    return row
  }

  private func delete(_ id: String, _ request: HTTPRequest, _ projectID: String) throws -> HTTPAnswer {
    try Retention.delete(
      try row(id, projectID), folder: configuration.recordingsFolder, actor: projectID, peer: request.peer,
      catalogue: catalogue)
    services.log.note("recording_deleted", .info, .init("recording_id", .string(id)), .init("by", .string(projectID)))
    return HTTPAnswer(204)
  }

  private func hold(_ id: String, _ isHeld: Bool, _ request: HTTPRequest, _ projectID: String) throws -> HTTPAnswer {
    let row = try row(id, projectID)
    guard try catalogue.hold(row.id, isHeld, actor: projectID, peer: request.peer) else {
      throw ServiceRefusal(.conflict, "the recording \(row.id) is being deleted")
    }
    recordings[id]?.row.isHeld = isHeld
    return HTTPAnswer(204)
  }

  private func download(_ id: String, _ request: HTTPRequest, _ projectID: String) throws -> HTTPAnswer {
    let row = try row(id, projectID)
    guard row.state.isLast else {
      throw ServiceRefusal(.conflict, "the recording goes on; its file is there when it has ended")
    }
    guard let name = row.fileName, row.byteCount != nil else {
      throw ServiceRefusal(.notFound, "the recording \(id) has no file: \(row.failure ?? "none was made")")
    }
    try catalogue.audit(
      AuditEntry(
        at: .now(), action: .fetched, recordingID: id, actor: projectID, peer: request.peer,
        detail: request.headers["range"].map { "range \(FileNames.printable(String($0.prefix(100))))" } ?? ""))
    let file = WebFile(
      path: "\(configuration.recordingsFolder)/\(name)", contentType: row.contentType, name: name,
      etag: row.sha256 ?? id)
    return HTTPAnswer(200, [], .file(file))
  }
}

extension HTTPAnswer {
  /// A refusal, as the published interface says it.
  package init(_ refusal: ServiceRefusal) {
    var headers: [(name: String, value: String)] = []
    if refusal.code == .unauthorized { headers.append(("www-authenticate", "Basic realm=\"reel\"")) }
    if refusal.code == .unavailable || refusal.code == .tooMany { headers.append(("retry-after", "1")) }
    self = .json(refusal.code.rawValue, .object(refusal.members), headers)
  }
}
