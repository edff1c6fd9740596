/// Tells whether somebody speaks on a leg, every 10 ms, from energy alone.
///
/// A window is loud when its level reaches the threshold (-10 - 0.8 · sensitivity dBFS) *and* the line stands 11 dB
/// above its noise floor, which follows any steady sound within two seconds (``NoiseFloor``). Three loud windows in a
/// row begin speech. Two in a row let it go on, for which 3 dB below the threshold are enough. It ends
/// ``hangoverSeconds`` after the last of them.
///
/// - Same sound, same decisions: at every rate, and however it is cut up (``BandMeter``).
/// - A higher sensitivity never hears less: it lowers the threshold alone, and each later step keeps order.
/// - Costs about a hundred nanoseconds a window; allocates only when made.
///
///     var detector = VoiceDetector(rate: .narrowband, inputSensitivity: 44)
///     if detector.push(tenMilliseconds) { print(detector.hearsSpeech) }
package struct VoiceDetector: Sendable {
  /// Loud sound this long is speech; what is shorter is a click.
  package static let onsetSeconds = 0.03
  /// Speech goes on for this long after the last loud window, so that pauses between words are part of it.
  package static let hangoverSeconds = 0.2
  /// Whether speech was heard in the last whole window.
  package private(set) var hearsSpeech = false
  /// How many samples are wanting until the next decision; never 0.
  package private(set) var samplesToDecision: Int

  private let threshold: Double
  private var windowIsReal = true
  private var loudRow = 0
  private var audibleRow = 0
  private var speechLeft = 0
  private var floor = NoiseFloor()
  private var meter: BandMeter

  /// Decisions a second.
  package static let windowsPerSecond = BandMeter.windowsPerSecond
  /// ``onsetSeconds`` and ``hangoverSeconds`` in windows.
  package static let onsetWindows = Int(onsetSeconds * Double(windowsPerSecond))
  package static let hangoverWindows = Int(hangoverSeconds * Double(windowsPerSecond))
  /// Speech that is under way goes on with less than began it, since words trail off and the burst that ends
  /// one is short: two windows of half the threshold's power.
  private static let continuingWindows = 2
  private static let easing = 0.5

  /// A detector for a leg at `rate`; `inputSensitivity` is 0…100.
  package init(rate: SampleRate, inputSensitivity: Double) {
    threshold = Level.power(dBFS: Self.thresholdDBFS(inputSensitivity: inputSensitivity))
    meter = BandMeter(rate: rate)
    samplesToDecision = meter.samplesToWindowEnd
  }

  /// The level that speech must reach at a sensitivity: -10 dBFS at 0, -45.2 at 44, -90 at 100.
  package static func thresholdDBFS(inputSensitivity: Double) -> Double {
    -10 - 0.8 * inputSensitivity
  }

  /// Takes at most ``samplesToDecision`` samples; gives true when they completed a window, so that
  /// ``hearsSpeech`` is a new decision.
  ///
  /// Samples that only stand for audio that never came are not `real`: the line's noise is not learnt from them.
  package mutating func push(_ samples: Span<Int16>, real: Bool = true) -> Bool {
    windowIsReal = windowIsReal && real
    let power = meter.push(samples)
    samplesToDecision = meter.samplesToWindowEnd
    guard let power else { return false }
    if windowIsReal { floor.follow(power) }
    windowIsReal = true
    let standsOut = floor.isExceeded
    loudRow = standsOut && power >= threshold ? loudRow + 1 : 0
    audibleRow = standsOut && power >= threshold * Self.easing ? audibleRow + 1 : 0
    let begins = loudRow >= Self.onsetWindows
    let continues = hearsSpeech && audibleRow >= Self.continuingWindows
    speechLeft = begins || continues ? Self.hangoverWindows : max(0, speechLeft - 1)
    hearsSpeech = speechLeft > 0
    return true
  }
}
