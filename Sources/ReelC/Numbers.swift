internal import CReel
internal import Reel

/// Which number of the header stands for which of Swift's cases, in both directions.
enum Numbers {
  static let legs = [Legs.caller, .agent, .both]
  static let presets = [RecordingOptions.record(), .recordCall(), .relay()]
  static let formats = [RecordingOptions.Format.wav, .mp3, .mp4]
  static let wavEncodings = [Codec.WAVEncoding.pcm16, .muLaw, .aLaw]
  static let encodingTimes = [EncodingTime.live, .after]
  static let pauses = [PauseBehavior.silence, .skip]
  /// LAME's modes, of which the number alone says nothing.
  static let mp3Modes = [REEL_MP3_CONSTANT, REEL_MP3_AVERAGE, REEL_MP3_VARIABLE]

  @inline(__always)
  static func leg(_ number: reel_leg) -> Leg? {
    switch Int(number) {
    case REEL_CALLER: .caller
    case REEL_AGENT: .agent
    default: nil
    }
  }

  static func leg(_ leg: Leg) -> reel_leg { reel_leg(leg == .caller ? REEL_CALLER : REEL_AGENT) }

  static func pause(_ behavior: PauseBehavior) -> reel_pause_behavior {
    reel_pause_behavior(behavior == .silence ? REEL_PAUSE_SILENCE : REEL_PAUSE_SKIP)
  }

  static func outcome(_ outcome: EndReason.Outcome) -> reel_outcome {
    switch outcome {
    case .finished: reel_outcome(REEL_FINISHED)
    case .noInput: reel_outcome(REEL_NO_INPUT)
    case .error: reel_outcome(REEL_FAILED)
    }
  }

  /// With the key, if it was one.
  static func reason(_ reason: EndReason) -> (reel_reason, CChar) {
    switch reason {
    case .stopped: (reel_reason(REEL_REASON_STOPPED), 0)
    case .callEnded: (reel_reason(REEL_REASON_CALL_ENDED), 0)
    case .terminator(let digit):
      (reel_reason(REEL_REASON_TERMINATOR), CChar(digit.character.asciiValue ?? 0))
    case .endSilence: (reel_reason(REEL_REASON_END_SILENCE), 0)
    case .maxLength: (reel_reason(REEL_REASON_MAX_LENGTH), 0)
    case .noInput: (reel_reason(REEL_REASON_NO_INPUT), 0)
    case .failed: (reel_reason(REEL_REASON_FAILED), 0)
    }
  }

  static func sums(_ sums: LegSums) -> reel_leg_sums {
    reel_leg_sums(
      real: Int64(sums.real), filled: Int64(sums.filled), paused: Int64(sums.paused), dropped: Int64(sums.dropped),
      late: Int64(sums.late))
  }
}
