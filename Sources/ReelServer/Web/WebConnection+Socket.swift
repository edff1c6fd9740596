internal import ReelCore

extension WebConnection {
  /// The WebSocket is there.
  func socketOpened() -> Bool {
    guard phase == .opening else { return false }
    phase = .socket
    if core.isStopping { wrapUp() }
    // The site may have sent something already.
    wire.askForRoom()
    return true
  }

  /// Sound: the library's bytes are there for the time of the callback, as many as it says.
  func heard(_ input: UnsafeMutableRawPointer?, _ length: Int) -> Bool {
    guard phase == .socket else { return true }
    // Sound: the library's bytes are there for the time of the call, and are copied.
    switch unsafe assembly.take(input, length, wire) {
    case .piece: return true
    case .message(let message, let isText):
      listener?.heard(message, isText: isText)
      return true
    case .tooLong:
      wire.setCloseReason(1009, "a message has at most \(core.limits.messageBytes) bytes")
      return false
    }
  }

  /// Its end has something for it. Called outside of the library's callbacks.
  func woken() {
    guard phase == .socket, let end else { return }
    guard !end.isOverfull else {
      core.log.note("socket_overfull", .warning, .init("peer", .string(peer)))
      wire.end(flushing: false)
      return
    }
    if end.isClosing { setTimer(seconds: WebPace.closingSeconds) }
    wire.askForRoom()
  }

  func writable() -> Bool {
    guard phase == .socket, let end else { return true }
    return pump.run(end, wire) == .well
  }
}
