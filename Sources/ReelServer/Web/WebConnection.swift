internal import ReelCore
internal import ReelRealtime

/// One connection of the host, which is the library's `lws`: it waits for a request, has it answered, and so on, or it
/// becomes a WebSocket. It is touched by the host's thread alone.
///
///     idle ─head─▶ receiving ─body─▶ waiting ─answer─▶ sending ─▶ idle | over
///       │             └─ too much ─▶ sending, and what still comes is thrown away
///       └─ upgrade ─▶ opening ─▶ socket ─▶ over
///
/// While a request is answered nothing is read: a client that sends more meanwhile would keep the library busy, since
/// what is not read is told again and again. As long as it does not read, the library does not say either when there is
/// room to send, so a timer looks.
final class WebConnection {
  enum Phase {
    case idle
    case receiving
    /// For the site's answer.
    case waiting
    case sending
    case opening
    case socket
    case over
  }

  unowned let core: WebCore
  let id: UInt64
  let peer: String
  /// More connections than there may be.
  let isSurplus: Bool
  /// Set when the library has taken it.
  var wire: Wire!
  var phase = Phase.idle

  // A request.
  var request: HTTPRequest?
  /// Of the request that is answered; later answers are for nobody.
  var serial: UInt64 = 0
  var requestID = ""
  var keepsAlive = false
  /// What still comes is thrown away.
  var discardedBytes: Int?
  /// All of that came.
  var isDiscarded = false
  /// Read when the last answer was over. Where nothing was read since, a request came with the one before it:
  /// the library mistakes its head for its body, for ever.
  var readBytes: UInt64?
  var sending: AnswerBody?

  // A WebSocket.
  var end: SocketEnd?
  var listener: (any WebSocketListener)?
  var pump = SocketPump()
  var assembly: MessageAssembly

  init(_ core: WebCore, _ id: UInt64, peer: String, isSurplus: Bool) {
    self.core = core
    self.id = id
    self.peer = peer
    self.isSurplus = isSurplus
    assembly = MessageAssembly(limitBytes: core.limits.messageBytes)
  }

  /// The library is done with it; also where it had never begun. May come twice.
  func isGone() {
    guard phase != .over else { return }
    phase = .over
    sending = nil
    request = nil
    core.forget(serial: serial)
    end?.isOver()
    listener?.closed()
    (end, listener) = (nil, nil)
  }

  /// Comes when what was asked of ``setTimer(_:)`` is over, also of an earlier phase. Whether the connection goes on.
  func timerRang() -> Bool {
    switch phase {
    case .sending: continueAnswer()
    case .receiving: false
    case .waiting: continueWaiting()
    case .idle, .opening, .over: !core.isStopping
    case .socket: !(core.isStopping || end?.isClosing ?? true)
    }
  }

  func setTimer(_ microseconds: Int64) {
    wire.setTimer(microseconds)
  }

  func setTimer(seconds: Int) {
    setTimer(Int64(seconds) * 1_000_000)
  }

  /// The host ends: what is under way has a little time.
  func wrapUp() {
    // The host's thread has to wake for its end, whatever the other side does.
    setTimer(seconds: WebPace.closingSeconds)
    switch phase {
    case .idle: wire.end(flushing: true)
    case .socket: end?.close(1001, "the service ends")
    case .receiving, .waiting, .opening, .sending, .over: break
    }
  }
}
