public import ReelAudio

/// What a pause leaves in the file.
public enum PauseBehavior: String, Hashable, Sendable, CaseIterable {
  /// Silence as long as the pause.
  case silence
  /// Nothing: the time is taken out.
  case skip
}

/// Why a recording ended.
public enum EndReason: Hashable, Sendable {
  /// It was told to stop.
  case stopped
  /// The call ended.
  case callEnded
  /// A terminator was pressed.
  case terminator(DTMFDigit)
  /// Speech was heard, and then none for the end-silence timeout.
  case endSilence
  /// The timeline holds the maximum length.
  case maxLength
  /// No speech came within the initial timeout.
  case noInput
  /// The file can't be written.
  case failed

  /// The last event's state.
  public var outcome: Outcome {
    switch self {
    case .noInput: .noInput
    case .failed: .error
    case .stopped, .callEnded, .terminator, .endSilence, .maxLength: .finished
    }
  }

  /// The reason as people say it.
  public var words: String {
    switch self {
    case .stopped: "stopped"
    case .callEnded: "the call ended"
    case .terminator(let digit): "the key \(digit) was pressed"
    case .endSilence: "silence after speech"
    case .maxLength: "the maximum length was reached"
    case .noInput: "nobody spoke"
    case .failed: "the file could not be written"
    }
  }

  /// The published words for how a recording ended.
  public enum Outcome: String, Hashable, Sendable {
    /// As it was meant to.
    case finished
    /// Nobody spoke.
    case noInput = "no_input"
    /// The file is not what it should be.
    case error
  }
}

/// What a recorder tells, in order. Positions are samples of the timeline.
package enum RecorderEvent: Hashable, Sendable {
  /// Recording begins, or goes on after a pause.
  case recording(at: Int)
  /// Recording rests.
  case paused(PauseBehavior, at: Int)
  /// Nobody fetched the beep in time, so recording begins without it.
  case beepNotPlayed
  /// The recording is over. Always the last event, and only once.
  case ended(EndReason, TimelineSums)
}

/// Takes what a recorder makes, while the call that made it runs.
///
/// The recorder allocates nothing; a sink that must not either keeps its memory from the start.
package protocol RecordingSink {
  /// The next samples of the recording: mono, or caller and agent by turns. The memory is the recorder's,
  /// for the time of the call.
  mutating func write(_ samples: Span<Int16>)
  /// What the samples of a leg are from here on. It comes before the samples do; the marks of one leg come in order.
  mutating func note(_ mark: LedgerMark)
  /// An event.
  mutating func tell(_ event: RecorderEvent)
}

/// A command that the recorder's state doesn't allow.
public enum RecorderError: Error, Hashable, Sendable, CustomStringConvertible {
  /// Pause was asked for while paused already.
  case alreadyPaused
  /// Resume was asked for while not paused.
  case notPaused
  /// Pause or resume was asked for before the beep was over.
  case notBegun
  /// Pause or resume was asked for after the end.
  case ended

  /// What is wrong, in words.
  public var description: String {
    switch self {
    case .alreadyPaused: "the recording is paused already; allowed: resume or stop"
    case .notPaused: "the recording is not paused; allowed: pause or stop"
    case .notBegun: "the recording waits for its beep; allowed: stop"
    case .ended: "the recording has ended; nothing is allowed"
    }
  }
}
