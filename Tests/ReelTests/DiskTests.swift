// Strategy: the writer stands still for as long as a test wants, so a disk that hangs takes no time here. What goes
// wrong on the disk itself is the files' room's to test, and the simulation's.
import Glibc
import Reel
import ReelTesting
import Testing

@Suite struct DiskTests {
  /// What an engine's call and recording do while the disk does nothing.
  private struct Stall {
    let engine: ManualEngine
    let call: Call
    let recording: Recording
    private(set) var pushed = 0

    init(_ format: RecordingOptions.Format, backlogBytes: Int = 64 << 20) throws {
      engine = try ManualEngine { $0.backlogBytes = backlogBytes }
      call = engine.engine.call("abc", rate: 8_000)
      recording = try call.record(.recordCall(stereo: true, format: format))
    }

    mutating func push(seconds: Int, writing: Bool) {
      for _ in 0..<seconds * 50 {
        call.push(ramp(160, from: pushed).span, from: .caller)
        call.push(ramp(160, from: pushed + 77).span, from: .agent)
        pushed += 160
        engine.work()
        if writing { engine.write() }
      }
    }

    func end() throws -> RecordingSummary {
      try recording.stop()
      engine.settle()
      return try #require(recording.summary)
    }
  }

  @Test(arguments: RecordingOptions.Format.allCases) func aDiskThatHangsLosesNothing(
    format: RecordingOptions.Format
  ) throws {
    var stall = try Stall(format)
    stall.push(seconds: 2, writing: true)
    stall.push(seconds: 10, writing: false)
    #expect(stall.engine.engine.counters.backlogBytes > 200_000)
    stall.push(seconds: 2, writing: true)
    #expect(stall.engine.engine.counters.backlogBytes < 20_000)
    let summary = try stall.end()
    #expect(summary.outcome == .finished && summary.sums.caller.real == 14 * 8_000)
    #expect(summary.files.map(\.samples) == [14 * 8_000])
    #expect(problems(of: summary.files[0].path) == [])
    #expect(stall.engine.engine.counters.backlogBytes == 0)
    #expect(stall.engine.engine.counters.droppedSamples == 0)
    guard format == .wav else { return }
    #expect(difference(try samples(summary.files[0].path, side: 0, of: 2), ramp(14 * 8_000)) == nil)
    #expect(difference(try samples(summary.files[0].path, side: 1, of: 2), ramp(14 * 8_000, from: 77)) == nil)
  }

  @Test func beyondTheBudgetTheOldestIsDroppedAndMarked() async throws {
    var stall = try Stall(.wav, backlogBytes: 100_000)
    stall.push(seconds: 2, writing: true)
    stall.push(seconds: 10, writing: false)
    #expect(stall.engine.engine.counters.backlogBytes <= 100_000)
    #expect(stall.engine.engine.counters.droppedSamples > 0)
    stall.push(seconds: 2, writing: true)
    let summary = try stall.end()
    let dropped = summary.sums.caller.dropped
    #expect(summary.outcome == .finished && summary.sums.timeline == 14 * 8_000)
    #expect(dropped == stall.engine.engine.counters.droppedSamples && dropped == summary.sums.agent.dropped)
    #expect(summary.sums.caller.real == 14 * 8_000 - dropped)
    #expect(problems(of: summary.files[0].path) == [])
    // What was dropped is one run of silence, told once; all else is in its place.
    var told: (seconds: Double, at: Double)?
    for await case .dropped(let seconds, let at) in stall.recording.events {
      #expect(told == nil)
      told = (seconds, at)
    }
    let run = try #require(told)
    let start = Int(run.at * 8_000)
    #expect(Int(run.seconds * 8_000) == dropped && start >= 2 * 8_000 && start < 4 * 8_000)
    let expected = ramp(start) + zeros(dropped) + ramp(14 * 8_000 - start - dropped, from: start + dropped)
    #expect(difference(try samples(summary.files[0].path, side: 0, of: 2), expected) == nil)
    let manifest = try JSON(utf8: readBytes(summary.manifests[0]))
    let spans = try #require(manifest["spans"]?["agent"]?.array)
    #expect(
      "\(spans)" == "[[\"real\",0,\(start)], [\"dropped\",\(start),\(dropped)], "
        + "[\"real\",\(start + dropped),\(14 * 8_000 - start - dropped)]]")
  }

  @Test func anEncoderThatKeepsUpNeedsNoBudget() throws {
    var stall = try Stall(.mp3, backlogBytes: 0)
    stall.push(seconds: 3, writing: true)
    let summary = try stall.end()
    #expect(summary.sums.caller.real == 3 * 8_000 && summary.sums.caller.dropped == 0)
  }

  @Test func withNoBudgetAtAllOnlyWhatTheWriterHasIsKept() throws {
    var stall = try Stall(.wav, backlogBytes: 0)
    stall.push(seconds: 2, writing: true)
    stall.push(seconds: 5, writing: false)
    stall.push(seconds: 1, writing: true)
    let summary = try stall.end()
    #expect(summary.sums.timeline == 8 * 8_000 && summary.sums.caller.dropped > 3 * 8_000)
    #expect(problems(of: summary.files[0].path) == [])
  }

  @Test func pausesWithinADroppedRunStayWhatTheyAre() throws {
    var stall = try Stall(.wav, backlogBytes: 50_000)
    stall.push(seconds: 1, writing: true)
    stall.push(seconds: 2, writing: false)
    try stall.recording.pause(.silence)
    stall.push(seconds: 1, writing: false)
    try stall.recording.resume()
    stall.push(seconds: 1, writing: false)
    try stall.recording.pause(.skip)
    stall.push(seconds: 1, writing: false)
    try stall.recording.resume()
    stall.push(seconds: 3, writing: false)
    let summary = try stall.end()
    let sums = summary.sums
    #expect(sums.timeline == 8 * 8_000 && sums.paused == 8_000 && sums.skipped == 8_000)
    #expect(sums.caller.paused == 8_000 && sums.caller.dropped > 0)
    #expect(sums.caller.total == 8 * 8_000)
    #expect(problems(of: summary.files[0].path) == [])
  }

  @Test func filesThatCantBeMadeEndTheRecordingInAnError() async throws {
    let engine = try ManualEngine()
    let call = engine.engine.call("abc", rate: 8_000)
    let name = Rendition("same.wav", .wav(), .mono)
    let first = try call.record(.recordCall(), controlID: "first", as: [name])
    engine.beat()
    let second = try call.record(.recordCall(), controlID: "second", as: [name])
    engine.push(call, caller: ramp(8_000), agent: zeros(8_000))
    let summary = try #require(second.summary)
    #expect(summary.outcome == .error)
    #expect(summary.failure?.reason.contains("is there already") == true)
    #expect(engine.engine.counters.failed == 1)
    try first.stop()
    engine.settle()
    #expect(first.summary?.outcome == .finished && first.summary?.sums.timeline == 8_000)
  }

  @Test func aFileThatIsTakenAwayEndsTheRecordingInAnErrorAndOthersGoOn() throws {
    let engine = try ManualEngine()
    let call = engine.engine.call("abc", rate: 8_000)
    let lost = try call.record(.recordCall(), as: [Rendition("lost.wav", .wav(), .mono)])
    let other = try call.record(.recordCall())
    engine.push(call, caller: ramp(8_000), agent: zeros(8_000))
    _ = unsafe unlink(engine.folder["lost.part.wav"])
    engine.push(call, caller: ramp(8_000, from: 8_000), agent: zeros(8_000))
    engine.settle(lost)
    let summary = try #require(lost.summary)
    #expect(summary.outcome == .error && summary.failure?.path.contains("/lost.") == true)
    try other.stop()
    engine.settle()
    #expect(other.summary?.outcome == .finished && other.summary?.sums.timeline == 16_000)
  }

  @Test func encodingThatIsPutOffGivesTheSameFiles() throws {
    let call = TestCall.support
    let agent = try #require(call.agent).samples
    let engine = try ManualEngine()
    let live = engine.engine.call("abc", rate: 8_000)
    let renditions = [Rendition("after.mp3", .mp3(), .stereo), Rendition("after.mp4", .mp4(), .mono)]
    let after = try live.record(.recordCall(), controlID: "after", as: renditions, encode: .after)
    let names = [Rendition("live.mp3", .mp3(), .stereo), Rendition("live.mp4", .mp4(), .mono)]
    let now = try live.record(.recordCall(), controlID: "live", as: names)
    engine.push(live, caller: Array(call.caller.samples[..<80_000]), agent: Array(agent[..<80_000]))
    #expect(engine.folder.names.contains("after.capture.part.wav") && !engine.folder.names.contains("after.part.mp3"))
    try after.pause(.skip)
    try now.pause(.skip)
    engine.push(live, caller: ramp(8_000), agent: ramp(8_000))
    live.hangUp()
    engine.settle()
    let (one, other) = (try #require(after.summary), try #require(now.summary))
    #expect(one.failure == nil && one.sums == other.sums && one.sums.skipped == 8_000)
    for (a, b) in zip(one.files, other.files) {
      #expect(a.samples == b.samples && problems(of: a.path) == [])
      let sides = a.path.hasSuffix("mp3") ? 2 : 1
      #expect(difference(try samples(a.path, of: sides), try samples(b.path, of: sides)) == nil)
    }
    #expect(engine.folder.names.filter { $0.hasPrefix("after") } == ["after.mp3", "after.mp4", "after.reel.json"])
    let spans = try one.manifests.map { try JSON(utf8: readBytes($0))["spans"] }
    #expect(spans == (try other.manifests.map { try JSON(utf8: readBytes($0))["spans"] }))
  }
}
