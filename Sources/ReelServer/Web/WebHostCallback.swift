internal import CWebSockets

/// What the library says, on the host's thread. 0 lets it go on; anything else closes the connection.
///
/// Sound: a connection's opaque pointer is its object, which the core keeps until `WSI_DESTROY`; the context's is the
/// core, which outlives it. The gate has no object.
func webHostCallback(
  _ lws: OpaquePointer?, _ reason: lws_callback_reasons, _ user: UnsafeMutableRawPointer?,
  _ input: UnsafeMutableRawPointer?, _ length: Int
) -> Int32 {
  guard let lws = unsafe lws else { return 0 }
  let wire = unsafe Wire(lws)
  switch reason {
  case LWS_CALLBACK_RECEIVE, LWS_CALLBACK_SERVER_WRITEABLE, LWS_CALLBACK_ESTABLISHED, LWS_CALLBACK_HTTP,
    LWS_CALLBACK_HTTP_BODY, LWS_CALLBACK_HTTP_BODY_COMPLETION, LWS_CALLBACK_HTTP_CONFIRM_UPGRADE, LWS_CALLBACK_TIMER:
    guard let connection = connection(of: wire) else { return gateHeard(wire, reason) }
    return unsafe heard(connection, reason, input, length) ? 0 : -1
  case LWS_CALLBACK_RAW_RX_FILE: return gateHeard(wire, reason)
  case LWS_CALLBACK_CLOSED, LWS_CALLBACK_CLOSED_HTTP, LWS_CALLBACK_WS_SERVER_DROP_PROTOCOL:
    connection(of: wire)?.isGone()
    return 0
  case LWS_CALLBACK_WSI_DESTROY:
    if let connection = connection(of: wire) { connection.core.forget(connection) }
    return 0
  // What a client's CONNECT would make of its connection.
  case LWS_CALLBACK_RAW_ADOPT, LWS_CALLBACK_RAW_RX: return -1
  default: return 0
  }
}

private func heard(
  _ connection: WebConnection, _ reason: lws_callback_reasons, _ input: UnsafeMutableRawPointer?, _ length: Int
) -> Bool {
  switch reason {
  case LWS_CALLBACK_RECEIVE: unsafe connection.heard(input, length)
  case LWS_CALLBACK_SERVER_WRITEABLE: connection.writable()
  case LWS_CALLBACK_ESTABLISHED: connection.socketOpened()
  case LWS_CALLBACK_HTTP: connection.headArrived()
  case LWS_CALLBACK_HTTP_BODY: unsafe connection.bodyArrived(input, length)
  case LWS_CALLBACK_HTTP_BODY_COMPLETION: connection.bodyEnded()
  case LWS_CALLBACK_HTTP_CONFIRM_UPGRADE: connection.upgradeAsked()
  default: connection.timerRang()
  }
}

private func connection(of wire: Wire) -> WebConnection? {
  guard let pointer = unsafe lws_get_opaque_user_data(wire.pointer) else { return nil }
  return unsafe Unmanaged<WebConnection>.fromOpaque(pointer).takeUnretainedValue()
}

private func gateHeard(_ wire: Wire, _ reason: lws_callback_reasons) -> Int32 {
  guard let pointer = unsafe lws_context_user(lws_get_context(wire.pointer)) else { return 0 }
  let core = unsafe Unmanaged<WebCore>.fromOpaque(pointer).takeUnretainedValue()
  guard wire.isSame(as: core.gate) else { return 0 }
  if reason == LWS_CALLBACK_TIMER { core.gateRested() } else { core.accept() }
  return 0
}
