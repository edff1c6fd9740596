// Strategy: the SDK's documents are read and run; every refusal is compared whole, since its words are the interface of
// whoever misspelt something; and each limit is met from both sides.
import ReelAudio
import ReelCore
import ReelServer
import Testing

@Suite struct ScriptFixtureTests {
  @Test func everyOptionOfTheSDKIsUnderstood() throws {
    var run = ScriptRun(try Script(JSON(SDK.everyOption)), call: testCall)
    guard case .recordCall(let request) = run.next() else { throw TestFailure() }
    var expected = RecordingOptions.recordCall(stereo: true, format: .mp3)
    expected.terminators = DTMFDigits("#*")!
    expected.beep = true
    expected.inputSensitivity = 50.5
    expected.initialTimeoutSeconds = 1.5
    expected.endSilenceTimeoutSeconds = 3
    expected.maxLengthSeconds = 300
    #expect(request.options == expected && request.controlID == "x")
    #expect(request.statusURL == "https://example.com/status")
    run.started(url: "u", controlID: "x")
    #expect(run.next() == .done)
  }

  @Test func otherActionsArePassedOverByName() throws {
    #expect(try Script(JSON(SDK.bare)).ignored == [])
    #expect(try Script(JSON(SDK.withGlobalData)).ignored == ["set_global_data"])
    #expect(try Script(JSON(SDK.sayAndStop)).ignored == ["say"])
    #expect(try Script(JSON(SDK.transfer)).ignored == ["transfer"])
    #expect(try Script(JSON(#"{"response": "Hello"}"#)).isEmpty)
  }

  @Test func actionsRunInTheirOrder() throws {
    var run = ScriptRun(try Script(JSON(SDK.stopAndRecord)), call: testCall)
    #expect(run.next() == .stopRecordCall(controlID: "a"))
    guard case .recordCall(let request) = run.next() else { throw TestFailure() }
    #expect(request.controlID == "b")
    run.started(url: nil, controlID: "b")
    #expect(run.next() == .done)
  }

  @Test func aDocumentMayBeTextWithinAnAction() throws {
    let text = JSON.string(#"{"sections": {"main": ["stop_record_call"]}}"#)
    var run = ScriptRun(try Script(JSON(#"{"action": [{"SWML": \#(text)}]}"#)), call: testCall)
    #expect(run.next() == .stopRecordCall(controlID: nil))
  }

  @Test func aRenderedAgentRecordsAndThenTalksUntilTheCallEnds() throws {
    let script = try Script(JSON(SDK.agent))
    #expect(script.ignored == ["main[2].ai.prompt"])
    var run = ScriptRun(script, call: testCall)
    #expect(run.next() == .answer(maxSeconds: nil))
    guard case .recordCall(let request) = run.next() else { throw TestFailure() }
    #expect(request.options == .recordCall(stereo: true, format: .mp3))
    run.started(url: nil, controlID: "r")
    #expect(run.next() == .sleep(milliseconds: nil) && run.next() == .wait)
  }

  @Test func theParamsOfAnAgentBeginARecording() throws {
    var run = ScriptRun(try Script(JSON(SDK.params)), call: testCall)
    #expect(run.next() == .answer(maxSeconds: nil))
    guard case .recordByParams(let params) = run.next() else { throw TestFailure() }
    var expected = RecordingOptions.recordCall(stereo: true, format: .mp3)
    expected.beep = true
    expected.beepIntervalSeconds = 15
    #expect(params.options == expected && params.webhookURL == "https://example.com/recording-status")
    run.started(url: "u", controlID: "r")
    #expect(run.variables["record_call_url"] == .string("u"))
    #expect(run.next() == .sleep(milliseconds: nil) && run.next() == .wait)
  }

  @Test func whatFollowsAnAgentIsCheckedAndNeverRuns() throws {
    let script = try script(#"[{"ai": {"SWAIG": {}}}, "hangup"]"#)
    #expect(script.ignored == ["main[0].ai.SWAIG", "main[1], which stands after ai"])
    var run = ScriptRun(script, call: testCall)
    #expect(run.next() == .sleep(milliseconds: nil) && run.next() == .wait)
    run.slept()
    #expect(run.next() == .done)
  }
}

struct TestFailure: Error {}

@Suite struct ScriptRefusalTests {
  private static let verbs = "answer, record, record_call, stop_record_call, play, sleep, set, unset, hangup, ai"
  private static let recordOptions =
    "format, stereo, direction, terminators, beep, input_sensitivity, initial_timeout, end_silence_timeout, "
    + "max_length, control_id, status_url"
  private static let sounds =
    "http://…, https://…, silence:SECONDS (at most 600), ring:[SECONDS:]COUNTRY, say:TEXT"
  private static let range = "a whole number from -1 to 31536000000"

  static let mains: [(main: String, says: String)] = [
    (#"["answer", "play2"]"#, "verb is play2 at main[1]; allowed: \(verbs)"),
    (#"[{"recrod": {}}]"#, "verb is recrod at main[0]; allowed: \(verbs)"),
    ("[7]", "verb is 7 at main[0]; allowed: a name, or an object with one"),
    ("[{}]", "verb is {} at main[0]; allowed: a name, or an object with one"),
    (
      #"[{"answer": {}, "hangup": {}}]"#,
      #"verb is {"answer":{},"hangup":{}} at main[0]; allowed: a name, or an object with one"#
    ),
    (
      #"[{"record": {"formt": "wav"}}]"#,
      #"formt is "wav" at main[0].record; allowed: only the options \#(recordOptions)"#
    ),
    (
      #"[{"record_call": {"stereo": "${x}", "formt": "${y}"}}]"#,
      #"formt is "${y}" at main[0].record_call; allowed: only the options \#(recordOptions)"#
    ),
    (
      #"["answer", {"record_call": {"input_sensitivity": 101}}]"#,
      "input_sensitivity is 101 at main[1].record_call; allowed: a number from 0 to 100"
    ),
    (#"[{"record": {"stereo": "true"}}]"#, #"stereo is "true" at main[0].record; allowed: true or false"#),
    (
      #"[{"record": {"status_url": "ftp://h/x"}}]"#,
      #"status_url is "ftp://h/x" at main[0].record; allowed: an address of http:// or https://"#
    ),
    (#"[{"record": []}]"#, "record is [] at main[0].record; allowed: an object"),
    (
      #"[{"stop_record_call": {"id": "x"}}]"#,
      #"id is "x" at main[0].stop_record_call; allowed: only the options control_id"#
    ),
    (#"[{"stop_record_call": {"control_id": 3}}]"#, "control_id is 3 at main[0].stop_record_call; allowed: a string"),
    (#"["play"]"#, "play is without a url at main[0].play; allowed: either url or urls"),
    (
      #"[{"play": {"url": "silence:1", "urls": ["silence:1"]}}]"#,
      "play is with both at main[0].play; allowed: either url or urls"
    ),
    (#"[{"play": {"url": "file:///etc"}}]"#, #"url is "file:///etc" at main[0].play; allowed: \#(sounds)"#),
    (#"[{"play": {"urls": ["say:a", "silence:"]}}]"#, #"url is "silence:" at main[0].play; allowed: \#(sounds)"#),
    (#"[{"play": {"url": "ring:é"}}]"#, #"url is "ring:é" at main[0].play; allowed: \#(sounds)"#),
    (#"[{"play": {"urls": []}}]"#, "urls is [] at main[0].play; allowed: an array of strings"),
    (
      #"[{"play": {"url": "say:a", "volume": 41}}]"#,
      "volume is 41 at main[0].play; allowed: a number from -40 to 40"
    ),
    (#"[{"play": {"url": "say:a", "auto_answer": 1}}]"#, "auto_answer is 1 at main[0].play; allowed: true or false"),
    (#"[{"sleep": 1.5}]"#, "sleep is 1.5 at main[0].sleep; allowed: \(range)"),
    (#"[{"sleep": {"duration": -2}}]"#, "duration is -2 at main[0].sleep; allowed: \(range)"),
    (#"[{"sleep": {}}]"#, "sleep is {} at main[0].sleep; allowed: an object with duration, or a number"),
    (#"["sleep"]"#, "sleep is null at main[0].sleep; allowed: \(range)"),
    (#"[{"sleep": {"duration": 1, "x": 2}}]"#, "x is 2 at main[0].sleep; allowed: only the options duration"),
    (#"["set"]"#, "set is null at main[0].set; allowed: an object of variables and their values"),
    (
      #"[{"set": {"a b": 1}}]"#,
      "variable is a b at main[0].set; allowed: a name of 1 to 64 letters, digits, _ and -, but for call and vars"
    ),
    (
      #"[{"set": {"call": 1}}]"#,
      "variable is call at main[0].set; allowed: a name of 1 to 64 letters, digits, _ and -, but for call and vars"
    ),
    (
      #"[{"set": {"a": ["${1 + 1}"]}}]"#,
      "variable is ${1 + 1} at main[0].set; allowed: ${name} or ${vars.name}, of 1 to 64 letters, digits, _ and -"
    ),
    (
      #"[{"play": {"url": "say:%{a"}}]"#,
      "variable is %{a at main[0].play; allowed: ${name} or ${vars.name}, of 1 to 64 letters, digits, _ and -"
    ),
    (#"[{"unset": 3}]"#, "unset is 3 at main[0].unset; allowed: a variable's name, or an array of names"),
    (
      #"[{"hangup": {"reason": "bored"}}]"#,
      #"reason is "bored" at main[0].hangup; allowed: "hangup", "busy", "decline""#
    ),
    (#"[{"hangup": {"why": 1}}]"#, "why is 1 at main[0].hangup; allowed: only the options reason"),
    (
      #"[{"answer": {"max_duration": 0}}]"#,
      "max_duration is 0 at main[0].answer; allowed: a whole number from 1 to 31536000"
    ),
    (
      #"[{"answer": {"max": 1}}]"#,
      "max is 1 at main[0].answer; allowed: only the options max_duration, codecs, username, password"
    ),
    (#"["ai"]"#, "ai is null at main[0].ai; allowed: an object"),
    (#"[{"ai": {"params": 1}}]"#, "params is 1 at main[0].ai; allowed: an object"),
    (
      #"[{"ai": {"params": {"record_call": "yes"}}}]"#,
      #"record_call is "yes" at main[0].ai.params; allowed: true or false"#
    ),
  ]

  @Test(arguments: mains) func aVerbOrOptionIsRefusedByNameAndPlace(refusal: (main: String, says: String)) throws {
    let error = try #require(throws: ServiceRefusal.self) { try script(refusal.main) }
    #expect(error.message == refusal.says && error.code == .unprocessable)
  }

  static let documents: [(json: String, says: String)] = [
    (
      "[]",
      "the document is []; allowed: an object with sections (SWML), or with response or action (a SWAIG function's "
        + "answer)"
    ),
    (
      #"{"version": "1.0.0"}"#,
      #"the document is {"version":"1.0.0"}; allowed: an object with sections (SWML), or with response or action "#
        + "(a SWAIG function's answer)"
    ),
    (
      #"{"sections": {"mian": []}}"#, #"the document has no section main; allowed: {"sections": {"main": […]}}"#
    ),
    (#"{"sections": {"main": {}}}"#, "main is {} at the document; allowed: an array of verbs, at most 1000 in all"),
    (
      #"{"version": "2", "sections": {"main": []}}"#, #"version is "2" at the document; allowed: "1.0.0""#
    ),
    (
      #"{"sections": {"main": []}, "x": 1}"#, "x is 1 at the document; allowed: only version, sections"
    ),
    (
      #"{"response": "", "actoin": []}"#,
      "actoin is [] at the answer; allowed: only response, action, post_process"
    ),
    (#"{"action": {}}"#, "action is {} at the answer; allowed: an array of at most 1000 objects"),
    (#"{"action": [1]}"#, "action is 1 at action[0]; allowed: an object"),
    (#"{"action": [{"SWML": 1}]}"#, "SWML is 1 at action[0].SWML; allowed: an object, or JSON in a string"),
    (
      #"{"action": [{"a": 1}, {"SWML": "version: 1.0.0"}]}"#,
      "action[1].SWML is not JSON: no digit where one should be at byte 0; allowed: SWML as JSON"
    ),
    (SDK.yaml, #"raw_swml is "version: 1.0.0" at action[0].SWML; allowed: SWML as JSON"#),
    (
      #"{"action": [{"SWML": {"sections": {"main": [{"record_call": {"beep": 1}}]}}}]}"#,
      "beep is 1 at action[0].SWML.main[0].record_call; allowed: true or false"
    ),
    (
      #"{"action": [{"SWML": {"sections": {}}}]}"#,
      #"action[0].SWML has no section main; allowed: {"sections": {"main": […]}}"#
    ),
  ]

  @Test(arguments: documents) func aDocumentIsRefusedWhole(refusal: (json: String, says: String)) throws {
    let error = try #require(throws: ServiceRefusal.self) { try Script(JSON(refusal.json)) }
    #expect(error.message == refusal.says && error.code == .unprocessable)
  }

  @Test func aRefusalShowsOnlyTheBeginningOfALongValue() throws {
    for long in [String(repeating: "x", count: 5_000), "e" + String(repeating: "\u{301}", count: 5_000)] {
      try refusesShortly(long)
    }
  }

  private func refusesShortly(_ long: String) throws {
    for main in ["[\"\(long)\"]", "[{\"record\": {\"\(long)\": \"\(long)\"}}]", "[{\"set\": {\"\(long)\": 1}}]"] {
      let error = try #require(throws: ServiceRefusal.self) { try script(main) }
      #expect(error.message.utf8.count < 700)
    }
  }

  @Test func verbsActionsAndOptionsAreBounded() throws {
    func verbs(_ count: Int) -> String {
      "[" + Array(repeating: "\"answer\"", count: count).joined(separator: ",") + "]"
    }
    _ = try script(verbs(Script.mostVerbs))
    #expect(throws: ServiceRefusal.self) { try script(verbs(Script.mostVerbs + 1)) }
    let half = "{\"SWML\": {\"sections\": {\"main\": \(verbs(Script.mostVerbs / 2 + 1))}}}"
    _ = try Script(JSON("{\"action\": [\(half)]}"))
    #expect(throws: ServiceRefusal.self) { try Script(JSON("{\"action\": [\(half), \(half)]}")) }
    let many = Array(repeating: "{\"say\": 1}", count: Script.mostVerbs).joined(separator: ",")
    #expect(try Script(JSON("{\"action\": [\(many)]}")).ignored.count == Script.mostIgnored)
    #expect(throws: ServiceRefusal.self) { try Script(JSON("{\"action\": [\(many), {}]}")) }

    func text(_ count: Int) -> String { "[{\"set\": {\"a\": \"\(String(repeating: "x", count: count))\"}}]" }
    _ = try script(text(Script.longestOptionsBytes - 20))
    #expect(throws: ServiceRefusal.self) { try script(text(Script.longestOptionsBytes)) }
    func nested(_ depth: Int) -> String {
      "[{\"set\": {\"a\": \(String(repeating: "[", count: depth))\(String(repeating: "]", count: depth))}}]"
    }
    _ = try script(nested(Script.deepestOptions - 1))
    #expect(throws: ServiceRefusal.self) { try script(nested(Script.deepestOptions)) }
  }
}

@Suite struct RecordParamsTests {
  private func params(_ json: String) throws -> RecordParams? {
    guard case .object(let members) = try JSON(json) else { throw TestFailure() }
    return try RecordParams(members)
  }

  @Test func noRecordingIsAskedForUnlessItIs() throws {
    for json in ["{}", #"{"record_call": false}"#, #"{"record_call": "False"}"#, #"{"record_call": null}"#] {
      #expect(try params(json) == nil)
    }
    #expect(try params(#"{"record_id": "a parameter of somebody else's", "record_format": 7}"#) == nil)
  }

  @Test func valuesMayBeText() throws {
    let text = try params(
      #"{"record_call": "true", "record_format": "mp4", "record_stereo": "True", "record_beep": "false", "x": "y"}"#)
    #expect(text?.options == .recordCall(stereo: true, format: .mp4) && text?.webhookURL == nil)
    #expect(try params(#"{"record_call": true}"#)?.options == .recordCall())
    let beeping = try params(#"{"record_call": true, "record_beep": "true"}"#)
    #expect(beeping?.options.beep == true && beeping?.options.beepIntervalSeconds == RecordParams.beepIntervalSeconds)
    try beeping?.options.validate()
  }

  static let refusals: [(json: String, says: String)] = [
    (#"{"record_call": 1}"#, "record_call is 1 at params; allowed: true or false"),
    (
      #"{"record_call": true, "record_format": "ogg"}"#,
      #"record_format is "ogg" at params; allowed: "wav", "mp3", "mp4""#
    ),
    (
      #"{"record_call": true, "record_stereo": "both"}"#,
      #"record_stereo is "both" at params; allowed: true or false"#
    ),
    (#"{"record_call": true, "record_beep": 3}"#, "record_beep is 3 at params; allowed: true or false"),
    (
      #"{"record_call": true, "record_webhook_url": "nowhere"}"#,
      #"record_webhook_url is "nowhere" at params; allowed: an address of http:// or https://"#
    ),
    (
      #"{"record_call": true, "record_webhook_url": 3}"#, "record_webhook_url is 3 at params; allowed: a string"
    ),
    (
      #"{"record_call": true, "record_fromat": "mp3"}"#,
      #"record_fromat is "mp3" at params; allowed: only record_call, record_format, record_stereo, record_beep, "#
        + "record_webhook_url"
    ),
  ]

  @Test(arguments: refusals) func whatCannotBeTakenIsRefused(refusal: (json: String, says: String)) throws {
    let error = try #require(throws: ServiceRefusal.self) { try params(refusal.json) }
    #expect(error.message == refusal.says && error.code == .unprocessable)
  }
}
