// Strategy: raw sockets of Python's send frames as good and bad clients do, the client of ours meets the host of ours,
// and every listener that was made is counted until it is gone.
import Foundation
import ReelRealtime
import ReelServer
import Testing

@Suite struct WebSocketTests {
  @Test(arguments: [false, true]) func messagesOfEveryLengthComeBack(_ isSecure: Bool) throws {
    let host = try MirrorHost(isSecure: isSecure)
    #expect(try host.peer("echo", secure: isSecure) == "ok")
    #expect(try host.peer("fragments", secure: isSecure) == "ok")
    #expect(comes { host.host.connectionCount == 0 && host.site.listeners.value == 0 })
  }

  @Test func closingSaysWhy() throws {
    let host = try MirrorHost { $0.limits.messageBytes = 100_000 }
    #expect(try host.peer("closing") == "8 4000 as you say")
    #expect(try host.peer("too_long", "100001") == "8 1009")
    #expect(try host.peer("bad_text") == "8 1007")
    #expect(comes { host.host.connectionCount == 0 && host.site.listeners.value == 0 })
  }

  @Test func anUpgradeIsAnsweredOnAnyPathAndWithAnyProtocol() throws {
    let host = try MirrorHost()
    #expect(try host.peer("upgrade", "/any/path?x=1").contains(" 101 "))
    let unheard = try host.peer("upgrade", "/", "unheard.of, b")
    #expect(unheard.contains("Sec-WebSocket-Protocol: unheard.of"), "\(unheard)")
    #expect(try host.peer("upgrade", "/greeting").contains("hello"))
    let refused = try host.peer("upgrade", "/refused")
    #expect(refused.contains(" 401 Unauthorized") && refused.contains(#""code":"401""#), "\(refused)")
    #expect(try host.peer("upgrade", "/", String(repeating: "x", count: 200)).contains(" 400 "))
  }

  @Test func otherThreadsSendInOrder() throws {
    let host = try MirrorHost()
    #expect(try host.peer("flood") == "[(0, 249), (1, 249), (2, 249), (3, 249)]")
  }

  @Test func whoNeverReadsIsClosed() throws {
    let host = try MirrorHost { $0.limits.waitingBytes = 1 << 20 }
    let said = try host.peer("deaf")
    #expect(said == "closed", "\(said) after \(host.site.heardMessages.value) messages")
    #expect(comes { host.host.connectionCount == 0 && host.site.listeners.value == 0 })
  }

  @Test func aCrowdIsHeard() throws {
    let host = try MirrorHost()
    #expect(try host.peer("crowd", "250") == "ok")
  }

  @Test func theClientMeetsTheHost() throws {
    let host = try MirrorHost(isSecure: true)
    let client = try WebClient(Log(least: .error))
    for url in ["ws://127.0.0.1:\(host.host.port)/x", "wss://localhost:\(host.host.port)/x"] {
      let ear = Ear()
      client.connect(url, headers: [("authorization", "Basic x")], authority: host.authority, ear)
      #expect(comes { ear.socket != nil }, "\(url): \(ear.end ?? "")")
      let big = [UInt8](repeating: 7, count: 1 << 20)
      ear.socket?.send(text: "hello")
      ear.socket?.send(binary: big)
      ear.socket?.send(text: "bye")
      #expect(comes { ear.end != nil })
      #expect(ear.messages == [Array("hello".utf8), big])
      #expect(ear.end == "the server closed it with 4000: as you say")
    }
    client.stop()
  }

  @Test func theClientSaysWhyNot() throws {
    let host = try MirrorHost(isSecure: true)
    let other = try MirrorHost(isSecure: true)
    let client = try WebClient(Log(least: .error))
    func end(_ url: String, _ authority: String? = nil) -> String {
      let ear = Ear()
      client.connect(url, authority: authority, ear)
      #expect(comes(within: 25) { ear.end != nil })
      #expect(ear.socket == nil)
      return ear.end ?? ""
    }
    let port = host.host.port
    #expect(end("ws://127.0.0.1:\(port)/refused") == "the server answered 401")
    #expect(end("http://127.0.0.1:1/").hasPrefix("url 'http://127.0.0.1:1/': allowed are ws://"))
    #expect(end("ws://127.0.0.1:1/").hasPrefix("no connection"))
    #expect(end("wss://localhost:\(port)/", other.authority).hasPrefix("no connection"))
    #expect(end("wss://localhost:\(port)/").hasPrefix("no connection"))
    #expect(end("wss://127.0.0.2:\(port)/", host.authority).hasPrefix("no connection"))
    #expect(end("wss://localhost:\(port)/", "/no/such").contains("No such file"))
  }

  @Test func stoppingEitherEndTellsTheOther() throws {
    let host = try MirrorHost()
    let client = try WebClient(Log(least: .error))
    let ears = (0..<50).map { _ in Ear() }
    for ear in ears { client.connect("ws://127.0.0.1:\(host.host.port)/", ear) }
    #expect(comes { ears.allSatisfy { $0.socket != nil } })
    host.host.stop()
    #expect(comes { ears.allSatisfy { $0.end == "the server closed it with 1001: the service ends" } })
    client.stop()
    #expect(host.site.listeners.value == 0)
  }

  @Test func aHundredSocketsAtOnce() throws {
    let host = try MirrorHost()
    let client = try WebClient(Log(least: .error))
    let ears = (0..<100).map { _ in Ear() }
    for ear in ears { client.connect("ws://127.0.0.1:\(host.host.port)/silent", ear) }
    #expect(comes { ears.allSatisfy { $0.socket != nil } })
    let (rounds, message) = (200, [UInt8](repeating: 1, count: 321))
    for _ in 0..<rounds { for ear in ears { ear.socket?.send(binary: message) } }
    let count = rounds * ears.count
    #expect(comes(within: 30) { host.site.heardMessages.value == count })
    #expect(host.site.heardBytes.value == count * message.count)
    client.stop()
    #expect(comes { host.site.listeners.value == 0 })
  }
}

/// Keeps what it hears.
private final class Ear: WebClientListener {
  private struct State: Sendable {
    var socket: (any WebSocket)?
    var messages: [[UInt8]] = []
    var end: String?
  }

  private let state = Guarded(State())

  var socket: (any WebSocket)? { state.withLock { $0.socket } }
  var messages: [[UInt8]] { state.withLock { $0.messages } }
  var end: String? { state.withLock { $0.end } }

  func opened(_ socket: any WebSocket) { state.withLock { $0.socket = socket } }
  func heard(_ message: [UInt8], isText: Bool) { state.withLock { $0.messages.append(message) } }
  func closed(_ reason: String) { state.withLock { $0.end = reason } }
}
