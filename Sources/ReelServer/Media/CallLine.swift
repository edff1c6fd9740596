internal import ReelCore
internal import ReelRealtime

/// One played call on its WebSocket.
final class CallLine: WebClientListener {
  private let hello: String
  private let player: CallLines
  private let tell: @Sendable (CallReport) -> Void
  private let state: Guarded<State>

  private struct State {
    var pacer: CallPacer
    let dialledAt: MonotonicTime
    var socket: (any WebSocket)?
    var openedAt: MonotonicTime?
    /// When it was closed from this side, and why.
    var closedAt: MonotonicTime?
    var ownEnding: CallReport.Ending?
    var audioBytesHeard = 0
    /// Why the server does not take the call, as it said itself.
    var refusal: String?
    /// Whether somebody is telling how it ended, and whether that is done.
    var isTold = false
    var isOver = false
  }

  /// How long a server may take to open a WebSocket, and to close one that was closed from here.
  private static let connectSeconds = 30.0
  private static let closeSeconds = 5.0
  /// RFC 6455: the purpose is fulfilled; the endpoint goes away.
  private static let normalClose = 1_000
  private static let goingAway = 1_001

  init(_ plan: CallPlan, of player: CallLines, _ tell: @escaping @Sendable (CallReport) -> Void) {
    hello = plan.hello.description
    self.player = player
    self.tell = tell
    state = Guarded(State(pacer: CallPacer(plan), dialledAt: .now()))
  }

  var isOver: Bool { state.withLock { $0.isOver } }

  // MARK: The dialer's thread

  func opened(_ socket: any WebSocket) {
    // The greeting goes first: the beat finds no socket before.
    let isWanted = state.withLock { !$0.isTold && $0.ownEnding == nil }
    guard isWanted else { return socket.close(Self.goingAway, "not wanted any more") }
    socket.send(text: hello)
    state.withLock { state in
      state.socket = socket
      state.openedAt = .now()
    }
  }

  func heard(_ message: [UInt8], isText: Bool) {
    if isText, let json = try? JSON(utf8: message), json["event"]?.text == "error" {
      return state.withLock { $0.refusal = json["message"]?.text }
    }
    guard !isText, message.first == 0 else { return }
    state.withLock { $0.audioBytesHeard += message.count - 1 }
    player.audioBytesHeard.add(message.count - 1)
  }

  func closed(_ reason: String) {
    finish { state in
      state.ownEnding
        ?? state.refusal.map { .refused(reason: $0) }
        ?? (state.openedAt == nil ? .couldNotConnect(reason: reason) : .serverEnded(reason: reason))
    }
  }

  // MARK: The player's threads

  /// Sends what is due.
  func beat(_ now: MonotonicTime) {
    let (socket, messages, isLast) = state.withLock { state in take(at: now, &state) }
    for message in messages { if let socket { message.send(to: socket) } }
    if isLast { socket?.close(Self.normalClose, "the files have ended") }
    endIfLate(now)
  }

  private func take(
    at now: MonotonicTime, _ state: inout State
  ) -> (socket: (any WebSocket)?, messages: [MediaMessage], isLast: Bool) {
    guard let socket = state.socket, let openedAt = state.openedAt, state.ownEnding == nil, !state.isTold else {
      return (nil, [], false)
    }
    let before = state.pacer.framesSent
    let messages = state.pacer.due(at: now.seconds(since: openedAt))
    player.framesSent.add(state.pacer.framesSent - before)
    if state.pacer.isOver { (state.ownEnding, state.closedAt) = (.filesEnded, now) }
    return (socket, messages, state.pacer.isOver)
  }

  func hangUp() {
    let socket = state.withLock { state in
      if state.ownEnding == nil { (state.ownEnding, state.closedAt) = (.hungUp, .now()) }
      return state.socket
    }
    socket?.close(Self.goingAway, "hung up")
  }

  /// A server that does not answer is not waited for.
  private func endIfLate(_ now: MonotonicTime) {
    let late: CallReport.Ending? = state.withLock { state in
      if let closedAt = state.closedAt {
        return now.seconds(since: closedAt) > Self.closeSeconds ? state.ownEnding : nil
      }
      guard state.openedAt == nil, now.seconds(since: state.dialledAt) > Self.connectSeconds else { return nil }
      return .couldNotConnect(reason: "no answer within \(Int(Self.connectSeconds)) s")
    }
    if let late { finish { _ in late } }
  }

  /// Tells how it ended, once.
  private func finish(_ ending: (State) -> CallReport.Ending) {
    let report: CallReport? = state.withLock { state in
      guard !state.isTold else { return nil }
      state.isTold = true
      let seconds = state.openedAt.map { MonotonicTime.now().seconds(since: $0) } ?? 0
      return CallReport(
        ending: ending(state), framesSent: state.pacer.framesSent, audioBytesHeard: state.audioBytesHeard,
        seconds: seconds)
    }
    guard let report else { return }
    tell(report)
    state.withLock { $0.isOver = true }
  }
}
