internal import ReelCore
internal import ReelFiles
internal import ReelRealtime

// Calls: how they come, are answered, lose their media, and end.
extension Desk {
  /// How long the recordings of a call that ends may take to close before it is told that it has ended.
  private static let endingSeconds = 15.0

  /// A call's media came for the first time.
  func arrived(_ line: Line, _ link: MediaLink, _ hello: MediaHello) {
    guard isFree(line) else { return refuse(line, link, "call_id is \(line.id), which was another project's") }
    let row = CallRow(
      id: line.id, projectID: line.projectID, context: hello.context, tag: hello.tag, from: hello.from, to: hello.to,
      state: .created, createdAt: .now())
    let call = ServiceCall(row, line)
    calls[line.id] = call
    write(.call(row))
    services.log.note(
      "call_arrived", .info, .init("call_id", .string(line.id)), .init("context", .string(hello.context)))
    begin(call, hello)
    for name in sessions.keys.sorted() where isWanted(call, by: name) { offer(call, to: name) }
    // What its media brought until now comes after the beginning of what records it.
    link.letIn()
    if hasEndedAll { hangUp(call, reason: "hangup") }
  }

  /// Whether no other project has had a call of that name: its history is not to be written over.
  private func isFree(_ line: Line) -> Bool {
    do { return try catalogue.call(line.id).map { $0.projectID == line.projectID } ?? true } catch { return false }
  }

  private func refuse(_ line: Line, _ link: MediaLink, _ reason: String) {
    services.switchboard.remove(line)
    line.hangUp("refused")
    link.refuse(ServiceRefusal(.conflict, "\(reason); allowed: another one"))
  }

  private func isWanted(_ call: ServiceCall, by name: String) -> Bool {
    guard let session = sessions[name]?.session else { return false }
    return session.projectID == call.row.projectID && session.contexts.contains(call.row.context)
  }

  /// What is to be done with every call of its context, or what came with it.
  private func begin(_ call: ServiceCall, _ hello: MediaHello) {
    do {
      if try startRecording(call, hello.parameters) { return }
      switch configuration.arrivals[call.row.context] {
      case .params(let members)?: _ = try startRecording(call, members)
      case .script(let json)?: _ = try start(Script(json), for: call)
      case nil: break
      }
    } catch {
      services.log.note(
        "arrival_failed", .error, .init("call_id", .string(call.row.id)), .init("reason", .string("\(error)")))
    }
  }

  /// Starts what the `params` form asks for, if it asks for anything.
  func startRecording(_ call: ServiceCall, _ members: [JSON.Member]) throws(ServiceRefusal) -> Bool {
    guard let params = try RecordParams(members) else { return false }
    _ = try record(call, Wish(params, channel: "call:\(call.row.id)"))
    return true
  }

  /// Calls of these contexts that nobody has answered yet, for a session that came later than they.
  func offerWaitingCalls(to name: String) {
    let waiting = calls.values.filter { $0.row.state == .created && !$0.sessions.contains(name) }
    for call in waiting.sorted(by: { $0.row.createdAt.microseconds < $1.row.createdAt.microseconds })
    where isWanted(call, by: name) { offer(call, to: name) }
  }

  private func offer(_ call: ServiceCall, to name: String) {
    call.sessions.insert(name)
    let members: [JSON.Member] = [
      .init("project_id", .string(call.row.projectID)), .init("context", .string(call.row.context)),
      .init("tag", .string(call.row.tag)), .init("call_state", .string(call.row.state.rawValue)),
      .init("segment_id", .string(call.row.id)),
    ]
    tell(name, "calling.call.receive", call, .object(callMembers(call) + members))
  }

  /// What names a call in an event.
  func callMembers(_ call: ServiceCall) -> [JSON.Member] {
    let params: [JSON.Member] = [
      .init("from_number", .string(call.row.from)), .init("to_number", .string(call.row.to)),
    ]
    return [
      .init("call_id", .string(call.row.id)), .init("node_id", .string(configuration.nodeID)),
      .init("direction", .string("inbound")),
      .init("device", .object([.init("type", .string("phone")), .init("params", .object(params))])),
    ]
  }

  func answer(_ call: ServiceCall, atMostSeconds seconds: Int? = nil) {
    if let seconds {
      agenda.add(
        .longEnough(callID: call.row.id, since: call.row.createdAt), inSeconds: Double(seconds))
    }
    guard call.row.state == .created || call.row.state == .ringing else { return }
    call.row.answeredAt = .now()
    set(call, .answered)
  }

  private func set(_ call: ServiceCall, _ state: CallState) {
    call.row.state = state
    write(.call(call.row))
    var members = callMembers(call) + [.init("call_state", .string(state.rawValue))]
    if let reason = call.row.endReason { members.append(.init("end_reason", .string(reason))) }
    for name in call.sessions.sorted() { tell(name, "calling.call.state", call, .object(members)) }
  }

  // MARK: Media

  func returned(_ line: Line, _ link: MediaLink) {
    guard let call = calls[line.id], call.line === line, !call.isOver else {
      return link.end(1_001, "the call has ended")
    }
    call.losses += 1
    services.log.note("media_returned", .info, .init("call_id", .string(line.id)))
  }

  func mediaLost(_ line: Line, _ link: MediaLink) {
    guard let call = calls[line.id], call.line === line, line.isLinked(to: link) || line.link == nil, !call.isOver
    else {
      return
    }
    line.unlink(link)
    call.losses += 1
    services.log.note("media_lost", .warning, .init("call_id", .string(line.id)))
    agenda.add(.graceOver(callID: line.id, losses: call.losses), inSeconds: configuration.graceSeconds)
  }

  func graceOver(_ callID: String, _ losses: Int) {
    guard let call = calls[callID], call.losses == losses else { return }
    hangUp(call, reason: "error")
  }

  // MARK: The end of a call

  /// Ends it: its recordings close, then it is told to have ended. A second time does nothing.
  func hangUp(_ call: ServiceCall, reason: String) {
    guard !call.isOver else { return }
    call.row.endReason = reason
    call.row.endedAt = .now()
    set(call, .ending)
    call.line.hangUp(reason)
    services.log.note("call_ending", .info, .init("call_id", .string(call.row.id)), .init("reason", .string(reason)))
    call.scripts = [:]
    endPlays(call)
    agenda.add(.endingOver(callID: call.row.id), inSeconds: Self.endingSeconds)
    finish(call)
  }

  /// Tells that a call has ended, once its recordings have, so that whoever waits for them hears of them first.
  func finish(_ call: ServiceCall, evenIfOpen: Bool = false) {
    guard call.row.state == .ending, evenIfOpen || call.recordings.isEmpty else { return }
    set(call, .ended)
    services.switchboard.remove(call.line)
    calls[call.row.id] = nil
  }
}
