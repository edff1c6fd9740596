// Strategy: streams by hand, in both forms, message by message; then every refusal by its words; then the short way
// against the long one, and bytes without sense, by random with a printed seed.
import ReelAudio
import ReelCore
import ReelServer
import ReelTesting
import Testing

@Suite struct MediaParserTests {
  @Test func aStreamOfJSONFromItsStartToItsStop() throws {
    var listening = MediaListening()
    try listening.text(#"{"event":"connected","protocol":"Call","version":"1.0.0"}"#)
    try listening.text(
      """
      {"event":"start","sequenceNumber":"1","start":{"accountSid":"AC1","streamSid":"MZ1","callSid":"CA1",
       "tracks":["inbound"],"mediaFormat":{"encoding":"audio/x-alaw","sampleRate":16000,"channels":1},
       "customParameters":{"context":"sales","from":"+49","to":"+1","tag":"t","record_call":"true"}},"streamSid":"MZ1"}
      """)
    var hello = MediaHello(form: .json, callID: "CA1", streamID: "MZ1", context: "sales", from: "+49", to: "+1")
    hello.tag = "t"
    (hello.callerRate, hello.agentRate, hello.legs, hello.encoding) = (.wideband, .wideband, .caller, .aLaw)
    hello.parameters = [("context", "sales"), ("from", "+49"), ("to", "+1"), ("tag", "t"), ("record_call", "true")]
      .map { JSON.Member($0, .string($1)) }
    #expect(listening.take() == [.hello(hello)])
    #expect(listening.parser.hello == hello)

    let codes: [UInt8] = [0, 0x55, 0xD5, 0xFF]
    let samples = codes.map(G711.decodeALaw)
    let payload = plainBase64(codes)
    try listening.text(
      #"{"event":"media","streamSid":"MZ1","media":{"track":"inbound","timestamp":"40","payload":"\#(payload)"}}"#)
    try listening.text(#"{"event":"media","media":{"payload":"\#(payload)"}}"#)
    try listening.text(##"{"event":"dtmf","streamSid":"MZ1","dtmf":{"track":"inbound_track","digit":"#"}}"##)
    try listening.text(#"{"event":"mark","streamSid":"MZ1","mark":{"name":"beep"}}"#)
    try listening.text(#"{"event":"something","new":[1,2]}"#)
    try listening.text(#"{"event":"stop","stop":{"callSid":"CA1"}}"#)
    try listening.text("what comes after is not even read")
    #expect(
      listening.take() == [
        .samples(samples, .caller, 640), .samples(samples, .caller, nil), .digit("#"), .mark("beep"), .stop,
      ])
    #expect(listening.parser.ignored == 2)
  }

  @Test func aShortStartTakesTheDefaults() throws {
    var listening = MediaListening()
    try listening.text(#"{"event":"start","streamSid":"MZ1","start":{}}"#)
    let hello = MediaHello(form: .json, streamID: "MZ1", encoding: .muLaw)
    #expect(listening.take() == [.hello(hello)])
    #expect((hello.context, hello.legs, hello.callID) == ("default", .both, nil))
  }

  @Test(arguments: ["audio/x-l16", "audio/L16"]) func linearSamplesHaveTheirLowByteFirst(_ name: String) throws {
    var listening = try MediaListening.started(encoding: name, hz: 48_000)
    let payload = plainBase64([0x34, 0x12, 0xFF, 0xFF])
    try listening.text(#"{"event":"media","media":{"track":"outbound","timestamp":1,"payload":"\#(payload)"}}"#)
    #expect(listening.take() == [.samples([0x1234, -1], .agent, 48)])
  }

  @Test func aBinaryStreamFromItsGreetingToItsStop() throws {
    var listening = MediaListening()
    try listening.text(
      """
      {"call_id":"c1","rate":{"caller":8000,"agent":16000},"legs":["agent","caller"],"context":"x","from":"a","to":"b",
       "tag":"t","params":{"record_call":true}}
      """)
    var hello = MediaHello(form: .binary, callID: "c1", context: "x", from: "a", to: "b", tag: "t")
    hello.agentRate = .wideband
    hello.parameters = [.init("record_call", .bool(true))]
    #expect(listening.take() == [.hello(hello)])
    try listening.binary([0, 1, 0, 0xFE, 0xFF])
    try listening.binary([0x81, 0, 1, 0, 0, 0, 0, 0, 0, 7, 0])
    try listening.binary([1])
    try listening.text(#"{"event":"dtmf","digit":"5"}"#)
    try listening.text(#"{"event":"mark","name":"m"}"#)
    try listening.text(#"{"event":"media","media":"only in the other form"}"#)
    try listening.text(#"{"event":"stop"}"#)
    try listening.binary([7])
    #expect(
      listening.take() == [
        .samples([1, -2], .caller, nil), .samples([7], .agent, 256), .digit("5"), .mark("m"), .stop,
      ])
    #expect(listening.parser.ignored == 2)
  }

  /// 11,025 Hz has half samples in 20 ms, and 44,100 Hz none in 1 ms: stamps alone would tear such frames apart.
  @Test(arguments: SampleRate.all) func stampsInMillisecondsMakeNoGaps(_ rate: SampleRate) throws {
    var listening = try MediaListening.started(encoding: "audio/x-l16", hz: rate.hz)
    var generator = SeededGenerator(seed: freshSeed(#function))
    var place = 0
    for index in 0..<80 {
      let count = Int.random(in: rate.hz / 100...rate.hz / 40, using: &generator)
      // Rounded up or down, as the sender likes.
      let stamp = place * 1_000 / rate.hz + (index == 0 ? 0 : Int.random(in: 0...1, using: &generator))
      try listening.text(Self.frame([Int16](repeating: 1, count: count), stamp: stamp))
      let heard = listening.take() == [.samples([Int16](repeating: 1, count: count), .caller, place)]
      try #require(heard, "at \(place)")
      place += count
    }
    let gap = place * 1_000 / rate.hz + 10
    try listening.text(Self.frame([1], stamp: gap))
    #expect(listening.take() == [.samples([1], .caller, (gap * rate.hz + 500) / 1_000)], "a lost packet is a gap")
    try listening.text(Self.frame([1], stamp: gap - 10))
    let overlap = (gap * rate.hz - 10 * rate.hz + 500) / 1_000
    #expect(listening.take() == [.samples([1], .caller, overlap)], "an overlap stays one")
  }

  private static func frame(_ samples: [Int16], stamp: Int) -> String {
    let bytes = samples.flatMap { [UInt8(truncatingIfNeeded: $0), UInt8(truncatingIfNeeded: $0 >> 8)] }
    return #"{"event":"media","media":{"timestamp":"\#(stamp)","payload":"\#(plainBase64(bytes))"}}"#
  }

  // MARK: The short way

  @Test func bothWaysAgreeOnWhateverComes() throws {
    var generator = SeededGenerator(seed: freshSeed(#function))
    var taken = 0
    for _ in 0..<3_000 {
      let encoding = MediaEncoding.allCases.randomElement(using: &generator)!.rawValue
      let tracks = [#"["inbound"]"#, #"["inbound","outbound"]"#].randomElement(using: &generator)!
      var short = try MediaListening.started(encoding: encoding, tracks: tracks)
      var long = try MediaListening.started(encoding: encoding, tracks: tracks, goesTheLongWay: true)
      for _ in 0..<3 {
        let message = RandomFrame.make(using: &generator)
        let outcomes = (short.refusal(of: message), long.refusal(of: message))
        #expect(outcomes.0 == outcomes.1, "\(message)")
        let heard = short.take()
        #expect(heard == long.take(), "\(message)")
        taken += heard.count
      }
      #expect(short.parser.ignored == long.parser.ignored)
    }
    #expect(taken > 3_000, "most of it must be sound")
  }

  @Test func nothingTraps() throws {
    var generator = SeededGenerator(seed: freshSeed(#function))
    let greetings = [
      #"{"event":"start","start":{"streamSid":"s","mediaFormat":{"encoding":"audio/L16","sampleRate":48000}}}"#,
      #"{"call_id":"c1","rate":{"caller":8000,"agent":16000},"legs":["agent","caller"],"params":{"a":[1,null]}}"#,
    ]
    for _ in 0..<4_000 {
      var listening = MediaListening()
      for greeting in [greetings.randomElement(using: &generator)!] where Bool.random(using: &generator) {
        try listening.text(greeting)
      }
      for _ in 0..<4 {
        let text = [greetings[0], greetings[1], RandomFrame.make(using: &generator)].randomElement(using: &generator)!
        let bytes = RandomFrame.mutated(Array(text.utf8), times: Int.random(in: 0...5, using: &generator), &generator)
        let start = Int.random(in: 0...min(12, bytes.count), using: &generator)
        let message = Bool.random(using: &generator) ? bytes : Array(bytes[start...])
        do {
          try listening.parser.take(message, isText: Bool.random(using: &generator), into: &listening.sink)
        } catch { #expect(!error.message.isEmpty && error.message.utf8.count < 1_000) }
      }
    }
  }
}

/// Frames as they come, and as they should not.
private enum RandomFrame {
  static func make(using generator: inout SeededGenerator) -> String {
    let bytes = (0..<Int.random(in: 0...40, using: &generator)).map { _ in UInt8.random(in: 0...255, using: &generator)
    }
    // The first one mostly.
    func pick(_ choices: String...) -> String {
      Int.random(in: 0..<8, using: &generator) > 0 ? choices[0] : choices.randomElement(using: &generator)!
    }
    let stamp = "\(Int.random(in: 0...90_000, using: &generator))"
    let payload = plainBase64(bytes)
    var media = [
      #""track":\#(pick("\"inbound\"", "\"outbound\"", "\"in\"", "null", "1"))"#,
      #""timestamp":\#(pick(stamp, "\"\(stamp)\"", "\"0\(stamp)\"", "\(stamp).5", "-1", "99999999999", "4294967295"))"#,
      #""payload":"\#(pick(payload, payload, payload, String(payload.dropLast()), "?"))""#,
      #""chunk":\#(pick("1", "\"2\"", "[]", "007"))"#, #""more":\#(pick("1", "{}"))"#,
      #""payl\u006fad":"""#, #""timestamp":"20""#,
    ]
    media = kept(of: media, sure: 3, using: &generator)
    var outer = [
      #""event":\#(pick("\"media\"", "\"media\"", "\"media\"", "\"dtmf\""))"#,
      #""media":{\#(joined(media, &generator))}"#,
      #""streamSid":"\#(pick("MZ1", "MZ1", "MZ1", "MZ2"))""#, #""sequenceNumber":"4""#, #""extra":{"a":1}"#,
      #""event":"media""#,
    ]
    outer = kept(of: outer, sure: 3, using: &generator)
    let text = pick("", " ") + "{" + joined(outer, &generator) + "}" + pick("", "\n", "\n", "}")
    let times = Int.random(in: 0..<4, using: &generator) == 0 ? 1 : 0
    return String(decoding: mutated(Array(text.utf8), times: times, &generator), as: UTF8.self)
  }

  /// The first ones mostly, the others seldom, in any order.
  private static func kept(of members: [String], sure: Int, using generator: inout SeededGenerator) -> [String] {
    let kept = members.enumerated().filter { index, _ in
      Int.random(in: 0..<20, using: &generator) < (index < sure ? 19 : 1)
    }
    return kept.map(\.element).shuffled(using: &generator)
  }

  private static func joined(_ members: [String], _ generator: inout SeededGenerator) -> String {
    members.map { member in
      let space = ["", "", " ", "\n\t"].randomElement(using: &generator)!
      return space + member + space
    }.joined(separator: ",")
  }

  static func mutated(_ bytes: [UInt8], times: Int, _ generator: inout SeededGenerator) -> [UInt8] {
    var bytes = bytes
    for _ in 0..<times where !bytes.isEmpty {
      let place = Int.random(in: 0..<bytes.count, using: &generator)
      switch Int.random(in: 0..<4, using: &generator) {
      case 0: bytes[place] = UInt8.random(in: 0...255, using: &generator)
      case 1: bytes[place] = Array(#""\{}[]:,0= "#.utf8).randomElement(using: &generator)!
      case 2: bytes.remove(at: place)
      default: bytes.insert(bytes.randomElement(using: &generator)!, at: place)
      }
    }
    return bytes
  }
}
