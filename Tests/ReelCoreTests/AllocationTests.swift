// Strategy: every way through a step, run with a counter under malloc and free. The counter is shown to count first.
import CAllocationCounter
import ReelAudio
import ReelCore
import ReelTesting
import Testing

/// Takes what a recorder makes and keeps none of it.
private struct CountingSink: RecordingSink {
  var samples = 0
  var marks = 0
  var events = 0

  mutating func write(_ samples: Span<Int16>) { self.samples += samples.count }
  mutating func note(_ mark: LedgerMark) { marks += 1 }
  mutating func tell(_ event: RecorderEvent) { events += 1 }
}

@Suite(.enabled(if: reel_allocations_are_counted()))
struct AllocationTests {
  @Test func theCounterCounts() {
    let before = reel_allocations()
    let array = [Int](repeating: 1, count: Int.random(in: 100...200))
    #expect(reel_allocations() > before)
    #expect(array.count >= 100)
  }

  static let layouts: [(legs: Legs, stereo: Bool, rate: Int)] = Legs.allCases.flatMap { legs in
    [false, true].flatMap { stereo in [8_000, 48_000].map { (legs, stereo, $0) } }
  }

  @Test(arguments: layouts)
  func aStepAllocatesNothing(layout: (legs: Legs, stereo: Bool, rate: Int)) throws {
    var options = RecordingOptions.recordCall(stereo: layout.stereo)
    options.legs = layout.legs
    options.beep = true
    options.beepIntervalSeconds = 1
    options.detectsDTMF = true
    options.terminators = DTMFDigits("#")!
    options.endSilenceTimeoutSeconds = 60
    options.rate = SampleRate(hz: layout.rate)
    let speech = TestCall.support.caller.samples
    var output = [Int16](repeating: 0, count: 20_000)
    var recorder = try Recorder(options, caller: .narrowband, agent: .wideband)
    var sink = CountingSink()

    let before = reel_allocations()
    run(&recorder, speech, &output, &sink)
    let taken = reel_allocations() - before

    #expect(taken == 0)
    #expect(recorder.hasEnded && sink.samples > 0 && sink.marks > 0 && sink.events >= 4)
  }

  /// A beep, speech on both legs in chunks of many sizes, a gap, a loss, both pauses, a key and the end.
  private func run(
    _ recorder: inout Recorder, _ speech: [Int16], _ output: inout [Int16], _ sink: inout CountingSink
  ) {
    recorder.begin(to: &sink)
    pull(&recorder, &output, &sink)
    var place = 0
    for round in 0..<60 {
      let chunk = speech.span.extracting(place..<place + 10 + 17 * round)
      place += chunk.count
      recorder.push(chunk, from: .caller, to: &sink)
      recorder.push(chunk, from: .agent, to: &sink)
      recorder.push(chunk, from: .agent, to: &sink)
      pull(&recorder, &output, &sink)
      switch round {
      case 20: try? recorder.pause(.silence, to: &sink)
      case 25: try? recorder.resume(to: &sink)
      case 30: recorder.push(chunk, from: .caller, at: place + 2_000, to: &sink)
      case 35: recorder.lose(500, from: .agent, to: &sink)
      case 40: try? recorder.pause(.skip, to: &sink)
      case 45: try? recorder.resume(to: &sink)
      default: break
      }
    }
    recorder.press("1", to: &sink)
    recorder.press("#", to: &sink)
  }

  private func pull(_ recorder: inout Recorder, _ output: inout [Int16], _ sink: inout CountingSink) {
    var span = output.mutableSpan
    _ = recorder.pull(into: &span, to: &sink)
  }
}
