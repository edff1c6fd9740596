package import ReelCore

/// What a client of RELAY has with the service, for longer than one connection: what it asked to hear of, and what it
/// was told and has not taken.
///
/// A value without clock or socket: the desk gives it the time, and sends what it gives back.
package struct RelaySession: Sendable {
  /// By which a client that lost its connection takes the session up again.
  package let name: String
  package let projectID: String
  package let identity: String
  /// Whose calls it is offered.
  package private(set) var contexts: Set<String>
  /// What has been told and not been taken, oldest first.
  package private(set) var waiting: [(id: String, text: String)] = []
  /// How many were given up because the client takes none.
  package private(set) var lost = 0
  /// Whether the client takes events by an answer: one that does not gets each once.
  private let acknowledges: Bool
  /// Pings that were not answered.
  private var pings: [String] = []

  /// What a client that does not answer may make the service hold.
  package static let mostWaiting = 1_000
  /// Contexts, and the bytes of one's name: far more than anybody has.
  package static let mostContexts = 1_000
  package static let longestContext = 256
  /// How long a session waits for its client's return.
  package static let graceSeconds = 60.0
  /// Sessions of all clients, with those that wait for their return.
  package static let mostSessions = 20_000
  /// How long a connection may be without a session; looked at with the pings.
  package static let strangerSeconds = 20.0
  /// The client takes a connection for half open that brings no ping for 15 s.
  package static let pingSeconds = 10.0
  /// So many pings that nobody answers are a connection that is gone.
  package static let mostPings = 3

  package init(name: String, projectID: String, identity: String, acknowledges: Bool, contexts: [String]) {
    self.name = name
    self.projectID = projectID
    self.identity = identity
    self.acknowledges = acknowledges
    self.contexts = Set(contexts)
  }

  package mutating func receive(_ contexts: [String]) throws(ServiceRefusal) {
    guard self.contexts.union(contexts).count <= Self.mostContexts else {
      throw ServiceRefusal(.tooMany, "contexts are more than \(Self.mostContexts); allowed: no more than that")
    }
    self.contexts.formUnion(contexts)
  }

  package mutating func unreceive(_ contexts: [String]) {
    self.contexts.subtract(contexts)
  }

  /// A new event as text to send, if there is a connection.
  package mutating func tell(_ params: [JSON.Member], id: String) -> String {
    let text = RelayMessage.request(id, "signalwire.event", params)
    guard acknowledges else { return text }
    if waiting.count >= Self.mostWaiting {
      waiting.removeFirst(Self.mostWaiting / 10)
      lost += Self.mostWaiting / 10
    }
    waiting.append((id, text))
    return text
  }

  /// Sends the client away, who may come back to whoever follows. Its answer is waited for as an event's is.
  package mutating func sendAway(id: String) -> String {
    let text = RelayMessage.request(id, "signalwire.disconnect", [.init("restart", .bool(true))])
    if acknowledges { waiting.append((id, text)) }
    return text
  }

  /// The client has taken what had this id, or answered a ping.
  package mutating func take(_ id: String) {
    waiting.removeAll { $0.id == id }
    if pings.contains(id) { pings = [] }
  }

  /// A ping to send; nil where so many were not answered that the connection is gone.
  package mutating func ping(id: String) -> String? {
    guard pings.count < Self.mostPings else { return nil }
    pings.append(id)
    return RelayMessage.request(id, "signalwire.ping", [])
  }

  /// A new connection: what was told before and not taken has to be told again.
  package mutating func resume() -> [String] {
    pings = []
    return waiting.map(\.text)
  }
}

/// What `signalwire.connect` asks for.
package struct RelayConnect: Hashable, Sendable {
  package let projectID: String
  package let token: String
  /// Looked at once the token was.
  package let contexts: JSON?
  /// The session to take up again.
  package let sessionName: String?
  package let acknowledges: Bool

  package init(_ params: JSON) throws(ServiceRefusal) {
    guard let authentication = params["authentication"] else {
      throw ServiceRefusal(.unauthorized, "authentication is missing; allowed: a project and its token")
    }
    guard let project = authentication["project"]?.text, let token = authentication["token"]?.text else {
      let has = authentication["jwt_token"] != nil ? "authentication has a jwt_token" : "authentication is incomplete"
      throw ServiceRefusal(.unauthorized, "\(has); allowed: a project and its token")
    }
    projectID = project
    self.token = token
    contexts = params["contexts"]
    sessionName = params["protocol"]?.text
    acknowledges = params["event_acks"] == .bool(true)
  }

  /// A list of names, which may be absent.
  package static func contexts(_ json: JSON?) throws(ServiceRefusal) -> [String] {
    guard let json, json != .null else { return [] }
    let names = json.array?.compactMap(\.text)
    guard let names, names.count == json.array?.count, names.count <= RelaySession.mostContexts,
      names.allSatisfy({ !$0.isEmpty && $0.utf8.count <= RelaySession.longestContext })
    else {
      throw ServiceRefusal(
        .badRequest,
        "contexts is \(json); allowed: at most \(RelaySession.mostContexts) names of at most "
          + "\(RelaySession.longestContext) bytes")
    }
    return names
  }
}
