// The code of the article "Embed Reel in a media server", `Sources/Reel/Reel.docc/EmbedReel.md`: its blocks, one after
// the other, and nothing else. `Tests/ReelEndToEndTests/ArticleTests.swift` compares the two and runs the program.
import Foundation
import Reel

func makeEngine(folder: String) throws -> RecordingEngine {
  var configuration = EngineConfiguration(folder: folder)
  configuration.recordingLimit = 5_000
  return try RecordingEngine(configuration)
}

func makeCall(_ engine: RecordingEngine, id: String) -> Call {
  engine.call(id, callerRate: 8_000, agentRate: 16_000)
}

/// The thread that receives a leg calls this for each packet.
func received(_ samples: Span<Int16>, at timestamp: UInt32, from leg: Leg, of call: Call) {
  call.push(samples, from: leg, at: timestamp)
}

func record(_ call: Call) throws -> Recording {
  // Both legs, caller left and agent right, and for listening a smaller file of their sum.
  var options = RecordingOptions.recordCall()
  options.beep = true
  options.maxLengthSeconds = 4 * 3_600
  let main = try call.record(
    options, controlID: "main",
    as: [
      Rendition("\(call.id).wav", .wav(), .stereo),
      Rendition("\(call.id).mp3", .mp3(.variable(4)), .mono),
    ])
  // Meanwhile the caller alone: until # is pressed, or nothing was said for 5 s.
  try call.record(.record(), controlID: "message")
  return main
}

/// The thread that sends to the parties calls this for each packet. A beep takes the place of what was in it.
func sending(_ samples: inout MutableSpan<Int16>, of call: Call) {
  _ = call.pull(into: &samples)
}

func takeCardNumber(_ call: Call, _ recording: Recording) async throws {
  try recording.pause(.skip)
  try await Task.sleep(for: .milliseconds(200))  // The caller says it.
  try recording.resume()
  call.press("#")
}

func follow(_ recording: Recording) async {
  let name = recording.controlID
  for await event in recording.events {
    switch event {
    case .recording(let seconds): print("\(name) records from \(seconds) s on")
    case .paused(_, let seconds): print("\(name) rests at \(seconds) s")
    case .beepNotPlayed: print("\(name) had no beep: does anybody pull?")
    case .overrun(let leg, let seconds): print("\(name) lacks \(seconds) s of the \(leg): a worker was late")
    case .dropped(let seconds, let place): print("\(name) lacks \(seconds) s at \(place) s: the disk was late")
    case .finished(let summary), .noInput(let summary), .error(let summary): tell(summary)
    }
  }
}

func tell(_ summary: RecordingSummary) {
  print("\(summary.controlID) is \(summary.outcome): \(summary.reason.words), \(summary.durationSeconds) s")
  if let failure = summary.failure { print("  \(failure)") }
  for file in summary.files { print("  \(file.path), \(file.byteCount) bytes, \(file.sha256)") }
}

func end(_ call: Call) async {
  let summary = await call.end()
  print("\(summary.callID) had \(summary.recordings.count) recordings and lost \(summary.lostSamples) samples")
}

/// Every SIGTERM and SIGINT, which from here on do nothing else.
func stopSignals() -> AsyncStream<Int32> {
  AsyncStream { signals in
    for number in [SIGTERM, SIGINT] {
      let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
      // The handler keeps its source, which would go with the last reference.
      source.setEventHandler { withExtendedLifetime(source) { _ = signals.yield(number) } }
      source.resume()
    }
  }
}

@main struct Server {
  static func main() async throws {
    let signals = stopSignals()
    let engine = try makeEngine(folder: CommandLine.arguments[1])
    let serving = Task { try await serve(engine) }
    for await _ in signals {
      serving.cancel()
      let closing = await engine.close(withinSeconds: 5)
      print("closed \(closing.closed), left \(closing.left)")
      exit(closing.left == 0 ? 0 : 1)
    }
  }
}
