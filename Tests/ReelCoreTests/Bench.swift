import ReelAudio
import ReelCore
import ReelTesting

/// A recorder and what it made, with the short words that the cases need.
final class Bench {
  var recorder: Recorder
  var sink = CollectingSink()

  var timeline: Int { recorder.timeline }
  var hasEnded: Bool { recorder.hasEnded }
  var rate: SampleRate { recorder.rate }

  init(
    _ options: RecordingOptions, caller: SampleRate = .narrowband, agent: SampleRate = .narrowband,
    begins: Bool = true
  ) {
    recorder = try! Recorder(options, caller: caller, agent: agent)
    if begins { recorder.begin(to: &sink) }
  }

  func push(_ samples: [Int16], _ leg: Leg, at position: Int? = nil) {
    recorder.push(samples.span, from: leg, at: position, to: &sink)
  }

  func push(caller: [Int16], agent: [Int16]) {
    recorder.push(caller: caller.span, agent: agent.span, to: &sink)
  }

  func pause(_ behavior: PauseBehavior = .silence) throws(RecorderError) {
    try recorder.pause(behavior, to: &sink)
  }

  func resume() throws(RecorderError) {
    try recorder.resume(to: &sink)
  }

  func press(_ key: Character) {
    recorder.press(DTMFDigit(key)!, to: &sink)
  }

  func stop(_ reason: EndReason = .stopped) {
    recorder.stop(reason, to: &sink)
  }

  func pull(_ count: Int) -> [Int16] {
    var output = [Int16](repeating: 0, count: count)
    var span = output.mutableSpan
    let made = recorder.pull(into: &span, to: &sink)
    return Array(output[..<made])
  }
}

/// `count` samples that differ from their neighbours: 1, 2, 3 … by thousands, so that any shift shows.
func ramp(_ count: Int, from start: Int = 0) -> [Int16] {
  (start..<start + count).map { Int16($0 % 1_000 + 1) }
}

func zeros(_ count: Int) -> [Int16] {
  [Int16](repeating: 0, count: count)
}
