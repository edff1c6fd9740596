internal import CWebSockets
internal import Glibc
internal import ReelRealtime

/// What other threads want of the client's.
enum ClientOrder: Sendable {
  case connect(ClientRequest)
  /// A WebSocket's end has something to send.
  case wake(UInt64)
  case stop
}

/// What the client's thread works on: the library's context, and the connections.
///
/// The wall round the context: made by one thread, then handed to the client's, which alone uses it and frees it. What
/// the library is given pointers to is this object's, and outlives the context.
@safe final class ClientCore: @unchecked Sendable {
  let outlet = WebOutlet<ClientOrder>()
  private(set) var isStopping = false
  private var connections: [UInt64: ClientConnection] = [:]
  private var lastNumber: UInt64 = 0
  private let context: WireContext
  /// Those who trust the same have one of the library's virtual hosts. An empty name is the system's trust.
  private var hosts: [String: OpaquePointer] = unsafe [:]
  private let protocols: UnsafeMutablePointer<lws_protocols>
  private let policy: UnsafeMutablePointer<lws_retry_bo_t>

  init() throws(WebFailure) {
    unsafe policy = .allocate(capacity: 1)
    unsafe policy.initialize(to: lws_retry_bo_t())
    unsafe policy.pointee.secs_since_valid_ping = WebPace.pingSeconds
    unsafe policy.pointee.secs_since_valid_hangup = WebPace.deadSeconds
    unsafe protocols = .allocate(capacity: 2)
    unsafe protocols.initialize(repeating: lws_protocols(), count: 2)
    unsafe protocols.pointee.name = Self.name
    unsafe protocols.pointee.callback = webClientCallback
    unsafe protocols.pointee.rx_buffer_size = WebPace.readBytes
    unsafe protocols.pointee.tx_packet_size = WebPace.turnBytes
    var information = unsafe lws_context_creation_info()
    unsafe information.port = CONTEXT_PORT_NO_LISTEN
    unsafe information.options = UInt64(LWS_SERVER_OPTION_EXPLICIT_VHOSTS)
    unsafe information.timeout_secs = WebPace.headSeconds
    unsafe information.connect_timeout_secs = WebPace.headSeconds
    unsafe information.pt_serv_buf_size = UInt32(WebPace.readBytes + LWS.headroom)
    guard let context = unsafe WireContext(&information) else {
      unsafe policy.deallocate()
      unsafe protocols.deallocate()
      throw WebFailure("libwebsockets gives no context")
    }
    self.context = context
    outlet.begin(context)
  }

  deinit {
    unsafe policy.deallocate()
    unsafe protocols.deallocate()
  }

  /// Sound: never written to.
  private nonisolated(unsafe) static let name = unsafe LWS.forever("reel-client")
  private nonisolated(unsafe) static let alpn = unsafe LWS.forever("http/1.1")

  /// There is no thread for it.
  func abandon() {
    outlet.end()
    context.destroy()
  }

  /// The client's thread, from its begin to its end.
  func run() {
    while !(isStopping && connections.isEmpty) {
      guard context.run() else { break }
      for order in outlet.take() { follow(order) }
    }
    outlet.end()
    context.destroy()
    for connection in Array(connections.values) { forget(connection) }
  }

  private func follow(_ order: ClientOrder) {
    switch order {
    case .connect(let request):
      guard !isStopping else { return request.listener.closed("the client was stopped") }
      connect(request)
    case .wake(let id): connections[id]?.woken()
    case .stop:
      isStopping = true
      for connection in Array(connections.values) { connection.wrapUp() }
    }
  }

  private func connect(_ request: ClientRequest) {
    do throws(WebFailure) {
      let url = try WebSocketURL(request.url)
      let host = unsafe try host(for: request.authority)
      lastNumber += 1
      let connection = ClientConnection(self, lastNumber, request)
      connections[connection.id] = connection
      unsafe connect(connection, url, host)
    } catch {
      request.listener.closed(error.description)
    }
  }

  private func host(for authority: String?) throws(WebFailure) -> OpaquePointer {
    if let known = unsafe hosts[authority ?? ""] { return unsafe known }
    if let authority, unsafe access(authority, R_OK) != 0 {
      throw WebFailure("authority '\(authority)': \(unsafe String(cString: strerror(errno)))")
    }
    var information = unsafe lws_context_creation_info()
    unsafe information.port = CONTEXT_PORT_NO_LISTEN
    unsafe information.vhost_name = Self.name
    unsafe information.protocols = unsafe UnsafePointer(protocols)
    unsafe information.retry_and_idle_policy = unsafe UnsafePointer(policy)
    unsafe information.connect_timeout_secs = WebPace.headSeconds
    unsafe information.options = UInt64(LWS_SERVER_OPTION_DO_SSL_GLOBAL_INIT | LWS_SERVER_OPTION_VALIDATE_UTF8)
    let made = unsafe make(&information, authority)
    guard let made = unsafe made else { throw WebFailure("libwebsockets gives no virtual host") }
    unsafe hosts[authority ?? ""] = unsafe made
    return unsafe made
  }

  private func make(_ information: inout lws_context_creation_info, _ authority: String?) -> OpaquePointer? {
    guard let authority else { return unsafe lws_create_vhost(context.pointer, &information) }
    unsafe information.options |= UInt64(LWS_SERVER_OPTION_DISABLE_OS_CA_CERTS)
    // Sound: the library reads the file before it returns.
    return unsafe authority.withCString { path in
      unsafe information.client_ssl_ca_filepath = unsafe path
      return unsafe lws_create_vhost(context.pointer, &information)
    }
  }

  private func connect(_ connection: ClientConnection, _ url: WebSocketURL, _ host: OpaquePointer) {
    var information = unsafe lws_client_connect_info()
    unsafe information.context = unsafe context.pointer
    unsafe information.vhost = unsafe host
    unsafe information.port = Int32(url.port)
    unsafe information.ssl_connection = url.isSecure ? Int32(LCCSCF_USE_SSL.rawValue) : 0
    unsafe information.local_protocol_name = Self.name
    unsafe information.alpn = Self.alpn
    unsafe information.retry_and_idle_policy = unsafe UnsafePointer(policy)
    // Sound: the connection is kept until the library says that it is done with it; the library copies the texts.
    unsafe information.opaque_user_data = Unmanaged.passUnretained(connection).toOpaque()
    let begun = unsafe url.host.withCString { address in
      unsafe url.path.withCString { path in
        unsafe url.authority.withCString { name in
          unsafe information.address = unsafe address
          unsafe information.path = unsafe path
          unsafe information.host = unsafe name
          return unsafe lws_client_connect_via_info(&information)
        }
      }
    }
    // Where it can't even begin, it has said so already, or never will.
    guard let begun = unsafe begun else {
      connection.isGone("no connection to '\(url.authority)'")
      return forget(connection)
    }
    connection.wire = unsafe Wire(begun)
  }

  func forget(_ connection: ClientConnection) {
    connection.isGone("the connection is gone")
    connections.removeValue(forKey: connection.id)
    // A timer's doing, perhaps, behind which the library goes to sleep for as long as nothing else is due.
    if isStopping && connections.isEmpty { outlet.wake() }
  }
}
