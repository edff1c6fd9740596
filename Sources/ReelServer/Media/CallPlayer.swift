package import ReelRealtime

/// What opens WebSockets to a server: a ``WebClient``.
package protocol CallDialer: Sendable {
  /// Opens one and returns at once; all that comes of it is heard by `listener`.
  func connect(
    _ url: String, headers: [(name: String, value: String)], authority: String?, _ listener: any WebClientListener)
}

/// What came of one played call.
package struct CallReport: Hashable, Sendable {
  package enum Ending: Hashable, Sendable, CustomStringConvertible {
    case filesEnded
    case serverEnded(reason: String)
    case couldNotConnect(reason: String)
    /// The server said that it does not take the call, or no more of it.
    case refused(reason: String)
    /// By ``CallPlayer/hangUp()``.
    case hungUp

    package var description: String {
      switch self {
      case .filesEnded: "files ended"
      case .serverEnded(let reason): "server ended (\(reason))"
      case .couldNotConnect(let reason): "could not connect (\(reason))"
      case .refused(let reason): "refused (\(reason))"
      case .hungUp: "hung up"
      }
    }
  }

  package var ending: Ending
  package var framesSent: Int
  /// Of sound for the caller, as the server sent it.
  package var audioBytesHeard: Int
  /// From when the server took the call to its end.
  package var seconds: Double
}

/// Plays any number of calls into a server, from one thread that looks every 10 ms.
///
///     let player = CallPlayer(client)
///     player.play(plan, to: "ws://127.0.0.1:8080/media") { report in … }
///     player.wait(orBy: .never)
package final class CallPlayer: Sendable {
  private let dialer: any CallDialer
  private let lines: CallLines
  private let thread: BeatThread

  package static let beatSeconds = 0.01

  package init(_ dialer: any CallDialer) {
    self.dialer = dialer
    lines = CallLines()
    thread = BeatThread("reel-play", everySeconds: Self.beatSeconds, lines)
  }

  deinit {
    thread.stop(waiting: false)
  }

  /// Frames that all calls sent so far.
  package var framesSent: Int { lines.framesSent.value }
  /// Bytes of sound that all calls heard so far.
  package var audioBytesHeard: Int { lines.audioBytesHeard.value }
  /// Calls that are not over.
  package var count: Int { lines.all.withLock { $0.count } }

  /// Begins a call and returns at once; `ended` is called once, on any thread.
  package func play(
    _ plan: CallPlan, to url: String, headers: [(name: String, value: String)] = [], authority: String? = nil,
    ended: @escaping @Sendable (CallReport) -> Void
  ) {
    let line = CallLine(plan, of: lines, ended)
    lines.all.withLock { $0.append(line) }
    dialer.connect(url, headers: headers, authority: authority, line)
  }

  /// Ends all calls where they are.
  package func hangUp() {
    for line in lines.all.withLock({ $0 }) { line.hangUp() }
  }

  /// Returns when no call is left, or the moment has come; gives whether none is.
  package func wait(orBy end: MonotonicTime) -> Bool {
    lines.all.wait(until: \.isEmpty, orBy: end) { $0.isEmpty }
  }
}

/// The calls of one player, and what they did together.
final class CallLines: Beating {
  let all = Guarded<[CallLine]>([])
  let framesSent = Tally()
  let audioBytesHeard = Tally()

  func beat(deadline: MonotonicTime) {
    let now = MonotonicTime.now()
    for line in all.withLock({ $0 }) { line.beat(now) }
    // Looked at under the lock for the time of a comparison each; told first, so that who waits finds them told.
    all.withLock { $0.removeAll(where: \.isOver) }
  }
}
