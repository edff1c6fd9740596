internal import ReelCore
internal import ReelFiles
internal import ReelRealtime

/// One connection of a client of RELAY: it hears on the web thread, and hands everything to the desk.
final class RelayLink: WebSocketListener {
  let socket: any WebSocket
  private let door: DeskDoor
  /// Bytes that the desk has not looked at; a connection that brings more of them than it may is closed.
  private let waitingBytes = Tally()
  private let hasSession = Tally()
  private let isDropped = Tally()

  /// What may wait of a client that has a session, and of one that has to say who it is.
  private static let mostWaitingBytes = 4 << 20
  private static let mostStrangeBytes = 16 << 10

  init(_ socket: any WebSocket, _ door: DeskDoor) {
    self.socket = socket
    self.door = door
    door.post(.relayOpened(self))
  }

  func heard(_ message: [UInt8], isText: Bool) {
    guard isDropped.value == 0 else { return }
    let most = hasSession.value > 0 ? Self.mostWaitingBytes : Self.mostStrangeBytes
    guard waitingBytes.add(message.count + Self.messageBytes) <= most else {
      isDropped.set(1)
      return socket.close(1_008, "more than \(most) bytes of requests wait")
    }
    door.post(.relayHeard(self, message))
  }

  /// What a message takes beside its bytes.
  private static let messageBytes = 200

  /// The desk has looked at one.
  func took(_ message: [UInt8]) { waitingBytes.add(-(message.count + Self.messageBytes)) }
  /// The desk knows whose it is.
  func admit() { hasSession.set(1) }

  func closed() {
    door.post(.relayClosed(self))
  }
}

// Sessions of RELAY: who may have one, what it hears, and how it is taken up again.
extension Desk {
  func heard(_ link: RelayLink, _ bytes: [UInt8]) {
    link.took(bytes)
    let message: RelayMessage
    do { message = try RelayMessage(utf8: bytes) } catch {
      link.socket.send(
        text: RelayMessage.error(.null, code: RelayMessage.ErrorCode.badMessage, error.message))
      if strangers[ObjectIdentifier(link)] != nil { link.socket.close(1_008, "no JSON-RPC") }
      return
    }
    switch message {
    case .answer(let id):
      guard let name = links[ObjectIdentifier(link)] else { return }
      sessions[name]?.session.take(id)
    case .request(let id, let method, let params): answer(link, id, method, params)
    }
  }

  private func answer(_ link: RelayLink, _ id: JSON?, _ method: String, _ params: JSON) {
    guard let id else { return }
    if method == "signalwire.connect" { return connect(link, id, params) }
    guard let name = links[ObjectIdentifier(link)] else {
      let text = "the first request must be signalwire.connect; this is \(method)"
      link.socket.send(text: RelayMessage.error(id, code: RelayMessage.ErrorCode.notConnected, text))
      return link.socket.close(1_008, "not connected")
    }
    do throws(ServiceRefusal) {
      switch method {
      case "signalwire.ping": say(RelayMessage.result(id, []), to: link)
      case "signalwire.receive", "signalwire.unreceive":
        try subscribe(name, method, params)
        say(RelayMessage.result(id, Self.success("the contexts are noted")), to: link)
      case _ where method.hasPrefix("calling."):
        let members = try perform(method, params, name)
        say(RelayMessage.result(id, members), to: link)
      default:
        let text = "\(method) is not supported; this service records calls"
        say(RelayMessage.error(id, code: RelayMessage.ErrorCode.unknownMethod, text), to: link)
      }
    } catch {
      let names = ["call_id", "control_id"].compactMap { name in params[name].map { JSON.Member(name, $0) } }
      // What is refused depends on nothing that has to be written.
      link.socket.send(text: RelayMessage.result(id, error.members + names))
    }
  }

  static func success(_ message: String) -> [JSON.Member] {
    [.init("code", .string("200")), .init("message", .string(message))]
  }

  private func say(_ text: String, to link: RelayLink) {
    after { link.socket.send(text: text) }
  }

  // MARK: Connecting

  private func connect(_ link: RelayLink, _ id: JSON, _ params: JSON) {
    do {
      let connect = try RelayConnect(params)
      guard links[ObjectIdentifier(link)] == nil else {
        throw ServiceRefusal(.conflict, "signalwire.connect came twice on one connection")
      }
      guard services.credentials.areRight(project: connect.projectID, token: connect.token) else {
        throw ServiceRefusal(.unauthorized, "the project and the token are not right")
      }
      guard !isDraining else { throw ServiceRefusal(.unavailable, "the service is ending") }
      guard sessions.count < RelaySession.mostSessions else {
        throw ServiceRefusal(.tooMany, "\(sessions.count) sessions are open; allowed: no more than that")
      }
      take(link, id, connect)
    } catch {
      let refusal = ServiceRefusal(error)
      services.log.note("relay_refused", .warning, .init("reason", .string(refusal.message)))
      services.metrics.refusedCredentials.add(refusal.code == .unauthorized ? 1 : 0)
      say(RelayMessage.error(id, code: RelayMessage.ErrorCode.wrongCredentials, refusal.message), to: link)
      after { link.socket.close(1_008, "not connected") }
    }
  }

  private func take(_ link: RelayLink, _ id: JSON, _ connect: RelayConnect) {
    var told: [String] = []
    let name: String
    if let known = connect.sessionName, sessions[known]?.session.projectID == connect.projectID {
      name = known
      drop(sessions[name]?.link)
      told = sessions[name]?.session.resume() ?? []
      sessions[name]?.losses += 1
    } else {
      name = "signalwire_\(UUIDText.random())"
      let session = RelaySession(
        name: name, projectID: connect.projectID, identity: "\(connect.projectID)/\(UUIDText.random())",
        acknowledges: connect.acknowledges, contexts: [])
      sessions[name] = SessionEntry(session: session)
    }
    sessions[name]?.link = link
    strangers[ObjectIdentifier(link)] = nil
    link.admit()
    links[ObjectIdentifier(link)] = name
    services.log.note("relay_connected", .info, .init("session", .string(name)))
    let project: [JSON.Member] = [.init("project_id", .string(connect.projectID))]
    say(
      RelayMessage.result(
        id,
        [
          .init("protocol", .string(name)), .init("identity", .string(sessions[name]?.session.identity ?? "")),
          .init("authorization", .object(project)),
        ]), to: link)
    for text in told { say(text, to: link) }
    // Contexts are a convenience of connecting: too many of them are no reason to refuse the session.
    if let contexts = try? RelayConnect.contexts(connect.contexts) { try? sessions[name]?.session.receive(contexts) }
    offerWaitingCalls(to: name)
  }

  /// The session's older connection, which another has replaced.
  private func drop(_ link: RelayLink?) {
    guard let link else { return }
    links[ObjectIdentifier(link)] = nil
    after { link.socket.close(1_001, "another connection took the session up") }
  }

  private func subscribe(_ name: String, _ method: String, _ params: JSON) throws(ServiceRefusal) {
    let contexts = try RelayConnect.contexts(params["contexts"])
    guard method == "signalwire.receive" else {
      sessions[name]?.session.unreceive(contexts)
      return
    }
    try sessions[name]?.session.receive(contexts)
    offerWaitingCalls(to: name)
  }

  func closed(_ link: RelayLink) {
    strangers[ObjectIdentifier(link)] = nil
    guard let name = links.removeValue(forKey: ObjectIdentifier(link)), let entry = sessions[name], entry.link === link
    else { return }
    sessions[name]?.link = nil
    sessions[name]?.losses += 1
    agenda.add(
      .sessionOver(name: name, losses: entry.losses + 1), inSeconds: RelaySession.graceSeconds)
  }

  func sessionOver(_ name: String, _ losses: Int) {
    guard let entry = sessions[name], entry.link == nil, entry.losses == losses else { return }
    sessions[name] = nil
    for call in calls.values { call.sessions.remove(name) }
  }

  // MARK: Telling

  /// Tells one session what happened to a call.
  func tell(_ name: String, _ type: String, _ call: ServiceCall, _ params: JSON, channel: String? = nil) {
    guard sessions[name] != nil else { return }
    let event: [JSON.Member] = [
      .init("event_type", .string(type)), .init("event_channel", .string(channel ?? name)),
      .init("timestamp", .number(WallTime.now().seconds)), .init("project_id", .string(call.row.projectID)),
      .init("space_id", .string(configuration.spaceID)), .init("context", .string(call.row.context)),
      .init("params", params),
    ]
    let lost = sessions[name]?.session.lost ?? 0
    guard let text = sessions[name]?.session.tell(event, id: UUIDText.random()) else { return }
    if let session = sessions[name]?.session, session.lost > lost {
      services.log.note(
        "relay_events_lost", .warning, .init("session", .string(name)), .init("lost", .number(Double(session.lost))))
    }
    if let link = sessions[name]?.link { say(text, to: link) }
  }

  func pingSessions() {
    agenda.add(.pings, inSeconds: RelaySession.pingSeconds)
    let now = MonotonicTime.now()
    for (link, since) in strangers.values where now.seconds(since: since) > RelaySession.strangerSeconds {
      after { link.socket.close(1_008, "signalwire.connect did not come") }
    }
    for name in sessions.keys {
      guard let link = sessions[name]?.link else { continue }
      if let text = sessions[name]?.session.ping(id: UUIDText.random()) {
        say(text, to: link)
      } else {
        after { link.socket.close(1_001, "no ping was answered") }
      }
    }
  }

  /// Sends everybody away, who may come back to whoever follows.
  func sendSessionsAway() {
    for name in sessions.keys {
      guard let link = sessions[name]?.link, let text = sessions[name]?.session.sendAway(id: UUIDText.random()) else {
        continue
      }
      say(text, to: link)
    }
  }

  /// Whether somebody who is there has not taken everything. The published client drops what it has not answered when
  /// its connection closes.
  var isSomethingUntaken: Bool {
    sessions.values.contains { $0.link != nil && !$0.session.waiting.isEmpty }
  }

  func closeSessions() {
    for entry in sessions.values { entry.link?.socket.close(1_001, "the service is ending") }
  }
}
