internal import ReelAudio
internal import ReelCore
internal import ReelFiles
internal import ReelOffline

/// What `reel record` can be told.
enum RecordOptions {
  static let caller = CommandOption(
    "--caller", kind: .file, "the caller's leg: any sound file, a pipe, or - for standard input")
  static let agent = CommandOption("--agent", kind: .file, "the agent's leg; a leg that is not given is silence")
  static let raw = CommandOption(
    "--raw", kind: .rate, "the legs are 16-bit little-endian samples without a head, at this rate in Hz")

  static let output = CommandOption(
    "-o", kind: .file,
    "a file to make, whose ending says how: .wav, .mp3 or .mp4; several make several; - is standard "
      + "output", repeats: true, isRequired: true)
  static let format = CommandOption(
    "--format", kind: ValueKind<RecordingOptions.Format>.word,
    "the first output's format, which its ending says already")
  static let stereo = Flag("--stereo", help: "caller left, agent right", group: "layout")
  static let mono = Flag("--mono", help: "both in one, which is the default", group: "layout")
  static let rate = CommandOption(
    "--rate", kind: .rate, "samples a second; the higher of the recorded legs' unless set")
  static let bitrate = CommandOption(
    "--bitrate", kind: .whole("K", in: 8...640),
    "thousands of bits a second, of MP3 and MP4; 32 a side up to 16 kHz "
      + "and 64 above unless set")
  static let quality = CommandOption(
    "--quality", kind: .whole("0-9", in: 0...9),
    "LAME's quality, of which 0 is the best and 9 the fastest; 5 unless set")

  static let preset = CommandOption(
    "--preset", kind: ValueKind<RecordingVerb>.word, "whose defaults hold; record-call's unless set")
  static let direction = CommandOption(
    "--direction", kind: ValueKind<Direction>.word,
    "which legs, in the words of the preset: what is said, heard, or both",
    group: "legs")
  static let legs = CommandOption("--legs", kind: ValueKind<Legs>.word, "which legs, by name", group: "legs")
  static let pause = CommandOption(
    "--pause", kind: .pause,
    "do not record this stretch of the call, in seconds: silence stands for it, or with :skip "
      + "nothing", repeats: true)
  static let beep = Flag("--beep", help: "a tone first: recording starts when it is over")

  static let terminators = CommandOption("--terminators", kind: .text("DIGITS"), "keys that end the recording")
  static let digit = CommandOption(
    "--digit", kind: .digit, "a key that is pressed so many seconds into the call", repeats: true)
  static let detectDTMF = Flag("--detect-dtmf", help: "listen for terminators in the sound too")
  static let sensitivity = CommandOption(
    "--input-sensitivity", kind: .number("0-100"),
    "how quiet speech may be: it must reach -10 - 0.8 S dBFS; 44 unless set")
  static let initialTimeout = CommandOption(
    "--initial-timeout", kind: .seconds, "end so long after the start if nobody spoke; 0 for never")
  static let endSilenceTimeout = CommandOption(
    "--end-silence-timeout", kind: .seconds, "end so long after the last speech; 0 for never")
  static let maxLength = CommandOption("--max-length", kind: .seconds, "end when the file is so long; 0 for never")

  static let realtime = Flag("--realtime", help: "go at the pace of a call; the same bytes come out")
  static let json = Flag("--json", help: "print each event as a line of JSON, in the shape of a status callback")

  /// The options that a request over the wire would have, in their published names.
  static func recordingOptions(_ arguments: Arguments, _ verb: RecordingVerb) throws -> RecordingOptions {
    var members: [JSON.Member] = []
    if arguments.has(stereo) { members.append(.init("stereo", .bool(true))) }
    if arguments.has(beep) { members.append(.init("beep", .bool(true))) }
    if let word = arguments[direction] { members.append(.init("direction", .string(word.rawValue))) }
    if let digits = arguments[terminators] { members.append(.init("terminators", .string(digits))) }
    let numbers = [
      ("input_sensitivity", sensitivity), ("initial_timeout", initialTimeout),
      ("end_silence_timeout", endSilenceTimeout), ("max_length", maxLength),
    ]
    for (name, option) in numbers {
      if let number = arguments[option] { members.append(.init(name, .number(number))) }
    }
    do {
      var options = try RecordingRequest(.object(members), verb: verb).options
      options.legs = arguments[legs] ?? options.legs
      options.detectsDTMF = arguments.has(detectDTMF)
      options.rate = arguments[rate].flatMap(SampleRate.init(hz:))
      return options
    } catch {
      throw UsageError(problem: "\(error)")
    }
  }

  /// Pauses and keys in order of time.
  static func commands(_ arguments: Arguments, _ options: RecordingOptions) throws -> [OfflineCall.Command] {
    let pauses = arguments.all(pause).sorted { $0.from < $1.from }
    for (earlier, later) in zip(pauses, pauses.dropFirst()) where later.from < earlier.to {
      throw UsageError(
        problem: "--pause \(later.text) overlaps --pause \(earlier.text); allowed: pauses that follow one another")
    }
    let beepSeconds = options.beep ? OfflineCall.beepSeconds : 0
    if let early = pauses.first, early.from < beepSeconds {
      throw UsageError(
        problem: "--pause \(early.text) begins before the beep is over; allowed: \(beepSeconds) s or later")
    }
    let rests = pauses.flatMap {
      [OfflineCall.Command(at: $0.from, .pause($0.behavior)), OfflineCall.Command(at: $0.to, .resume)]
    }
    let keys = arguments.all(digit).map { OfflineCall.Command(at: $0.seconds, .press($0.digit)) }
    // Of what falls together, the end of a pause comes before the next one's beginning: sorting keeps their order.
    return (rests + keys).enumerated()
      .sorted { ($0.element.seconds, $0.offset) < ($1.element.seconds, $1.offset) }.map(\.element)
  }

  static let declaration = Declaration(
    name: "record", summary: "record the two legs of a call",
    sections: [
      .init(title: "the call", options: [caller.spec, agent.spec, raw.spec]),
      .init(
        title: "the files",
        options: [output.spec, format.spec, stereo.spec, mono.spec, rate.spec, bitrate.spec, quality.spec]),
      .init(
        title: "what is recorded",
        options: [preset.spec, direction.spec, legs.spec, pause.spec, beep.spec]),
      .init(
        title: "when it ends",
        options: [
          terminators.spec, digit.spec, detectDTMF.spec, sensitivity.spec, initialTimeout.spec, endSilenceTimeout.spec,
          maxLength.spec,
        ]),
      .init(title: "how it goes", options: [realtime.spec, json.spec]),
    ],
    discussion: [
      "It goes by the same recorder as a live call: what comes out depends on the legs and the options alone, to the "
        + "sample and to the byte. The recording lasts to the end of the longer leg, or until it ends by itself.",
      "Beside the files a manifest NAME.reel.json says what every sample is. Nothing is replaced unless all went well.",
      "An interrupt ends a recording that goes at the pace of a call or comes by a pipe; else nothing is made.",
    ],
    examples: [
      "reel record --caller caller.wav --agent agent.wav --stereo -o call.wav -o call.mp3",
      "reel record --caller caller.wav --preset record --detect-dtmf -o voicemail.wav",
      "reel record --caller caller.wav --agent agent.wav --pause 12-20.5:skip -o call.mp3",
      "reel record --caller caller.wav --agent agent.wav --digit 61:# --terminators '#' -o call.mp3",
      "mixer | reel record --raw 8000 --caller - --realtime --json -o live.wav",
    ])
}

extension RecordCommand {
  static var declaration: Declaration { RecordOptions.declaration }
}

/// `12-20.5:skip`
struct PauseSpan: Sendable {
  let text: String
  let from: Double
  let to: Double
  let behavior: PauseBehavior

  init?(_ text: String) {
    let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
    let times = parts[0].split(separator: "-", omittingEmptySubsequences: false).map { Double($0) }
    guard times.count == 2, let from = times[0], let to = times[1], from >= 0, from < to,
      to <= RecordingOptions.longestSeconds,
      let behavior = parts.count == 1 ? .silence : PauseBehavior(rawValue: String(parts[1]))
    else { return nil }
    self.text = text
    self.from = from
    self.to = to
    self.behavior = behavior
  }
}

/// `61:#`
struct DigitPress: Sendable {
  let seconds: Double
  let digit: DTMFDigit

  init?(_ text: String) {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count == 2, let seconds = Double(parts[0]), (0...RecordingOptions.longestSeconds).contains(seconds),
      parts[1].count == 1, let digit = DTMFDigit(parts[1].first!)
    else { return nil }
    self.seconds = seconds
    self.digit = digit
  }
}

extension ValueKind<PauseSpan> {
  static let pause = ValueKind(
    placeholder: "FROM-TO[:silence|skip]",
    allowed: "FROM-TO, FROM-TO:silence or FROM-TO:skip in seconds, where FROM is 0 or more and less than TO",
    read: { PauseSpan($0) })
}

extension ValueKind<DigitPress> {
  static let digit = ValueKind(
    placeholder: "SECONDS:DIGIT", allowed: "SECONDS:DIGIT, with one of 0-9*#A-D", read: { DigitPress($0) })
}

extension ValueKind<Int> {
  static let rate = ValueKind(
    placeholder: "HZ", allowed: SampleRate.all.map { "\($0.hz)" }.joined(separator: ", "),
    completion: .words(SampleRate.all.map { "\($0.hz)" }), read: { Int($0).flatMap(SampleRate.init(hz:))?.hz })
}
