internal import ReelRealtime

/// A call: two legs that are pushed, and any number of recordings of them.
///
///     let call = engine.call("abc123", rate: 8_000)
///     let recording = try call.record(.recordCall(stereo: true, format: .mp3), controlID: "main")
///     call.push(samples, from: .caller)                       // the media threads
///     call.push(samples, from: .agent, at: rtpTimestamp)
///     call.press("#")
///     let summary = await call.end()
///
/// ``push(_:from:)-(Span<Int16>,_)`` and ``pull(into:)`` are for media threads: they never wait, whatever the disk, the
/// encoders or other threads do. Each leg is pushed by one thread at a time; that both push the same leg is caught in
/// debug builds. All else may be called from any thread.
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
  /// Pushed at the pace of the call, in any sizes up to half a second. Where the engine is so late that its ring is
  /// full, the samples are lost, counted, and told by ``RecordingEvent/overrun(_:seconds:)``.
  public func push(_ samples: Span<Int16>, from leg: Leg) {
    switch leg {
    case .caller: caller.push(samples)
    case .agent: agent.push(samples)
    }
  }

  /// Takes a copy of samples of one leg that begin at `position` of the leg's own clock, which counts samples from
  /// anywhere. Gaps are filled with silence, what overlaps is dropped, nothing is ever shifted. Wait-free.
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
  /// which and how: their paths are then names within that folder. The files are made without waiting for the disk;
  /// that one can't be made is told by ``RecordingEvent/error(_:)``.
  ///
  /// Throws for options that can't be taken (``OptionError``), for a codec that refuses them (``FileError``), and where
  /// nothing can be recorded (``EngineError``).
  @discardableResult
  public func record(
    _ options: RecordingOptions, controlID: String? = nil, as renditions: [Rendition]? = nil,
    encode: EncodingTime = .live
  ) throws -> Recording {
    try link.engine.record(link, options, controlID: controlID, renditions, encode)
  }

  /// The recording of a control id, or the one that was begun last.
  public func recording(_ controlID: String? = nil) throws(EngineError) -> Recording {
    try link.recording(controlID)
  }

  /// Stops the recording of a control id, or the one that was begun last.
  public func stop(_ controlID: String? = nil) throws {
    try recording(controlID).stop()
  }

  /// A party pressed a key. Recordings of which it is a terminator end here.
  public func press(_ digit: DTMFDigit) {
    link.order(.press(digit))
  }

  /// Ends the call and every recording of it, after all that was pushed so far, and does not wait: each recording's
  /// last event says when its files are closed. Done again it does nothing.
  public func hangUp() {
    link.end()
  }

  /// Ends the call and every recording of it; returns when all files are closed.
  @discardableResult
  public func end() async -> CallSummary {
    hangUp()
    let recordings = await link.wait()
    return CallSummary(callID: id, recordings: recordings, lostSamples: link.lostInRings.value)
  }
}
