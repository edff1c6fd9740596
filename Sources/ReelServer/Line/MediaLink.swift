internal import Reel
internal import ReelAudio
internal import ReelCore
internal import ReelRealtime

/// One connection that brings a call's media. It is heard on the web thread, which pushes straight into the engine.
final class MediaLink: WebSocketListener {
  let socket: any WebSocket
  private let services: DeskServices
  private let projectID: String
  private let state = Guarded(State())

  private struct State: Sendable {
    var parser = MediaParser()
    var taker = MediaTaker()
    var errors = 0
    var isClosed = false
    /// Whether nothing that it brings is wanted any more.
    var isRefused = false
    /// What came before the desk let the call in, so that what is recorded from its arrival has its first sample.
    var held: [(message: [UInt8], isText: Bool)]?
  }

  /// A desk that is so late loses the call: some 10 s of both legs.
  private static let mostHeld = 1_000

  /// A stream that is wrong so often is no stream.
  private static let mostErrors = 100

  init(_ socket: any WebSocket, _ services: DeskServices, projectID: String) {
    self.socket = socket
    self.services = services
    self.projectID = projectID
    services.metrics.mediaConnections.add(1)
  }

  var isClosed: Bool { state.withLock { $0.isClosed } }
  /// Where the legs are, for the connection that follows; nil where none ever were.
  var clock: CallClock? {
    state.withLock { state in
      var clock = state.taker.clock
      clock?.lost(atSeconds: state.taker.lastHeard.seconds)
      return clock
    }
  }
  /// When anything was heard last.
  var lastHeard: MonotonicTime { state.withLock { $0.taker.lastHeard } }

  func end(_ code: Int, _ reason: String) {
    socket.close(code, reason)
  }

  func heard(_ message: [UInt8], isText: Bool) {
    services.metrics.mediaMessages.add(1)
    let news: [MediaNews]? = state.withLock { state in
      state.taker.lastHeard = .now()
      if state.isRefused { return [] }
      guard let count = state.held?.count else { return Self.take(message, isText, &state) }
      guard count < Self.mostHeld else { return nil }
      state.held?.append((message, isText))
      return []
    }
    guard let news else { return end(1_013, "the service is too busy for the call") }
    for one in news { tell(one) }
  }

  /// The desk has seen the call: its media goes on with what came since it arrived.
  func letIn() {
    let news = state.withLock { state in
      let held = state.held ?? []
      state.held = nil
      return held.flatMap { Self.take($0.message, $0.isText, &state) }
    }
    for one in news { tell(one) }
  }

  private static func take(_ message: [UInt8], _ isText: Bool, _ state: inout State) -> [MediaNews] {
    do throws(MediaError) {
      try state.parser.take(message, isText: isText, into: &state.taker)
    } catch {
      state.errors += 1
      state.taker.news.append(
        .error(error.message, isLast: state.taker.line == nil || state.errors > mostErrors))
    }
    defer { state.taker.news = [] }
    return state.taker.news
  }

  /// What is no sample: rare, and done without the lock.
  private func tell(_ news: MediaNews) {
    switch news {
    case .hello(let hello): arrive(hello)
    case .stopped:
      if let line = state.withLock({ $0.taker.line }) { services.door.post(.mediaStopped(line, self)) }
    case .error(let message, let isLast):
      services.metrics.mediaErrors.add(1)
      let error: [JSON.Member] = [.init("event", .string("error")), .init("message", .string(message))]
      socket.send(text: JSON.object(error).description)
      if isLast { leave(1_008, "no stream of a call") }
    }
  }

  private func arrive(_ hello: MediaHello) {
    do throws(ServiceRefusal) {
      let (line, isNew) = try services.switchboard.arrive(hello, projectID: projectID, self)
      state.withLock { state in
        state.taker.begin(line, services.metrics.samplesPushed)
        if isNew { state.held = [] }
      }
      services.door.post(isNew ? .arrived(line, self, hello) : .returned(line, self))
    } catch {
      refuse(error)
    }
  }

  /// Says why the call is not taken.
  func refuse(_ refusal: ServiceRefusal) {
    socket.send(text: JSON.object([.init("event", .string("error"))] + refusal.members).description)
    leave(refusal.code == .unavailable || refusal.code == .tooMany ? 1_013 : 1_008, refusal.message)
  }

  /// Closes it a little later: what a stream sends on would take back what it was told, if nobody read it.
  private func leave(_ code: Int, _ reason: String) {
    state.withLock { $0.isRefused = true }
    services.door.post(.refused(self, code: code, reason: reason))
  }

  func closed() {
    services.metrics.mediaConnections.add(-1)
    let line = state.withLock { state in
      state.isClosed = true
      return state.taker.line
    }
    if let line { services.door.post(.mediaLost(line, self)) }
  }
}

/// What a stream brings beside samples.
enum MediaNews: Sendable {
  case hello(MediaHello)
  case stopped
  case error(String, isLast: Bool)
}

/// Takes what the parser finds: samples go straight into the call, all else is kept for the link.
struct MediaTaker: MediaSink, Sendable {
  private(set) var line: Line?
  private(set) var clock: CallClock?
  var lastHeard = MonotonicTime.now()
  var news: [MediaNews] = []
  private var pushed: Tally?

  mutating func begin(_ line: Line, _ pushed: Tally) {
    self.line = line
    self.pushed = pushed
    clock = line.clock
    clock?.returned(atSeconds: lastHeard.seconds)
  }

  mutating func hello(_ hello: MediaHello) { news.append(.hello(hello)) }

  mutating func samples(_ samples: Span<Int16>, from leg: Leg, at position: Int?) {
    guard let line, let place = clock?.place(position, count: samples.count, of: leg) else { return }
    line.call.push(samples, from: leg, at: place)
    pushed?.add(samples.count)
  }

  mutating func digit(_ digit: DTMFDigit) { line?.call.press(digit) }
  mutating func mark(_ name: String) {}
  mutating func stop() { news.append(.stopped) }
}

extension MonotonicTime {
  /// From a moment that is the same for all of a process.
  fileprivate var seconds: Double { Double(nanoseconds) / 1e9 }
}
