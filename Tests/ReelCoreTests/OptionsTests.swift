// Strategy: the published defaults and the published JSON, member by member; then everything that must be refused,
// with the words of the refusal.
import ReelAudio
import ReelCore
import Testing

private func request(_ json: String, _ verb: RecordingVerb) throws -> RecordingRequest {
  try RecordingRequest(JSON(json), verb: verb)
}

@Suite struct PresetTests {
  @Test func recordIsAVoicemail() throws {
    let options = RecordingOptions.record()
    #expect(options.format == .wav && !options.stereo && options.legs == .caller)
    #expect(options.terminators == DTMFDigits("#") && !options.beep && options.inputSensitivity == 44)
    #expect(options.initialTimeoutSeconds == 4 && options.endSilenceTimeoutSeconds == 5)
    #expect(options.maxLengthSeconds == 0 && options.rate == nil && options.maxLegSkewSeconds == 0.2)
  }

  @Test func recordCallGoesOnUntilToldToStop() throws {
    let options = RecordingOptions.recordCall()
    #expect(options.format == .wav && !options.stereo && options.legs == .both)
    #expect(options.terminators.isEmpty && !options.beep && options.inputSensitivity == 44)
    #expect(options.initialTimeoutSeconds == 0 && options.endSilenceTimeoutSeconds == 0)
    #expect(options.maxLengthSeconds == 0)
  }

  @Test func relayHasDefaultsOfItsOwn() throws {
    let options = RecordingOptions.relay()
    #expect(options.format == .mp3 && !options.stereo && options.legs == .caller)
    #expect(options.terminators == DTMFDigits("#*") && !options.beep && options.inputSensitivity == 44)
    #expect(options.initialTimeoutSeconds == 5 && options.endSilenceTimeoutSeconds == 1)
    #expect(options.maxLengthSeconds == 0)
  }
}

@Suite struct RequestTests {
  @Test func anEmptyRequestHasTheDefaultsOfItsVerb() throws {
    for verb in RecordingVerb.allCases {
      let request = try request("{}", verb)
      #expect(request.options == verb.preset && request.controlID == nil && request.statusURL == nil)
    }
    #expect(try request(#"{"audio": {}}"#, .relay).options == .relay())
  }

  @Test func recordTakesWhatItsDocumentNames() throws {
    let request = try request(
      #"""
      {"stereo": true, "format": "mp3", "direction": "listen", "terminators": "*1", "beep": true,
       "input_sensitivity": 50.5, "initial_timeout": 1.5, "end_silence_timeout": 3, "max_length": 120,
       "status_url": "https://example.com/status"}
      """#, .record)
    var expected = RecordingOptions.record(stereo: true, format: .mp3)
    expected.legs = .agent
    expected.terminators = DTMFDigits("1*")!
    expected.beep = true
    expected.inputSensitivity = 50.5
    expected.initialTimeoutSeconds = 1.5
    expected.endSilenceTimeoutSeconds = 3
    expected.maxLengthSeconds = 120
    #expect(request.options == expected && request.statusURL == "https://example.com/status")
  }

  @Test func recordCallTakesWhatTheSDKMakes() throws {
    let request = try request(
      #"""
      {"stereo": true, "format": "wav", "direction": "both", "beep": true, "input_sensitivity": 44.0,
       "control_id": "x", "status_url": "https://example.com"}
      """#, .recordCall)
    var expected = RecordingOptions.recordCall(stereo: true)
    expected.beep = true
    #expect(request.options == expected && request.controlID == "x")
  }

  @Test func relayTakesTheAudioOfItsExample() throws {
    let request = try request(
      ##"{"audio": {"beep": true, "end_silence_timeout": 3, "terminators": "#"}}"##, .relay)
    var expected = RecordingOptions.relay()
    expected.beep = true
    expected.endSilenceTimeoutSeconds = 3
    expected.terminators = DTMFDigits("#")!
    #expect(request.options == expected)
  }

  @Test func nullIsAbsentAndNoTerminatorsAreNone() throws {
    let request = try request(#"{"terminators": "", "max_length": null, "control_id": null}"#, .record)
    #expect(request.options.terminators.isEmpty && request.options.maxLengthSeconds == 0)
  }

  @Test func directionIsReadAsItsVerbMeansIt() throws {
    func legs(_ direction: String, _ verb: RecordingVerb, _ view: Direction.Perspective = .agent) throws
      -> Legs
    {
      let json = try JSON("{\"direction\": \"\(direction)\"}")
      return try RecordingRequest(json, verb: verb, recordCallPerspective: view).options.legs
    }
    for verb in [RecordingVerb.record, .relay] {
      for view in Direction.Perspective.allCases {
        #expect(try legs("speak", verb, view) == .caller)
        #expect(try legs("listen", verb, view) == .agent)
        #expect(try legs("both", verb, view) == .both)
      }
    }
    #expect(try legs("speak", .recordCall) == .agent)
    #expect(try legs("listen", .recordCall) == .caller)
    #expect(try legs("both", .recordCall) == .both)
    #expect(try legs("speak", .recordCall, .party) == .caller)
    #expect(try legs("listen", .recordCall, .party) == .agent)
  }
}

@Suite struct RefusalTests {
  static let refusals: [(json: String, says: String)] = [
    (#"{"input_sensitivity": 101}"#, "input_sensitivity is 101; allowed: a number from 0 to 100"),
    (#"{"input_sensitivity": -0.5}"#, "input_sensitivity is -0.5; allowed: a number from 0 to 100"),
    (#"{"input_sensitivity": "44"}"#, #"input_sensitivity is "44"; allowed: a number"#),
    (#"{"direction": "sideways"}"#, #"direction is "sideways"; allowed: "speak", "listen", "both""#),
    (#"{"direction": 3}"#, #"direction is 3; allowed: "speak", "listen", "both""#),
    (#"{"format": "ogg"}"#, #"format is "ogg"; allowed: "wav", "mp3", "mp4""#),
    (#"{"initial_timeout": -1}"#, "initial_timeout is -1; allowed: a number from 0 to 31536000"),
    (
      #"{"end_silence_timeout": -0.001}"#,
      "end_silence_timeout is -0.001; allowed: a number from 0 to 31536000"
    ),
    (#"{"max_length": 1e300}"#, "max_length is 1e+300; allowed: a number from 0 to 31536000"),
    (##"{"terminators": "#x"}"##, ##"terminators is "#x"; allowed: a string of the characters 0-9*#A-D"##),
    (#"{"terminators": "a"}"#, #"terminators is "a"; allowed: a string of the characters 0-9*#A-D"#),
    (#"{"terminators": 5}"#, "terminators is 5; allowed: a string"),
    (#"{"stereo": "yes"}"#, #"stereo is "yes"; allowed: true or false"#),
    (#"{"beep": 1}"#, "beep is 1; allowed: true or false"),
    (#"{"control_id": 7}"#, "control_id is 7; allowed: a string"),
    ("[]", "record is []; allowed: an object"),
  ]

  @Test(arguments: refusals) func whatIsOutOfRangeIsRefusedByName(refusal: (json: String, says: String))
    throws
  {
    let json = try JSON(refusal.json)
    let error = #expect(throws: OptionError.self) { try RecordingRequest(json, verb: .record) }
    #expect(error?.description == refusal.says)
  }

  @Test func anUnknownMemberIsRefused() throws {
    let json = try JSON(#"{"end_silence_timout": 3}"#)
    let error = try #require(throws: OptionError.self) { try RecordingRequest(json, verb: .record) }
    #expect(error.field == "end_silence_timout" && error.allowed.contains("end_silence_timeout"))
    let audio = try JSON(#"{"audio": 3}"#)
    #expect(throws: OptionError.self) { try RecordingRequest(audio, verb: .relay) }
  }

  @Test func whatJSONCannotSayIsRefusedToo() {
    for bad in [Double.nan, .infinity, -.infinity, -1] {
      for path in [
        \RecordingOptions.inputSensitivity, \.initialTimeoutSeconds, \.endSilenceTimeoutSeconds,
        \.maxLengthSeconds,
        \.maxLegSkewSeconds, \.beepIntervalSeconds,
      ] as [WritableKeyPath<RecordingOptions, Double>] {
        var options = RecordingOptions.record()
        options[keyPath: path] = bad
        #expect(throws: OptionError.self) { try options.validate() }
        #expect(throws: OptionError.self) {
          _ = try Recorder(options, caller: .narrowband, agent: .narrowband)
        }
      }
    }
    var short = RecordingOptions.record()
    short.beepIntervalSeconds = 0.1
    #expect(throws: OptionError("beep_interval", given: "0.1", allowed: "0 or a number from 1 to 31536000")) {
      try short.validate()
    }
  }

  @Test func anOddRateIsRefusedByName() {
    #expect(SampleRate(hz: 7_000) == nil)
    let error = #expect(throws: OptionError.self) { try SampleRate.checked(hz: 7_000, field: "caller rate") }
    #expect(
      error?.description
        == "caller rate is 7000 Hz; allowed: 8000, 11025, 12000, 16000, 22050, 24000, 32000, 44100, 48000 Hz")
  }
}
