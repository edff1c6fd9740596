internal import CWebSockets

/// One WebSocket of a client's, on the client's thread.
final class ClientConnection {
  unowned let core: ClientCore
  let id: UInt64
  private let headers: [(name: String, value: String)]
  private var listener: (any WebClientListener)?
  /// Set when the library has begun to connect.
  var wire: Wire?
  private var end: SocketEnd?
  private var pump = SocketPump()
  private var assembly = MessageAssembly(limitBytes: ClientConnection.limits.messageBytes)
  /// What the other side said when it closed.
  private var farewell: String?

  /// Larger messages than any server of ours sends.
  private static let limits: WebLimits = {
    var limits = WebLimits()
    limits.messageBytes = 16 << 20
    limits.waitingBytes = 16 << 20
    return limits
  }()

  init(_ core: ClientCore, _ id: UInt64, _ request: ClientRequest) {
    (self.core, self.id) = (core, id)
    headers = request.headers
    listener = request.listener
  }

  func opened(_ wire: Wire) {
    guard !core.isStopping else { return wire.end(flushing: false) }
    let (outlet, id) = (core.outlet, id)
    let end = SocketEnd(limitBytes: Self.limits.waitingBytes) { outlet.post(.wake(id)) }
    self.end = end
    listener?.opened(end)
  }

  func heard(_ input: UnsafeMutableRawPointer?, _ length: Int, _ wire: Wire) -> Bool {
    guard let listener, end != nil else { return true }
    switch unsafe assembly.take(input, length, wire) {
    case .piece: return true
    case .message(let message, let isText):
      listener.heard(message, isText: isText)
      return true
    case .tooLong:
      farewell = "a message has more than \(Self.limits.messageBytes) bytes"
      wire.setCloseReason(1009, farewell!)
      return false
    }
  }

  func writable(_ wire: Wire) -> Bool {
    guard let end else { return true }
    return pump.run(end, wire) == .well
  }

  /// Its end has something for it. Called outside of the library's callbacks.
  func woken() {
    guard let end, let wire else { return }
    guard !end.isOverfull else {
      farewell = "the server takes too little of what it is sent"
      return wire.end(flushing: false)
    }
    if end.isClosing { wire.setTimer(Int64(WebPace.closingSeconds) * 1_000_000) }
    wire.askForRoom()
  }

  /// Comes after what ``woken()`` and ``wrapUp()`` ask for. Whether the connection goes on.
  func timerRang() -> Bool { false }

  /// The client ends: what is under way has a little time.
  func wrapUp() {
    if let end { end.close(1000, "") } else { wire?.end(flushing: false) }
  }

  /// Adds the headers to the request; false where there is no room for them.
  ///
  /// Sound: the library says where its memory begins and how much is left, and moves the begin.
  func addHeaders(_ input: UnsafeMutableRawPointer?, _ length: Int, _ wire: Wire) -> Bool {
    guard let place = unsafe input?.assumingMemoryBound(to: UnsafeMutablePointer<UInt8>?.self) else { return false }
    guard let start = unsafe place.pointee else { return false }
    let end = unsafe start + length
    for (name, value) in headers where !value.utf8.contains(where: { $0 < 0x20 }) {
      let added = unsafe lws_add_http_header_by_name(
        wire.pointer, "\(name):", value, Int32(value.utf8.count), place, end)
      guard added == 0 else { return false }
    }
    return true
  }

  /// The first two bytes are the code, the rest says why.
  ///
  /// Sound: the library's bytes are there for the time of the callback, as many as it says.
  func peerCloses(_ input: UnsafeMutableRawPointer?, _ length: Int) {
    let bytes = unsafe Array(UnsafeRawBufferPointer(start: input, count: length))
    guard bytes.count >= 2 else { return farewell = "the server closed it" }
    let reason = String(decoding: bytes[2...], as: UTF8.self)
    let code = Int(bytes[0]) << 8 | Int(bytes[1])
    farewell = "the server closed it with \(code)\(reason.isEmpty ? "" : ": \(reason)")"
  }

  /// Says it once; what was said first stands.
  func isGone(_ reason: String) {
    guard let listener else { return }
    self.listener = nil
    let isOurs = end?.isClosing ?? false
    end?.isOver()
    (end, wire) = (nil, nil)
    listener.closed(farewell ?? (isOurs ? "closed" : reason))
  }
}

/// What the library says, on the client's thread. 0 lets it go on; anything else closes the connection.
///
/// Sound: a connection's opaque pointer is its object, which the core keeps until `WSI_DESTROY`.
func webClientCallback(
  _ lws: OpaquePointer?, _ reason: lws_callback_reasons, _ user: UnsafeMutableRawPointer?,
  _ input: UnsafeMutableRawPointer?, _ length: Int
) -> Int32 {
  guard let lws = unsafe lws, clientReasons.contains(reason.rawValue) else { return 0 }
  let wire = unsafe Wire(lws)
  guard let pointer = unsafe lws_get_opaque_user_data(lws) else { return 0 }
  let connection = unsafe Unmanaged<ClientConnection>.fromOpaque(pointer).takeUnretainedValue()
  switch reason {
  case LWS_CALLBACK_CLIENT_RECEIVE: return unsafe connection.heard(input, length, wire) ? 0 : -1
  case LWS_CALLBACK_CLIENT_WRITEABLE: return connection.writable(wire) ? 0 : -1
  case LWS_CALLBACK_TIMER: return connection.timerRang() ? 0 : -1
  case LWS_CALLBACK_CLIENT_APPEND_HANDSHAKE_HEADER: return unsafe connection.addHeaders(input, length, wire) ? 0 : -1
  case LWS_CALLBACK_CLIENT_ESTABLISHED: connection.opened(wire)
  case LWS_CALLBACK_WS_PEER_INITIATED_CLOSE: unsafe connection.peerCloses(input, length)
  case LWS_CALLBACK_CLIENT_CONNECTION_ERROR:
    let status = unsafe lws_http_client_http_response(lws)
    let words = unsafe input.map { unsafe String(cString: $0.assumingMemoryBound(to: CChar.self)) }
    let hasStatus = status != 0 && status != 101
    connection.isGone(hasStatus ? "the server answered \(status)" : "no connection: \(words ?? "the server is gone")")
  case LWS_CALLBACK_WSI_DESTROY: connection.core.forget(connection)
  default: connection.isGone("the connection is gone")
  }
  return 0
}

/// Those that have to do with a connection of ours.
private let clientReasons: Set<UInt32> = [
  LWS_CALLBACK_CLIENT_RECEIVE.rawValue, LWS_CALLBACK_CLIENT_WRITEABLE.rawValue, LWS_CALLBACK_TIMER.rawValue,
  LWS_CALLBACK_CLIENT_APPEND_HANDSHAKE_HEADER.rawValue, LWS_CALLBACK_CLIENT_ESTABLISHED.rawValue,
  LWS_CALLBACK_WS_PEER_INITIATED_CLOSE.rawValue, LWS_CALLBACK_CLIENT_CONNECTION_ERROR.rawValue,
  LWS_CALLBACK_CLIENT_CLOSED.rawValue, LWS_CALLBACK_WSI_DESTROY.rawValue,
]
