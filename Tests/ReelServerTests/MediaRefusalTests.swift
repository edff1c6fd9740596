// Strategy: every refusal of a media stream by its words, so that what a client's author reads names the thing, its
// value and what is allowed; and that a refused message has done nothing.
import ReelAudio
import ReelCore
import ReelServer
import Testing

@Suite struct MediaRefusalTests {
  @Test(arguments: [
    ("{", "the message is not JSON: no name in an object at byte 1"),
    ("[]", "the message is []; allowed: an object"),
    (#"{"event":1}"#, "event is 1; allowed: a string"),
    (#"{"event":"media"}"#, #"event is "media"; allowed: "connected", then "start", before all else"#),
    (#"{"event":"start"}"#, "start is absent; allowed: an object"),
    (#"{"event":"start","start":{}}"#, "start.streamSid is absent; allowed: the stream's id"),
    (
      #"{"event":"start","start":{"streamSid":"s","tracks":["both"]}}"#,
      #"start.tracks is ["both"]; allowed: a list of "inbound", "outbound" or both"#
    ),
    (
      #"{"event":"start","start":{"streamSid":"s","callSid":"a\u0007"}}"#,
      #"start.callSid is "a\u0007"; allowed: a string of at most 128 bytes, printable"#
    ),
    (
      #"{"event":"start","start":{"streamSid":"s","mediaFormat":{"encoding":"audio/opus"}}}"#,
      #"start.mediaFormat.encoding is "audio/opus"; allowed: audio/x-mulaw, audio/x-alaw, audio/x-l16, audio/L16"#
    ),
    (
      #"{"event":"start","start":{"streamSid":"s","mediaFormat":{"sampleRate":7000}}}"#,
      "start.mediaFormat.sampleRate is 7000; allowed: 8000, 11025, 12000, 16000, 22050, 24000, 32000, 44100, 48000"
    ),
    (
      #"{"event":"start","start":{"streamSid":"s","mediaFormat":{"channels":2}}}"#,
      "start.mediaFormat.channels is 2; allowed: 1, for a track is one party's sound"
    ),
    (
      #"{"event":"start","start":{"streamSid":"s","customParameters":{"context":""}}}"#,
      #"start.customParameters.context is ""; allowed: a string of 1 to 256 bytes, printable"#
    ),
    ("{}", "rate is absent; allowed: a sample rate, or an object with one for each leg"),
    (
      #"{"rate":8000,"leg":"caller"}"#,
      #"leg is "caller"; allowed: only the members call_id, rate, legs, context, from, to, tag, params"#
    ),
    (#"{"rate":{"caller":8000}}"#, "rate.agent is absent; allowed: the agent's sample rate"),
    (
      #"{"rate":8000,"legs":["caller","caller"]}"#,
      #"legs is ["caller","caller"]; allowed: a list of "caller", "agent" or both"#
    ),
    (#"{"rate":8000,"call_id":""}"#, #"call_id is ""; allowed: a string of 1 to 128 bytes, printable"#),
    (#"{"rate":8000,"params":[]}"#, "params is []; allowed: an object"),
  ]) func aBadBeginningIsRefused(_ message: String, _ words: String) {
    var listening = MediaListening()
    #expect(listening.refusal(of: message) == words)
    #expect(listening.take().isEmpty && listening.parser.hello == nil)
    #expect(listening.refusal(of: #"{"rate":8000}"#) == nil, "it may begin after that")
  }

  @Test(arguments: [
    (#"{"event":"start","start":{"streamSid":"MZ1"}}"#, #"event is "start"; allowed: once for each connection"#),
    (#"{"event":"media"}"#, "media is absent; allowed: an object"),
    (#"{"event":"media","media":{}}"#, "media.payload is absent; allowed: a string of base64"),
    (#"{"event":"media","media":{"payload":"A?=="}}"#, #"media.payload is "A?=="; allowed: base64"#),
    (#"{"event":"media","media":{"payload":"AAA"}}"#, #"media.payload is "AAA"; allowed: base64"#),
    (
      #"{"event":"media","media":{"payload":"AAAA"}}"#,
      "media.payload is 3 bytes; allowed: an even number, two for each sample"
    ),
    (
      #"{"event":"media","media":{"track":"in","payload":""}}"#,
      #"media.track is "in"; allowed: "inbound" (the caller), "outbound" (the agent)"#
    ),
    (
      #"{"event":"media","media":{"track":"outbound","payload":""}}"#,
      #"media.track is "outbound"; allowed: the caller's alone, by what the stream said first"#
    ),
    (
      #"{"event":"media","media":{"timestamp":"-1","payload":""}}"#,
      #"media.timestamp is "-1"; allowed: a whole number from 0 to 4294967295"#
    ),
    (
      #"{"event":"media","streamSid":"MZ2","media":{"payload":""}}"#, #"streamSid is "MZ2"; allowed: "MZ1""#
    ),
    (#"{"event":"dtmf","dtmf":{"digit":"12"}}"#, #"dtmf.digit is "12"; allowed: one of 0-9*#A-D"#),
    (#"{"event":"mark","mark":{}}"#, "mark.name is absent; allowed: a string"),
  ]) func aBadMessageIsRefusedAndTheStreamGoesOn(_ message: String, _ words: String) throws {
    var listening = try MediaListening.started(encoding: "audio/x-l16", tracks: #"["inbound"]"#)
    #expect(listening.refusal(of: message) == words)
    #expect(listening.take().isEmpty)
    try listening.text(#"{"event":"media","media":{"timestamp":"0","payload":"AQA="}}"#)
    #expect(listening.take() == [.samples([1], .caller, 0)])
  }

  @Test(
    arguments: [
      ([], "the frame is empty; allowed: a leg byte and samples"),
      ([2, 0, 0], "the leg byte is 2; allowed: 0 (caller), 1 (agent), and with a position 128 and 129"),
      ([1, 0, 0], "the leg byte is 1; allowed: the caller's alone, by what the stream said first"),
      ([0, 1, 2, 3], "the frame is 3 bytes of samples; allowed: an even number, two for each sample"),
      ([0x80, 0, 0], "the frame is 3 bytes; allowed: at least 9, for it has a position"),
      (
        [0x80, 0, 0, 0, 0, 0, 0, 0, 0x80],
        "the position is 9223372036854775808; allowed: 0 to 9007199254740992"
      ),
      (
        [UInt8](repeating: 0, count: 1 + 2 * 4_001),
        "the frame is too long; allowed: at most 0.5 s of sound in a message"
      ),
    ] as [([UInt8], String)]) func aBadFrameIsRefused(_ frame: [UInt8], _ words: String) throws
  {
    var listening = MediaListening()
    try listening.text(#"{"rate":8000,"legs":["caller"]}"#)
    _ = listening.take()
    #expect(listening.refusal(ofBinary: frame) == words)
    #expect(listening.take().isEmpty)
    try listening.binary([0] + [UInt8](repeating: 0, count: 8_000))
    #expect(listening.take() == [.samples([Int16](repeating: 0, count: 4_000), .caller, nil)])
  }

  @Test func soundMayNotComeFirstNorInTheWrongForm() throws {
    var listening = MediaListening()
    #expect(
      listening.refusal(ofBinary: [0, 0, 0])
        == "the message is audio before the hello; allowed first: a text message that tells of the call")
    var started = try MediaListening.started()
    #expect(
      started.refusal(ofBinary: [0, 0, 0]) == "the message is binary; allowed: text, for the stream began so")
  }

  @Test func whatIsTooMuchIsRefusedWithoutBeingRepeated() throws {
    var listening = try MediaListening.started()
    let long = plainBase64([UInt8](repeating: 7, count: 4_001))
    #expect(
      listening.refusal(of: #"{"event":"media","media":{"payload":"\#(long)"}}"#)
        == "media.payload is too long; allowed: at most 0.5 s of sound in a message")
    let id = String(repeating: "x", count: 129)
    var other = MediaListening()
    let refusal = other.refusal(of: #"{"rate":8000,"call_id":"\#(id)"}"#) ?? ""
    #expect(
      refusal.hasPrefix("call_id is \"xxx")
        && refusal.hasSuffix("x…; allowed: a string of at most 128 bytes, printable"))
    let many = (0...64).map { "\"p\($0)\":1" }.joined(separator: ",")
    #expect(
      other.refusal(of: #"{"rate":8000,"params":{\#(many)}}"#) == "params is 65 members; allowed: at most 64")
  }
}
