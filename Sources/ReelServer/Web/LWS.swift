internal import CWebSockets
internal import Glibc
internal import ReelRealtime

/// One of the library's connections.
///
/// The wall round the pointer: it is the library's, which says when it is done with it, and used by the thread that
/// runs its context alone.
@safe struct Wire {
  let pointer: OpaquePointer

  init(_ pointer: OpaquePointer) {
    unsafe self.pointer = unsafe pointer
  }

  func isSame(as other: Wire?) -> Bool {
    guard let other else { return false }
    return unsafe pointer == other.pointer
  }

  var isSecure: Bool { unsafe lws_is_ssl(pointer) != 0 }

  /// How much the library has read of the socket since it was there: what arrived, without what still waits in the
  /// system. Looked at again where something arrived meanwhile.
  ///
  /// Sound: the system is told how much room there is, and the place of the number is part of its interface.
  var readBytes: UInt64 {
    let socket = unsafe lws_get_socket_fd(pointer)
    var before = Self.arrivedBytes(socket)
    while true {
      var waiting: Int32 = 0
      guard unsafe ioctl(socket, UInt(FIONREAD), &waiting) == 0 else { return before }
      let after = Self.arrivedBytes(socket)
      if after == before { return after &- UInt64(max(0, waiting)) }
      before = after
    }
  }

  private static func arrivedBytes(_ socket: Int32) -> UInt64 {
    var bytes = [UInt8](repeating: 0, count: 256)
    var size = socklen_t(bytes.count)
    guard unsafe getsockopt(socket, Int32(IPPROTO_TCP), TCP_INFO, &bytes, &size) == 0 else { return 0 }
    return unsafe bytes.withUnsafeBytes { unsafe $0.loadUnaligned(fromByteOffset: arrivedBytesPlace, as: UInt64.self) }
  }

  /// Of `tcpi_bytes_received`, which the C library's header does not have.
  private static let arrivedBytesPlace = 128

  /// The other side sends nothing more, as far as what was not read yet goes.
  ///
  /// Sound: the system puts at most one byte into one of ours.
  var isPeerGone: Bool {
    var byte: UInt8 = 0
    return unsafe recv(lws_get_socket_fd(pointer), &byte, 1, Int32(MSG_PEEK | MSG_DONTWAIT)) == 0
  }

  // Sending.

  /// The socket takes nothing now, or has not taken all that it was given.
  var isFull: Bool { unsafe lws_send_pipe_choked(pointer) != 0 }

  /// What the socket did not take is the library's to send.
  var hasRest: Bool { unsafe lws_partial_buffered(pointer) != 0 }

  /// Sends what lies behind the ``LWS/headroom`` that bytes begin with.
  func write(_ bytes: UnsafeMutableBufferPointer<UInt8>, _ kind: lws_write_protocol) -> Bool {
    let start = unsafe bytes.baseAddress! + LWS.headroom
    return unsafe lws_write(pointer, start, bytes.count - LWS.headroom, kind) >= 0
  }

  /// Asks for the callback that comes when there is room.
  func askForRoom() {
    unsafe lws_callback_on_writable(pointer)
  }

  // Receiving.

  func read(_ reading: Bool) {
    unsafe lws_rx_flow_control(pointer, reading ? 1 : 0)
  }

  /// Of the frame that is received.
  var bytesLeft: Int { unsafe lws_remaining_packet_payload(pointer) }
  var isFirstPiece: Bool { unsafe lws_is_first_fragment(pointer) != 0 }
  var isLastPiece: Bool { unsafe lws_is_final_fragment(pointer) != 0 }
  var isText: Bool { unsafe lws_frame_is_binary(pointer) == 0 }

  // Time and end.

  /// The callback comes once. What was set before is forgotten; it can't be taken back otherwise, since what the
  /// library has for that makes it come at once.
  func setTimer(_ microseconds: Int64) {
    unsafe lws_set_timer_usecs(pointer, microseconds)
  }

  /// The library's own.
  func cancelTimeout() {
    unsafe lws_set_timeout(pointer, NO_PENDING_TIMEOUT, 0)
  }

  /// The answer is over, and the next request may come; false where none may.
  func nextRequest() -> Bool {
    unsafe lws_http_transaction_completed(pointer) == 0
  }

  /// Ends it soon, from wherever that is asked. What was given to the library is still sent if `flushing`.
  func end(flushing: Bool) {
    unsafe lws_set_timeout(
      pointer, flushing ? PENDING_TIMEOUT_HTTP_KEEPALIVE_IDLE : PENDING_TIMEOUT_KILLED_BY_PARENT, LWS_TO_KILL_ASYNC)
  }

  /// At once: never within one of its own callbacks.
  func kill() {
    unsafe lws_set_timeout(pointer, PENDING_TIMEOUT_KILLED_BY_PARENT, LWS_TO_KILL_SYNC)
  }

  /// Says why a WebSocket is closed; the closing itself comes by what the callback gives back.
  func setCloseReason(_ code: Int, _ reason: String) {
    var whole = Substring(reason)
    while whole.utf8.count > Self.longestReasonBytes { whole.removeLast() }
    var text = Array(whole.utf8)
    // Sound: the library copies it.
    unsafe text.withUnsafeMutableBufferPointer { bytes in
      unsafe lws_close_reason(pointer, lws_close_status(UInt32(code)), bytes.baseAddress, bytes.count)
    }
  }

  /// A control frame holds 125 bytes, of which the code takes two.
  private static let longestReasonBytes = 120
}

/// A context of the library's, which one thread runs.
///
/// The wall round the pointer: made once, destroyed once, and used by one thread but for ``wake()``.
@safe struct WireContext: @unchecked Sendable {
  let pointer: OpaquePointer

  init?(_ information: inout lws_context_creation_info) {
    guard let context = unsafe LWS.makeContext(&information) else { return nil }
    unsafe pointer = context
  }

  /// Waits for something to happen, and does it. False where nothing more will.
  func run() -> Bool {
    unsafe lws_service(pointer, 0) >= 0
  }

  /// Makes ``run()`` return. Any thread may, as long as the context is there.
  func wake() {
    unsafe lws_cancel_service(pointer)
  }

  func destroy() {
    unsafe LWS.destroy(pointer)
  }
}

/// What the contexts of libwebsockets share.
enum LWS {
  /// The library has things of the whole process, which it makes and lets go of with a context.
  private static let making = Guarded(())

  /// In front of everything that is sent there is room for what the library puts there.
  static let headroom = reel_lws_pre()

  fileprivate static func makeContext(_ information: inout lws_context_creation_info) -> OpaquePointer? {
    unsafe making.withLock { _ in
      boundDescriptors()
      // It writes to standard error unless told not to, and what it says has what clients sent in it.
      lws_set_log_level(0, nil)
      // Nobody else is to be.
      unsafe information.uid = -1
      unsafe information.gid = -1
      unsafe information.options |= UInt64(LWS_SERVER_OPTION_DO_SSL_GLOBAL_INIT)
      unsafe information.options |= UInt64(LWS_SERVER_OPTION_SKIP_SERVER_CANONICAL_NAME)
      // Sound: the library copies what is in it; what that points to is kept by who filled it in.
      return unsafe lws_create_context(&information)
    }
  }

  fileprivate static func destroy(_ context: OpaquePointer) {
    making.withLock { _ in unsafe lws_context_destroy(context) }
  }

  /// The least number of descriptors that the process may open, where the system allows it.
  private static let fewestDescriptors: rlim_t = 16_384
  /// The most: the library has a table with a place for each that could be.
  private static let mostDescriptors: rlim_t = 262_144

  private static func boundDescriptors() {
    var limit = rlimit()
    // Sound: the system fills and reads a value of ours.
    guard unsafe getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return }
    let wanted = min(max(limit.rlim_cur, fewestDescriptors), mostDescriptors, limit.rlim_max)
    guard wanted != limit.rlim_cur else { return }
    limit.rlim_cur = wanted
    _ = unsafe setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
  }

  /// Text that the library keeps a pointer to, for as long as the process.
  static func forever(_ text: String) -> UnsafePointer<CChar>? {
    // Sound: a copy that nobody frees or writes to.
    unsafe UnsafePointer(strdup(text))
  }
}

/// Orders of any threads to the one that runs a context, which is woken for them.
final class WebOutlet<Order: Sendable>: Sendable {
  private let orders = Mailbox<Order>()
  /// Since it last looked: the first of them wakes it.
  private let waiting = Tally()
  /// Used under its lock, and gone before the context is.
  private let context = Guarded<WireContext?>(nil)

  /// Before there is one, orders wait.
  func begin(_ context: WireContext) {
    self.context.withLock { $0 = context }
  }

  func end() {
    context.withLock { $0 = nil }
  }

  func post(_ order: Order) {
    orders.post(order)
    guard waiting.add(1) == 1 else { return }
    context.withLock { $0?.wake() }
  }

  /// Has the context's thread look, where there is no order for it.
  func wake() {
    context.withLock { $0?.wake() }
  }

  /// For the context's own thread.
  func take() -> [Order] {
    waiting.set(0)
    return orders.take()
  }
}
