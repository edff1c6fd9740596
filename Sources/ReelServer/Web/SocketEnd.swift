internal import CWebSockets
internal import Glibc
internal import ReelRealtime

/// What is sent: behind the room that the library wants in front.
struct OutgoingMessage: Sendable {
  var bytes: [UInt8]
  let isText: Bool

  var length: Int { bytes.count - LWS.headroom }

  init(isText: Bool, _ payload: some Collection<UInt8>) {
    self.isText = isText
    bytes = []
    bytes.reserveCapacity(LWS.headroom + payload.count)
    bytes.append(contentsOf: repeatElement(0, count: LWS.headroom))
    bytes.append(contentsOf: payload)
  }
}

/// The end of a WebSocket that any thread may use: it queues, and has the context's thread come for it.
final class SocketEnd: WebSocket, Sendable {
  struct Closing: Sendable {
    let code: Int
    let reason: String
  }

  /// What the context's thread takes with it.
  struct Batch {
    var messages: [OutgoingMessage] = []
    var closing: Closing?
  }

  private struct State: Sendable {
    var messages: [OutgoingMessage] = []
    /// With those that the context's thread has taken and not sent.
    var waitingBytes = 0
    var closing: Closing?
    var isOverfull = false
    /// Whether the context's thread was asked to come, and has not.
    var isAsked = false
    var isOver = false
  }

  private let limitBytes: Int
  private let ask: @Sendable () -> Void
  private let state = Guarded(State())

  init(limitBytes: Int, _ ask: @escaping @Sendable () -> Void) {
    self.limitBytes = limitBytes
    self.ask = ask
  }

  func send(text: String) {
    send(OutgoingMessage(isText: true, text.utf8))
  }

  func send(binary: [UInt8]) {
    send(OutgoingMessage(isText: false, binary))
  }

  func close(_ code: Int, _ reason: String) {
    change { state in
      guard state.closing == nil else { return .nothing }
      state.closing = Closing(code: code, reason: reason)
      return .end
    }
  }

  private func send(_ message: OutgoingMessage) {
    change { state in
      guard state.closing == nil, !state.isOverfull else { return .nothing }
      state.waitingBytes += message.length
      guard state.waitingBytes <= limitBytes else {
        state.isOverfull = true
        state.messages = []
        return .end
      }
      state.messages.append(message)
      return .message
    }
  }

  private enum Change {
    case nothing
    case message
    /// Has to be known also where the socket is full, and the messages wait.
    case end
  }

  private func change(_ body: (inout State) -> Change) {
    let asks = state.withLock { state in
      guard !state.isOver else { return false }
      let change = body(&state)
      guard change == .end || change == .message && !state.isAsked else { return false }
      state.isAsked = true
      return true
    }
    if asks { ask() }
  }

  // For the context's thread alone.

  func take() -> Batch {
    state.withLock { state in
      defer { state.messages = [] }
      state.isAsked = false
      return Batch(messages: state.messages, closing: state.closing)
    }
  }

  /// The other side took too little.
  var isOverfull: Bool { state.withLock { $0.isOverfull } }

  var isClosing: Bool { state.withLock { $0.closing != nil } }

  func sent(_ bytes: Int) {
    state.withLock { $0.waitingBytes -= bytes }
  }

  func isOver() {
    state.withLock { state in
      state.isOver = true
      state.messages = []
    }
  }
}

/// The sending half of a WebSocket, on its context's thread.
struct SocketPump {
  private var messages: [OutgoingMessage] = []
  private var next = 0
  private var closing: SocketEnd.Closing?

  enum Outcome {
    case well
    /// Nothing can be sent any more, or all was and it is to be closed.
    case over
  }

  /// Sends what the socket takes; what is left waits for it to take more.
  mutating func run(_ end: SocketEnd, _ wire: Wire) -> Outcome {
    take(from: end)
    var turnBytes = 0
    while next < messages.count {
      guard turnBytes < WebPace.turnBytes, !wire.isFull else {
        wire.askForRoom()
        return .well
      }
      let length = messages[next].length
      guard write(&messages[next], wire) else { return .over }
      messages[next].bytes = []
      next += 1
      turnBytes += length
      end.sent(length)
      if next == messages.count { take(from: end) }
    }
    guard let closing else { return .well }
    wire.setCloseReason(closing.code, closing.reason)
    return .over
  }

  private mutating func take(from end: SocketEnd) {
    let batch = end.take()
    if next == messages.count {
      messages = batch.messages
      next = 0
    } else {
      messages += batch.messages
    }
    closing = batch.closing
  }

  private func write(_ message: inout OutgoingMessage, _ wire: Wire) -> Bool {
    let isText = message.isText
    // Sound: the room in front of the payload is there, and is the library's for the time of the call.
    return unsafe message.bytes.withUnsafeMutableBufferPointer { bytes in
      unsafe wire.write(bytes, isText ? LWS_WRITE_TEXT : LWS_WRITE_BINARY)
    }
  }
}

/// Pieces of messages, put together.
struct MessageAssembly {
  private var bytes: [UInt8] = []
  private let limitBytes: Int

  init(limitBytes: Int) {
    self.limitBytes = limitBytes
  }

  enum Outcome {
    case piece
    case message([UInt8], isText: Bool)
    case tooLong
  }

  /// Sound: the library's bytes are there for the time of the callback, as many as it says.
  mutating func take(_ input: UnsafeMutableRawPointer?, _ length: Int, _ wire: Wire) -> Outcome {
    let piece = unsafe UnsafeRawBufferPointer(start: input, count: length)
    let left = wire.bytesLeft
    if wire.isFirstPiece { bytes = [] }
    guard left <= limitBytes, bytes.count + length + left <= limitBytes else { return .tooLong }
    let isWhole = left == 0 && wire.isLastPiece
    let isText = wire.isText
    if isWhole && bytes.isEmpty { return unsafe .message(Array(piece), isText: isText) }
    if bytes.isEmpty { bytes.reserveCapacity(length + left) }
    unsafe bytes.append(contentsOf: piece)
    guard isWhole else { return .piece }
    defer { bytes = [] }
    return .message(bytes, isText: isText)
  }
}
