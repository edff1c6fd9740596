package import ReelAudio

extension Recorder {
  /// Begins: at once, or with the beep that ``pull(into:to:)`` hands out.
  ///
  /// The clocks are where the legs' own stand now: 0 for one that counts from here, nil for one that nothing has told
  /// of yet, so that its first position tells.
  package mutating func begin(
    callerClock: Int? = 0, agentClock: Int? = 0, to sink: inout some RecordingSink
  ) {
    guard state == .waiting, !beep.isDue else { return }
    caller.setClock(callerClock)
    agent.setClock(agentClock)
    if beep.isWanted { beep.arm(at: greaterEnd) } else { start(to: &sink) }
  }

  /// Whether the parties should hear a beep, or the rest of it: ``pull(into:to:)`` has it.
  package var isBeepDue: Bool { beep.isDue && state != .ended }

  /// Writes the tone that the parties should hear now, if any, to the front of `output`; gives how many samples
  /// it wrote. The tone is at the timeline's ``rate``. Recording begins once the first one was handed out whole.
  package mutating func pull(
    into output: inout MutableSpan<Int16>, to sink: inout some RecordingSink
  ) -> Int {
    guard beep.isDue, state != .ended else { return 0 }
    let count = beep.read(into: &output, at: greaterEnd)
    if !beep.isDue && state == .waiting { start(to: &sink) }
    return count
  }

  /// Rests the recording from the lesser of the legs' positions on.
  package mutating func pause(
    _ behavior: PauseBehavior = .silence, to sink: inout some RecordingSink
  ) throws(RecorderError) {
    try requireBegun()
    guard state == .recording else { throw .alreadyPaused }
    settleLegs()
    emit(upTo: lesserEnd, to: &sink)
    guard state == .recording else { return }
    letGo()
    state = .paused(behavior)
    pausedFrom = clock
    sink.tell(.paused(behavior, at: timeline))
  }

  /// Goes on recording from the greater of the legs' positions.
  package mutating func resume(to sink: inout some RecordingSink) throws(RecorderError) {
    try requireBegun()
    guard state != .recording else { throw .notPaused }
    rest(upTo: greaterEnd, to: &sink)
    guard state != .ended else { return }
    closePause(to: &sink)
    state = .recording
    keep(from: clock)
    sink.tell(.recording(at: timeline))
  }

  /// A key pressed on either leg. A terminator ends the recording here, paused or not.
  package mutating func press(_ digit: DTMFDigit, to sink: inout some RecordingSink) {
    guard options.terminators.contains(digit) else { return }
    stop(.terminator(digit), to: &sink)
  }

  /// Ends the recording after all that was pushed. A leg that is behind the other is filled. Where the file has
  /// `failed`, nothing more is written. Stopping what has ended does nothing.
  package mutating func stop(_ reason: EndReason = .stopped, to sink: inout some RecordingSink) {
    switch state {
    case .ended: return
    case .waiting: break
    case _ where reason == .failed: break
    case .paused: rest(upTo: greaterEnd, to: &sink)
    case .recording:
      let last = greaterEnd
      settleLegs()
      fillRecorded(to: last)
      emit(upTo: last, to: &sink)
    }
    if state != .ended { finish(reason, to: &sink) }
  }

  // MARK: Inside

  /// Begins to keep what comes, from the greater of the legs' positions.
  mutating func start(to sink: inout some RecordingSink) {
    clock = greaterEnd
    state = .recording
    keep(from: clock)
    sink.tell(.recording(at: timeline))
  }

  mutating func finish(_ reason: EndReason, to sink: inout some RecordingSink) {
    closePause(to: &sink)
    state = .ended
    letGo()
    if options.legs.contains(.caller) { sums.caller = callerLedger.sums }
    if options.legs.contains(.agent) { sums.agent = agentLedger.sums }
    sink.tell(.ended(reason, sums))
  }

  /// Writes down what a pause that ends here took out.
  private mutating func closePause(to sink: inout some RecordingSink) {
    guard state == .paused(.skip), clock > pausedFrom else { return }
    let skipped = clock - pausedFrom
    sums.skipped += skipped
    if options.legs.contains(.caller) { sink.note(callerLedger.skip(skipped, at: timeline)) }
    if options.legs.contains(.agent) { sink.note(agentLedger.skip(skipped, at: timeline)) }
  }

  private func requireBegun() throws(RecorderError) {
    switch state {
    case .waiting: throw .notBegun
    case .ended: throw .ended
    case .recording, .paused: break
    }
  }

  private mutating func settleLegs() {
    caller.settle()
    agent.settle()
  }

  private mutating func letGo() {
    caller.letGo()
    agent.letGo()
  }

  private mutating func keep(from clock: Int) {
    caller.keep(from: clock)
    agent.keep(from: clock)
  }
}
