package import ReelAudio

/// Turns the two legs of a call and the commands given in its course into one recording.
///
/// A pure state machine: what comes out depends on nothing but what went in, in that order. Live and offline use
/// it alike. Each call may hand samples, ledger spans and events to the sink; when it returns, all that could be
/// decided has been.
///
///     var recorder = try Recorder(.record(), caller: .narrowband, agent: .narrowband)
///     recorder.begin(to: &sink)
///     recorder.push(samples, from: .caller, to: &sink)
///     recorder.press("#", to: &sink)      // the sink is told .ended(.terminator(#), sums)
///
/// Three counts of samples at the timeline's rate are kept:
///
///     clock      time of the call since this recorder was made, as far as it has been dealt with
///     timeline   what the recording holds: the clock, less the time before it began and what pauses took out
///     heard      what the detectors have listened to: the timeline, less the silence that pauses put in
///
/// The legs' positions at a command are what was pushed before it. Pause takes effect at the lesser position
/// and resume at the greater: what lies between, on either leg, goes no further than ``LegTrack``.
///
/// - A step allocates nothing; making a recorder does.
/// - Not for two threads at once.
package struct Recorder: ~Copyable {
  package let options: RecordingOptions
  /// Samples a second of the timeline and of what is written.
  package let rate: SampleRate
  /// 2 when samples come as caller and agent by turns, else 1.
  package var channels: Int { options.stereo ? 2 : 1 }

  enum State: Equatable {
    /// Made, or waiting for its beep. Legs advance and nothing is kept.
    case waiting
    case recording
    case paused(PauseBehavior)
    case ended
  }

  // In an order that keeps together what each step needs: of thousands of recorders, none is in the cache.
  var state = State.waiting
  var clock = 0
  var heard = 0
  /// How far one leg may fall behind the other before it is filled.
  let skew: Int
  /// How long samples wait for a tone to be told that began with them.
  let holdback: Int
  let maxLength: Int
  /// The clock when the pause in force began.
  var pausedFrom = 0
  var sums = TimelineSums()
  var callerLedger = LegLedger(leg: .caller)
  var agentLedger = LegLedger(leg: .agent)
  var caller: LegTrack
  var agent: LegTrack
  var speech: SpeechWatch
  var beep: BeepSchedule
  /// What is written next, where that does not fit the stack.
  var block: [Int16]

  /// Options that can't be taken are refused, as ``RecordingOptions/validate()`` does.
  package init(
    _ options: RecordingOptions, caller callerRate: SampleRate, agent agentRate: SampleRate
  ) throws(OptionError) {
    try options.validate()
    let rates = [(Leg.caller, callerRate), (.agent, agentRate)]
    let recorded = rates.filter { options.legs.contains($0.0) }.map(\.1)
    let rate = options.rate ?? recorded.max()!
    self.options = options
    self.rate = rate
    let hold = options.listensForTerminators ? DTMFDetector.latencySeconds : 0
    let resampling = recorded.allSatisfy { $0 == rate } ? 0 : LegTrack.resamplerDelaySeconds
    let waits = options.maxLegSkewSeconds + hold + resampling
    caller = LegTrack(
      rate: callerRate, clockRate: rate, isRecorded: options.legs.contains(.caller), options: options, waits: waits)
    agent = LegTrack(
      rate: agentRate, clockRate: rate, isRecorded: options.legs.contains(.agent), options: options, waits: waits)
    skew = rate.samples(in: options.maxLegSkewSeconds)
    holdback = rate.samples(in: hold)
    // A length below half a sample is still a length: no recording is without limit by rounding.
    maxLength =
      options.maxLengthSeconds == 0 ? .max : max(1, rate.samples(in: options.maxLengthSeconds))
    speech = SpeechWatch(options, rate: rate)
    beep = BeepSchedule(options, rate: rate)
    block = [Int16](repeating: 0, count: 2 * rate.samples(in: LegTrack.sliceSeconds) + 2)
  }

  /// How much of a recorder every step needs: what lies before its beep.
  package static var hotBytes: Int {
    MemoryLayout<Self>.size - MemoryLayout<BeepSchedule>.size - MemoryLayout<[Int16]>.size
  }

  /// Asks for where the next samples will wait, once the recorder itself is there.
  package mutating func fetchQueues() {
    caller.fetchQueue()
    agent.fetchQueue()
  }

  /// The length of the recording so far, in samples of the timeline.
  package var timeline: Int { sums.timeline }

  /// Whether the last event has been told.
  package var hasEnded: Bool { state == .ended }

  // MARK: Audio

  /// Takes audio of one leg: at `position` by the leg's own clock, which ``begin(callerClock:agentClock:to:)`` knows,
  /// or after what came before.
  ///
  /// With positions a gap is filled and what overlaps is dropped and counted as late; nothing is ever shifted. A
  /// jump of more than an hour ahead or five seconds back, from where the last samples ended, is taken for a new clock,
  /// whose first samples are placed as if they had no position. Without, arrival is all there is to go by: see
  /// ``ArrivalDebt``.
  ///
  /// Push both legs in turns. Where one comes more than the allowed skew ahead of the other, the other is filled.
  package mutating func push(
    _ samples: Span<Int16>, from leg: Leg, at position: Int? = nil, to sink: inout some RecordingSink
  ) {
    // Nothing is no arrival.
    guard state != .ended, !samples.isEmpty else { return }
    let placement = place(samples.count, leg, at: position)
    note(late: placement.late, leg)
    advance(leg, by: placement.gap, .filled, to: &sink)
    var rest = samples.extracting(droppingFirst: placement.late)
    while !rest.isEmpty && state != .ended {
      let slice = rest.extracting(first: slice(of: rest.count, leg))
      rest = rest.extracting(droppingFirst: slice.count)
      switch leg {
      case .caller: caller.append(slice)
      case .agent: agent.append(slice)
      }
      proceed(to: &sink)
    }
  }

  /// Takes equally long audio of both legs, in turns of about 10 ms, so that neither runs ahead of the other.
  package mutating func push(
    caller callerSamples: Span<Int16>, agent agentSamples: Span<Int16>, to sink: inout some RecordingSink
  ) {
    // Where 10 ms are not whole samples the turns differ by one, so that the legs don't part in the long run.
    var turn = 0
    var (callerPlace, agentPlace) = (0, 0)
    while callerPlace < callerSamples.count || agentPlace < agentSamples.count {
      turn += 1
      let callerEnd = min(callerSamples.count, caller.samples(inTurns: turn))
      let agentEnd = min(agentSamples.count, agent.samples(inTurns: turn))
      push(callerSamples.extracting(callerPlace..<callerEnd), from: .caller, to: &sink)
      push(agentSamples.extracting(agentPlace..<agentEnd), from: .agent, to: &sink)
      (callerPlace, agentPlace) = (callerEnd, agentEnd)
    }
  }

  /// Notes that `count` samples of a leg were lost before they came here: silence of kind `dropped` stands for
  /// them, where they would have been placed without a position. More than an hour's is taken for an hour's.
  package mutating func lose(_ count: Int, from leg: Leg, to sink: inout some RecordingSink) {
    guard state != .ended, count > 0 else { return }
    let count = min(count, leg == .caller ? caller.longestLoss : agent.longestLoss)
    let placement = place(count, leg, at: nil)
    note(late: placement.late, leg)
    advance(leg, by: placement.gap, .filled, to: &sink)
    advance(leg, by: count - placement.late, .dropped, to: &sink)
  }

  /// Notes that a leg has no more sound, and nobody waits for it: silence of kind `filled` stands for the next `count`
  /// samples, so that its position keeps up with the other's.
  package mutating func fill(_ count: Int, of leg: Leg, to sink: inout some RecordingSink) {
    guard state != .ended, count > 0 else { return }
    advance(leg, by: count, .filled, to: &sink)
  }

  // MARK: Inside

  private mutating func place(_ count: Int, _ leg: Leg, at position: Int?) -> LegTrack.Placement {
    switch (leg, position) {
    case (.caller, let position?): caller.place(count, at: position, otherEnd: agent.end)
    case (.agent, let position?): agent.place(count, at: position, otherEnd: caller.end)
    case (.caller, nil): caller.place(count, otherEnd: agent.end)
    case (.agent, nil): agent.place(count, otherEnd: caller.end)
    }
  }

  private mutating func note(late count: Int, _ leg: Leg) {
    guard state == .recording else { return }
    switch leg {
    case .caller: callerLedger.note(late: count)
    case .agent: agentLedger.note(late: count)
    }
  }

  /// How many of `count` samples are dealt with at once. While the beep is waited for, no more than up to where the
  /// patience ends, so that recording begins there however the samples come. A leg that is not recorded ends it a skew
  /// later, when it makes the recorded leg be filled.
  @inline(__always)
  private func slice(of count: Int, _ leg: Leg) -> Int {
    let most = min(count, leg == .caller ? caller.mostInSlice : agent.mostInSlice)
    guard state == .waiting, beep.isDue else { return most }
    let limit = beep.patienceEnds + (options.legs.contains(leg) ? 0 : skew)
    return leg == .caller ? caller.slice(of: most, upTo: limit) : agent.slice(of: most, upTo: limit)
  }

  /// Advances a leg by silence, a slice at a time: a gap may be an hour.
  private mutating func advance(
    _ leg: Leg, by count: Int, _ kind: SpanKind, to sink: inout some RecordingSink
  ) {
    var left = count
    while left > 0 && state != .ended {
      let slice = slice(of: left, leg)
      left -= slice
      switch leg {
      case .caller: caller.appendSilence(slice, kind)
      case .agent: agent.appendSilence(slice, kind)
      }
      proceed(to: &sink)
    }
  }
}
