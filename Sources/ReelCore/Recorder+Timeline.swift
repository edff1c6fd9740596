import ReelAudio

// How the timeline advances: what can be dealt with, in which pieces, and what ends it.
//
// What only looks at a recorder is inlined: where it is called, the whole recorder is copied for it first.
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
  @inline(__always)
  private var lead: Int { max(caller.end, agent.end) }

  /// The lesser of the recorded legs' positions.
  @inline(__always)
  var lesserEnd: Int {
    switch options.legs {
    case .both: min(caller.end, agent.end)
    case .caller: caller.end
    case .agent: agent.end
    }
  }

  /// The greater of the recorded legs' positions.
  @inline(__always)
  var greaterEnd: Int {
    switch options.legs {
    case .both: max(caller.end, agent.end)
    case .caller: caller.end
    case .agent: agent.end
    }
  }

  /// How far samples of every recorded leg are at hand.
  @inline(__always)
  private var queued: Int {
    switch options.legs {
    case .both: clock + min(caller.queue.count, agent.queue.count)
    case .caller: clock + caller.queue.count
    case .agent: clock + agent.queue.count
    }
  }

  /// How far the recording can go without waiting for anything. Where keys are listened for, that is also up to the leg
  /// that is not recorded, for it may hold one.
  @inline(__always)
  private var certain: Int {
    guard holdback > 0 else { return queued }
    return min(queued, max(caller.end, lead - skew), max(agent.end, lead - skew)) - holdback
  }

  /// Lets silence stand for what a recorded leg lacks before `clock`.
  @inline(__always)
  mutating func fillRecorded(to clock: Int) {
    if options.legs.contains(.caller) { caller.fill(to: clock) }
    if options.legs.contains(.agent) { agent.fill(to: clock) }
  }

  /// Records up to a clock, as far as nothing ends the recording before.
  mutating func emit(upTo limit: Int, to sink: inout some RecordingSink) {
    while true {
      let room = samplesToEnd
      if room <= 0 { return finish(reasonToEnd, to: &sink) }
      guard clock < limit else { return }
      record(piece(of: min(limit - clock, room)), to: &sink)
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

  /// How many samples may pass before something ends the recording; none when it is due.
  @inline(__always)
  private var samplesToEnd: Int {
    var count = min(maxLength - timeline, speech.samplesToEnd(heard: heard))
    if let digit = caller.terminator { count = min(count, digit.start - clock) }
    if let digit = agent.terminator { count = min(count, digit.start - clock) }
    return count
  }

  /// What ends the recording, once no samples may pass.
  private var reasonToEnd: EndReason {
    if let digit = caller.terminator, clock >= digit.start { return .terminator(digit.digit) }
    if let digit = agent.terminator, clock >= digit.start { return .terminator(digit.digit) }
    return speech.reasonToEnd(heard: heard) ?? .maxLength
  }

  // MARK: Pieces

  /// Samples that are dealt with in one go: of one 10 ms window, and of one kind on each leg.
  private struct Piece {
    var count: Int
    var caller = SpanKind.real
    var agent = SpanKind.real
  }

  /// The next piece, of at most `count` samples.
  @inline(__always)
  private func piece(of count: Int) -> Piece {
    var piece = Piece(count: min(count, speech.samplesToDecision))
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
    let samples = piece.count * channels
    if samples <= 320 {
      // 10 ms at up to 16 kHz lie on the stack: of thousands of recorders' blocks, none is in the cache when wanted.
      var block = InlineArray<320, Int16>(repeating: 0)
      var span = block.mutableSpan
      Self.lay(options, caller.queue, agent.queue, piece.count, into: &span)
      account(piece, to: &sink)
      sink.write(block.span.extracting(first: samples))
    } else {
      Self.lay(options, caller.queue, agent.queue, piece.count, into: &block)
      account(piece, to: &sink)
      sink.write(block.span.extracting(first: samples))
    }
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

  private static func lay(
    _ options: RecordingOptions, _ caller: borrowing SampleQueue, _ agent: borrowing SampleQueue, _ count: Int,
    into block: inout [Int16]
  ) {
    var output = block.mutableSpan
    lay(options, caller, agent, count, into: &output)
  }

  private static func lay(
    _ options: RecordingOptions, _ caller: borrowing SampleQueue, _ agent: borrowing SampleQueue, _ count: Int,
    into output: inout MutableSpan<Int16>
  ) {
    switch (options.legs, options.stereo) {
    case (.both, false): SampleQueue.mix(caller, agent, count, into: &output)
    case (.both, true): SampleQueue.interleave(caller, agent, count, into: &output)
    case (.caller, false): caller.copy(count, into: &output)
    case (.caller, true): caller.place(count, on: .left, into: &output)
    case (.agent, false): agent.copy(count, into: &output)
    case (.agent, true): agent.place(count, on: .right, into: &output)
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
