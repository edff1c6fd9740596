// Strategy: the corners in which rules meet: legs of two rates and a pause, a stall and its burst, a failing file and a
// timer, a key's tone and a pause, a beep that comes late. Each was a fault once, or a change that no test noticed.
import ReelAudio
import ReelCore
import ReelTesting
import Testing

private let rate48 = SampleRate(hz: 48_000)!

/// Options that end with `#` in the sound.
private func listening(_ options: RecordingOptions = .recordCall()) -> RecordingOptions {
  var options = options
  options.terminators = DTMFDigits("#")!
  options.detectsDTMF = true
  options.initialTimeoutSeconds = 0
  options.endSilenceTimeoutSeconds = 0
  return options
}

private let key = Signals.tone(.dtmf("#"), rate: .narrowband)

@Suite struct TwoRateTests {
  @Test func aLegThatComesExactlyToWhereRecordingGoesOnIsNoTrap() throws {
    let stopped = Bench(.recordCall(stereo: true), caller: .narrowband, agent: rate48)
    stopped.push(ramp(160), .caller)
    stopped.push(ramp(961), .agent)
    try stopped.pause()
    try stopped.resume()
    stopped.push(ramp(1), .caller)
    stopped.stop()
    #expect(stopped.timeline == 966)

    let paused = Bench(.recordCall(stereo: true), caller: .narrowband, agent: rate48)
    paused.push(ramp(160), .caller)
    paused.push(ramp(961), .agent)
    try paused.pause()
    try paused.resume()
    paused.push(ramp(1), .caller)
    paused.push(ramp(10), .agent)
    try paused.pause()
    #expect(paused.timeline == 966)
  }

  @Test func pushingBothLegsKeepsThemInStepWhereTenMillisecondsAreNotWhole() throws {
    for hz in [11_025, 22_050] {
      let bench = Bench(.recordCall(), caller: .narrowband, agent: SampleRate(hz: hz)!)
      bench.push(caller: zeros(8_000 * 300), agent: zeros(hz * 300))
      bench.stop()
      let sums = try #require(bench.sink.ending?.sums)
      #expect(sums.timeline == hz * 300)
      #expect(sums.caller.filled + sums.caller.late + sums.agent.filled + sums.agent.late == 0, "\(hz) Hz")
    }
  }

  @Test func theOtherLegsQueueHoldsWhatAResamplerKeepsBack() {
    for agent in SampleRate.all where agent > .narrowband {
      var options = listening()
      options.maxLegSkewSeconds = RecordingOptions.legSkewSeconds.lowerBound
      let bench = Bench(options, caller: .narrowband, agent: agent)
      bench.push(caller: zeros(800), agent: zeros(agent.hz / 10))
      bench.push(zeros(8), .caller)
      for _ in 0..<100 { bench.push(zeros(agent.samples(in: 0.003)), .agent) }
      bench.stop()
      #expect(bench.hasEnded)
    }
  }

  @Test func aTonesPlaceIsThatOfTheTimeline() {
    var options = listening()
    options.rate = rate48
    let bench = Bench(options)
    bench.push(caller: zeros(8_000) + key + zeros(2_000), agent: zeros(10_000 + key.count))
    #expect(bench.hasEnded && bench.timeline <= 48_000 && bench.timeline >= 48_000 - 960)
  }
}

@Suite struct ArrivalTests {
  @Test func whoTalksInTurnsLosesNothing() throws {
    // Devices that send nothing while their party is silent: each leg stands still while the other one talks.
    for legs in [Legs.both, .caller] {
      for turn in [1, 3, 10] {
        var options = RecordingOptions.recordCall()
        options.legs = legs
        let bench = Bench(options)
        for leg in [Leg.agent, .caller, .agent, .caller] {
          for _ in 0..<turn * 50 { bench.push(ramp(160), leg) }
        }
        bench.stop()
        let sums = try #require(bench.sink.ending?.sums)
        #expect(sums.caller.late + sums.agent.late == 0 && sums.caller.real == turn * 16_000, "\(turn) s: \(sums)")
      }
    }
  }

  @Test func aPositionNeedsNoGuessing() throws {
    // The caller joins late and stands five packets behind; long afterwards one of its packets is lost.
    for lag in [5, -5] {
      let bench = Bench(.recordCall())
      for turn in 0..<500 {
        bench.push(ramp(160), .agent, at: turn * 160)
        guard turn >= 55 else { continue }
        if turn == 300 {
          bench.recorder.lose(160, from: .caller, to: &bench.sink)
        } else {
          bench.push(ramp(160), .caller, at: (turn - lag) * 160)
        }
      }
      bench.stop()
      let sums = try #require(bench.sink.ending?.sums)
      #expect(sums.caller.dropped == 160 && sums.caller.late == 0, "\(lag): \(sums)")
    }
  }

  @Test func aLossHasALimit() throws {
    let bench = Bench(.record())
    bench.push(ramp(160), .caller)
    bench.recorder.lose(.min, from: .caller, to: &bench.sink)
    bench.recorder.lose(.max, from: .caller, to: &bench.sink)
    #expect(bench.sink.ending?.reason == .noInput)
  }

  @Test func aBurstAfterALongStallLosesNothing() throws {
    for chunk in [160, 4_000] {
      let bench = Bench(.recordCall(stereo: true))
      bench.push(caller: ramp(1_600), agent: ramp(1_600))
      bench.push(ramp(4_000, from: 1_600), .caller)
      for place in stride(from: 0, to: 4_000, by: chunk) { bench.push(ramp(chunk, from: 1_600 + place), .agent) }
      bench.push(caller: ramp(8_000, from: 5_600), agent: ramp(8_000, from: 5_600))
      bench.stop()
      let sums = try #require(bench.sink.ending?.sums)
      for leg in [sums.caller, sums.agent] { #expect(leg.late == 0 && leg.real == 13_600, "in \(chunk): \(sums)") }
      // Nothing tells it from new audio, so the recording is longer by it.
      #expect(sums.timeline - 13_600 <= 4_000, "in \(chunk): \(sums)")
    }
  }

  @Test func packetsThatSwapOrderAfterAMuteAreNotLate() throws {
    for packet in [80, 160, 240, 480] {
      let bench = Bench(.recordCall(stereo: true))
      bench.push(caller: ramp(1_600), agent: ramp(1_600))
      for _ in 0..<9_600 / packet { bench.push(ramp(packet), .caller) }
      for turn in 0..<50 {
        for leg in turn % 2 == 0 ? [Leg.caller, .agent] : [.agent, .caller] { bench.push(ramp(packet), leg) }
      }
      bench.stop()
      #expect(try #require(bench.sink.ending?.sums).agent.late == 0, "packets of \(packet)")
    }
  }

  @Test func aLegIsLongAbsentOnceMoreThanASkewWasFilled() {
    for (away, rejoins) in [(3_040, false), (3_200, true), (4_000, true)] {
      let bench = Bench(.recordCall(stereo: true))
      bench.push(caller: ramp(1_600), agent: ramp(1_600))
      for place in stride(from: 0, to: away, by: 160) { bench.push(ramp(160, from: 1_600 + place), .caller) }
      for place in stride(from: 1_600 + away, to: 6_400 + away, by: 160) {
        bench.push(ramp(160, from: place), .caller)
        bench.push(ramp(160, from: place), .agent)
      }
      bench.stop()
      // Back in step, or a skew early: without positions nothing tells which is right after a short absence.
      let now = difference(bench.sink.channel(1), ramp(1_600) + zeros(away) + ramp(4_800, from: 1_600 + away)) == nil
      #expect(now == rejoins, "away for \(away)")
    }
  }

  @Test func aDebtIsForgottenOnceAudioCameAtPace() throws {
    let bench = Bench(.recordCall(stereo: true))
    // 800 samples are filled; the agent stands a skew behind, and half a second later a burst brings it ahead.
    bench.push(ramp(2_400), .caller)
    bench.push(caller: ramp(8_000), agent: ramp(8_000))
    bench.push(ramp(2_000), .agent)
    bench.push(ramp(2_000), .caller)
    bench.stop()
    let sums = try #require(bench.sink.ending?.sums)
    #expect(sums.agent.filled >= 800 && sums.agent.late == 0, "\(sums)")
  }

  @Test func lostSamplesPayADebtToo() throws {
    let bench = Bench(.recordCall())
    bench.push(caller: zeros(1_600), agent: zeros(1_600))
    for _ in 0..<15 { bench.push(zeros(160), .caller) }
    bench.recorder.lose(2_400, from: .agent, to: &bench.sink)
    for _ in 0..<50 {
      bench.push(zeros(160), .caller)
      bench.push(zeros(160), .agent)
    }
    bench.stop()
    let sums = try #require(bench.sink.ending?.sums)
    #expect(
      sums.timeline == 12_000 && sums.agent.late == 800 && sums.agent.filled == 800 && sums.agent.dropped == 1_600)
  }

  @Test func emptyPushesAreNoArrival() throws {
    func play(_ empties: Bool) -> CollectingSink {
      let bench = Bench(.recordCall(stereo: true))
      bench.push(caller: ramp(1_600), agent: ramp(1_600))
      for turn in 0..<50 {
        bench.push(ramp(160, from: 1_600 + 160 * turn), .caller)
        if empties { bench.push([], .agent) }
      }
      bench.push(ramp(160, from: 9_440), .agent)
      bench.stop()
      return bench.sink
    }
    #expect(play(false) == play(true))
  }

  @Test func aPacketOfTwoSecondsAgoIsLateAndNoNewClock() throws {
    let bench = Bench(.record())
    bench.push(ramp(24_000), .caller, at: 0)
    bench.push(ramp(160), .caller, at: 8_000)
    bench.push(ramp(160, from: 24_000), .caller, at: 24_000)
    bench.stop()
    #expect(difference(bench.sink.samples, ramp(24_160)) == nil)
    #expect(try #require(bench.sink.ending?.sums).caller.late == 160)
  }

  @Test func aNewClockIsRemembered() throws {
    let bench = Bench(.record())
    bench.push(ramp(100), .caller, at: 0)
    bench.push(ramp(100, from: 100), .caller, at: 400_000_000)
    bench.push(ramp(100, from: 250), .caller, at: 400_000_150)
    bench.stop()
    #expect(difference(bench.sink.samples, ramp(200) + zeros(50) + ramp(100, from: 250)) == nil)
  }

  @Test func whatWasLateBeforeTheRecordingIsNotOfIt() throws {
    let bench = Bench(.record(), begins: false)
    bench.push(ramp(100), .caller, at: 0)
    bench.push(ramp(100), .caller, at: 0)
    bench.recorder.begin(to: &bench.sink)
    bench.push(ramp(100), .caller, at: 100)
    bench.stop()
    #expect(try #require(bench.sink.ending?.sums).caller.late == 0)
  }

  @Test func silenceThatStandsForALegTeachesNoNoise() {
    // The agent is away for three seconds on a noisy line: when it is back its noise is no speech.
    var generator = SeededGenerator(seed: 5)
    let noise = Signals.whiteNoise(dBFS: -38, count: 48_000, using: &generator)
    var options = RecordingOptions.recordCall()
    options.initialTimeoutSeconds = 9
    let bench = Bench(options)
    bench.push(caller: zeros(24_000), agent: Array(noise[..<24_000]))
    bench.push(zeros(24_000), .caller)
    for place in stride(from: 24_000, to: 48_000, by: 160) {
      bench.push(zeros(160), .caller)
      bench.push(Array(noise[place..<place + 160]), .agent)
    }
    bench.stop()
    #expect(bench.sink.ending?.reason == .noInput && bench.timeline == 72_000)
  }
}

@Suite struct EndCornerTests {
  @Test func whatFailedIsNeverFinished() throws {
    var options = RecordingOptions.recordCall()
    options.maxLengthSeconds = 0.1
    let bench = Bench(options)
    bench.push(ramp(1_000), .caller)
    bench.stop(.failed)
    #expect(bench.sink.ending?.reason.outcome == .error)
    let paused = Bench(options)
    paused.push(caller: ramp(100), agent: ramp(100))
    try paused.pause()
    paused.push(ramp(1_000), .caller)
    paused.stop(.failed)
    #expect(paused.sink.ending?.reason.outcome == .error)
  }

  @Test func aTimeoutNeverEndsEarly() {
    for seconds in [0.00006, 1.00005, 1.1, 0.7] {
      var options = RecordingOptions.record()
      options.initialTimeoutSeconds = seconds
      let bench = Bench(options)
      bench.push(zeros(16_000), .caller)
      let length = Double(bench.timeline) / 8_000
      #expect(length >= seconds - 1e-9 && length < seconds + 1 / 8_000.0)
    }
  }

  @Test func aPauseOfSilenceEndsWithTheSampleThatFillsTheFile() throws {
    var options = RecordingOptions.record()
    options.maxLengthSeconds = 0.2
    let bench = Bench(options)
    bench.push(ramp(800), .caller)
    try bench.pause()
    bench.push(ramp(799), .caller)
    #expect(!bench.hasEnded)
    bench.push(ramp(1), .caller)
    #expect(bench.sink.ending?.reason == .maxLength && bench.timeline == 1_600)
  }

  @Test func aToneHeardAfterResumeEndsWhereItBegan() throws {
    // A leg that was behind at the resume must not move the tone's place.
    var lengths: [Int] = []
    for lag in [0, 1_500] {
      let bench = Bench(listening())
      bench.push(caller: zeros(8_000 - lag), agent: zeros(8_000 - lag))
      bench.push(zeros(lag), .caller)
      try bench.pause(.skip)
      try bench.resume()
      let before = bench.timeline
      bench.push(zeros(lag), .agent)
      let agent = zeros(8_000) + key + zeros(4_000)
      bench.push(caller: zeros(agent.count), agent: agent)
      lengths.append(bench.timeline - before)
    }
    #expect(lengths[0] == lengths[1] && lengths[0] <= 8_000 && lengths[0] >= 8_000 - 160)
  }

  @Test func aToneThatAPauseCutsOffIsForgotten() throws {
    let bench = Bench(listening())
    bench.push(caller: zeros(800), agent: zeros(800))
    bench.push(zeros(100) + key, .caller)
    try bench.pause()
    bench.push(caller: zeros(8_000), agent: zeros(8_000))
    try bench.resume()
    bench.push(caller: zeros(1_600), agent: zeros(1_600))
    #expect(!bench.hasEnded)
  }

  @Test func halfAToneBeforeAPauseAndHalfAfterAreNoKey() throws {
    let bench = Bench(listening(.record()))
    bench.push(zeros(800) + key[..<240], .caller)
    try bench.pause(.skip)
    bench.push(zeros(800), .caller)
    try bench.resume()
    bench.push(key[240..<440] + zeros(1_600), .caller)
    #expect(!bench.hasEnded)
  }

  @Test func aGapInATonePlacesTheKeyAfterIt() {
    let bench = Bench(listening(.record()))
    bench.push(zeros(800) + key[..<200], .caller, at: 0)
    bench.push(Array(key[200...]) + zeros(1_600), .caller, at: 1_400)
    #expect(bench.hasEnded && bench.timeline <= 1_400 && bench.timeline >= 1_400 - 160)
  }

  @Test func aKeyOnEitherLegEndsTheRecording() {
    for legs in [Legs.both, .caller] {
      for lag in [0, 1_200] {
        var options = listening()
        options.legs = legs
        let bench = Bench(options)
        let agent = zeros(8_000) + key + zeros(1_600)
        bench.push(zeros(lag), .caller)
        bench.push(caller: zeros(agent.count), agent: agent)
        #expect(bench.hasEnded && bench.timeline <= 8_000 && bench.timeline >= 7_840, "\(legs), \(lag) behind")
      }
    }
  }
}

@Suite struct BeepCornerTests {
  @Test func aBeepDueDuringALongPauseIsHeardOnce() throws {
    var options = RecordingOptions.recordCall()
    options.beepIntervalSeconds = 1
    let bench = Bench(options)
    bench.push(caller: ramp(800), agent: ramp(800))
    try bench.pause()
    bench.push(caller: ramp(160_000), agent: ramp(160_000))
    try bench.resume()
    var heard = 0
    for _ in 0..<60 {
      bench.push(caller: ramp(80), agent: ramp(80))
      heard += bench.pull(80).count
    }
    #expect(heard == 1_600)
  }

  @Test func patienceEndsAtTheSameSampleInAnyChunks() {
    var options = RecordingOptions.record()
    options.beep = true
    options.initialTimeoutSeconds = 0
    for chunk in [7, 77, 300, 40_000] {
      let bench = Bench(options)
      for place in stride(from: 0, to: 40_000, by: chunk) {
        bench.push(ramp(min(chunk, 40_000 - place), from: place), .caller)
      }
      bench.stop()
      #expect(bench.timeline == 40_000 - 17_600, "in \(chunk)")
    }
  }

  @Test func patienceEndsAlikeWhenTheOtherLegKeepsTheTime() {
    var options = RecordingOptions.recordCall()
    options.legs = .caller
    options.beep = true
    for chunk in [1, 7, 80, 160, 300, 40_000] {
      let bench = Bench(options)
      for place in stride(from: 0, to: 40_000, by: chunk) { bench.push(zeros(min(chunk, 40_000 - place)), .agent) }
      bench.stop()
      #expect(bench.timeline == 40_000 - 1_600 - 17_600, "in \(chunk)")
    }
  }

  @Test func aBeepThatIsBeingFetchedIsNotCutShort() {
    var options = RecordingOptions.record()
    options.beep = true
    let bench = Bench(options)
    bench.push(zeros(16_800), .caller)
    var heard = 0
    for _ in 0..<20 {
      heard += bench.pull(80).count
      bench.push(zeros(80), .caller)
    }
    #expect(heard == 1_600 && bench.sink.events == [.recording(at: 0)])
  }

  @Test func anUnrecordedLegThatIsAheadCostsNoPatience() {
    var options = RecordingOptions.record()
    options.beep = true
    options.maxLegSkewSeconds = 2
    let bench = Bench(options, begins: false)
    bench.push(zeros(16_000), .agent)
    bench.recorder.begin(to: &bench.sink)
    bench.push(zeros(1_700), .agent)
    #expect(bench.sink.events.isEmpty)
  }

  @Test func aBeepGivenUpHalfWayIsWholeTheNextTime() {
    var options = RecordingOptions.recordCall()
    options.beep = true
    options.beepIntervalSeconds = 1
    let bench = Bench(options)
    #expect(bench.pull(700).count == 700)
    bench.push(caller: zeros(20_000), agent: zeros(20_000))
    #expect(bench.sink.events.first == .beepNotPlayed)
    bench.push(caller: zeros(8_000), agent: zeros(8_000))
    #expect(difference(bench.pull(2_000), Signals.tone(.beep, rate: .narrowband)) == nil)
  }
}
