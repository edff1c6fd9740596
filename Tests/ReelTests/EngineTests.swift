// Strategy: an engine whose beats the test makes, so that every outcome is known to the sample.
import Reel
import ReelTesting
import Testing

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
}
