package import ReelRealtime

/// A call: two legs that are pushed, and any number of recordings of them.
///
///     let call = engine.call("abc123", rate: 8_000)
///     let recording = try call.record(.recordCall(stereo: true, format: .mp3), controlID: "main")
///     call.push(samples, from: .caller)                       // the media threads
///     call.push(samples, from: .agent, at: rtpTimestamp)
///     call.press("#")
///     let summary = await call.end()
///
/// ``push(_:from:)-(Span<Int16>,_)``, its two sisters with a position and ``pull(into:)`` are for media threads: they
/// never wait, whatever the disk, the encoders or other threads do. Each leg is pushed by one thread at a time; two
/// that push the same leg at once are caught in debug builds. All else may be called from any thread, but a media
/// thread should not: it takes a lock.
///
/// A call that is let go ends as by ``hangUp()``.
public final class Call: Sendable {
  /// The name it was given.
  public var id: String { link.callID }

  private let caller: PacketWriter
  private let agent: PacketWriter
  private let tone: ToneReader
  private let link: CallLink

  init(_ link: CallLink) {
    self.link = link
    caller = link.callerRing.makeWriter()
    agent = link.agentRing.makeWriter()
    tone = ToneReader(link.tone, caller: link.callerRing, agent: link.agentRing)
  }

  deinit {
    hangUp()
  }

  // MARK: Media threads

  /// Takes a copy of samples of one leg, to follow what came before. Wait-free.
  ///
  /// Pushed at the pace of the call, in any sizes up to ``EngineConfiguration/ringSeconds``. Where the engine is so
  /// late that its ring is full, the samples are lost, counted, and told by ``RecordingEvent/overrun(_:seconds:)``. A
  /// leg that is more than ``RecordingOptions/maxLegSkewSeconds`` behind the other is filled with silence.
  public func push(_ samples: Span<Int16>, from leg: Leg) {
    switch leg {
    case .caller: caller.push(samples)
    case .agent: agent.push(samples)
    }
  }

  /// Takes a copy of samples of one leg that begin at `position` of the leg's own clock, which counts samples from
  /// anywhere. Gaps are filled with silence at once, what overlaps is dropped, nothing is ever shifted. Wait-free.
  ///
  /// A jump of more than an hour ahead, or five seconds back, is taken for a new clock, whose first samples follow what
  /// came before.
  public func push(_ samples: Span<Int16>, from leg: Leg, at position: Int) {
    switch leg {
    case .caller: caller.push(samples, at: position)
    case .agent: agent.push(samples, at: position)
    }
  }

  /// The same with a clock of 32 bits, which begins anew when they are full: the timestamps of RTP, where they count
  /// samples. Wait-free.
  public func push(_ samples: Span<Int16>, from leg: Leg, at timestamp: UInt32) {
    switch leg {
    case .caller: caller.push(samples, atStamp: timestamp)
    case .agent: agent.push(samples, atStamp: timestamp)
    }
  }

  /// Fills the front of `output` with what the parties should hear now, a beep or the rest of one, at the caller's
  /// rate; gives how many samples that is, mostly 0. For one thread. Wait-free.
  ///
  /// A media server that records with a beep calls it for every packet that it sends, and plays what comes.
  public func pull(into output: inout MutableSpan<Int16>) -> Int {
    tone.pull(into: &output)
  }

  // MARK: Recordings

  /// Begins a recording, at what was pushed so far.
  ///
  /// It makes one file in the engine's folder, named by the call's and the recording's ids, unless `renditions` says
  /// which and how: their paths are then names within that folder, and their codecs and layouts stand for the options'
  /// `format` and `stereo`. The files are made without waiting for the disk; that one can't be made is told by
  /// ``RecordingEvent/error(_:)``. A process's first MP4 takes some 50 ms, in which libav is loaded.
  ///
  /// A control id names one recording of those of the call that are not yet closed; the recording's own
  /// ``Recording/id`` stands for one that is not given.
  ///
  /// Throws for options, names and renditions that can't be taken (``OptionError``), for a codec that refuses them
  /// or is not there (``FileError``), and where nothing can be recorded (``EngineError``).
  @discardableResult
  public func record(
    _ options: RecordingOptions, controlID: String? = nil, as renditions: [Rendition]? = nil,
    encode: EncodingTime = .live
  ) throws -> Recording {
    try link.engine.record(link, options, controlID: controlID, renditions, encode)
  }

  /// The same; the recording's ``Recording/tag`` is the caller's.
  package func record(
    _ options: RecordingOptions, controlID: String?, as renditions: [Rendition]?, encode: EncodingTime, tag: UInt
  ) throws -> Recording {
    try link.engine.record(link, options, controlID: controlID, renditions, encode, tag: tag)
  }

  /// The same; the recording's own ``Recording/id``, a UUID that nothing else has, is the caller's.
  package func record(
    _ options: RecordingOptions, id: String, controlID: String?, as renditions: [Rendition]
  ) throws -> Recording {
    try link.engine.record(link, options, controlID: controlID, renditions, .live, id: id)
  }

  /// The recording of a control id, or, without one, that which was begun last of those that have not ended.
  public func recording(_ controlID: String? = nil) throws(EngineError) -> Recording {
    try link.recording(controlID)
  }

  /// Stops the recording that ``recording(_:)`` gives. Throws where there is none (``EngineError``), and where it has
  /// ended already (``RecorderError``).
  public func stop(_ controlID: String? = nil) throws {
    try recording(controlID).stop()
  }

  /// A party pressed a key. Recordings of which it is a terminator end here.
  public func press(_ digit: DTMFDigit) {
    link.press(digit)
  }

  /// Ends the call and every recording of it, after all that was pushed so far, and does not wait: each recording's
  /// last event says when its files are closed. Done again it does nothing.
  public func hangUp() {
    link.end()
  }

  /// Ends the call and every recording of it; returns when all files are closed, however long the disk takes.
  @discardableResult
  public func end() async -> CallSummary {
    hangUp()
    let recordings = await link.wait()
    return CallSummary(callID: id, recordings: recordings, lostSamples: link.lostInRings.value)
  }

  /// As ``end()``, for who has a thread to wait on; nil where the files are not closed until then.
  package func end(waitingUntil end: MonotonicTime) -> CallSummary? {
    hangUp()
    return end.poll { link.outcome }.map {
      CallSummary(callID: id, recordings: $0, lostSamples: link.lostInRings.value)
    }
  }
}
