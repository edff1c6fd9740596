import ReelAudio

/// Listens for speech on the recorded legs and knows when its absence ends the recording.
///
/// Time is what was heard, in samples of the timeline without pauses. Decisions fall at the ends of 10 ms windows,
/// the same on both legs since both are heard in step. What only looks is inlined, or a watch would be copied for it.
struct SpeechWatch {
  private var caller: VoiceDetector
  private var agent: VoiceDetector
  private let listensToCaller: Bool
  private let initialTimeout: Int?
  private let endSilenceTimeout: Int?

  private var windowEnded = false
  private var decidedAt = 0
  private var wasHeard = false
  /// When speech last ended; nil while somebody speaks, and before anybody did.
  private var quietSince: Int?

  init(_ options: RecordingOptions, rate: SampleRate) {
    caller = VoiceDetector(rate: rate, inputSensitivity: options.inputSensitivity)
    // Made anew and not copied: two detectors that shared memory would part at their first step.
    agent = VoiceDetector(rate: rate, inputSensitivity: options.inputSensitivity)
    listensToCaller = options.legs.contains(.caller)
    func timeout(_ seconds: Double) -> Int? { seconds == 0 ? nil : rate.samples(completing: seconds) }
    initialTimeout = timeout(options.initialTimeoutSeconds)
    endSilenceTimeout = timeout(options.endSilenceTimeoutSeconds)
  }

  /// How many samples the window in progress still takes.
  @inline(__always)
  var samplesToDecision: Int {
    listensToCaller ? caller.samplesToDecision : agent.samplesToDecision
  }

  /// Hears the first `count` samples of a leg's queue, which lie in one window.
  mutating func listen(to queue: borrowing SampleQueue, _ count: Int, _ leg: Leg, real: Bool) {
    let samples = queue.cells.span.extracting(queue.head..<queue.head + count)
    // Heard in step, both legs' windows end together.
    switch leg {
    case .caller: windowEnded = caller.push(samples, real: real)
    case .agent: windowEnded = agent.push(samples, real: real)
    }
  }

  /// Once every recorded leg was listened to: decides, if a window has ended; gives how many samples of
  /// speech it was.
  mutating func decide(heard: Int) -> Int {
    guard windowEnded else { return 0 }
    windowEnded = false
    let window = heard - decidedAt
    decidedAt = heard
    if caller.hearsSpeech || agent.hearsSpeech {
      wasHeard = true
      quietSince = nil
      return window
    }
    if wasHeard && quietSince == nil { quietSince = heard }
    return 0
  }

  func reasonToEnd(heard: Int) -> EndReason? {
    guard samplesToEnd(heard: heard) <= 0 else { return nil }
    return wasHeard ? .endSilence : .noInput
  }

  /// How much more may be heard before silence ends the recording.
  @inline(__always)
  func samplesToEnd(heard: Int) -> Int {
    if !wasHeard { return initialTimeout.map { $0 - heard } ?? .max }
    guard let quietSince, let endSilenceTimeout else { return .max }
    return quietSince + endSilenceTimeout - heard
  }
}
