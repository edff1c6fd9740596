internal import Reel
internal import ReelAudio
internal import ReelCore
internal import ReelRealtime

/// The side of a call that has its media: where its samples go, and what its parties are to hear.
///
/// The web thread pushes, the player's thread sends, the desk decides; what they share is under one lock.
final class Line: Sendable {
  let id: String
  let projectID: String
  let call: Call
  let callerRate: SampleRate
  let agentRate: SampleRate
  private let state: Guarded<State>

  private struct State: Sendable {
    /// What brings its media, unless that is away.
    var link: MediaLink?
    var writer: MediaWriter
    /// What its last connection left.
    var clock: CallClock
    var plays = PlayQueue()
    /// Recordings whose beep the parties may have to hear.
    var tonesExpected = 0
    /// When sending began, and how many samples have been sent since; nil while nothing is to be heard.
    var sending: (since: MonotonicTime, samples: Int)?
    var hasEnded = false
  }

  init(_ id: String, projectID: String, _ hello: MediaHello, _ call: Call, _ link: MediaLink) {
    self.id = id
    self.projectID = projectID
    self.call = call
    callerRate = hello.callerRate
    agentRate = hello.agentRate
    state = Guarded(
      State(
        link: link, writer: MediaWriter(hello),
        clock: CallClock(callerRate: hello.callerRate, agentRate: hello.agentRate)))
  }

  // MARK: Its connection

  var link: MediaLink? { state.withLock { $0.link } }
  var hasEnded: Bool { state.withLock { $0.hasEnded } }

  func isLinked(to link: MediaLink) -> Bool { state.withLock { $0.link === link } }

  /// A connection that stands for one that is away; false where the call has ended meanwhile.
  func take(_ link: MediaLink, _ hello: MediaHello) -> Bool {
    state.withLock { state in
      guard !state.hasEnded else { return false }
      state.link = link
      state.writer = MediaWriter(hello)
      return true
    }
  }

  /// What a connection that has just come goes on from.
  var clock: CallClock { state.withLock { $0.clock } }

  /// Its connection is gone.
  func unlink(_ link: MediaLink) {
    let clock = link.clock
    state.withLock { state in
      guard state.link === link else { return }
      state.link = nil
      if let clock { state.clock = clock }
    }
  }

  /// Ends the call in the engine, and its connection.
  func hangUp(_ reason: String) {
    call.hangUp()
    let link = state.withLock { state in
      state.hasEnded = true
      state.plays = PlayQueue()
      defer { state.link = nil }
      return state.link
    }
    link?.end(1_000, reason)
  }

  // MARK: What the parties hear

  /// A recording with a beep has begun.
  func expectTones() {
    state.withLock { $0.tonesExpected += 1 }
  }

  /// That recording has ended.
  func forgetTones() {
    state.withLock { $0.tonesExpected -= 1 }
  }

  /// Changes what is being played.
  func changePlays(_ body: (inout PlayQueue) throws(ServiceRefusal) -> Void) throws(ServiceRefusal) {
    try state.withLock { state throws(ServiceRefusal) in try body(&state.plays) }
  }

  /// Sends what is due; gives the control ids of what was begun and of what has been heard. On the player's thread.
  func sound(_ now: MonotonicTime) -> (begun: [String], finished: [String]) {
    let (sound, link) = state.withLock { state in (Self.sound(&state, now, call, callerRate), state.link) }
    if let message = sound.message { message.send(to: link!.socket) }
    return (sound.begun, sound.finished)
  }

  private struct Sound {
    var message: MediaMessage?
    var begun: [String] = []
    var finished: [String] = []
  }

  /// No more is sent at once, however late the player is: what is sent waits at the other side.
  private static let mostSeconds = 0.1

  private static func sound(
    _ state: inout State, _ now: MonotonicTime, _ call: Call, _ rate: SampleRate
  ) -> Sound {
    guard state.link != nil, state.tonesExpected > 0 || !state.plays.isEmpty else {
      state.sending = nil
      return Sound()
    }
    let sending = state.sending ?? (now, 0)
    let due = rate.samples(in: now.seconds(since: sending.since) + Player.everySeconds) - sending.samples
    let count = min(due, rate.samples(in: mostSeconds))
    state.sending = count < due ? (now, 0) : (sending.since, sending.samples + count)
    guard count > 0 else { return Sound() }
    var samples = [Int16](repeating: 0, count: count)
    var span = samples.mutableSpan
    let beep = call.pull(into: &span)
    // A beep goes before all else, and what is played waits for it.
    let taken = state.plays.take(count - beep)
    samples.replaceSubrange(beep..., with: taken.samples)
    return Sound(
      message: samples.isEmpty ? nil : state.writer.media(samples.span), begun: taken.begun, finished: taken.finished)
  }
}
