/// Who hears one connection of a ``WebClient``, on the client's thread, which must not wait.
package protocol WebClientListener: AnyObject, Sendable {
  /// It may be sent to from here on.
  func opened(_ socket: any WebSocket)
  /// A whole message.
  func heard(_ message: [UInt8], isText: Bool)
  /// It is gone, or never came to be: why, in words. The last call.
  func closed(_ reason: String)
}

/// WebSockets to servers, any number on one thread.
///
///     let client = try WebClient(log)
///     client.connect("wss://localhost:8443/media", headers: [("authorization", "Basic …")], authority: "ca.pem", me)
package final class WebClient: CallDialer {
  private let core: ClientCore
  private let thread: WebThread

  package init(_ log: Log) throws(WebFailure) {
    core = try ClientCore()
    let core = core
    guard let thread = WebThread("reel-client", { core.run() }) else {
      core.abandon()
      throw WebFailure("the system gives no thread for connections")
    }
    self.thread = thread
  }

  deinit {
    stop()
  }

  /// Begins to connect; the listener hears how that goes. Certificates are checked, with the name in them: by what a
  /// file of PEM says (`authority`), or by what the system trusts.
  package func connect(
    _ url: String, headers: [(name: String, value: String)] = [], authority: String? = nil,
    _ listener: any WebClientListener
  ) {
    core.outlet.post(.connect(ClientRequest(url: url, headers: headers, authority: authority, listener: listener)))
  }

  /// Closes what is open, and returns when that is done. Never from the client's own thread. What is asked for later
  /// does not happen, and is not heard of.
  package func stop() {
    thread.end { core.outlet.post(.stop) }
  }
}

/// What ``WebClient/connect(_:headers:authority:_:)`` was told.
struct ClientRequest: Sendable {
  let url: String
  let headers: [(name: String, value: String)]
  let authority: String?
  let listener: any WebClientListener
}

/// A WebSocket's URL, taken apart.
package struct WebSocketURL: Hashable, Sendable {
  package let isSecure: Bool
  package let host: String
  package let port: Int
  /// With the query.
  package let path: String

  package init(_ url: String) throws(WebFailure) {
    let wrong = WebFailure("url '\(url)': allowed are ws://HOST:PORT/PATH and wss://HOST:PORT/PATH")
    let parts = url.split(separator: "://", maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.count == 2, ["ws", "wss"].contains(parts[0].lowercased()) else { throw wrong }
    isSecure = parts[0].lowercased() == "wss"
    let start = parts[1].firstIndex { "/?".contains($0) } ?? parts[1].endIndex
    let rest = parts[1][start...].prefix { $0 != "#" }
    path = rest.hasPrefix("/") ? String(rest) : "/\(rest)"
    let place = parts[1][..<start]
    let hasBrackets = place.hasPrefix("[")
    let end = hasBrackets ? place.firstIndex(of: "]") ?? place.endIndex : place.lastIndex(of: ":") ?? place.endIndex
    host = String(place[..<end].drop { $0 == "[" })
    let port = place[end...].drop { $0 == "]" }
    guard !host.isEmpty, url.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else { throw wrong }
    guard let number = port.isEmpty ? (isSecure ? 443 : 80) : Int(port.dropFirst()), (1...65_535).contains(number),
      port.isEmpty || port.hasPrefix(":")
    else { throw wrong }
    self.port = number
  }

  /// As it is said in the request.
  var authority: String {
    let name = host.contains(":") ? "[\(host)]" : host
    return port == (isSecure ? 443 : 80) ? name : "\(name):\(port)"
  }
}
