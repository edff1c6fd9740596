/// Where the web host is found, and what it shows of itself.
package struct WebConfiguration: Hashable, Sendable {
  /// A name or an address of this machine; `::` and `0.0.0.0` are all of them.
  package var host = "127.0.0.1"
  /// 0 takes a free one.
  package var port = 0
  /// Without one there is no TLS, and so nothing for any other machine.
  package var certificate: WebCertificate?
  package var limits = WebLimits()

  package init() {}
}

/// A certificate and its key, each as PEM in a file.
package struct WebCertificate: Hashable, Sendable {
  package var certificatePath: String
  package var keyPath: String

  package init(certificatePath: String, keyPath: String) {
    self.certificatePath = certificatePath
    self.keyPath = keyPath
  }
}

/// Why there is no web host, or no connection.
package struct WebFailure: Error, Hashable, Sendable, CustomStringConvertible {
  package let description: String

  package init(_ description: String) {
    self.description = description
  }
}

/// How long the other side may take, and how much is done for one at a time.
enum WebPace {
  /// For TLS, and from there until all of a request's head is there.
  static let headSeconds: UInt32 = 20
  /// For the rest of a request: a megabyte through a slow line, and not a byte now and then.
  static let bodySeconds = 60
  /// A connection that asks nothing more.
  static let idleSeconds: Int32 = 60
  /// An answer of which the other side takes nothing.
  static let stalledSeconds = 60.0
  /// Longer than this a WebSocket says nothing: then it is asked whether it is there.
  static let pingSeconds: UInt16 = 30
  /// And this long after its last sign it is taken for dead.
  static let deadSeconds: UInt16 = 45
  /// How often is looked whether who waits for an answer is still there.
  static let lookSeconds = 1
  /// What waits to be sent when a WebSocket, or the host, is closed.
  static let closingSeconds = 3
  /// What is still sent with a request that was refused before its end is read for so long, and so much of it: else
  /// the system would take the answer back with the connection.
  static let discardSeconds = 10
  static let discardBytes = 16 << 20
  /// Between two looks whether a full socket takes more: at first, and at most.
  static let soonestMicroseconds: Int64 = 2_000
  static let latestMicroseconds: Int64 = 50_000
  /// Sent at a time: less than what is free where the system says that there is room, so that nothing is left over.
  static let chunkBytes = 16 << 10
  /// For one connection before the others have their turn.
  static let turnBytes = 1 << 20
  /// Read at a time, as much as a record of TLS can hold. A WebSocket has this much memory of its own, which is touched
  /// only by frames that come in pieces; one read takes all the small messages that wait in the socket.
  static let readBytes = 16 << 10
  /// The head of a request. Where it is longer, the connection is closed.
  static let headBytes: UInt32 = 16 << 10
  /// Connections beyond the limit that are told so; still more are closed unheard.
  static let surplusConnections = 256
  /// Waiting to be taken in.
  static let backlog: Int32 = 1_024
  /// How long nobody is taken in where the system gives no more descriptors.
  static let restMicroseconds: Int64 = 100_000
}
