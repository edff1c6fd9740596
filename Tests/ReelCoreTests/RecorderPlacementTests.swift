// Strategy: where samples go when legs fall behind, jump, overlap or get lost, and when recording waits for its beep;
// each in one small case that is right to the sample.
import ReelAudio
import ReelCore
import ReelTesting
import Testing

@Suite struct PlacementTests {
  @Test func aLegThatIsBehindIsFilledUpToTheSkew() throws {
    let bench = Bench(.recordCall(stereo: true))
    bench.push(ramp(8_000), .caller)
    #expect(bench.timeline == 6_400)
    bench.stop()
    #expect(difference(bench.sink.channel(0), ramp(8_000)) == nil)
    #expect(difference(bench.sink.channel(1), zeros(8_000)) == nil)
    let sums = try #require(bench.sink.ending?.sums)
    #expect(sums.agent.filled == 8_000 && sums.caller.real == 8_000)
  }

  @Test func aLegWithinTheSkewIsWaitedFor() {
    let bench = Bench(.recordCall(stereo: true))
    bench.push(ramp(1_600), .caller)
    #expect(bench.timeline == 0)
    bench.push(ramp(1_600), .agent)
    #expect(bench.timeline == 1_600)
    #expect(difference(bench.sink.channel(1), ramp(1_600)) == nil)
  }

  @Test func aLegThatWasAwayComesBackWhereTheOtherIs() throws {
    let bench = Bench(.recordCall(stereo: true))
    bench.push(ramp(8_000), .caller)
    for start in stride(from: 8_000, to: 12_000, by: 160) {
      bench.push(ramp(160, from: start), .caller)
      bench.push(ramp(160, from: start), .agent)
    }
    bench.stop()
    #expect(difference(bench.sink.channel(1), zeros(8_000) + ramp(4_000, from: 8_000)) == nil)
    #expect(try #require(bench.sink.ending?.sums).agent.late == 0)
  }

  @Test func aLateBurstDoesNotShiftTheLegs() throws {
    // 300 ms of the agent are stuck in the network and come at once: 100 ms had been filled already.
    let bench = Bench(.recordCall(stereo: true))
    bench.push(caller: ramp(1_600), agent: ramp(1_600))
    bench.push(ramp(2_400, from: 1_600), .caller)
    bench.push(ramp(2_400, from: 1_600), .agent)
    bench.push(caller: ramp(1_600, from: 4_000), agent: ramp(1_600, from: 4_000))
    bench.stop()
    let sums = try #require(bench.sink.ending?.sums)
    #expect(sums.agent.late == 800 && sums.agent.filled == 800)
    #expect(difference(bench.sink.channel(1), ramp(1_600) + zeros(800) + ramp(3_200, from: 2_400)) == nil)
  }

  @Test func positionsPlaceSamplesAndNeverShiftThem() throws {
    let bench = Bench(.record())
    bench.push(ramp(100), .caller, at: 0)
    bench.push(ramp(100, from: 150), .caller, at: 150)
    bench.push(ramp(100, from: 200), .caller, at: 200)
    bench.push(ramp(20, from: 10), .caller, at: 10)
    bench.push(ramp(100, from: 300), .caller, at: 300)
    bench.stop()
    #expect(difference(bench.sink.samples, ramp(100) + zeros(50) + ramp(250, from: 150)) == nil)
    let sums = try #require(bench.sink.ending?.sums)
    #expect(sums.caller.filled == 50 && sums.caller.late == 70 && sums.caller.real == 350)
  }

  @Test func aNewClockGoesOnWhereTheLegIs() {
    for jump in [-100_000, 8_000 * 3_601, .max - 200, .min + 200] {
      var options = RecordingOptions.recordCall()
      options.legs = .caller
      let bench = Bench(options)
      bench.push(ramp(50_000), .caller, at: 0)
      bench.push(ramp(100, from: 50_000), .caller, at: 50_000 &+ jump)
      bench.push(ramp(100, from: 50_100), .caller, at: 50_100 &+ jump)
      bench.stop()
      #expect(difference(bench.sink.samples, ramp(50_200)) == nil, "\(jump)")
    }
  }

  /// A stream that begins, or begins anew after a hold, has a clock of its own that says nothing of when: it belongs
  /// to where the other leg is, and from there on its positions are kept to.
  @Test(arguments: [nil, 0]) func theFirstPositionOfAStreamIsPlacedByArrival(clock: Int?) throws {
    let bench = Bench(.recordCall(stereo: true), begins: false)
    bench.recorder.begin(callerClock: clock, agentClock: nil, to: &bench.sink)
    bench.push(ramp(8_000), .caller, at: 0)
    bench.push(ramp(800), .agent, at: 90_000)
    bench.push(ramp(1_600, from: 8_000), .caller, at: 8_000)
    bench.push(ramp(700, from: 900), .agent, at: 90_900)
    bench.stop()
    #expect(difference(bench.sink.channel(0), ramp(9_600)) == nil)
    let agent = zeros(8_000 - 800) + ramp(800) + zeros(100) + ramp(700, from: 900)
    #expect(difference(bench.sink.channel(1), agent + zeros(9_600 - agent.count)) == nil)
  }

  @Test func aClockThatIsKnownGoesOnThroughWhatHasNoPosition() throws {
    let bench = Bench(.record(), begins: false)
    bench.recorder.begin(callerClock: 5_000, to: &bench.sink)
    bench.push(ramp(100), .caller, at: 5_010)
    bench.push(ramp(100, from: 100), .caller)
    bench.push(ramp(100, from: 250), .caller, at: 5_260)
    bench.stop()
    #expect(difference(bench.sink.samples, zeros(10) + ramp(200) + zeros(50) + ramp(100, from: 250)) == nil)
  }

  @Test func aBurstThatIsVeryLateIsDroppedAndShiftsNothing() throws {
    let bench = Bench(.recordCall(stereo: true))
    bench.push(ramp(800), .agent, at: 0)
    bench.push(ramp(80_000), .caller, at: 0)
    bench.push(ramp(79_200, from: 800), .agent, at: 800)
    bench.push(ramp(800, from: 80_000), .agent, at: 80_000)
    bench.push(ramp(800, from: 80_000), .caller, at: 80_000)
    bench.stop()
    #expect(difference(bench.sink.channel(0), ramp(80_800)) == nil)
    #expect(difference(bench.sink.channel(1), ramp(800) + zeros(77_600) + ramp(2_400, from: 78_400)) == nil)
    #expect(try #require(bench.sink.ending?.sums).agent.late == 77_600)
  }

  @Test func aLongHoldIsFilled() throws {
    let bench = Bench(.recordCall())
    bench.push(ramp(100), .caller, at: 0)
    bench.push(ramp(100), .agent, at: 0)
    bench.push(ramp(100), .caller, at: 8_000 * 600)
    bench.push(ramp(100), .agent, at: 8_000 * 600)
    bench.stop()
    #expect(bench.timeline == 8_000 * 600 + 100)
    #expect(try #require(bench.sink.ending?.sums).agent.filled == 8_000 * 600 - 100)
  }

  @Test func lostAudioIsMarked() throws {
    let bench = Bench(.record())
    bench.push(ramp(100), .caller)
    bench.recorder.lose(60, from: .caller, to: &bench.sink)
    bench.push(ramp(40, from: 160), .caller)
    bench.stop()
    #expect(difference(bench.sink.samples, ramp(100) + zeros(60) + ramp(40, from: 160)) == nil)
    #expect(bench.sink.spans.map(\.kind) == [.real, .dropped, .real])
    #expect(try #require(bench.sink.ending?.sums).caller.dropped == 60)
  }

  @Test func aLegThatIsNotRecordedStillKeepsTheTime() throws {
    let bench = Bench(.record(stereo: true))
    bench.push(ramp(8_000), .agent)
    bench.stop()
    #expect(bench.timeline == 6_400)
    #expect(try #require(bench.sink.ending?.sums).caller.filled == 6_400)
  }
}

@Suite struct BeepTests {
  @Test func recordingStartsWhenTheBeepWasHandedOut() {
    var options = RecordingOptions.record()
    options.beep = true
    let bench = Bench(options)
    bench.push(ramp(500), .caller)
    #expect(bench.sink.events.isEmpty)
    let beep = Signals.tone(.beep, rate: .narrowband)
    #expect(bench.pull(1_000) == Array(beep[..<1_000]))
    bench.push(ramp(500), .caller)
    #expect(bench.pull(1_000) == Array(beep[1_000...]))
    #expect(bench.sink.events == [.recording(at: 0)])
    bench.push(ramp(300), .caller)
    bench.stop()
    #expect(difference(bench.sink.samples, ramp(300)) == nil)
    #expect(bench.pull(1_000).isEmpty)
  }

  @Test func aBeepThatNobodyFetchesDoesNotLoseTheRecording() throws {
    var options = RecordingOptions.record()
    options.beep = true
    let bench = Bench(options)
    bench.push(ramp(40_000), .caller)
    bench.stop()
    #expect(Array(bench.sink.events.prefix(2)) == [.beepNotPlayed, .recording(at: 0)])
    #expect(bench.timeline == 40_000 - 17_600)
    #expect(bench.pull(100).isEmpty)
  }

  @Test func theBeepComesAgain() {
    var options = RecordingOptions.recordCall()
    options.beepIntervalSeconds = 1
    let bench = Bench(options)
    #expect(bench.pull(100).isEmpty)
    var beeps = 0
    for _ in 0..<350 {
      bench.push(caller: ramp(80), agent: ramp(80))
      if bench.pull(2_000).count == 1_600 { beeps += 1 }
    }
    #expect(beeps == 3)
  }
}
