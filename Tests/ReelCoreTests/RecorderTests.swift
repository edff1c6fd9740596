// Strategy: what each option and command means, each in one small case that is right to the sample. The
// same rules over random schedules are in RecorderPropertyTests.
import ReelAudio
import ReelCore
import ReelTesting
import Testing

@Suite struct LayoutTests {
  @Test func monoOfBothLegsIsTheirClippedSum() {
    let bench = Bench(.recordCall())
    bench.push(caller: [100, 30_000, -30_000], agent: [1, 10_000, -10_000])
    bench.stop()
    #expect(difference(bench.sink.samples, [101, 32_767, -32_768]) == nil)
  }

  @Test func stereoIsCallerLeftAndAgentRight() {
    let bench = Bench(.recordCall(stereo: true))
    bench.push(caller: ramp(500), agent: ramp(500, from: 300))
    bench.stop()
    #expect(difference(bench.sink.channel(0), ramp(500)) == nil)
    #expect(difference(bench.sink.channel(1), ramp(500, from: 300)) == nil)
  }

  @Test func aLegThatIsNotRecordedIsSilenceOnItsSide() {
    for legs in [Legs.caller, .agent] {
      var options = RecordingOptions.recordCall(stereo: true)
      options.legs = legs
      let bench = Bench(options)
      bench.push(caller: ramp(500), agent: ramp(500, from: 300))
      bench.stop()
      #expect(difference(bench.sink.channel(0), (legs == .caller ? ramp(500) : zeros(500))) == nil)
      #expect(difference(bench.sink.channel(1), (legs == .agent ? ramp(500, from: 300) : zeros(500))) == nil)
      #expect(bench.sink.spans.map(\.leg) == [legs == .caller ? .caller : .agent])
    }
  }

  @Test func monoOfOneLegIsThatLeg() {
    let bench = Bench(.record())
    bench.push(caller: ramp(500), agent: ramp(500, from: 300))
    bench.stop()
    #expect(difference(bench.sink.samples, ramp(500)) == nil)
  }

  @Test func legsOfTwoRatesMeetAtTheHigher() {
    let narrow = Signals.sine(hz: 700, dBFS: -12, seconds: 1, rate: .narrowband)
    let wide = Signals.sine(hz: 700, dBFS: -12, seconds: 1, rate: .wideband)
    let bench = Bench(.recordCall(stereo: true), caller: .narrowband, agent: .wideband)
    #expect(bench.rate == .wideband)
    bench.push(caller: narrow, agent: wide)
    bench.stop()
    #expect(bench.timeline == 16_000)
    let (left, right) = (bench.sink.channel(0), bench.sink.channel(1))
    #expect(difference(right, wide) == nil)
    // The same tone on both sides: what the resampler got wrong, in time or level, is the difference.
    let worst = (500..<15_500).map { abs(Int(left[$0]) - Int(right[$0])) }.max()!
    #expect(worst <= 3)
  }

  @Test func theRateCanBeChosen() {
    for rate in SampleRate.all {
      var options = RecordingOptions.recordCall()
      options.rate = rate
      let bench = Bench(options)
      bench.push(caller: ramp(8_000), agent: ramp(8_000))
      bench.stop()
      #expect(bench.timeline == rate.hz)
    }
  }
}

@Suite struct PauseTests {
  @Test func skipTakesTheTimeOut() throws {
    let bench = Bench(.recordCall())
    bench.push(caller: ramp(1_234), agent: zeros(1_234))
    try bench.pause(.skip)
    bench.push(caller: ramp(777, from: 1_234), agent: zeros(777))
    try bench.resume()
    bench.push(caller: ramp(500, from: 2_011), agent: zeros(500))
    bench.stop()
    #expect(difference(bench.sink.samples, ramp(1_234) + ramp(500, from: 2_011)) == nil)
    let sums = try #require(bench.sink.ending?.sums)
    #expect(sums.timeline == 1_734 && sums.skipped == 777 && sums.paused == 0)
    let spans = bench.sink.spans.filter { $0.leg == .caller }
    #expect(spans.map(\.kind) == [.real, .paused, .real])
    #expect(spans.map(\.start) == [0, 1_234, 1_234])
    #expect(spans.map(\.count) == [1_234, 0, 500])
    #expect(spans.map(\.skipped) == [0, 777, 0])
    #expect(
      bench.sink.events == [
        .recording(at: 0), .paused(.skip, at: 1_234), .recording(at: 1_234), .ended(.stopped, sums),
      ])
  }

  @Test func silenceKeepsTheTime() throws {
    let bench = Bench(.recordCall())
    bench.push(caller: ramp(1_234), agent: zeros(1_234))
    try bench.pause()
    bench.push(caller: ramp(777, from: 1_234), agent: ramp(777))
    try bench.resume()
    bench.push(caller: ramp(500, from: 2_011), agent: zeros(500))
    bench.stop()
    #expect(difference(bench.sink.samples, ramp(1_234) + zeros(777) + ramp(500, from: 2_011)) == nil)
    let sums = try #require(bench.sink.ending?.sums)
    #expect(sums.timeline == 2_511 && sums.skipped == 0 && sums.paused == 777)
    #expect(bench.sink.spans.filter { $0.leg == .agent }.map(\.kind) == [.real, .paused, .real])
  }

  @Test func pauseIsFromTheLesserPositionAndResumeFromTheGreater() throws {
    for behavior in PauseBehavior.allCases {
      let bench = Bench(.recordCall(stereo: true))
      bench.push(ramp(1_000), .caller)
      bench.push(ramp(900), .agent)
      try bench.pause(behavior)
      bench.push(ramp(400, from: 1_000), .caller)
      bench.push(ramp(900, from: 900), .agent)
      try bench.resume()
      // The caller is at 1,400 and the agent at 1,800: what the caller pushes up to there is of the pause.
      bench.push(ramp(600, from: 1_400), .caller)
      bench.push(ramp(200, from: 1_800), .agent)
      bench.stop()
      let pause = behavior == .silence ? zeros(900) : []
      #expect(difference(bench.sink.channel(0), ramp(900) + pause + ramp(200, from: 1_800)) == nil)
      #expect(difference(bench.sink.channel(1), ramp(900) + pause + ramp(200, from: 1_800)) == nil)
    }
  }

  @Test func stoppingWhilePausedKeepsSilenceUpToTheStop() throws {
    let bench = Bench(.record())
    bench.push(ramp(100), .caller)
    try bench.pause(.silence)
    bench.push(ramp(50), .caller)
    bench.stop(.callEnded)
    #expect(difference(bench.sink.samples, ramp(100) + zeros(50)) == nil)
    #expect(bench.sink.ending?.reason == .callEnded)

    let skipping = Bench(.record())
    skipping.push(ramp(100), .caller)
    try skipping.pause(.skip)
    skipping.push(ramp(50), .caller)
    skipping.stop()
    #expect(difference(skipping.sink.samples, ramp(100)) == nil)
    #expect(skipping.sink.ending?.sums.skipped == 50)
  }

  @Test func commandsOutOfStateAreRefused() throws {
    let bench = Bench(.record(), begins: false)
    #expect(throws: RecorderError.notBegun) { try bench.pause() }
    bench.recorder.begin(to: &bench.sink)
    #expect(throws: RecorderError.notPaused) { try bench.resume() }
    try bench.pause()
    #expect(throws: RecorderError.alreadyPaused) { try bench.pause(.skip) }
    bench.stop()
    #expect(throws: RecorderError.ended) { try bench.pause() }
    #expect(throws: RecorderError.ended) { try bench.resume() }
    bench.stop()
    bench.push(ramp(10), .caller)
    bench.press("#")
    #expect(bench.sink.events.count == 3 && bench.sink.samples.isEmpty)
  }

  @Test func nothingOfAPauseIsInAResampledFile() throws {
    var options = RecordingOptions.recordCall()
    options.rate = .wideband
    let bench = Bench(options)
    let quiet = [Int16](repeating: 10, count: 2_000)
    let secret = [Int16](repeating: 30_000, count: 2_000)
    bench.push(caller: quiet, agent: quiet)
    try bench.pause(.skip)
    bench.push(caller: secret, agent: secret)
    try bench.resume()
    bench.push(caller: quiet, agent: quiet)
    bench.stop()
    #expect(bench.timeline == 8_000)
    #expect(bench.sink.samples.allSatisfy { abs($0) < 40 })
  }
}

@Suite struct EndTests {
  @Test func maxLengthIsExact() {
    for (seconds, stereo) in [(2.0, false), (2.0, true), (0.0333, false)] {
      var options = RecordingOptions.recordCall(stereo: stereo)
      options.maxLengthSeconds = seconds
      let bench = Bench(options)
      bench.push(caller: ramp(20_000), agent: ramp(20_000))
      let length = SampleRate.narrowband.samples(in: seconds)
      #expect(bench.sink.samples.count == length * (stereo ? 2 : 1))
      #expect(bench.sink.ending?.reason == .maxLength)
    }
  }

  @Test func maxLengthEndsWithItsLastSampleAndNotTheNext() {
    var options = RecordingOptions.record()
    options.maxLengthSeconds = 1
    let bench = Bench(options)
    bench.push(ramp(7_999), .caller)
    #expect(!bench.hasEnded)
    bench.push(ramp(1), .caller)
    #expect(bench.hasEnded && bench.timeline == 8_000)
  }

  @Test func maxLengthCountsWhatAPauseWrites() throws {
    var options = RecordingOptions.record()
    options.maxLengthSeconds = 1
    let bench = Bench(options)
    bench.push(ramp(5_000), .caller)
    try bench.pause(.silence)
    bench.push(ramp(5_000), .caller)
    #expect(difference(bench.sink.samples, ramp(5_000) + zeros(3_000)) == nil)
    #expect(bench.sink.ending?.reason == .maxLength)

    let skipping = Bench(options)
    skipping.push(ramp(5_000), .caller)
    try skipping.pause(.skip)
    skipping.push(ramp(50_000), .caller)
    try skipping.resume()
    #expect(!skipping.hasEnded)
  }

  @Test func aTerminatorEndsWhereItWasPressed() {
    let bench = Bench(.relay())
    bench.push(ramp(4_321), .caller)
    bench.press("5")
    bench.push(ramp(11), .caller)
    bench.press("*")
    bench.push(ramp(500), .caller)
    #expect(bench.timeline == 4_332)
    #expect(bench.sink.ending?.reason == .terminator("*"))
    #expect(bench.sink.ending?.reason.outcome == .finished)
  }

  @Test func aTerminatorHeardInTheSoundStaysOutOfTheFile() throws {
    let party = TestCall.voicemail.caller
    let tone = try #require(party.digits.last)
    for longest in [33, 160, 100_000] {
      var options = RecordingOptions.record()
      options.detectsDTMF = true
      options.endSilenceTimeoutSeconds = 0
      let bench = Bench(options)
      var generator = SeededGenerator(seed: 1)
      var place = 0
      for piece in randomPieces(of: party.samples.count, longest: longest, using: &generator) {
        bench.push(Array(party.samples[place..<place + piece]), .caller)
        place += piece
      }
      #expect(bench.sink.ending?.reason == .terminator(tone.digit))
      #expect(bench.timeline <= tone.start && bench.timeline >= tone.start - 160)
      #expect(difference(bench.sink.samples, Array(party.samples[..<bench.timeline])) == nil)
    }
  }

  @Test func noSpeechEndsAtTheInitialTimeoutExactly() {
    for seconds in [4.0, 1.2345] {
      var generator = SeededGenerator(seed: 2)
      let noise = Signals.whiteNoise(dBFS: -55, count: 80_000, using: &generator)
      var options = RecordingOptions.record()
      options.initialTimeoutSeconds = seconds
      let bench = Bench(options)
      bench.push(noise, .caller)
      #expect(bench.timeline == SampleRate.narrowband.samples(completing: seconds))
      #expect(bench.sink.ending?.reason == .noInput)
      #expect(bench.sink.ending?.reason.outcome == .noInput)
    }
  }

  @Test func silenceAfterSpeechEndsInTime() throws {
    // The voicemail's second pause is longer than its first: 1.0 s ends the recording within it.
    let party = TestCall.voicemail.caller
    var options = RecordingOptions.record()
    options.endSilenceTimeoutSeconds = 1
    let bench = Bench(options)
    bench.push(party.samples, .caller)
    #expect(bench.sink.ending?.reason == .endSilence)
    let spoken = party.turns[1].end
    let due = spoken + SampleRate.narrowband.samples(in: 1 + VoiceDetector.hangoverSeconds)
    #expect(abs(bench.timeline - due) <= 480)
    let sums = try #require(bench.sink.ending?.sums)
    #expect(sums.speech > party.turns[0].end - party.turns[0].start)
  }

  @Test func timersStandStillWhilePaused() throws {
    for behavior in PauseBehavior.allCases {
      var options = RecordingOptions.record()
      options.initialTimeoutSeconds = 1
      let bench = Bench(options)
      bench.push(zeros(6_000), .caller)
      try bench.pause(behavior)
      bench.push(zeros(50_000), .caller)
      try bench.resume()
      bench.push(zeros(1_999), .caller)
      #expect(!bench.hasEnded)
      bench.push(zeros(1), .caller)
      #expect(bench.sink.ending?.reason == .noInput)
    }
  }

  @Test func speechOnEitherRecordedLegCounts() {
    var options = RecordingOptions.recordCall()
    options.initialTimeoutSeconds = 2
    let speech = TestCall.support.agent!.samples
    let bench = Bench(options)
    bench.push(caller: zeros(speech.count), agent: speech)
    #expect(!bench.hasEnded)
    options.legs = .caller
    let deaf = Bench(options)
    deaf.push(caller: zeros(speech.count), agent: speech)
    #expect(deaf.sink.ending?.reason == .noInput)
  }

  @Test func anEmptyRecordingEndsToo() {
    let bench = Bench(.record())
    bench.stop()
    #expect(bench.sink.samples.isEmpty && bench.sink.spans.isEmpty)
    #expect(bench.sink.events == [.recording(at: 0), .ended(.stopped, TimelineSums())])
  }
}
