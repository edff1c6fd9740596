internal import ReelRealtime

/// A recording that goes on, or has ended.
///
///     let recording = try call.record(.recordCall(stereo: true), controlID: "main")
///     try recording.pause()
///     try recording.resume()
///     try recording.stop()
///     for await event in recording.events { print(event) }     // .recording, .paused, .recording, .finished(summary)
///
/// Commands return at once and take effect at what was pushed before them, to the sample. Any thread may give them, but
/// a media thread should not: they wait for a lock, for as long as an append takes.
public final class Recording: Sendable {
  /// The recording's own name, a UUID.
  public let id: String
  /// What the one who asked for it calls it; the same as ``id`` unless it was given.
  public let controlID: String
  /// The call that it is of.
  public var callID: String { link.callID }
  /// What happens to it. The last event comes when the files are closed under their final names.
  ///
  /// One task may listen. What it is too slow for is kept, up to ``eventLimit`` events, of which the newest stay.
  public let events: AsyncStream<RecordingEvent>

  /// How many events wait for their listener.
  public static let eventLimit = 256

  /// Its owner's, handed back with its events to who hears all of an engine's.
  package let tag: UInt

  private let link: CallLink
  private let tellListener: AsyncStream<RecordingEvent>.Continuation
  private let state: Guarded<State>

  /// What commands were given, which the worker has yet to follow, and what the worker has told.
  private struct State {
    var hasBegun = false
    var isPaused = false
    var hasEnded = false
    var ending: (reason: EndReason, sums: TimelineSums)?
    var summary: RecordingSummary?
  }

  init(id: String, controlID: String, tag: UInt, _ link: CallLink) {
    self.id = id
    self.controlID = controlID
    self.tag = tag
    self.link = link
    state = Guarded(State())
    (events, tellListener) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(Self.eventLimit))
  }

  /// Rests the recording: the time is silence in the file, or left out of it. What is pushed until ``resume()`` goes no
  /// further than the engine's memory.
  ///
  /// Throws where it is paused, has ended, or waits for its beep.
  public func pause(_ behavior: PauseBehavior = .silence) throws(RecorderError) {
    try command(.pause(self, behavior)) { state throws(RecorderError) in
      guard !state.isPaused else { throw .alreadyPaused }
      state.isPaused = true
    }
  }

  /// Goes on recording. Throws where it is not paused, has ended, or waits for its beep.
  public func resume() throws(RecorderError) {
    try command(.resume(self)) { state throws(RecorderError) in
      guard state.isPaused else { throw .notPaused }
      state.isPaused = false
    }
  }

  /// Ends the recording after all that was pushed so far, paused or not. Throws where it has ended already.
  public func stop() throws(RecorderError) {
    try state.withLock { state throws(RecorderError) in
      guard !state.hasEnded else { throw .ended }
      state.hasEnded = true
      link.order(.stop(self))
    }
  }

  /// What became of it; nil until its files are closed.
  public var summary: RecordingSummary? { state.withLock { $0.summary } }

  // MARK: Inside

  var hasEnded: Bool { state.withLock { $0.hasEnded } }

  private func command(
    _ command: CallCommand, _ change: (inout State) throws(RecorderError) -> Void
  ) throws(RecorderError) {
    try state.withLock { state throws(RecorderError) in
      guard !state.hasEnded else { throw .ended }
      guard state.hasBegun else { throw .notBegun }
      try change(&state)
      link.order(command)
    }
  }

  /// It will begin, or has begun: from here on it may be paused.
  func begin() {
    state.withLock { $0.hasBegun = true }
  }

  func tell(_ event: RecordingEvent) {
    tellListener.yield(event)
    link.engine.hear?(self, event)
  }

  /// The worker's news.
  func hear(_ news: RecordingNews) {
    switch news {
    case .recording(let seconds):
      begin()
      tell(.recording(seconds: seconds))
    case .paused(let behavior, let seconds): tell(.paused(behavior, seconds: seconds))
    case .beepNotPlayed: tell(.beepNotPlayed)
    case .dropped(let seconds, let place): tell(.dropped(seconds: seconds, at: place))
    case .written(let reason, let sums):
      state.withLock { state in
        state.hasEnded = true
        state.ending = (reason, sums)
      }
    }
  }

  /// Its files are closed: tells the last event.
  func close(_ make: (EndReason, TimelineSums) -> RecordingSummary) {
    let summary = state.withLock { state in
      state.hasEnded = true
      let summary = make(state.ending?.reason ?? .failed, state.ending?.sums ?? TimelineSums())
      state.summary = summary
      return summary
    }
    switch summary.outcome {
    case .finished: tell(.finished(summary))
    case .noInput: tell(.noInput(summary))
    case .error: tell(.error(summary))
    }
    tellListener.finish()
    link.close(self, summary)
  }
}
