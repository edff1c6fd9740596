public import ReelAudio

/// What to record, how, and when to end.
///
/// Made from one of three presets, which hold the published defaults, and changed from there:
///
///     var options = RecordingOptions.recordCall(stereo: true, format: .mp3)
///     options.maxLengthSeconds = 3_600
///
/// Values are checked when a recording is begun, by ``validate()``: a bad one is refused with an
/// ``OptionError`` and never bent into range.
public struct RecordingOptions: Hashable, Sendable {
  /// The container and codec of the file.
  public enum Format: String, Hashable, Sendable, CaseIterable {
    /// Uncompressed.
    case wav
    /// MPEG layer III.
    case mp3
    /// AAC in MP4.
    case mp4
  }

  /// The container and codec of the file.
  public var format: Format
  /// Caller left and agent right, instead of a mono mix.
  public var stereo = false
  /// The legs that are recorded.
  public var legs: Legs
  /// Keys that end the recording.
  public var terminators: DTMFDigits
  /// Whether terminators are listened for in the sound too, on both legs. Sound is then held back for
  /// 70 ms, so that the tone itself stays out of the file.
  public var detectsDTMF = false
  /// A tone for the parties to hear before recording starts.
  public var beep = false
  /// The beep again after so many seconds on the timeline, over and over; 0 for never.
  public var beepIntervalSeconds = 0.0
  /// How quiet speech may be, 0…100; a higher value hears more.
  public var inputSensitivity = 44.0
  /// No speech within this, from the start, ends the recording as `no_input`; 0 for never.
  public var initialTimeoutSeconds: Double
  /// So long without speech, once speech was heard, ends the recording; 0 for never.
  public var endSilenceTimeoutSeconds: Double
  /// The most that the timeline may hold; 0 for no limit. Silence written for a pause counts, for it is in
  /// the file.
  public var maxLengthSeconds = 0.0
  /// The rate of the timeline and so of the file; the higher of the recorded legs' rates unless set.
  public var rate: SampleRate?
  /// How far one leg may fall behind the other before it is filled with silence.
  public var maxLegSkewSeconds = 0.2

  /// The foreground recording of SWML's `record`: a voicemail.
  public static func record(stereo: Bool = false, format: Format = .wav) -> RecordingOptions {
    RecordingOptions(
      format: format, stereo: stereo, legs: .caller, terminators: DTMFDigits("#")!,
      initialTimeoutSeconds: 4, endSilenceTimeoutSeconds: 5)
  }

  /// The background recording of SWML's `record_call`: both parties, until told to stop.
  public static func recordCall(stereo: Bool = false, format: Format = .wav) -> RecordingOptions {
    RecordingOptions(
      format: format, stereo: stereo, legs: .both, terminators: .none, initialTimeoutSeconds: 0,
      endSilenceTimeoutSeconds: 0)
  }

  /// The recording of RELAY's `call.record` and of REST.
  public static func relay(stereo: Bool = false, format: Format = .mp3) -> RecordingOptions {
    RecordingOptions(
      format: format, stereo: stereo, legs: .caller, terminators: DTMFDigits("#*")!,
      initialTimeoutSeconds: 5, endSilenceTimeoutSeconds: 1)
  }

  private init(
    format: Format, stereo: Bool, legs: Legs, terminators: DTMFDigits, initialTimeoutSeconds: Double,
    endSilenceTimeoutSeconds: Double
  ) {
    self.format = format
    self.stereo = stereo
    self.legs = legs
    self.terminators = terminators
    self.initialTimeoutSeconds = initialTimeoutSeconds
    self.endSilenceTimeoutSeconds = endSilenceTimeoutSeconds
  }
}

extension RecordingOptions {
  /// Whether the legs' sound has to be searched for keys.
  var listensForTerminators: Bool { detectsDTMF && !terminators.isEmpty }

  /// The longest time that any option may name: a year, far beyond any call and far below what overflows.
  public static let longestSeconds = 31_536_000.0
  /// The skew that may be allowed: at least a packet, since the legs never come in step to the sample, and at most what
  /// every recording can hold memory for.
  public static let legSkewSeconds = 0.02...2.0
  /// The least time between beeps, so that one is over when the next is due.
  public static let leastBeepIntervalSeconds = 1.0

  /// Throws for the first option whose value can't be taken.
  public func validate() throws(OptionError) {
    try Self.check("input_sensitivity", inputSensitivity, in: 0...100)
    try Self.check("initial_timeout", initialTimeoutSeconds, in: 0...Self.longestSeconds)
    try Self.check("end_silence_timeout", endSilenceTimeoutSeconds, in: 0...Self.longestSeconds)
    try Self.check("max_length", maxLengthSeconds, in: 0...Self.longestSeconds)
    try Self.check("max_leg_skew", maxLegSkewSeconds, in: Self.legSkewSeconds)
    if beepIntervalSeconds != 0 {
      try Self.check(
        "beep_interval", beepIntervalSeconds, in: Self.leastBeepIntervalSeconds...Self.longestSeconds, or: "0 or ")
    }
  }

  private static func check(
    _ field: String, _ value: Double, in range: ClosedRange<Double>, or other: String = ""
  ) throws(OptionError) {
    guard range.contains(value) else {
      throw OptionError(
        field, given: plain(value),
        allowed: "\(other)a number from \(plain(range.lowerBound)) to \(plain(range.upperBound))")
    }
  }

  /// A number as a person writes it: without `.0`.
  private static func plain(_ value: Double) -> String {
    Int(exactly: value).map { "\($0)" } ?? "\(value)"
  }
}

extension SampleRate {
  /// The rate of so many samples a second, or an ``OptionError`` that names `field`.
  package static func checked(hz: Int, field: String) throws(OptionError) -> SampleRate {
    guard let rate = SampleRate(hz: hz) else {
      let allowed = SampleRate.all.map { "\($0.hz)" }.joined(separator: ", ")
      throw OptionError(field, given: "\(hz) Hz", allowed: "\(allowed) Hz")
    }
    return rate
  }
}
