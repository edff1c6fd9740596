// Strategy: the pacer on a clock made by hand, and what it sends heard again by the real parser; the player's threads
// with a dialer whose far side is that parser, in this process.
import Foundation
import ReelAudio
import ReelCore
import ReelFiles
import ReelRealtime
import ReelServer
import ReelTesting
import Testing

@Suite struct MediaCallTests {
  private static func plan(
    digits: [CallPlan.KeyPress] = [], speed: Double = 1, callerCount: Int = 700, agentHz: Int = 11_025
  ) throws -> CallPlan {
    let agentRate = try #require(SampleRate(hz: agentHz))
    var plan = try CallPlan(
      caller: .init((0..<callerCount).map { Int16($0) }, rate: 8_000),
      agent: .init((0..<900).map { Int16(-$0) }, rate: agentRate), digits: digits, speed: speed)
    plan.callID = "c1"
    plan.context = "sales"
    plan.parameters = [.init("record_call", .bool(true))]
    return plan
  }

  @Test func theGreetingIsWhatTheParserTakes() throws {
    var plan = try Self.plan()
    (plan.from, plan.to, plan.tag) = ("a", "b", "t")
    var listening = MediaListening()
    try listening.text(plan.hello.description)
    var hello = MediaHello(form: .binary, callID: "c1", context: "sales", from: "a", to: "b", tag: "t")
    hello.agentRate = 11_025
    hello.parameters = plan.parameters
    #expect(listening.take() == [.hello(hello)])
    let one = try CallPlan(caller: nil, agent: .init([1], rate: 16_000))
    #expect(one.hello.description == #"{"rate":{"agent":16000},"legs":["agent"]}"#)
  }

  @Test func allIsSentOnceAndInItsPlaceHoweverTheClockJumps() throws {
    var generator = SeededGenerator(seed: freshSeed(#function))
    for _ in 0..<200 {
      let speed = Double.random(in: 0.5...3, using: &generator)
      let keys = (0..<3).map { _ in CallPlan.KeyPress(at: .random(in: 0...0.08, using: &generator), "5") }
      let plan = try Self.plan(digits: keys, speed: speed)
      var pacer = CallPacer(plan)
      var listening = MediaListening()
      try listening.text(plan.hello.description)
      _ = listening.take()
      var elapsed = 0.0
      var counts: [Leg: Int] = [.caller: 0, .agent: 0]
      var (pressed, hasStopped) = (0, false)
      while !pacer.isOver {
        elapsed += Double.random(in: 0...0.05, using: &generator)
        for message in pacer.due(at: elapsed) { try listening.take(message) }
        for heard in listening.take() {
          #expect(!hasStopped)
          switch heard {
          case .samples(let samples, let leg, let position):
            #expect(position == counts[leg])
            let sign = leg == .caller ? 1 : -1
            #expect(samples == (0..<samples.count).map { Int16(sign * (counts[leg]! + $0)) })
            counts[leg]! += samples.count
          case .digit:
            // Between the frames of its time.
            let seconds = keys.map(\.seconds).sorted()[pressed]
            #expect(counts[.caller] == min(700, Int(seconds / 0.02) * 160), "\(seconds)")
            pressed += 1
          case .stop: hasStopped = true
          default: Issue.record("\(heard)")
          }
        }
        #expect(Double(counts[.caller]!) / 8_000 <= elapsed * speed + 1e-6, "before its time")
        #expect(counts[.caller]! >= min(700, Int(elapsed * speed / 0.02 + 1e-6) * 160), "late without need")
      }
      #expect(counts == [.caller: 700, .agent: 900] && pressed == 3 && hasStopped)
      #expect(pacer.framesSent == 10 && pacer.due(at: 100).isEmpty)
    }
  }

  @Test func badPlansAreRefused() {
    let sound = CallPlan.Sound([1, 2], rate: 8_000)
    func words(_ body: () throws -> CallPlan) -> String {
      do { _ = try body() } catch { return "\(error)" }
      return ""
    }
    #expect(words { try CallPlan(caller: nil, agent: nil) }.hasPrefix("the call is without sound; allowed: "))
    #expect(words { try CallPlan(caller: sound, agent: nil, speed: 0) } == "speed is 0.0; allowed: 0.1 to 50.0")
    #expect(words { try CallPlan(caller: sound, agent: nil, speed: .nan) } == "speed is nan; allowed: 0.1 to 50.0")
    let late = CallPlan.KeyPress(at: 1, "#")
    #expect(
      words { try CallPlan(caller: sound, agent: nil, digits: [late]) }
        == "digit is 1.0:#; allowed: within the call's 0.00025 s")
  }

  @Test func aLegIsReadFromAFile() throws {
    let folder = TestFolder()
    let samples = (0..<20_000).map { Int16(truncatingIfNeeded: $0) }
    try Data(mediaWAV(samples, channels: 1, hz: 16_000)).write(to: URL(filePath: folder["a.wav"]))
    let sound = try CallPlan.Sound(InputFile(folder["a.wav"], mayStream: false))
    #expect(sound == CallPlan.Sound(samples, rate: 16_000))
  }

  // MARK: The player

  @Test func manyCallsAreHeardWholeAndTellHowTheyEnded() throws {
    let dialer = NearDialer()
    let reports = Guarded<[CallReport]>([])
    let player = CallPlayer(dialer)
    for _ in 0..<20 {
      player.play(try Self.plan(), to: "ws://near") { report in reports.withLock { $0.append(report) } }
    }
    #expect(player.wait(orBy: MonotonicTime.now().advanced(bySeconds: 20)))
    let told = reports.withLock { $0 }
    #expect(told.count == 20 && told.allSatisfy { $0.ending == .filesEnded && $0.framesSent == 10 })
    #expect(told.allSatisfy { $0.audioBytesHeard == 640 && $0.seconds >= 0.09 })
    #expect(player.framesSent == 200 && player.audioBytesHeard == 12_800)
    for heard in dialer.heard {
      let samples = heard.reduce(into: [Leg: Int]()) { sums, heard in
        if case .samples(let samples, let leg, _) = heard { sums[leg, default: 0] += samples.count }
      }
      #expect(samples == [.caller: 700, .agent: 900] && heard.last == .stop)
    }
  }

  @Test func aCallTellsWhoEndedIt() throws {
    let reports = Guarded<[String]>([])
    func play(_ dialer: NearDialer, then act: (CallPlayer) -> Void = { _ in }) throws {
      let player = CallPlayer(dialer)
      player.play(try Self.plan(callerCount: 30_000), to: "ws://near") { report in
        reports.withLock { $0.append("\(report.ending)") }
      }
      act(player)
      #expect(player.wait(orBy: MonotonicTime.now().advanced(bySeconds: 20)))
    }
    try play(NearDialer(refusal: "no route"))
    try play(NearDialer(messagesTaken: 5))
    try play(NearDialer()) { $0.hangUp() }
    #expect(reports.withLock { $0 } == ["could not connect (no route)", "server ended (1008 enough)", "hung up"])
  }
}

extension MediaListening {
  mutating func take(_ message: MediaMessage) throws(MediaError) {
    switch message {
    case .text(let text): try self.text(text)
    case .binary(let bytes): try binary(bytes)
    }
  }
}

/// A server in this process, which hears with the real parser.
private final class NearDialer: CallDialer {
  private let refusal: String?
  private let messagesTaken: Int
  private let sockets = Guarded<[NearSocket]>([])

  init(refusal: String? = nil, messagesTaken: Int = .max) {
    self.refusal = refusal
    self.messagesTaken = messagesTaken
  }

  var heard: [[MediaHeard]] { sockets.withLock { $0 }.map(\.heard) }

  func connect(
    _ url: String, headers: [(name: String, value: String)], authority: String?, _ listener: any WebClientListener
  ) {
    if let refusal { return listener.closed(refusal) }
    let socket = NearSocket(listener, messagesTaken)
    sockets.withLock { $0.append(socket) }
    TestThread { listener.opened(socket) }.join()
  }
}

/// What the client has of it. Like the real one it calls nobody back within a call: a thread of its own does.
private final class NearSocket: WebSocket {
  private let listener: any WebClientListener
  private let state: Guarded<(listening: MediaListening, left: Int, isClosed: Bool)>

  init(_ listener: any WebClientListener, _ messagesTaken: Int) {
    self.listener = listener
    state = Guarded((MediaListening(), messagesTaken, false))
  }

  var heard: [MediaHeard] { state.withLock { $0.listening.sink.heard } }

  func send(text: String) { take(.text(text)) }
  func send(binary: [UInt8]) { take(.binary(binary)) }
  func close(_ code: Int, _ reason: String) { end("\(code) \(reason)") }

  private func take(_ message: MediaMessage) {
    let (isFull, isHello) = state.withLock { state in
      do { try state.listening.take(message) } catch { Issue.record(error) }
      state.left -= 1
      return (state.left == 0, state.listening.sink.heard.count == 1)
    }
    if isHello {
      TestThread { [listener] in listener.heard([0] + [UInt8](repeating: 1, count: 640), isText: false) }.join()
    }
    if isFull { end("1008 enough") }
  }

  private func end(_ reason: String) {
    let isFirst = state.withLock { state in
      defer { state.isClosed = true }
      return !state.isClosed
    }
    if isFirst { TestThread { [listener] in listener.closed(reason) }.join() }
  }
}

@Suite struct MediaCallClockTests {
  @Test func aStreamThatReturnsFollowsTheOneBefore() {
    var clock = CallClock(callerRate: 8_000, agentRate: 16_000)
    #expect(clock.place(4_000, count: 160, of: .caller) == 4_000)
    #expect(clock.place(nil, count: 160, of: .caller) == 4_160)
    #expect(clock.place(9_000, count: 320, of: .agent) == 9_000)
    clock.lost(atSeconds: 10)
    clock.lost(atSeconds: 10.4)
    clock.returned(atSeconds: 10.5)
    #expect(clock.place(0, count: 160, of: .caller) == 4_320 + 4_000, "half a second later")
    #expect(clock.place(160, count: 160, of: .caller) == 8_480)
    #expect(clock.place(100, count: 160, of: .caller) == 8_420, "an overlap stays one")
    #expect(clock.place(17_000, count: 320, of: .agent) == 17_000, "it counts as before")
    #expect(clock.place(17_320, count: 320, of: .agent) == 17_320)
    clock.lost(atSeconds: 12)
    clock.returned(atSeconds: 13)
    #expect(clock.place(300, count: 160, of: .caller) == 8_620, "the stream that had returned counts on")
    clock.returned(atSeconds: 20)
    #expect(clock.place(5, count: 1, of: .caller) == 8_780, "nobody noticed that it was away")
  }

  @Test func aStreamThatFallsSilentBeforeItIsLostAgainHasBeenAwayTwice() {
    var clock = CallClock(callerRate: 8_000, agentRate: 8_000)
    _ = clock.place(0, count: 8_000, of: .caller)
    for time in [1.0, 3.0] {
      clock.lost(atSeconds: time)
      clock.returned(atSeconds: time + 1)
    }
    #expect(clock.place(0, count: 1, of: .caller) == 8_000 + 16_000)
    #expect(clock.place(0, count: 1, of: .agent) == 0, "it has nothing to follow")
  }
}
