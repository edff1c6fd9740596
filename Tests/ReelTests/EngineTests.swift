// Strategy: an engine whose beats the test makes, so that every outcome is known to the sample.
import Glibc
import Reel
import ReelCore
import ReelTesting
import Testing

/// All that a recording told, once it has ended.
private func events(of recording: Recording) async -> [RecordingEvent] {
  var events: [RecordingEvent] = []
  for await event in recording.events { events.append(event) }
  return events
}

@Suite struct EngineTests {
  @Test(arguments: [1, 3, 12]) func aCallIsRecordedAsItWasPushed(every: Int) throws {
    let engine = try ManualEngine()
    let call = engine.engine.call("abc", rate: 8_000)
    let recording = try call.record(.recordCall(stereo: true), controlID: "main")
    engine.push(call, caller: ramp(80_000), agent: ramp(80_000, from: 500), every: every)
    try recording.stop()
    engine.settle()
    let summary = try #require(recording.summary)
    #expect(summary.outcome == .finished && summary.reason == .stopped && summary.failure == nil)
    #expect(summary.durationSeconds == 10 && summary.sums.caller.real == 80_000)
    let file = try #require(summary.files.first)
    #expect(file.path == engine.folder["abc-\(recording.id).wav"])
    #expect(difference(try samples(file.path, side: 0, of: 2), ramp(80_000)) == nil)
    #expect(difference(try samples(file.path, side: 1, of: 2), ramp(80_000, from: 500)) == nil)
    #expect(problems(of: file.path) == [])
    #expect(engine.folder.names == ["abc-\(recording.id).reel.json", "abc-\(recording.id).wav"])
  }

  @Test(arguments: RecordingOptions.Format.allCases) func everyFormatHasTheExactLength(
    format: RecordingOptions.Format
  ) throws {
    let engine = try ManualEngine()
    let call = engine.engine.call("abc", rate: 16_000)
    let recording = try call.record(.recordCall(stereo: true, format: format))
    let speech = TestCall.survey.caller.samples
    engine.push(call, caller: Array(speech[..<50_001]), agent: Array(speech[..<50_001]), block: 320)
    try recording.stop()
    engine.settle()
    let summary = try #require(recording.summary)
    #expect(summary.files.map(\.samples) == [50_001] && summary.failure == nil)
    #expect(problems(of: summary.files[0].path) == [])
  }

  @Test func liveAndOfflineAreTheSame() throws {
    let call = TestCall.support
    let agent = try #require(call.agent).samples
    let count = min(call.caller.samples.count, agent.count, 160_000)
    let (callerSamples, agentSamples) = (Array(call.caller.samples[..<count]), Array(agent[..<count]))
    var recorder = try Recorder(.recordCall(stereo: true), caller: .narrowband, agent: .narrowband)
    var sink = CollectingSink()
    recorder.begin(to: &sink)
    recorder.push(caller: callerSamples.span, agent: agentSamples.span, to: &sink)
    recorder.stop(to: &sink)

    let engine = try ManualEngine(workers: 2)
    let live = engine.engine.call("abc", rate: 8_000)
    let recording = try live.record(.recordCall(stereo: true))
    engine.push(live, caller: callerSamples, agent: agentSamples, block: 80, every: 5)
    try recording.stop()
    engine.settle()
    let summary = try #require(recording.summary)
    #expect(summary.sums == sink.ending?.sums)
    #expect(difference(try samples(summary.files[0].path, side: 1, of: 2), sink.channel(1)) == nil)
  }

  // MARK: Commands

  @Test(arguments: [PauseBehavior.silence, .skip]) func commandsTakeEffectAtWhatWasPushedBeforeThem(
    behavior: PauseBehavior
  ) async throws {
    let engine = try ManualEngine()
    let call = engine.engine.call("abc", rate: 8_000)
    let recording = try call.record(.recordCall())
    engine.beat()
    // All of it before the worker's next beat.
    call.push(ramp(500).span, from: .caller)
    call.push(zeros(500).span, from: .agent)
    try recording.pause(behavior)
    call.push([Int16](repeating: 9_999, count: 300).span, from: .caller)
    call.push([Int16](repeating: 9_999, count: 300).span, from: .agent)
    try recording.resume()
    call.push(ramp(400, from: 500).span, from: .caller)
    call.push(zeros(400).span, from: .agent)
    try recording.stop()
    call.push([Int16](repeating: 9_999, count: 300).span, from: .caller)
    engine.settle()
    let summary = try #require(recording.summary)
    let rest = behavior == .silence ? zeros(300) : []
    #expect(difference(try samples(summary.files[0].path), ramp(500) + rest + ramp(400, from: 500)) == nil)
    let told = await events(of: recording)
    let resumed = behavior == .silence ? 0.1 : 0.0625
    #expect(
      told == [
        .recording(seconds: 0), .paused(behavior, seconds: 0.0625), .recording(seconds: resumed), .finished(summary),
      ])
  }

  @Test func severalRecordingsOfACallGoOnAtOnce() throws {
    let engine = try ManualEngine()
    let call = engine.engine.call("abc", rate: 8_000)
    let first = try call.record(.recordCall(stereo: true), controlID: "first")
    engine.push(call, caller: ramp(8_000), agent: zeros(8_000))
    let second = try call.record(.recordCall(stereo: true, format: .mp3), controlID: "second")
    engine.push(call, caller: ramp(8_000, from: 8_000), agent: zeros(8_000))
    // Without an id the one that was begun last.
    try call.stop()
    engine.push(call, caller: ramp(8_000, from: 16_000), agent: zeros(8_000))
    try call.stop("first")
    engine.settle()
    #expect(first.summary?.sums.timeline == 24_000 && second.summary?.sums.timeline == 8_000)
    #expect(difference(try samples(try #require(first.summary).files[0].path, of: 2), ramp(24_000)) == nil)
    #expect(throws: EngineError.noRecording("abc")) { try call.stop() }
  }

  @Test func aKeyEndsARecordingWhereItWasPressed() throws {
    let engine = try ManualEngine()
    let call = engine.engine.call("abc", rate: 8_000)
    let recording = try call.record(.record())
    call.push(ramp(320).span, from: .caller)
    call.press("1")
    call.press("#")
    call.push(ramp(320, from: 320).span, from: .caller)
    engine.settle()
    let summary = try #require(recording.summary)
    #expect(summary.reason == .terminator("#") && summary.sums.timeline == 320)
  }

  @Test func recordingBeginsWhenItsBeepWasHeard() async throws {
    let engine = try ManualEngine()
    let call = engine.engine.call("abc", rate: 8_000)
    var options = RecordingOptions.recordCall()
    options.beep = true
    let recording = try call.record(options)
    #expect(throws: RecorderError.notBegun) { try recording.pause() }
    engine.beat()
    var heard = 0
    while heard < 1_600 {
      var block = zeros(160)
      var memory = block.mutableSpan
      heard += call.pull(into: &memory)
      #expect(block.contains { $0 != 0 })
      engine.push(call, caller: ramp(160), agent: zeros(160))
    }
    var block = zeros(160)
    var memory = block.mutableSpan
    #expect(call.pull(into: &memory) == 0)
    call.push(ramp(160, from: 500).span, from: .caller)
    call.push(zeros(160).span, from: .agent)
    await engine.end(call)
    let summary = try #require(recording.summary)
    // The last packet was pushed after the last of the beep was fetched.
    #expect(difference(try samples(summary.files[0].path), ramp(160) + ramp(160, from: 500)) == nil)
  }

  @Test func twoBeepsHeardBetweenTwoBeatsBeginBothRecordings() throws {
    let engine = try ManualEngine()
    let call = engine.engine.call("abc", rate: 8_000)
    var options = RecordingOptions.recordCall()
    options.beep = true
    let recordings = try [call.record(options), call.record(options)]
    engine.beat()
    var block = zeros(1_600)
    var memory = block.mutableSpan
    #expect(call.pull(into: &memory) == 1_600)
    #expect(call.pull(into: &memory) == 1_600)
    engine.push(call, caller: ramp(1_600), agent: zeros(1_600))
    for recording in recordings { try recording.stop() }
    engine.settle()
    #expect(recordings.map { $0.summary?.sums.timeline } == [1_600, 1_600])
  }

  // MARK: What arrives, and what doesn't

  @Test func timestampsOfRTPPlaceSamplesAcrossTheirWrap() throws {
    let engine = try ManualEngine()
    let call = engine.engine.call("abc", rate: 8_000)
    let recording = try call.record(.recordCall(stereo: true))
    var stamp = UInt32.max - 400
    for index in 0..<10 where index != 4 {
      call.push(ramp(160, from: 160 * index).span, from: .caller, at: stamp &+ UInt32(160 * index))
      call.push(zeros(160).span, from: .agent)
      engine.beat()
    }
    stamp = 0
    try recording.stop()
    engine.settle()
    let summary = try #require(recording.summary)
    let caller = try samples(summary.files[0].path, side: 0, of: 2)
    #expect(difference(caller, ramp(640) + zeros(160) + ramp(800, from: 800)) == nil)
    #expect(summary.sums.caller.filled == 160)
  }

  @Test func aRingThatIsFullLosesNothingInSilence() async throws {
    let engine = try ManualEngine()
    let call = engine.engine.call("abc", rate: 8_000)
    let recording = try call.record(.recordCall(stereo: true))
    engine.beat()
    // Half a second fits; a worker that stands still for a second loses the rest.
    for index in 0..<50 {
      call.push(ramp(160, from: 160 * index).span, from: .caller)
      call.push(ramp(160, from: 160 * index).span, from: .agent)
    }
    engine.beat()
    engine.push(call, caller: ramp(160, from: 8_000), agent: ramp(160, from: 8_000))
    let callSummary = await engine.end(call)
    let sums = try #require(recording.summary).sums
    #expect(sums.timeline == 8_160 && sums.caller.dropped > 0 && sums.caller.dropped == sums.agent.dropped)
    #expect(sums.caller.real + sums.caller.dropped == 8_160)
    #expect(callSummary.lostSamples == 2 * sums.caller.dropped)
    #expect(engine.engine.counters.overrunSamples == 2 * sums.caller.dropped)
    let kept = 8_000 - sums.caller.dropped
    let caller = try samples(try #require(recording.summary).files[0].path, side: 0, of: 2)
    #expect(difference(caller, ramp(kept) + zeros(sums.caller.dropped) + ramp(160, from: 8_000)) == nil)
    let overruns = await events(of: recording).filter { if case .overrun = $0 { true } else { false } }
    let seconds = Double(sums.caller.dropped) / 8_000
    #expect(overruns == [.overrun(.caller, seconds: seconds), .overrun(.agent, seconds: seconds)])
  }

  // MARK: Refusals

  @Test func whatCantBeIsRefusedByName() async throws {
    let engine = try ManualEngine()
    let call = engine.engine.call("abc", rate: 8_000)
    var options = RecordingOptions.recordCall()
    options.inputSensitivity = 101
    #expect(throws: OptionError.self) { try call.record(options) }
    #expect(throws: OptionError.self) { try call.record(.record(), as: [Rendition("../a.wav", .wav(), .mono)]) }
    for id in ["a/b", "", String(repeating: "x", count: 156)] {
      let error = #expect(throws: OptionError.self) { try engine.engine.call(id, rate: 8_000).record(.record()) }
      #expect(error?.field == "call_id")
    }
    let recording = try call.record(.record(), controlID: "main")
    #expect(throws: EngineError.controlIDInUse("main")) { try call.record(.record(), controlID: "main") }
    #expect(throws: EngineError.unknownControlID("x", known: ["main"])) { try call.stop("x") }
    #expect(throws: RecorderError.notPaused) { try recording.resume() }
    try recording.pause()
    #expect(throws: RecorderError.alreadyPaused) { try recording.pause() }
    try recording.stop()
    #expect(throws: RecorderError.ended) { try recording.stop() }
    #expect(throws: RecorderError.ended) { try recording.resume() }
    await engine.end(call)
    #expect(throws: EngineError.callHasEnded("abc")) { try call.record(.record()) }
    // Nothing half-made is left of what was refused.
    #expect(engine.folder.names.count == 2)
    #expect(engine.engine.counters.recordings == 0)
  }

  @Test func moreRecordingsThanAllowedAreRefused() throws {
    let engine = try ManualEngine { $0.recordingLimit = 2 }
    let call = engine.engine.call("abc", rate: 8_000)
    try call.record(.record())
    let second = try call.record(.record())
    #expect(throws: EngineError.tooManyRecordings(limit: 2)) { try call.record(.record()) }
    try second.stop()
    engine.beat()
    engine.beat()
    try call.record(.record())
  }

  @Test func aFolderIsOneEnginesAlone() throws {
    let engine = try ManualEngine()
    let error = #expect(throws: FileError.self) { _ = try ManualEngine(engine.folder) }
    #expect(error?.reason.contains("is in use by another engine or recovery, of process ") == true)
    let call = engine.engine.call("abc", rate: 8_000)
    let recording = try call.record(.recordCall())
    engine.push(call, caller: ramp(8_000), agent: zeros(8_000))
    // What lives is not recovered by others.
    let report = try RecoveryReport(recovering: engine.folder.path)
    #expect(report.recovered.isEmpty && report.held == [engine.folder.path])
    try recording.stop()
    engine.settle()
    #expect(recording.summary?.outcome == .finished)
  }

  @Test func whatADeadEngineLeftIsRecovered() throws {
    let engine = try ManualEngine()
    let call = engine.engine.call("abc", rate: 8_000)
    try call.record(.recordCall(format: .mp3))
    engine.push(call, caller: ramp(16_000), agent: zeros(16_000))
    // What is on the disk now is what a crash leaves.
    let folder = TestFolder()
    for name in engine.folder.names { _ = unsafe rename(engine.folder[name], folder[name]) }
    let report = try RecordingEngine.recover(folder.path)
    #expect(report.failures == [] && report.held == [])
    let file = try #require(report.files.first)
    #expect(file.samples >= 16_000 - 8_000 && problems(of: file.path) == [])
  }

  @Test func badConfigurationsAreRefused() {
    let changes: [(inout EngineConfiguration) -> Void] = [
      { $0.workers = 0 }, { $0.ringSeconds = 0.01 }, { $0.beatSeconds = 1 }, { $0.backlogBytes = -1 },
      { $0.recordingLimit = 0 },
    ]
    for change in changes {
      #expect(throws: OptionError.self) { _ = try ManualEngine(change: change) }
    }
    #expect(throws: FileError.self) { _ = try RecordingEngine(EngineConfiguration(folder: "/nowhere/at/all")) }
  }
}
