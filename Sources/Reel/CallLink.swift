internal import ReelAudio
internal import ReelCore
internal import ReelRealtime

/// What a call is told, with how far the legs had been pushed then.
struct Order: Sendable {
  let stamps: LegStamps
  let command: CallCommand
}

enum CallCommand: Sendable {
  case begin(LiveRecording)
  case pause(Recording, PauseBehavior)
  case resume(Recording)
  case stop(Recording)
  case press(DTMFDigit)
  case beepHeard
  case end
}

/// What a call's owner and its worker share.
final class CallLink: Sendable {
  let callID: String
  let callerRate: SampleRate
  let agentRate: SampleRate
  let callerRing: PacketRing
  let agentRing: PacketRing
  let orders = Mailbox<Order>()
  let tone: ToneOutlet
  let engine: EngineCore
  /// Samples that found no room in the rings.
  let lostInRings = Tally()
  /// The recordings, and who waits for their end.
  private let state = Guarded(State())

  private struct State {
    var active: [Recording] = []
    var summaries: [RecordingSummary] = []
    var hasEnded = false
    var waiting: [CheckedContinuation<Void, Never>] = []

    /// Those who wait, if what they wait for has come.
    mutating func takeWaiting() -> [CheckedContinuation<Void, Never>] {
      guard hasEnded && active.isEmpty else { return [] }
      defer { waiting = [] }
      return waiting
    }
  }

  init(_ callID: String, caller: SampleRate, agent: SampleRate, _ engine: EngineCore) {
    self.callID = callID
    self.engine = engine
    callerRate = caller
    agentRate = agent
    callerRing = PacketRing(samples: caller.samples(in: engine.configuration.ringSeconds))
    agentRing = PacketRing(samples: agent.samples(in: engine.configuration.ringSeconds))
    tone = ToneOutlet(engine.beep(at: caller))
  }

  /// How far the legs have been pushed.
  var stamps: LegStamps { LegStamps(caller: callerRing.stamp, agent: agentRing.stamp) }

  func order(_ command: CallCommand) {
    orders.post(Order(stamps: stamps, command: command))
  }

  // MARK: Recordings

  /// Takes a recording in, which `begin` hands over to the worker if it may be.
  func add(_ recording: Recording, _ begin: () -> LiveRecording) throws(EngineError) {
    let refusal = state.withLock { state -> EngineError? in
      if state.hasEnded { return .callHasEnded(callID) }
      if state.active.contains(where: { $0.controlID == recording.controlID }) {
        return .controlIDInUse(recording.controlID)
      }
      state.active.append(recording)
      order(.begin(begin()))
      return nil
    }
    if let refusal { throw refusal }
  }

  /// The recording of that id, or the one that was begun last, of those that have not ended.
  func recording(_ controlID: String?) throws(EngineError) -> Recording {
    let active = state.withLock { $0.active }
    guard let controlID else {
      guard let last = active.last(where: { !$0.hasEnded }) else { throw .noRecording(callID) }
      return last
    }
    guard let found = active.first(where: { $0.controlID == controlID }) else {
      throw .unknownControlID(controlID, known: active.map(\.controlID))
    }
    return found
  }

  /// A recording's files are closed.
  func close(_ recording: Recording, _ summary: RecordingSummary) {
    let waiting = state.withLock { state in
      state.active.removeAll { $0 === recording }
      state.summaries.append(summary)
      return state.takeWaiting()
    }
    for continuation in waiting { continuation.resume() }
  }

  /// A key was pressed. When the call has ended nobody hears it.
  func press(_ digit: DTMFDigit) {
    state.withLock { state in
      if !state.hasEnded { order(.press(digit)) }
    }
  }

  /// Takes nothing more in.
  func end() {
    state.withLock { state in
      guard !state.hasEnded else { return }
      state.hasEnded = true
      order(.end)
    }
  }

  /// What became of the recordings, once the call has ended and all are closed.
  var outcome: [RecordingSummary]? {
    state.withLock { $0.hasEnded && $0.active.isEmpty ? $0.summaries : nil }
  }

  /// Returns when the call has ended and every recording is closed.
  func wait() async -> [RecordingSummary] {
    await withCheckedContinuation { continuation in
      let waiting = state.withLock { state in
        state.waiting.append(continuation)
        return state.takeWaiting()
      }
      for continuation in waiting { continuation.resume() }
    }
    return state.withLock { $0.summaries }
  }
}
