internal import ReelAudio
internal import ReelCore

extension MediaHello {
  /// The JSON form's `start` message.
  init(start message: MediaMembers) throws(MediaError) {
    let start = try message.object("start")
    let outerID = try message.name("streamSid")
    guard let streamID = try start.name("streamSid") ?? outerID else {
      throw start.wrong("streamSid", "the stream's id")
    }
    let format = try start.objectIfAny("mediaFormat")
    let rate = try format?.rate("sampleRate") ?? .narrowband
    let custom = try start.objectIfAny("customParameters")
    self.init(
      form: .json, callID: try start.callID("callSid"), streamID: streamID,
      context: try custom?.name("context") ?? Self.defaultContext, from: try custom?.text("from") ?? "",
      to: try custom?.text("to") ?? "", tag: try custom?.text("tag") ?? "", callerRate: rate, agentRate: rate,
      legs: try start.legs("tracks", caller: "inbound", agent: "outbound") ?? .both,
      encoding: try Self.encoding(format), parameters: try start.parameters("customParameters"))
  }

  private static func encoding(_ format: MediaMembers?) throws(MediaError) -> MediaEncoding {
    guard let format else { return .muLaw }
    guard try format.whole("channels", upTo: .max) ?? 1 == 1 else {
      throw format.wrong("channels", "1, for a track is one party's sound")
    }
    guard let name = format["encoding"] else { return .muLaw }
    guard let encoding = name.text.flatMap(MediaEncoding.init(name:)) else {
      throw format.wrong("encoding", MediaEncoding.allowed)
    }
    return encoding
  }

  private static let greetingMembers = ["call_id", "rate", "legs", "context", "from", "to", "tag", "params"]

  /// The binary form's first message.
  init(greeting message: MediaMembers) throws(MediaError) {
    try message.refuse(allBut: Self.greetingMembers)
    let legs = try message.legs("legs", caller: "caller", agent: "agent") ?? .both
    let rates = try Self.rates(message, legs)
    self.init(
      form: .binary, callID: try message.callID("call_id"), context: try message.name("context") ?? Self.defaultContext,
      from: try message.text("from") ?? "", to: try message.text("to") ?? "", tag: try message.text("tag") ?? "",
      callerRate: rates.caller, agentRate: rates.agent, legs: legs, encoding: .linear16,
      parameters: try message.parameters("params"))
  }

  /// One for both, or one for each leg that there is.
  private static func rates(
    _ message: MediaMembers, _ legs: Legs
  ) throws(MediaError) -> (caller: SampleRate, agent: SampleRate) {
    guard case .object? = message["rate"] else {
      guard let rate = try message.rate("rate") else {
        throw message.wrong("rate", "a sample rate, or an object with one for each leg")
      }
      return (rate, rate)
    }
    let rates = try message.object("rate")
    try rates.refuse(allBut: ["caller", "agent"])
    let (caller, agent) = (try rates.rate("caller"), try rates.rate("agent"))
    guard let callerRate = caller ?? (legs == .agent ? agent : nil) else {
      throw rates.wrong("caller", "the caller's sample rate")
    }
    guard let agentRate = agent ?? (legs == .caller ? caller : nil) else {
      throw rates.wrong("agent", "the agent's sample rate")
    }
    return (callerRate, agentRate)
  }
}
