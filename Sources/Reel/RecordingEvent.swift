/// What a recording tells in its course, and how it ended. Places are seconds of the recording's own timeline.
public enum RecordingEvent: Hashable, Sendable {
  /// Recording begins, or goes on after a pause.
  case recording(seconds: Double)
  /// Recording rests.
  case paused(PauseBehavior, seconds: Double)
  /// Nobody fetched the beep in time, so recording begins without it.
  case beepNotPlayed
  /// The disk or the encoders did not keep up for longer than the engine's memory lasts: so much, from there on, is
  /// silence of kind `dropped`.
  case dropped(seconds: Double, at: Double)
  /// A leg's ring was full: so much of what was pushed is silence of kind `dropped`.
  case overrun(Leg, seconds: Double)
  /// It ended as it was meant to. The last event.
  case finished(RecordingSummary)
  /// Nobody spoke. The last event.
  case noInput(RecordingSummary)
  /// The file is not what it should be; what was written is kept, and plays. The last event.
  case error(RecordingSummary)

  /// What became of the recording, if this is the last event.
  public var summary: RecordingSummary? {
    switch self {
    case .finished(let summary), .noInput(let summary), .error(let summary): summary
    default: nil
    }
  }
}

/// What became of a recording.
public struct RecordingSummary: Hashable, Sendable {
  /// The recording's own name, a UUID.
  public let recordingID: String
  /// What the one who asked for it calls it.
  public let controlID: String
  /// The call that it is of.
  public let callID: String
  /// How it ended, in the published words.
  public let outcome: EndReason.Outcome
  /// Why it ended. Where a file failed, ``failure`` has more.
  public let reason: EndReason
  /// When recording was asked for.
  public let start: WallTime
  /// When its files were closed.
  public let end: WallTime
  /// The length of the recording.
  public let durationSeconds: Double
  /// Samples a second of the timeline, which ``sums`` counts.
  public let rate: SampleRate
  /// What became of its time.
  public let sums: TimelineSums
  /// Its files, in the order in which they were asked for.
  public let files: [File]
  /// Where their manifests are, which tell what every sample is.
  public let manifests: [String]
  /// What went wrong first, if anything did.
  public let failure: FileError?

  /// A finished file.
  public struct File: Hashable, Sendable {
    /// Where it is.
    public let path: String
    /// Its size.
    public let byteCount: Int
    /// The samples of one side of it.
    public let samples: Int
    /// Its hash, in hexadecimal digits.
    public let sha256: String
    /// Why it is not all that it should be, if so.
    public let failure: String?
  }
}

/// What became of a call.
public struct CallSummary: Hashable, Sendable {
  /// The call's name.
  public let callID: String
  /// Its recordings, in the order in which they were closed.
  public let recordings: [RecordingSummary]
  /// Samples of both legs that found no room in the rings.
  public let lostSamples: Int
}

/// What an engine refuses.
public enum EngineError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The engine is closed, or about to be.
  case isClosed
  /// The call of that id has ended.
  case callHasEnded(String)
  /// A recording of that control id goes on in the same call, or is being closed.
  case controlIDInUse(String)
  /// There is no recording of that control id; known are those that are not closed.
  case unknownControlID(String, known: [String])
  /// Nothing goes on in the call of that id that could be meant.
  case noRecording(String)
  /// The engine has as many recordings as it may.
  case tooManyRecordings(limit: Int)
  /// The system gives fewer threads than so many workers need.
  case tooManyThreads(workers: Int)

  /// What is wrong, in words.
  public var description: String {
    switch self {
    case .isClosed: "the engine is closed; nothing more can be recorded"
    case .callHasEnded(let id): "the call \(id) has ended; nothing more can be recorded of it"
    case .controlIDInUse(let id): "control_id is \(id), which goes on in this call; allowed: another one"
    case .unknownControlID(let id, let known):
      "control_id is \(id); allowed: \(known.isEmpty ? "none, for nothing goes on" : known.joined(separator: ", "))"
    case .noRecording(let id): "no recording of the call \(id) goes on"
    case .tooManyRecordings(let limit): "\(limit) recordings go on; allowed: no more than that"
    case .tooManyThreads(let workers): "workers is \(workers); allowed: fewer, for the system gives no more threads"
    }
  }
}
