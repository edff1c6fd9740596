// What is public here is documented in the header.
// swift-format-ignore-file: AllPublicDeclarationsHaveDocumentation
public import CReel
internal import Reel
internal import ReelAudio
internal import ReelCore

// Sound: all through this file pointers are the host's, good for the time of the call, and looked at once.

// MARK: Engine

private func engineDefaults() -> reel_engine_options {
  let defaults = EngineConfiguration(folder: "")
  var options = unsafe reel_engine_options()
  unsafe options.encoders_after = Int32(defaults.encodersAfter)
  unsafe options.ring_seconds = defaults.ringSeconds
  unsafe options.beat_seconds = defaults.beatSeconds
  unsafe options.backlog_bytes = Int64(defaults.backlogBytes)
  unsafe options.recording_limit = Int32(defaults.recordingLimit)
  unsafe options.event_limit = 16_384
  return unsafe options
}

@c @implementation public func reel_engine_options_init(
  _ options: UnsafeMutablePointer<reel_engine_options>?, _ size: Int
) -> reel_status {
  answer(nil) { try unsafe Growing.write(engineDefaults(), to: options, size, "reel_engine_options") }
}

/// What an engine is asked for.
struct EngineWish {
  let configuration: EngineConfiguration
  let eventLimit: Int
  let handler: EventHandler?

  init(_ pointer: UnsafePointer<reel_engine_options>?) throws {
    let options = unsafe try Growing.read(pointer, over: engineDefaults(), "reel_engine_options")
    var configuration = EngineConfiguration(folder: try unsafe text(options.folder, "folder"))
    guard !configuration.folder.isEmpty else {
      throw OptionError("folder", given: "empty", allowed: "a folder that is there")
    }
    if unsafe options.workers != 0 { unsafe configuration.workers = Int(options.workers) }
    unsafe configuration.encodersAfter = Int(options.encoders_after)
    unsafe configuration.ringSeconds = options.ring_seconds
    unsafe configuration.beatSeconds = options.beat_seconds
    unsafe configuration.backlogBytes = Int(options.backlog_bytes)
    unsafe configuration.recordingLimit = Int(options.recording_limit)
    self.configuration = configuration
    unsafe eventLimit = Int(options.event_limit)
    guard (1...1_000_000).contains(eventLimit) else {
      throw OptionError("event_limit", given: "\(eventLimit)", allowed: "a whole number from 1 to 1000000")
    }
    unsafe handler = options.on_event.map { unsafe EventHandler(function: $0, context: options.event_context) }
  }
}

// MARK: Recording

private func recordDefaults(_ preset: RecordingOptions) -> (options: reel_record_options, terminators: String) {
  var options = unsafe reel_record_options()
  unsafe options.format = reel_format(Numbers.formats.firstIndex(of: preset.format)!)
  unsafe options.stereo = preset.stereo ? 1 : 0
  unsafe options.legs = reel_legs(Numbers.legs.firstIndex(of: preset.legs)!)
  unsafe options.input_sensitivity = preset.inputSensitivity
  unsafe options.initial_timeout_seconds = preset.initialTimeoutSeconds
  unsafe options.end_silence_timeout_seconds = preset.endSilenceTimeoutSeconds
  unsafe options.max_leg_skew_seconds = preset.maxLegSkewSeconds
  return unsafe (options, preset.terminators.description)
}

/// The presets' terminators, which outlive every struct that points to them.
private let lastingTerminators = Numbers.presets.map { LastingText($0.terminators.description) }

@c @implementation public func reel_record_options_init(
  _ options: UnsafeMutablePointer<reel_record_options>?, _ size: Int, _ preset: reel_preset
) -> reel_status {
  answer(nil) {
    let chosen = try choice(preset, Numbers.presets, "preset")
    var defaults = unsafe recordDefaults(chosen).options
    unsafe defaults.terminators = lastingTerminators[Int(preset)].pointer
    try unsafe Growing.write(defaults, to: options, size, "reel_record_options")
  }
}

private func renditionDefaults() -> reel_rendition {
  var rendition = unsafe reel_rendition()
  unsafe rendition.mp3_quality = 5
  unsafe rendition.mp3_variable_level = 4
  return unsafe rendition
}

@c @implementation public func reel_rendition_init(
  _ rendition: UnsafeMutablePointer<reel_rendition>?, _ size: Int
) -> reel_status {
  answer(nil) { try unsafe Growing.write(renditionDefaults(), to: rendition, size, "reel_rendition") }
}

/// What a recording is asked for.
struct RecordWish {
  let options: RecordingOptions
  let controlID: String?
  let tag: UInt
  let renditions: [Rendition]?
  let encode: EncodingTime

  init(_ pointer: UnsafePointer<reel_record_options>?) throws {
    let defaults = unsafe recordDefaults(.recordCall()).options
    let given = unsafe try Growing.read(pointer, over: defaults, "reel_record_options")
    options = unsafe try Self.options(given)
    controlID = try unsafe optionalText(given.control_id, "control_id")
    unsafe tag = UInt(bitPattern: given.context)
    renditions = unsafe try Self.renditions(given.renditions, given.rendition_count)
    encode = unsafe try choice(given.encode, Numbers.encodingTimes, "encode")
  }

  private static func options(_ given: reel_record_options) throws -> RecordingOptions {
    var options = RecordingOptions.recordCall()
    options.format = unsafe try choice(given.format, Numbers.formats, "format")
    options.stereo = unsafe try flag(given.stereo, "stereo")
    options.legs = unsafe try choice(given.legs, Numbers.legs, "legs")
    options.rate = unsafe try rate(given.rate_hz, "rate")
    let keys = try unsafe optionalText(given.terminators, "terminators") ?? ""
    guard let terminators = DTMFDigits(keys) else {
      throw OptionError("terminators", given: keys, allowed: "keys of 0 to 9, *, # and A to D")
    }
    options.terminators = terminators
    options.detectsDTMF = unsafe try flag(given.detects_dtmf, "detects_dtmf")
    options.beep = unsafe try flag(given.beep, "beep")
    unsafe options.beepIntervalSeconds = given.beep_interval_seconds
    unsafe options.inputSensitivity = given.input_sensitivity
    unsafe options.initialTimeoutSeconds = given.initial_timeout_seconds
    unsafe options.endSilenceTimeoutSeconds = given.end_silence_timeout_seconds
    unsafe options.maxLengthSeconds = given.max_length_seconds
    unsafe options.maxLegSkewSeconds = given.max_leg_skew_seconds
    return options
  }

  private static func rate(_ hz: Int32, _ field: String) throws(OptionError) -> SampleRate? {
    hz == 0 ? nil : try SampleRate.checked(hz: Int(hz), field: field)
  }

  /// An array whose elements are as long as the first one says.
  private static func renditions(_ first: UnsafePointer<reel_rendition>?, _ count: Int) throws -> [Rendition]? {
    guard (0...Int(REEL_RENDITION_LIMIT)).contains(count) else {
      throw Refusal.argument("rendition_count", "\(UInt(bitPattern: count))", allowed: "0 to \(REEL_RENDITION_LIMIT)")
    }
    guard count > 0 else { return nil }
    guard let first = unsafe UnsafeRawPointer(first) else {
      throw Refusal.argument("renditions", "NULL", allowed: "\(count) of them, or rendition_count 0")
    }
    let stride = unsafe first.loadUnaligned(as: Int.self)
    try Growing.check(stride, "reel_rendition")
    return try (0..<count).map { index in
      let place = unsafe first + index * stride
      guard unsafe place.loadUnaligned(as: Int.self) == stride else {
        throw Refusal.argument("the size of a reel_rendition", "not the first one's", allowed: "the same for all")
      }
      return unsafe try rendition(Growing.read(place, over: renditionDefaults(), "reel_rendition"))
    }
  }

  private static func rendition(_ given: reel_rendition) throws -> Rendition {
    let name = try unsafe text(given.name, "name")
    let codec: Codec
    switch unsafe try choice(given.format, Numbers.formats, "format") {
    case .wav: codec = .wav(unsafe try choice(given.wav_encoding, Numbers.wavEncodings, "wav_encoding"))
    case .mp3: codec = .mp3(unsafe try mp3Mode(given), quality: Int(unsafe given.mp3_quality))
    case .mp4: codec = .mp4(kilobits: unsafe kilobits(given))
    }
    let layout = unsafe try flag(given.stereo, "stereo") ? Rendition.Layout.stereo : .mono
    return Rendition(name, codec, layout, rate: unsafe try rate(given.rate_hz, "rate"))
  }

  private static func kilobits(_ given: reel_rendition) -> Int? {
    unsafe given.kilobits == 0 ? nil : Int(given.kilobits)
  }

  private static func mp3Mode(_ given: reel_rendition) throws(OptionError) -> Codec.MP3Mode {
    switch unsafe try choice(given.mp3_mode, Numbers.mp3Modes, "mp3_mode") {
    case REEL_MP3_AVERAGE: .average(kilobits: Int(unsafe given.kilobits))
    case REEL_MP3_VARIABLE: .variable(Int(unsafe given.mp3_variable_level))
    default: .constant(kilobits: unsafe kilobits(given))
    }
  }
}
