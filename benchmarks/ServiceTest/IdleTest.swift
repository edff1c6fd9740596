import Foundation
import ReelCore
import ReelRealtime
import ReelServer

/// Many sessions of RELAY that have nothing to do, and then one call that all of them are told of.
struct IdleTest {
  private let connections: Int
  private let seconds: Int
  private let folder: String

  /// So many connect at once: a handshake takes milliseconds, and the service gives each of them only so long.
  private static let atOnce = 64
  private static let callFrames = 100
  /// It gives callbacks three seconds and connections three more.
  private static let endSeconds = 12.0

  init(_ options: inout Options, _ ground: Ground) throws {
    connections = try options.number("connections", 2_000, in: 1...8_000)
    seconds = try options.number("seconds", 60, in: 1...3_600)
    folder = "\(ground.path)/idle"
  }

  func run() throws -> Bool {
    let limits = JSON.object([.init("connections", .number(Double(connections + 100)))])
    let service = try ServiceProcess(folder, [LoadTest.arrival, .init("limits", limits)])
    defer { if service.isRunning { service.kill() } }
    let web = Web(service)
    let client = try WebClient(Log(least: .error))
    defer { client.stop() }
    let empty = service.use.residentBytes
    let sessions = (0..<connections).map { _ in IdleSession(token: service.token) }
    say("\(connections) sessions of RELAY over TLS, subscribed and idle for \(seconds) s")
    row("until all were subscribed", "\(try connect(sessions, service, client).text(2)) s")
    let memory = rest(service)
    row("memory", "\(memory >> 20) MiB, \(((memory - empty) / connections) >> 10) KiB a session")
    var problems = try lost(sessions, web)
    let pings = sessions.map(\.pings).min() ?? 0
    row("pings answered by each", "\(pings) or more")
    let expected = max(0, Int(Double(seconds) / RelaySession.pingSeconds) - 1)
    if pings < expected { problems.append("a session had \(pings) pings of \(expected) or more") }
    let told = try call(sessions, service, client, &problems)
    row("a call then: all were told within", "\(told.text(2)) s")
    problems += try lost(sessions, web)
    problems += stop(service)
    row("violations", "\(problems.count)")
    for problem in some(problems) { say("    \(problem)") }
    return problems.isEmpty
  }

  /// The sessions are still there when it is to end, and must not keep it.
  private func stop(_ service: ServiceProcess) -> [String] {
    let start = MonotonicTime.now()
    let status = service.stop()
    let seconds = MonotonicTime.now().seconds(since: start)
    row("the service ended within", "\(seconds.text(2)) s")
    var problems = status == 0 ? [] : ["the service ended with \(status)"]
    if seconds > Self.endSeconds { problems.append("the service took \(seconds.text(1)) s to end") }
    return problems
  }

  /// Nobody wants anything for a while; gives the service's memory at the end of it.
  private func rest(_ service: ServiceProcess) -> Int {
    let (before, own, beganAt) = (service.use, ProcessUse(), MonotonicTime.now())
    while MonotonicTime.now().seconds(since: beganAt) < Double(seconds) { usleep(100_000) }
    let (after, ownAfter) = (service.use, ProcessUse())
    row("load of the machine", machineLoad)
    row("server", "\(((after.seconds - before.seconds) / Double(seconds)).text(3)) cores")
    row("client", "\(((ownAfter.seconds - own.seconds) / Double(seconds)).text(3)) cores")
    return after.residentBytes
  }

  private func connect(_ sessions: [IdleSession], _ service: ServiceProcess, _ client: WebClient) throws -> Double {
    let start = MonotonicTime.now()
    var next = 0
    guard
      comes(
        within: 120, every: 0.002,
        {
          let done = sessions.prefix(next).count { $0.isSubscribed || $0.ending != nil }
          while next < sessions.count && next - done < Self.atOnce {
            client.connect(service.wss, headers: [], authority: service.certificate, sessions[next])
            next += 1
          }
          return done == sessions.count
        })
    else {
      throw TestFailure("of \(connections) sessions \(sessions.count(where: \.isSubscribed)) came about")
    }
    return MonotonicTime.now().seconds(since: start)
  }

  private func lost(_ sessions: [IdleSession], _ web: Web) throws -> [String] {
    var problems = sessions.compactMap(\.ending).map { "a session was lost: \($0)" }
    let known = try web.metrics()["reel_relay_sessions"] ?? -1
    if known != Double(connections) { problems.append("the service knows of \(known) sessions") }
    return problems
  }

  /// A call that is recorded; gives how long it took until every session had heard of it.
  private func call(
    _ sessions: [IdleSession], _ service: ServiceProcess, _ client: WebClient, _ problems: inout [String]
  ) throws -> Double {
    let sound = StreamSound(.binary)
    let stream = Stream(StreamWriter(call: 0, form: .binary, sound: sound, context: LoadTest.context))
    let calls = Streams([stream], totalFrames: Self.callFrames)
    let thread = BeatThread("pace", everySeconds: Streams.beatSeconds, calls)
    defer { thread.stop() }
    let start = MonotonicTime.now()
    client.connect(service.mediaURL, headers: [("authorization", service.authorization)], authority: nil, stream)
    let isTold = comes(within: 30, every: 0.001) { sessions.allSatisfy { $0.calls == 1 } }
    let seconds = MonotonicTime.now().seconds(since: start)
    if !isTold { problems.append("\(sessions.count { $0.calls != 1 }) sessions were not told of the call") }
    calls.start()
    if !comes(within: 30, { calls.areOver }) { problems.append("the call does not end") }
    problems += stream.complaints
    let catalogue = try service.catalogue()
    _ = try comes(within: 30) { try catalogue.unfinishedRecordings().isEmpty }
    let check = LoadCheck(
      folder: service.recordings, samples: Self.callFrames * StreamSound.frameSamples, sound: sound)
    problems += try check.run(catalogue, streams: 1).problems
    return seconds
  }
}

/// A client of RELAY that connects, asks for calls, answers what it is asked, and waits.
final class IdleSession: WebClientListener {
  private let token: String
  private let state = Guarded(State())

  private struct State {
    var socket: (any WebSocket)?
    var isSubscribed = false
    var pings = 0
    var calls = 0
    var ending: String?
  }

  init(token: String) {
    self.token = token
  }

  var isSubscribed: Bool { state.withLock { $0.isSubscribed } }
  var pings: Int { state.withLock { $0.pings } }
  var calls: Int { state.withLock { $0.calls } }
  var ending: String? { state.withLock { $0.ending } }

  func opened(_ socket: any WebSocket) {
    state.withLock { $0.socket = socket }
    let authentication: [JSON.Member] = [
      .init("project", .string(ServiceConfiguration().projectID)), .init("token", .string(token)),
    ]
    ask(
      "connect", "signalwire.connect",
      [
        .init("authentication", .object(authentication)), .init("event_acks", .bool(true)),
      ])
  }

  func closed(_ reason: String) {
    state.withLock { $0.ending = reason }
  }

  func heard(_ message: [UInt8], isText: Bool) {
    guard let json = try? JSON(utf8: message), let id = json["id"] else { return }
    switch (json["method"]?.text, id) {
    case (nil, .string("connect")) where json["result"]?["protocol"] != nil:
      ask("receive", "signalwire.receive", [.init("contexts", .array([.string(LoadTest.context)]))])
    case (nil, .string("receive")) where json["result"] != nil: state.withLock { $0.isSubscribed = true }
    case (nil, _): state.withLock { $0.ending = "told \(json)" }
    case (let method, _):
      let type = json["params"]?["event_type"]?.text
      state.withLock { state in
        if method == "signalwire.ping" { state.pings += 1 }
        if type == "calling.call.receive" { state.calls += 1 }
      }
      send([.init("jsonrpc", .string("2.0")), .init("id", id), .init("result", .object([]))])
    }
  }

  private func ask(_ id: String, _ method: String, _ params: [JSON.Member]) {
    send([
      .init("jsonrpc", .string("2.0")), .init("id", .string(id)), .init("method", .string(method)),
      .init("params", .object(params)),
    ])
  }

  private func send(_ members: [JSON.Member]) {
    state.withLock { $0.socket }?.send(text: JSON.object(members).description)
  }
}
