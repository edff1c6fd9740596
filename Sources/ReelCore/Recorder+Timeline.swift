import ReelAudio

// How the timeline advances: what can be dealt with, in which pieces, and what ends it.
extension Recorder {
  /// Deals with all that the legs' positions allow.
  mutating func proceed(to sink: inout some RecordingSink) {
    fillRecorded(to: lead - skew)
    switch state {
    case .ended: break
    case .waiting:
      guard beep.isOverdue(at: greaterEnd) else { return }
      beep.giveUp()
      sink.tell(.beepNotPlayed)
      start(to: &sink)
    case .recording: emit(upTo: certain, to: &sink)
    case .paused: rest(upTo: lesserEnd, to: &sink)
    }
  }

  /// The greater of both legs' positions, recorded or not.
  private var lead: Int { max(caller.end, agent.end) }

  /// The lesser of the recorded legs' positions.
  var lesserEnd: Int {
    switch options.legs {
    case .both: min(caller.end, agent.end)
    case .caller: caller.end
    case .agent: agent.end
    }
  }

  /// The greater of the recorded legs' positions.
  var greaterEnd: Int {
    switch options.legs {
    case .both: max(caller.end, agent.end)
    case .caller: caller.end
    case .agent: agent.end
    }
  }

  /// How far samples of every recorded leg are at hand.
  private var queued: Int {
    switch options.legs {
    case .both: clock + min(caller.queue.count, agent.queue.count)
    case .caller: clock + caller.queue.count
    case .agent: clock + agent.queue.count
    }
  }

  /// How far the recording can go without waiting for anything. Where keys are listened for, that is also up to the leg
  /// that is not recorded, for it may hold one.
  private var certain: Int {
    guard holdback > 0 else { return queued }
    return min(queued, max(caller.end, lead - skew), max(agent.end, lead - skew)) - holdback
  }

  /// Lets silence stand for what a recorded leg lacks before `clock`.
  mutating func fillRecorded(to clock: Int) {
    if options.legs.contains(.caller) { caller.fill(to: clock) }
    if options.legs.contains(.agent) { agent.fill(to: clock) }
  }

  /// Records up to a clock, as far as nothing ends the recording before.
  mutating func emit(upTo limit: Int, to sink: inout some RecordingSink) {
    while true {
      if let reason = reasonToEnd { return finish(reason, to: &sink) }
      guard clock < limit else { return }
      record(piece(upTo: limit), to: &sink)
    }
  }

  /// Lets a paused recording's time pass up to a clock: written as silence, or not at all.
  mutating func rest(upTo limit: Int, to sink: inout some RecordingSink) {
    if state == .paused(.skip) {
      clock = max(clock, limit)
      return
    }
    while clock < limit {
      let room = min(limit - clock, maxLength - timeline)
      guard room > 0 else { return finish(.maxLength, to: &sink) }
      recordSilence(min(room, block.count / 2), to: &sink)
    }
    if timeline == maxLength { finish(.maxLength, to: &sink) }
  }

  // MARK: Ends

  private var reasonToEnd: EndReason? {
    if let digit = caller.terminator, clock >= digit.start { return .terminator(digit.digit) }
    if let digit = agent.terminator, clock >= digit.start { return .terminator(digit.digit) }
    if let reason = speech.reasonToEnd(heard: heard) { return reason }
    return timeline >= maxLength ? .maxLength : nil
  }

  /// How many samples may pass before ``reasonToEnd`` needs another look; at least 1 when there is none.
  private var samplesToEnd: Int {
    var count = min(maxLength - timeline, speech.samplesToEnd(heard: heard))
    if let digit = caller.terminator { count = min(count, digit.start - clock) }
    if let digit = agent.terminator { count = min(count, digit.start - clock) }
    return count
  }

  // MARK: Pieces

  /// Samples that are dealt with in one go: of one 10 ms window, and of one kind on each leg.
  private struct Piece {
    var count: Int
    var caller = SpanKind.real
    var agent = SpanKind.real
  }

  private func piece(upTo limit: Int) -> Piece {
    var piece = Piece(count: min(limit - clock, speech.samplesToDecision, samplesToEnd))
    if options.legs.contains(.caller) {
      (piece.caller, piece.count) = caller.queue.firstRun(upTo: piece.count)
    }
    if options.legs.contains(.agent) {
      (piece.agent, piece.count) = agent.queue.firstRun(upTo: piece.count)
    }
    return piece
  }

  private mutating func record(_ piece: Piece, to sink: inout some RecordingSink) {
    hear(piece)
    lay(piece.count)
    account(piece, to: &sink)
    sink.write(block.span.extracting(first: piece.count * channels))
    clock += piece.count
    sums.timeline += piece.count
    beep.pass(timeline: timeline)
  }

  private mutating func hear(_ piece: Piece) {
    heard += piece.count
    if options.legs.contains(.caller) {
      speech.listen(to: caller.queue, piece.count, .caller, real: piece.caller == .real)
    }
    if options.legs.contains(.agent) {
      speech.listen(to: agent.queue, piece.count, .agent, real: piece.agent == .real)
    }
    sums.speech += speech.decide(heard: heard)
  }

  private mutating func lay(_ count: Int) {
    switch (options.legs, options.stereo) {
    case (.both, false): SampleQueue.mix(caller.queue, agent.queue, count, into: &block)
    case (.both, true): SampleQueue.interleave(caller.queue, agent.queue, count, into: &block)
    case (.caller, false): caller.queue.copy(count, into: &block)
    case (.caller, true): caller.queue.place(count, on: .left, into: &block)
    case (.agent, false): agent.queue.copy(count, into: &block)
    case (.agent, true): agent.queue.place(count, on: .right, into: &block)
    }
  }

  private mutating func account(_ piece: Piece, to sink: inout some RecordingSink) {
    if options.legs.contains(.caller) {
      caller.take(piece.count)
      if let mark = callerLedger.add(piece.caller, count: piece.count, at: timeline) { sink.note(mark) }
    }
    if options.legs.contains(.agent) {
      agent.take(piece.count)
      if let mark = agentLedger.add(piece.agent, count: piece.count, at: timeline) { sink.note(mark) }
    }
  }

  private mutating func recordSilence(_ count: Int, to sink: inout some RecordingSink) {
    for index in 0..<count * channels { block[index] = 0 }
    if options.legs.contains(.caller), let mark = callerLedger.add(.paused, count: count, at: timeline) {
      sink.note(mark)
    }
    if options.legs.contains(.agent), let mark = agentLedger.add(.paused, count: count, at: timeline) {
      sink.note(mark)
    }
    sink.write(block.span.extracting(first: count * channels))
    clock += count
    sums.timeline += count
    sums.paused += count
  }
}
