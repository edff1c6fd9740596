internal import ReelAudio
internal import ReelCore

/// Reads one stream's messages, of either form: which one, the first message tells.
///
///     var parser = MediaParser()
///     try parser.take(message, isText: true, into: &sink)
///
/// It allocates nothing for a frame of sound once it has had one as long, and takes whatever bytes come: what it
/// refuses it names, and the stream may be closed with that. A stream that was refused can go on; the refused message
/// has then done nothing. What comes after `stop` is ignored and counted.
///
/// A frame of 20 ms of µ-law costs some 0.6 µs in the JSON form, and 0.2 in the binary one. Frames that are not plain
/// (``MediaFrameScanner``) go the long way round, by a tree of JSON, for 8 µs.
package struct MediaParser: Sendable {
  /// Nil until the stream has said what it is.
  package private(set) var hello: MediaHello?
  /// Messages of kinds that are not known, and those after the end.
  package private(set) var ignored = 0

  private var stage = Stage.greeting
  private var streamID: [UInt8] = []
  private var callerClock = LegClock(.narrowband)
  private var agentClock = LegClock(.narrowband)
  private var decoder = SampleDecoder(.linear16, mostSamples: 0)

  private enum Stage {
    /// Nothing has told the form.
    case greeting
    /// `connected` was heard.
    case connected
    case json, binary, over
  }

  /// Whether plain frames go the short way.
  private let isShort: Bool

  /// `goesTheLongWay` has every message read as a tree of JSON, with the same outcome, for whoever measures or doubts
  /// it.
  package init(goesTheLongWay: Bool = false) {
    isShort = !goesTheLongWay
  }

  /// Takes one whole message and hands out what is in it.
  package mutating func take<Sink: MediaSink>(
    _ message: [UInt8], isText: Bool, into sink: inout Sink
  ) throws(MediaError) {
    switch stage {
    case .over: ignored += 1
    case .json:
      guard isText else { throw MediaError("the message is binary; allowed: text, for the stream began so") }
      if isShort, try takePlainFrame(message, into: &sink) { return }
      try takeEvent(try MediaMembers(message: message), into: &sink)
    case .binary:
      if isText {
        try takeEvent(try MediaMembers(message: message), into: &sink)
      } else {
        try takeBinary(message, into: &sink)
      }
    case .greeting, .connected:
      guard isText else {
        throw MediaError("the message is audio before the hello; allowed first: a text message that tells of the call")
      }
      try takeGreeting(try MediaMembers(message: message), into: &sink)
    }
  }

  // MARK: Greeting

  private mutating func takeGreeting<Sink: MediaSink>(
    _ message: MediaMembers, into sink: inout Sink
  ) throws(MediaError) {
    if message["event"] == nil && stage == .greeting {
      open(try MediaHello(greeting: message), .binary, into: &sink)
      return
    }
    switch try Self.event(of: message) {
    case "connected": stage = .connected
    case "start": open(try MediaHello(start: message), .json, into: &sink)
    case let event where Self.knownEvents.contains(event):
      throw MediaError("event", given: .string(event), allowed: "\"connected\", then \"start\", before all else")
    default: ignored += 1
    }
  }

  private static let knownEvents = ["media", "dtmf", "mark", "stop"]

  private static func event(of message: MediaMembers) throws(MediaError) -> String {
    guard let event = message["event"]?.text else { throw message.wrong("event", "a string") }
    return event
  }

  private mutating func open<Sink: MediaSink>(_ hello: MediaHello, _ stage: Stage, into sink: inout Sink) {
    self.hello = hello
    self.stage = stage
    streamID = Array(hello.streamID.utf8)
    callerClock = LegClock(hello.callerRate)
    agentClock = LegClock(hello.agentRate)
    let rate = max(hello.callerRate, hello.agentRate)
    decoder = SampleDecoder(hello.encoding, mostSamples: rate.samples(in: MediaLimits.messageSeconds))
    sink.hello(hello)
  }

  // MARK: Events

  private mutating func takeEvent<Sink: MediaSink>(
    _ message: MediaMembers, into sink: inout Sink
  ) throws(MediaError) {
    let isJSON = stage == .json
    if isJSON, let id = message["streamSid"], id.text.map({ Array($0.utf8) }) != streamID {
      throw message.wrong("streamSid", JSON.string(hello?.streamID ?? "").description)
    }
    switch try Self.event(of: message) {
    case "media" where isJSON: try takeFrame(try message.object("media"), into: &sink)
    case "dtmf": sink.digit(try (isJSON ? message.object("dtmf") : message).digit("digit"))
    case "mark":
      let mark = isJSON ? try message.object("mark") : message
      guard let name = try mark.text("name") else { throw mark.wrong("name", "a string") }
      sink.mark(name)
    case "stop":
      stage = .over
      sink.stop()
    case "start" where isJSON:
      throw MediaError("event", given: .string("start"), allowed: "once for each connection")
    default: ignored += 1
    }
  }

  // MARK: Sound

  private mutating func takePlainFrame<Sink: MediaSink>(
    _ message: [UInt8], into sink: inout Sink
  ) throws(MediaError) -> Bool {
    var scanner = MediaFrameScanner(message, streamID: streamID)
    guard let frame = scanner.scan(into: &decoder) else { return false }
    try checkLeg(frame.leg, "media.track", given: frame.leg == .caller ? "\"inbound\"" : "\"outbound\"")
    deliver(frame, into: &sink)
    return true
  }

  private mutating func takeFrame<Sink: MediaSink>(_ media: MediaMembers, into sink: inout Sink) throws(MediaError) {
    let leg: Leg
    switch media["track"] {
    case nil, .string("inbound"): leg = .caller
    case .string("outbound"): leg = .agent
    default: throw media.wrong("track", "\"inbound\" (the caller), \"outbound\" (the agent)")
    }
    try checkLeg(leg, "media.track", given: leg == .caller ? "\"inbound\"" : "\"outbound\"")
    let milliseconds = try media.whole("timestamp", upTo: MediaLimits.timestampMilliseconds)
    guard let payload = media["payload"]?.text else { throw media.wrong("payload", "a string of base64") }
    try decode(payload, media)
    deliver(.init(leg: leg, milliseconds: milliseconds), into: &sink)
  }

  private mutating func decode(_ payload: String, _ media: MediaMembers) throws(MediaError) {
    // The decoder ends at a quotation mark, which the frame's own text has.
    let text = Array(payload.utf8) + [UInt8(ascii: "\"")]
    do {
      guard try decoder.decodeBase64(text, from: 0) == text.count - 1 else { throw SampleDecoder.Failure.notBase64 }
    } catch SampleDecoder.Failure.halfSample(let bytes) {
      throw MediaError("media.payload", given: "\(bytes) bytes", allowed: "an even number, two for each sample")
    } catch SampleDecoder.Failure.tooLong {
      throw Self.tooLong("media.payload")
    } catch {
      throw media.wrong("payload", "base64")
    }
  }

  private mutating func deliver<Sink: MediaSink>(_ frame: MediaFrameScanner.Frame, into sink: inout Sink) {
    guard decoder.count > 0 else { return }
    let position =
      frame.leg == .caller
      ? callerClock.place(decoder.count, milliseconds: frame.milliseconds)
      : agentClock.place(decoder.count, milliseconds: frame.milliseconds)
    sink.samples(decoder.samples.span.extracting(first: decoder.count), from: frame.leg, at: position)
  }

  private mutating func takeBinary<Sink: MediaSink>(_ message: [UInt8], into sink: inout Sink) throws(MediaError) {
    let frame = try BinaryFrame(message)
    try checkLeg(frame.leg, "the leg byte", given: "\(message[0])")
    do {
      try decoder.decode(message, from: frame.headBytes)
    } catch .halfSample(let bytes) {
      throw MediaError("the frame", given: "\(bytes) bytes of samples", allowed: "an even number, two for each sample")
    } catch {
      throw Self.tooLong("the frame")
    }
    guard decoder.count > 0 else { return }
    sink.samples(decoder.samples.span.extracting(first: decoder.count), from: frame.leg, at: frame.position)
  }

  private func checkLeg(_ leg: Leg, _ member: String, given: String) throws(MediaError) {
    guard let hello, !hello.legs.contains(leg) else { return }
    throw MediaError(member, given: given, allowed: "the \(hello.legs.rawValue)'s alone, by what the stream said first")
  }

  private static func tooLong(_ what: String) -> MediaError {
    MediaError(what, given: "too long", allowed: "at most \(MediaLimits.messageSeconds) s of sound in a message")
  }
}
