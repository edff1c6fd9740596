internal import CWebSockets
internal import Glibc
internal import ReelCore
internal import ReelRealtime

/// What other threads want of the host's.
enum WebOrder: Sendable {
  case answer(UInt64, HTTPAnswer)
  /// A WebSocket's end has something to send.
  case wake(UInt64)
  case stopListening
  case stop
}

/// What the host's thread works on: the library's context, and the connections.
///
/// The wall round the context: made by one thread, then handed to the host's, which alone uses it and frees it. What
/// the library is given pointers to is this object's, and outlives the context.
@safe final class WebCore: @unchecked Sendable {
  let site: any WebSite
  let log: Log
  let limits: WebLimits
  let outlet = WebOutlet<WebOrder>()
  let count: Tally
  private(set) var isStopping = false
  /// When who has not closed yet is cut off.
  private var lastMoment = MonotonicTime.never

  private var isOver: Bool { isStopping && (connections.isEmpty || MonotonicTime.now() >= lastMoment) }
  private var connections: [UInt64: WebConnection] = [:]
  private var waiting: [UInt64: WebConnection] = [:]
  private var lastNumber: UInt64 = 0
  private var context: WireContext!
  private var vhost: OpaquePointer!
  /// The library's object for where connections arrive, and its descriptor.
  private(set) var gate: Wire?
  private let gateDescriptor: Int32

  private let chunk: UnsafeMutableRawBufferPointer
  private let protocols: UnsafeMutablePointer<lws_protocols>
  private let policy: UnsafeMutablePointer<lws_retry_bo_t>
  /// The library finds the WebSocket's protocol by its name. Every one is welcome, so the name is what is asked for: it
  /// is written just before the library looks.
  private let protocolName: UnsafeMutablePointer<CChar>
  static let longestProtocol = 60
  /// The library has room for so many.
  static let longestProtocols = 120

  init(
    _ configuration: WebConfiguration, _ site: any WebSite, _ log: Log, _ gate: ListeningSocket, _ count: Tally
  ) throws(WebFailure) {
    (self.site, self.log, self.count) = (site, log, count)
    limits = configuration.limits
    gateDescriptor = gate.descriptor
    unsafe chunk = .allocate(byteCount: LWS.headroom + WebPace.chunkBytes, alignment: 16)
    unsafe protocolName = .allocate(capacity: Self.longestProtocol + 1)
    unsafe protocolName.initialize(repeating: 0, count: Self.longestProtocol + 1)
    unsafe policy = .allocate(capacity: 1)
    unsafe policy.initialize(to: lws_retry_bo_t())
    unsafe policy.pointee.secs_since_valid_ping = WebPace.pingSeconds
    unsafe policy.pointee.secs_since_valid_hangup = WebPace.deadSeconds
    unsafe protocols = .allocate(capacity: 2)
    unsafe protocols.initialize(repeating: lws_protocols(), count: 2)
    unsafe protocols.pointee.name = UnsafePointer(protocolName)
    unsafe protocols.pointee.callback = webHostCallback
    unsafe protocols.pointee.rx_buffer_size = WebPace.readBytes
    unsafe protocols.pointee.tx_packet_size = WebPace.turnBytes
    try begin(configuration.certificate)
  }

  deinit {
    unsafe chunk.deallocate()
    unsafe protocolName.deallocate()
    unsafe policy.deallocate()
    unsafe protocols.deallocate()
  }

  private func begin(_ certificate: WebCertificate?) throws(WebFailure) {
    guard let context = makeContext(certificate), let vhost = unsafe lws_get_vhost_by_name(context.pointer, "reel")
    else {
      guard let certificate else { throw WebFailure("libwebsockets gives no context") }
      throw WebFailure(
        "certificate '\(certificate.certificatePath)' and key '\(certificate.keyPath)': they can't be used")
    }
    self.context = context
    unsafe self.vhost = vhost
    var description = unsafe lws_adopt_desc_t()
    unsafe description.vh = vhost
    unsafe description.type = LWS_ADOPT_RAW_FILE_DESC
    unsafe description.fd.filefd = gateDescriptor
    gate = unsafe lws_adopt_descriptor_vhost_via_info(&description).map { unsafe Wire($0) }
    guard gate != nil else {
      context.destroy()
      throw WebFailure("libwebsockets does not take the socket that is listened to")
    }
    outlet.begin(context)
  }

  private func makeContext(_ certificate: WebCertificate?) -> WireContext? {
    var information = unsafe lws_context_creation_info()
    unsafe information.port = CONTEXT_PORT_NO_LISTEN_SERVER
    unsafe information.vhost_name = Self.vhostName
    unsafe information.server_string = Self.vhostName
    unsafe information.protocols = UnsafePointer(protocols)
    unsafe information.user = Unmanaged.passUnretained(self).toOpaque()
    unsafe information.options = UInt64(LWS_SERVER_OPTION_VALIDATE_UTF8)
    unsafe information.keepalive_timeout = WebPace.idleSeconds
    unsafe information.timeout_secs = WebPace.headSeconds
    unsafe information.timeout_secs_ah_idle = WebPace.headSeconds
    unsafe information.max_http_header_data2 = WebPace.headBytes
    unsafe information.pt_serv_buf_size = UInt32(WebPace.readBytes + LWS.headroom)
    unsafe information.retry_and_idle_policy = UnsafePointer(policy)
    guard let certificate else { return unsafe WireContext(&information) }
    unsafe information.options |= reel_lws_with_and_without_tls()
    unsafe information.alpn = Self.alpn
    // Sound: the library copies both names.
    return unsafe certificate.certificatePath.withCString { path in
      unsafe certificate.keyPath.withCString { key in
        unsafe information.ssl_cert_filepath = unsafe path
        unsafe information.ssl_private_key_filepath = unsafe key
        return unsafe WireContext(&information)
      }
    }
  }

  /// Sound: never written to.
  private nonisolated(unsafe) static let vhostName = unsafe LWS.forever("reel")
  private nonisolated(unsafe) static let alpn = unsafe LWS.forever("http/1.1")

  /// The host's thread, from its begin to its end.
  func run() {
    while !isOver {
      guard context.run() else { break }
      for order in outlet.take() { follow(order) }
    }
    outlet.end()
    context.destroy()
    for connection in Array(connections.values) { forget(connection) }
  }

  /// There is no thread for it.
  func abandon() {
    outlet.end()
    context.destroy()
  }

  private func follow(_ order: WebOrder) {
    switch order {
    case .answer(let serial, let answer): waiting.removeValue(forKey: serial)?.siteAnswered(answer)
    case .wake(let id): connections[id]?.woken()
    case .stopListening: closeGate()
    case .stop:
      closeGate()
      isStopping = true
      // The timers of its connections wake the thread by then.
      lastMoment = MonotonicTime.now().advanced(bySeconds: Double(WebPace.closingSeconds))
      for connection in connections.values { connection.wrapUp() }
    }
  }

  private func closeGate() {
    guard let gate else { return }
    self.gate = nil
    gate.kill()
  }
}

// For the connections.
extension WebCore {
  private func newNumber() -> UInt64 {
    lastNumber += 1
    return lastNumber
  }

  func newSerial(for connection: WebConnection) -> UInt64 {
    let serial = newNumber()
    waiting[serial] = connection
    return serial
  }

  func forget(serial: UInt64) {
    waiting.removeValue(forKey: serial)
  }

  func reply(_ serial: UInt64) -> any WebReply {
    SerialReply(serial: serial, outlet: outlet)
  }

  func setProtocolName(_ name: String?) {
    let bytes = Array((name ?? "").utf8.prefix(Self.longestProtocol)) + [0]
    // Sound: there is room for the longest and its end.
    for (place, byte) in bytes.enumerated() { unsafe protocolName[place] = CChar(bitPattern: byte) }
  }

  /// What is sent next is put here, behind the library's room.
  ///
  /// Sound: the memory is this object's, and one thread's.
  func withChunk(_ fill: (UnsafeMutableRawBufferPointer) -> Int?) -> Int? {
    unsafe fill(UnsafeMutableRawBufferPointer(rebasing: chunk[LWS.headroom...]))
  }

  func write(_ count: Int, _ wire: Wire) -> Bool {
    let start = unsafe chunk.baseAddress!.assumingMemoryBound(to: UInt8.self)
    let bytes = unsafe UnsafeMutableBufferPointer(start: start, count: LWS.headroom + count)
    return unsafe wire.write(bytes, LWS_WRITE_HTTP)
  }

  /// Takes in those who wait at the gate.
  func accept() {
    while gate != nil {
      switch ListeningSocket.accept(gateDescriptor) {
      case .arrival(let arrival): take(arrival)
      case .nobody: return
      case .full:
        log.note("no_descriptors", .warning)
        gate?.read(false)
        gate?.setTimer(WebPace.restMicroseconds)
        return
      }
    }
  }

  func gateRested() {
    gate?.read(true)
  }

  private func take(_ arrival: ListeningSocket.Arrival) {
    guard connections.count < limits.connections + WebPace.surplusConnections else {
      close(arrival.descriptor)
      return
    }
    let connection = WebConnection(
      self, newNumber(), peer: arrival.peer, isSurplus: connections.count >= limits.connections)
    connections[connection.id] = connection
    count.set(connections.count)
    var description = unsafe lws_adopt_desc_t()
    unsafe description.vh = vhost
    unsafe description.type = lws_adoption_type(
      LWS_ADOPT_SOCKET.rawValue | LWS_ADOPT_HTTP.rawValue | LWS_ADOPT_ALLOW_SSL.rawValue)
    unsafe description.fd.sockfd = arrival.descriptor
    // Sound: the connection is kept until the library says that it is done with it.
    unsafe description.opaque = Unmanaged.passUnretained(connection).toOpaque()
    // It closes the descriptor where it does not take it.
    guard let taken = unsafe lws_adopt_descriptor_vhost_via_info(&description) else { return forget(connection) }
    connection.wire = unsafe Wire(taken)
  }

  func forget(_ connection: WebConnection) {
    connection.isGone()
    connections.removeValue(forKey: connection.id)
    count.set(connections.count)
    // A timer's doing, perhaps, behind which the library goes to sleep for as long as nothing else is due.
    if isStopping && connections.isEmpty { outlet.wake() }
  }
}

/// The way of one answer to its request.
struct SerialReply: WebReply {
  let serial: UInt64
  let outlet: WebOutlet<WebOrder>

  func send(_ answer: HTTPAnswer) {
    outlet.post(.answer(serial, answer))
  }
}
