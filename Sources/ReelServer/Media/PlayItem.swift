package import ReelAudio

/// One thing that the parties of a call shall hear.
package enum PlayItem: Hashable, Sendable {
  /// A file to be fetched, by `http` or `https`.
  case audio(url: String)
  case silence(seconds: Double)
  /// For so long, and a whole period of it where nothing is said.
  case ringtone(Ringtone, seconds: Double?)
  /// To be spoken: the service says what becomes of it.
  case speech(String)

  /// What one request may ask for.
  package enum Limits {
    /// Of one item, and of a file that is decoded: it is held in memory, 1 MB a minute at 8 kHz.
    package static let seconds = 600.0
    package static let itemCount = 32
    package static let urlBytes = 2_048
    package static let speechBytes = 8_192
  }

  /// The sound of what needs nothing from elsewhere; nil for files and speech.
  package func sound(_ rate: SampleRate) -> PlaySound? {
    switch self {
    case .audio, .speech: return nil
    case .silence(let seconds): return .silence(samples: rate.samples(in: seconds))
    case .ringtone(let ringtone, let seconds):
      let period = ringtone.period(rate)
      return .samples(period, count: rate.samples(in: seconds ?? ringtone.periodSeconds))
    }
  }
}

/// Sound at a call's rate.
package enum PlaySound: Hashable, Sendable {
  case silence(samples: Int)
  /// `count` samples: those there are, over and over.
  case samples([Int16], count: Int)

  package static func samples(_ samples: [Int16]) -> PlaySound { .samples(samples, count: samples.count) }

  package var count: Int {
    switch self {
    case .silence(let samples): samples
    case .samples(let samples, let count): samples.isEmpty ? 0 : count
    }
  }

  /// The sample at a place before ``count``.
  func sample(at place: Int) -> Int16 {
    switch self {
    case .silence: 0
    case .samples(let samples, _): samples[place % samples.count]
    }
  }
}
