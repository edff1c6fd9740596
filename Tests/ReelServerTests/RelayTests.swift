// Strategy: the messages and sessions of RELAY are values: what a client may send goes in, what it is told comes out.
// The published client judges the same over a socket, in ReelEndToEndTests.
import ReelCore
import ReelServer
import Testing

@Suite struct RelayTests {
  private func message(_ text: String) throws -> RelayMessage { try RelayMessage(utf8: Array(text.utf8)) }

  @Test func requestsAndAnswersAreToldApart() throws {
    let request = try message(#"{"jsonrpc": "2.0", "id": "1", "method": "signalwire.ping", "params": {"a": 1}}"#)
    #expect(
      request
        == .request(id: .string("1"), method: "signalwire.ping", params: .object([.init("a", .number(1))])))
    #expect(try message(#"{"id": 7, "method": "x"}"#) == .request(id: .number(7), method: "x", params: .object([])))
    #expect(try message(#"{"id": "e", "result": {}}"#) == .answer(id: "e"))
    #expect(try message(#"{"id": "e", "error": {"code": 1}}"#) == .answer(id: "e"))
  }

  @Test(arguments: ["", "[]", "{}", "7", #"{"id": "1"}"#, #"{"id": 1, "result": {}}"#, "{\"method\": 1}", "\u{0}"])
  func whatIsNeitherIsRefused(_ text: String) {
    #expect(throws: ServiceRefusal.self) { try message(text) }
  }

  private func session(acknowledges: Bool = true) -> RelaySession {
    RelaySession(name: "s", projectID: "p", identity: "i", acknowledges: acknowledges, contexts: ["a"])
  }

  @Test func whatWasNotTakenIsToldAgainInOrder() throws {
    var session = session()
    var told: [String] = []
    for number in 0..<5 { told.append(session.tell([.init("n", .number(Double(number)))], id: "e\(number)")) }
    session.take("e0")
    session.take("e3")
    session.take("unknown")
    #expect(session.resume() == [told[1], told[2], told[4]])
    #expect(session.resume() == [told[1], told[2], told[4]], "until it takes them")
    #expect(try JSON(told[0])["method"]?.text == "signalwire.event")
  }

  @Test func aClientThatTakesNothingIsHeldForOnlySoMuch() {
    var session = session()
    for number in 0..<(RelaySession.mostWaiting * 3) { _ = session.tell([], id: "e\(number)") }
    #expect(session.waiting.count <= RelaySession.mostWaiting)
    #expect(session.waiting.last?.id == "e\(RelaySession.mostWaiting * 3 - 1)", "the newest stay")
    #expect(session.lost + session.waiting.count == RelaySession.mostWaiting * 3)
    var careless = self.session(acknowledges: false)
    _ = careless.tell([], id: "e")
    #expect(careless.waiting.isEmpty, "one that does not answer gets each once")
  }

  @Test func pingsThatNobodyAnswersEndTheConnection() {
    var session = session()
    for number in 0..<RelaySession.mostPings { #expect(session.ping(id: "\(number)") != nil) }
    #expect(session.ping(id: "x") == nil)
    session.take("1")
    #expect(session.ping(id: "y") != nil, "an answer to any of them will do")
  }

  @Test func contextsAreAskedForAndGivenBack() throws {
    var session = session()
    try session.receive(["b", "c"])
    session.unreceive(["a", "nothing"])
    #expect(session.contexts == ["b", "c"])
    let many = (0...RelaySession.mostContexts).map { "context \($0)" }
    #expect(throws: ServiceRefusal.self) { try session.receive(many) }
    #expect(session.contexts == ["b", "c"], "and nothing of it is taken")
  }

  @Test func connectingTakesAProjectAndAToken() throws {
    let params = try JSON(
      #"{"authentication": {"project": "p", "token": "t"}, "contexts": ["x"], "protocol": "s", "event_acks": true}"#)
    let connect = try RelayConnect(params)
    #expect(connect.projectID == "p" && connect.token == "t" && connect.contexts == .array([.string("x")]))
    #expect(connect.sessionName == "s" && connect.acknowledges)
    for (text, word) in [
      ("{}", "authentication is missing"), (#"{"authentication": {"project": "p"}}"#, "incomplete"),
      (#"{"authentication": {"jwt_token": "j"}}"#, "jwt_token"),
    ] {
      let json = try JSON(text)
      let refusal = #expect(throws: ServiceRefusal.self) { try RelayConnect(json) }
      #expect(refusal?.message.contains(word) == true, "\(text): \(refusal?.message ?? "")")
    }
  }
}
