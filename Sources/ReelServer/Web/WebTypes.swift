package import ReelCore

/// A request of HTTP, read whole.
package struct HTTPRequest: Sendable {
  package var method: String
  /// Without the query, its percent signs decoded.
  package var path: String
  /// Decoded, in order.
  package var query: [(name: String, value: String)]
  /// Those that anybody here asks for, by their names in lower case.
  package var headers: [String: String]
  package var body: [UInt8]
  /// The other side's address, as text.
  package var peer: String
  /// Whether the other side is this machine.
  package var isLoopback: Bool
  /// Whether it came through TLS.
  package var isSecure: Bool

  package init(
    method: String, path: String, query: [(name: String, value: String)] = [], headers: [String: String] = [:],
    body: [UInt8] = [], peer: String = "127.0.0.1", isLoopback: Bool = true, isSecure: Bool = false
  ) {
    self.method = method
    self.path = path
    self.query = query
    self.headers = headers
    self.body = body
    self.peer = peer
    self.isLoopback = isLoopback
    self.isSecure = isSecure
  }

  /// The first of that name.
  package func parameter(_ name: String) -> String? { query.first { $0.name == name }?.value }

  /// The parts of the path: `/api/calls/1` has three.
  package var segments: [Substring] { path.split(separator: "/", omittingEmptySubsequences: true) }
}

/// What a request is answered.
package struct HTTPAnswer: Sendable {
  package enum Body: Sendable {
    case bytes([UInt8])
    /// A file, or, where the request asks for one, a range of it. The web host answers Range, If-Range and
    /// If-None-Match by itself: with 206, 304 and 416.
    case file(WebFile)
  }

  package var status: Int
  /// Beside Content-Length, which is the host's to say.
  package var headers: [(name: String, value: String)]
  package var body: Body

  package init(_ status: Int, _ headers: [(name: String, value: String)] = [], _ body: Body = .bytes([])) {
    self.status = status
    self.headers = headers
    self.body = body
  }

  package static func text(_ status: Int, _ text: String, type: String = "text/plain; charset=utf-8") -> HTTPAnswer {
    HTTPAnswer(status, [("content-type", type)], .bytes(Array(text.utf8)))
  }
}

extension HTTPAnswer {
  package static func json(_ status: Int, _ json: JSON, _ headers: [(name: String, value: String)] = []) -> HTTPAnswer {
    HTTPAnswer(status, [("content-type", "application/json")] + headers, .bytes(Array("\(json)\n".utf8)))
  }
}

/// A file to be handed out, opened when it is answered and read as the other side takes it.
package struct WebFile: Sendable {
  package var path: String
  package var contentType: String
  /// What it is called where it is saved.
  package var name: String
  /// A strong validator, without quotes.
  package var etag: String

  package init(path: String, contentType: String, name: String, etag: String) {
    self.path = path
    self.contentType = contentType
    self.name = name
    self.etag = etag
  }
}

/// Where the answer to one request goes, from any thread, once. A second answer, or one to a connection that is gone,
/// does nothing.
package protocol WebReply: Sendable {
  func send(_ answer: HTTPAnswer)
}

/// The near end of a WebSocket; any thread may use it. After its listener has heard ``WebSocketListener/closed()``
/// nothing happens any more.
package protocol WebSocket: AnyObject, Sendable {
  /// Queues a message. Where more than ``WebLimits/waitingBytes`` wait, because the other side does not take them, the
  /// connection is closed.
  func send(text: String)
  func send(binary: [UInt8])
  /// Closes it when what is queued has been sent. `code` is one of RFC 6455's.
  func close(_ code: Int, _ reason: String)
}

/// The far side of a WebSocket is heard here, on the web thread, which must not wait.
package protocol WebSocketListener: AnyObject, Sendable {
  /// A whole message.
  func heard(_ message: [UInt8], isText: Bool)
  /// It is gone, however that came. The last call.
  func closed()
}

/// Whether a WebSocket may be.
package enum WebOpening: Sendable {
  case accept(any WebSocketListener)
  case refuse(HTTPAnswer)
}

/// Who answers what comes to the web host; called on the web thread, which must not wait.
package protocol WebSite: AnyObject, Sendable {
  /// A request's head is there; what is refused by it is not read any further.
  func refusal(_ head: HTTPRequest) -> HTTPAnswer?
  func answer(_ request: HTTPRequest, _ reply: any WebReply)
  /// A WebSocket is asked for. `socket` may be kept if it is accepted.
  func open(_ request: HTTPRequest, _ socket: any WebSocket) -> WebOpening
}

extension WebSite {
  package func refusal(_ head: HTTPRequest) -> HTTPAnswer? { nil }
}

/// What one side may make the other hold.
package struct WebLimits: Hashable, Sendable {
  /// Connections at once; more are answered 503.
  package var connections = 8_192
  /// A request's body; more is answered 413.
  package var bodyBytes = 1 << 20
  /// A WebSocket's message; more closes it with 1009.
  package var messageBytes = 1 << 20
  /// What waits to be sent to one WebSocket.
  package var waitingBytes = 4 << 20

  package init() {}
}
