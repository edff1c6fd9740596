// Strategy: scripts are run step by step, each report given as a host would give it; then documents mutated at random,
// each with a printed seed, are run by a host that reports at random, which must neither trap nor go on for ever.
import ReelAudio
import ReelCore
import ReelServer
import ReelTesting
import Testing

@Suite struct ScriptRunTests {
  private func request(_ step: ScriptStep) throws -> RecordingRequest {
    switch step {
    case .record(let request), .recordCall(let request): return request
    default: throw TestFailure()
    }
  }

  @Test func aForegroundRecordingHoldsUpWhatFollows() throws {
    var run = try start(#"[{"record": {"beep": true}}, {"play": {"url": "${record_url}"}}, "hangup", "answer"]"#)
    let begun = try request(run.next())
    #expect(begun.options.beep && begun.options.legs == .caller)
    #expect(run.next() == .wait && run.next() == .wait)
    run.played()
    run.slept()
    run.started(url: "no", controlID: "no")
    #expect(run.next() == .wait)
    run.ended(url: "https://h/r1", succeeded: true)
    #expect(run.variables["record_result"] == .string("success"))
    #expect(run.next() == .play(ScriptPlay([.audio(url: "https://h/r1")])))
    #expect(run.next() == .wait)
    run.played()
    #expect(run.variables["play_result"] == .string("success"))
    #expect(run.next() == .hangup(.hangup) && run.next() == .done && run.next() == .done)
    #expect(run.failures.isEmpty)
  }

  @Test func aBackgroundRecordingDoesNot() throws {
    var run = try start(#"[{"record_call": {}}, {"stop_record_call": {"control_id": "${record_control_id}"}}]"#)
    _ = try request(run.next())
    // It has not begun yet, and what follows may ask for its address.
    #expect(run.next() == .wait)
    run.started(url: "https://h/r", controlID: "id-7")
    #expect(run.variables["record_call_url"] == .string("https://h/r"))
    #expect(run.variables["record_call_result"] == .string("success"))
    #expect(run.next() == .stopRecordCall(controlID: "id-7"))
    #expect(run.next() == .done)
  }

  @Test func aFailureIsNotedAndTheScriptGoesOn() throws {
    var run = try start(
      #"["record", "record", "record_call", {"play": {"url": "${record_url}"}}, {"sleep": 5}, "answer"]"#)
    _ = try request(run.next())
    run.ended(url: "https://h/1", succeeded: true)
    _ = try request(run.next())
    run.failed("the disk is full")
    #expect(run.variables["record_result"] == .string("failed") && run.variables["record_url"] == nil)
    _ = try request(run.next())
    run.failed("too many")
    #expect(run.variables["record_call_result"] == .string("failed"))
    // There is no recording to play, and the earlier one doesn't pass for it.
    #expect(run.next() == .sleep(milliseconds: 5))
    #expect(run.variables["play_result"] == .string("failed"))
    run.failed("woken")
    #expect(run.next() == .answer(maxSeconds: nil))
    #expect(
      run.failures == [
        "main[1].record: the disk is full", "main[2].record_call: too many",
        "main[3].play: url is ${record_url}, which is not set; allowed: a variable that is set",
        "main[4].sleep: woken",
      ])
  }

  @Test func optionsMayBeVariables() throws {
    let options = #"{"stereo": "${st}", "max_length": "%{vars.limit}", "format": "${f}", "terminators": "${key}"}"#
    for (st, limit, key) in [("true", "30", "5"), (#""TRUE""#, #""30""#, #""5""#)] {
      var run = try start(
        #"[{"set": {"st": \#(st), "limit": \#(limit), "key": \#(key), "f": "mp3"}}, {"record": \#(options)}]"#)
      let request = try request(run.next())
      #expect(request.options.stereo && request.options.maxLengthSeconds == 30 && request.options.format == .mp3)
      #expect(request.options.terminators.description == "5")
    }
  }

  static let badValues: [(set: String, option: String, says: String)] = [
    (#""no""#, "stereo", #"stereo is "no"; allowed: true or false"#),
    (#""nan""#, "max_length", #"max_length is "nan"; allowed: a number"#),
    ("-1", "max_length", "max_length is -1; allowed: a number from 0 to 31536000"),
    ("null", "max_length", "max_length is ${x}, which is not set; allowed: a variable that is set"),
    ("[1]", "control_id", "control_id is [1]; allowed: a string"),
    (#""gopher://h""#, "status_url", #"status_url is "gopher://h"; allowed: an address of http:// or https://"#),
  ]

  @Test(arguments: badValues) func aBadValueFailsTheRecording(bad: (set: String, option: String, says: String)) throws {
    var run = try start(#"[{"set": {"x": \#(bad.set)}}, {"record": {"\#(bad.option)": "${x}"}}, "record_call"]"#)
    _ = try request(run.next())
    #expect(run.variables["record_result"] == .string("failed"))
    #expect(run.failures == ["main[1].record: \(bad.says)"])
  }

  @Test func aVariableThatIsNotSetFailsTheRecordingOfTheSDK() throws {
    var run = ScriptRun(try Script(JSON(SDK.withVariables)), call: testCall)
    #expect(run.next() == .done)
    #expect(run.variables["record_call_result"] == .string("failed"))
    #expect(run.failures.count == 1 && run.failures[0].contains("stereo is ${st}, which is not set"))
  }

  @Test func namesLeadToVariablesAndToTheCall() throws {
    var run = try start(
      #"""
      [{"set": {"a": {"b": [1, "x"]}, "n": 2, "vars.v": true}},
       {"set": {"whole": "${a}", "deep": "${vars.a.b}", "text": "<${ n}|%{v}|${a.b}|${none}>", "none": "${none}",
                "call_facts": "${call.call_id} ${call.id} ${call.from} ${call.to} ${call.state} ${call.type}",
                "in": ["${n}", {"k": "${v}"}], "plain": "5 $ {n} 50%"}},
       {"unset": ["a", "vars.n"]}, {"unset": "v"}, {"set": {"again": "${text}"}}]
      """#)
    #expect(run.next() == .done)
    let variables = run.variables
    #expect(try variables["whole"] == JSON(#"{"b": [1, "x"]}"#) && variables["deep"] == JSON(#"[1, "x"]"#))
    #expect(variables["text"] == .string(#"<2|true|[1,"x"]|>"#) && variables["none"] == .null)
    #expect(variables["call_facts"] == .string("c1 c1 +1 +2 answered phone"))
    #expect(try variables["in"] == JSON(#"[2, {"k": true}]"#))
    #expect(variables["plain"] == .string("5 $ {n} 50%") && variables["again"] == variables["text"])
    #expect(variables["a"] == nil && variables["n"] == nil && variables["v"] == nil)
    #expect(run.failures.isEmpty)
  }

  @Test func whatAVariableHoldsIsNotLookedThroughForNames() throws {
    var run = try start(
      #"[{"set": {"a": "$", "b": "{c}", "c": "secret"}}, {"set": {"d": "${a}${b}"}}, {"set": {"e": "${d}"}}]"#)
    #expect(run.next() == .done)
    #expect(run.variables["e"] == .string("${c}"))
  }

  @Test func theCallIsAsTheHostSaysNow() throws {
    var run = try start(#"[{"set": {"a": "${call.state}"}}, {"sleep": 1}, {"set": {"b": "${call.state}"}}]"#)
    #expect(run.next() == .sleep(milliseconds: 1))
    run.call.state = .ending
    run.slept()
    #expect(run.next() == .done)
    #expect(run.variables["a"] == .string("answered") && run.variables["b"] == .string("ending"))
  }

  @Test func soundsAreWhatTheirURLsSay() throws {
    var run = try start(
      #"""
      [{"set": {"s": 2.5}},
       {"play": {"urls": ["http://h/a.wav", "silence: 1.5", "silence:${s}", "ring:us", "ring:20.0:GB", "say: hello"],
                 "volume": "${s}", "auto_answer": false, "say_voice": "x", "status_url": "http://h"}},
       {"answer": {"max_duration": "${s}"}}, {"sleep": {"duration": "${none}"}}, {"sleep": -1}]
      """#)
    let (us, gb) = (try #require(Ringtone(name: "us")), try #require(Ringtone(name: "gb")))
    let items: [PlayItem] = [
      .audio(url: "http://h/a.wav"), .silence(seconds: 1.5), .silence(seconds: 2.5), .ringtone(us, seconds: nil),
      .ringtone(gb, seconds: 20), .speech("hello"),
    ]
    #expect(run.next() == .play(ScriptPlay(items, volumeDB: 2.5, answersCall: false)))
    run.failed("nobody speaks")
    #expect(run.variables["play_result"] == .string("failed"))
    #expect(run.next() == .answer(maxSeconds: nil))
    #expect(run.next() == .sleep(milliseconds: nil) && run.next() == .wait)
    #expect(run.failures.count == 3)
  }

  @Test func aCallIsHungUpForTheReasonGiven() throws {
    var run = try start(#"[{"hangup": {"reason": "busy"}}]"#)
    #expect(run.next() == .hangup(.busy))
    run = try start(#"[{"set": {"r": "decline"}}, {"hangup": {"reason": "${r}"}}]"#)
    #expect(run.next() == .hangup(.decline))
    run = try start(#"[{"hangup": {"reason": "${r}"}}]"#)
    #expect(run.next() == .hangup(.hangup) && run.failures.count == 1 && run.next() == .done)
  }

  @Test func theSettingTurnsTheDirectionOfRecordCallRound() throws {
    let script = try script(#"[{"record_call": {"direction": "speak"}}]"#)
    var run = ScriptRun(script, call: testCall)
    #expect(try request(run.next()).options.legs == .agent)
    run = ScriptRun(script, call: testCall, recordCallPerspective: .party)
    #expect(try request(run.next()).options.legs == .caller)
  }

  @Test func variablesCannotGrowWithoutEnd() throws {
    let doubling = Array(repeating: #"{"set": {"x": "${x}${x}"}}"#, count: 900).joined(separator: ",")
    var run = try start("[{\"set\": {\"x\": \"abcdefgh\"}}, \(doubling)]")
    #expect(run.next() == .done)
    #expect((run.variables["x"]?.text?.utf8.count ?? 0) <= Script.longestOptionsBytes && !run.failures.isEmpty)

    let wrapping = Array(repeating: #"{"set": {"x": ["${x}", "${x}"]}}"#, count: 900).joined(separator: ",")
    run = try start("[{\"set\": {\"x\": 1}}, \(wrapping)]")
    #expect(run.next() == .done)
    #expect((run.variables["x"]?.description.utf8.count ?? 0) <= Script.longestOptionsBytes && !run.failures.isEmpty)

    let nesting = Array(repeating: #"{"set": {"x": ["${x}"]}}"#, count: 900).joined(separator: ",")
    run = try start("[\(nesting)]")
    #expect(run.next() == .done)
    #expect(run.failures.count == Script.mostFailures)

    let many = (0...Script.mostVariables).map { "{\"set\": {\"v\($0)\": 1}}" }.joined(separator: ",")
    run = try start("[\(many)]")
    #expect(run.next() == .done)
    #expect(run.variables.count == Script.mostVariables && run.failures.count == 1)
  }
}

@Suite struct ScriptPropertyTests {
  private static let local = [
    #"""
    {"version": "1.0.0", "sections": {"main": ["answer", {"set": {"a": {"b": [1, true]}, "n": "3"}},
      {"record": {"beep": "${a.b}", "max_length": "${n}", "terminators": "#"}},
      {"play": {"urls": ["silence:1", "ring:2:us", "${record_url}"], "volume": -3}}, {"sleep": "${n}"},
      {"unset": ["a", "n"]}, {"hangup": {"reason": "busy"}}]}}
    """#
  ]

  /// All that stands anywhere in the documents.
  private struct Parts {
    let all: [JSON]
    let texts: [String]

    init(_ all: [JSON]) {
      self.all = all
      texts = all.compactMap(\.text)
    }
  }

  /// Values in places of others, names in places of others, values left out, added or bent.
  private static func mutated(_ json: JSON, _ parts: Parts, _ generator: inout SeededGenerator) -> JSON {
    if Int.random(in: 0..<24, using: &generator) == 0 { return parts.all.randomElement(using: &generator)! }
    switch json {
    case .array(var values):
      if Int.random(in: 0..<8, using: &generator) == 0 { values.append(parts.all.randomElement(using: &generator)!) }
      return .array(values.map { mutated($0, parts, &generator) })
    case .object(let members):
      var all: [JSON.Member] = []
      for member in members where Int.random(in: 0..<16, using: &generator) > 0 {
        let name = parts.texts.randomElement(using: &generator)!
        let isKept = Int.random(in: 0..<32, using: &generator) > 0
        all.append(JSON.Member(isKept ? member.name : name, mutated(member.value, parts, &generator)))
      }
      return .object(all)
    case .string(let text) where Int.random(in: 0..<16, using: &generator) == 0:
      return .string(["${\(text)}", "%{\(text).x}", "${\(text)", text + text, ""].randomElement(using: &generator)!)
    default: return json
    }
  }

  private static func parts(of json: JSON) -> [JSON] {
    switch json {
    case .array(let values): [json] + values.flatMap(parts)
    case .object(let members): [json] + members.flatMap { [.string($0.name)] + parts(of: $0.value) }
    default: [json]
    }
  }

  /// Runs it to its end, with reports at random, and gives the number of steps.
  private static func steps(of script: Script, _ generator: inout SeededGenerator) -> Int {
    var run = ScriptRun(script, call: testCall)
    var steps = 0
    while steps <= 10_000 {
      steps += 1
      switch run.next() {
      case .done: return steps
      case .sleep(nil): return steps
      default: break
      }
      switch Int.random(in: 0..<6, using: &generator) {
      case 0: run.ended(url: "https://h/r", succeeded: true)
      case 1: run.started(url: nil, controlID: "c")
      case 2: run.played()
      case 3: run.slept()
      case 4: run.failed("x")
      default: break
      }
    }
    return steps
  }

  @Test func noDocumentTrapsOrRunsForEver() throws {
    let texts = SDK.all + Self.local
    let documents = try texts.map { try JSON($0) }
    let odd: [JSON] = [
      .null, .number(-1), .number(1e300), .number(0.5), .string("${call.id}"), .array([]), .object([]),
    ]
    let parts = Parts(odd + documents.flatMap(Self.parts))
    var taken = 0
    for seed in UInt64(0)..<20_000 {
      var generator = SeededGenerator(seed: seed)
      let json = Self.mutated(documents.randomElement(using: &generator)!, parts, &generator)
      guard let script = try? Script(json) else { continue }
      taken += 1
      #expect(Self.steps(of: script, &generator) < 10_000, "seed \(seed): \(json)")
    }
    // Else the mutations would only try the refusals.
    #expect(taken > 2_000, "\(taken)")
  }

  @Test func noBytesTrap() throws {
    for seed in UInt64(0)..<20_000 {
      var generator = SeededGenerator(seed: seed)
      var bytes = Array((SDK.all + Self.local).randomElement(using: &generator)!.utf8)
      for _ in 0..<Int.random(in: 1...3, using: &generator) {
        let place = Int.random(in: 0..<bytes.count, using: &generator)
        bytes[place] = bytes.randomElement(using: &generator)!
      }
      guard let json = try? JSON(utf8: bytes), let script = try? Script(json) else { continue }
      #expect(Self.steps(of: script, &generator) < 10_000, "seed \(seed): \(json)")
    }
  }
}
