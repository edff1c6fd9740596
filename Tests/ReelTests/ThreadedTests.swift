// Strategy: the engine with its own threads, at real pace but for a short time, as an embedder has it. The thread
// sanitizer runs these too.
import Glibc
import Reel
import ReelRealtime
import ReelTesting
import Testing

/// Pushes both legs of calls at real pace, each leg from a thread of its own.
private final class Pusher: Sendable {
  let calls: [Call]
  let packets: Int

  init(_ calls: [Call], packets: Int) {
    self.calls = calls
    self.packets = packets
  }

  func run(_ leg: Leg) {
    var next = MonotonicTime.now().nanoseconds
    for packet in 0..<packets {
      let samples = ramp(160, from: 160 * packet)
      for call in calls { call.push(samples.span, from: leg) }
      next += 20_000_000
      let rest = next - MonotonicTime.now().nanoseconds
      if rest > 0 { usleep(UInt32(rest / 1_000)) }
    }
  }

  func start() -> [TestThread] {
    Leg.allCases.map { leg in TestThread { self.run(leg) } }
  }
}

/// An engine's configuration for a machine that runs other tests too: a worker may be late by seconds.
private func patient(_ folder: TestFolder) -> EngineConfiguration {
  var configuration = EngineConfiguration(folder: folder.path)
  configuration.ringSeconds = 10
  return configuration
}

@Suite(.serialized) struct ThreadedTests {
  @Test func callsAreRecordedAtRealPace() async throws {
    let folder = TestFolder()
    let engine = try RecordingEngine(patient(folder))
    let calls = (0..<20).map { engine.call("call-\($0)", rate: 8_000) }
    let recordings = try calls.enumerated().map { index, call in
      try call.record(.recordCall(stereo: true, format: index % 5 == 0 ? .mp3 : .wav))
    }
    for thread in Pusher(calls, packets: 60).start() { thread.join() }
    for (call, recording) in zip(calls, recordings) {
      let summary = await call.end()
      #expect(summary.lostSamples == 0)
      let mine = try #require(summary.recordings.first)
      #expect(mine.outcome == .finished && mine.sums.caller.real == 9_600 && mine.sums.agent.real == 9_600)
      var last: RecordingEvent?
      for await event in recording.events { last = event }
      #expect(last == .finished(mine))
      let file = mine.files[0].path
      #expect(problems(of: file) == [])
      if file.hasSuffix(".wav") { #expect(difference(try samples(file, side: 1, of: 2), ramp(9_600)) == nil) }
    }
    #expect(await engine.close().left == 0)
  }

  @Test func commandsFromManyThreadsDoNoHarm() async throws {
    let folder = TestFolder()
    let engine = try RecordingEngine(patient(folder))
    let call = engine.call("abc", rate: 8_000)
    let recording = try call.record(.recordCall(stereo: true))
    let pushers = Pusher([call], packets: 50).start()
    let commanders = (0..<4).map { number in
      TestThread {
        var generator = SeededGenerator(seed: UInt64(number))
        for _ in 0..<200 {
          switch Int.random(in: 0..<5, using: &generator) {
          case 0: try? recording.pause(Bool.random(using: &generator) ? .silence : .skip)
          case 1: try? recording.resume()
          case 2: call.press("5")
          case 3: _ = try? call.record(.recordCall())
          default: try? call.recording("nobody").stop()
          }
          usleep(2_000)
        }
      }
    }
    for thread in pushers + commanders { thread.join() }
    let summary = await call.end()
    #expect(summary.recordings.count > 10)
    for recording in summary.recordings {
      #expect(recording.outcome == .finished && recording.failure == nil)
      #expect(problems(of: recording.files[0].path) == [])
    }
    await engine.close()
  }

  @Test func closingEndsEverythingAndSaysHowMany() async throws {
    let folder = TestFolder()
    let engine = try RecordingEngine(patient(folder))
    let calls = (0..<30).map { engine.call("call-\($0)", rate: 8_000) }
    let recordings = try calls.map { try $0.record(.recordCall()) }
    for thread in Pusher(calls, packets: 20).start() { thread.join() }
    let closing = await engine.close()
    #expect(closing.closed == 30 && closing.left == 0)
    for recording in recordings {
      #expect(recording.summary?.reason == .callEnded && recording.summary?.sums.timeline == 3_200)
    }
    #expect(throws: EngineError.self) { try calls[0].record(.record()) }
    #expect(throws: EngineError.isClosed) { try engine.call("late", rate: 8_000).record(.record()) }
    #expect(folder.names.allSatisfy { !$0.contains(".part.") })
  }

  @Test func whatCantBeClosedInTimeIsToldAllTheSame() async throws {
    let folder = TestFolder()
    let engine = try RecordingEngine(patient(folder))
    let calls = (0..<5).map { engine.call("call-\($0)", rate: 8_000) }
    let recordings = try calls.map { try $0.record(.recordCall()) }
    for thread in Pusher(calls, packets: 20).start() { thread.join() }
    engine.core.writer.hang(seconds: 3)
    usleep(50_000)
    let closing = await engine.close(withinSeconds: 0.3)
    #expect(closing.closed == 0 && closing.left == 5)
    for (call, recording) in zip(calls, recordings) {
      let summary = await call.end()
      #expect(summary.recordings.map(\.outcome) == [.error])
      var last: [RecordingEvent] = []
      for await event in recording.events where event.summary != nil { last.append(event) }
      #expect(last.count == 1 && last.first?.summary?.failure?.reason.contains("recover it") == true)
    }
    // Nobody may have the folder while a thread waits to write in it.
    #expect(throws: FileError.self) { _ = try RecordingEngine(patient(folder)) }
  }

  @Test func closingMayTakeForEverOrNoTime() async throws {
    for seconds in [Double.infinity, .nan, -1, 1e300] {
      let folder = TestFolder()
      let engine = try RecordingEngine(patient(folder))
      #expect(await engine.close(withinSeconds: seconds).left == 0)
    }
  }

  @Test func anEngineThatIsLetGoCloses() throws {
    let folder = TestFolder()
    var recording: Recording?
    do {
      let engine = try RecordingEngine(patient(folder))
      let call = engine.call("abc", rate: 8_000)
      recording = try call.record(.recordCall())
      call.push(ramp(160).span, from: .caller)
      call.push(ramp(160).span, from: .agent)
      withExtendedLifetime(engine) {}
    }
    #expect(recording?.summary?.outcome == .finished && recording?.summary?.sums.timeline == 160)
    // The folder is free again.
    _ = try RecordingEngine(patient(folder))
  }
}
