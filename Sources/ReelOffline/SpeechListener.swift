internal import ReelAudio

/// Tells of each 10 ms of a side whether they are part of a turn of speech.
///
/// The detector decides late on both ends: 30 ms after loud sound began, and 200 ms after it ended. Both are taken
/// back here. A turn goes from the first of its loud windows to the end of the last one, and pauses of less than 200 ms
/// are part of it. So what is told of lags by the 200 ms, and the recorder, whose timers run from the detector's
/// decisions, takes silence to begin 200 ms after such a turn.
///
/// What is loud is speech, as for the recorder: a key's tone too.
struct SpeechListener {
  private var detector: VoiceDetector
  /// The last windows, the newest in the lowest bit.
  private var recent: UInt32 = 0
  private var wasHeard = false
  private var windows = 0
  private var isMidWindow = false

  private static let lag = VoiceDetector.hangoverWindows

  init(rate: SampleRate, sensitivity: Double) {
    detector = VoiceDetector(rate: rate, inputSensitivity: sensitivity)
  }

  /// Takes any number of samples; adds each window that is settled by them to `settled`.
  mutating func push(_ samples: Span<Int16>, settled: inout [Bool]) {
    var rest = samples
    while !rest.isEmpty {
      let part = rest.extracting(first: min(rest.count, detector.samplesToDecision))
      rest = rest.extracting(droppingFirst: part.count)
      isMidWindow = !detector.push(part)
      if !isMidWindow { decide(&settled) }
    }
  }

  /// Settles all windows, of which the last may not be whole, as if silence followed.
  mutating func finish(settled: inout [Bool]) {
    let silence = [Int16](repeating: 0, count: 1_024)
    for _ in 0..<(Self.lag + (isMidWindow ? 1 : 0)) {
      _ = detector.push(silence.span.extracting(first: detector.samplesToDecision), real: false)
      decide(&settled)
    }
    isMidWindow = false
  }

  private mutating func decide(_ settled: inout [Bool]) {
    let isHeard = detector.hearsSpeech
    recent = recent << 1 | (isHeard ? 1 : 0)
    if isHeard && !wasHeard { recent |= 1 << VoiceDetector.onsetWindows - 1 }
    if wasHeard && !isHeard { recent &= ~(1 << Self.lag - 1) }
    wasHeard = isHeard
    windows += 1
    if windows > Self.lag { settled.append(recent >> Self.lag & 1 == 1) }
  }
}
