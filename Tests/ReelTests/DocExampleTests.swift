// Strategy: each example in the documentation of what embedders call is code that runs here. Its lines are looked for,
// without their comments, in this file.
import Reel
import ReelTesting
import Testing

@Suite struct DocExampleTests {
  @Test func theExamplesRun() async throws {
    let folder = TestFolder()
    var configuration = EngineConfiguration(folder: folder.path)
    configuration.backlogBytes = 2 << 30
    #expect(configuration.backlogBytes == 1 << 31)
    let engine = try RecordingEngine(EngineConfiguration(folder: folder.path))
    let silence = zeros(160)
    let (samples, rtpTimestamp) = (silence.span, UInt32(7))
    do {
      let call = engine.call("abc123", rate: 8_000)
      let recording = try call.record(.recordCall(stereo: true, format: .mp3), controlID: "main")
      call.push(samples, from: .caller)
      call.push(samples, from: .agent, at: rtpTimestamp)
      call.press("#")
      let summary = await call.end()
      #expect(summary.recordings.first == recording.summary)
    }
    let call = engine.call("def456", rate: 8_000)
    let recording = try call.record(.recordCall(stereo: true), controlID: "main")
    try recording.pause()
    try recording.resume()
    try recording.stop()
    var events = 0
    func print(_ event: RecordingEvent) { events += 1 }
    for await event in recording.events { print(event) }
    #expect(events == 4)
    let closing = await engine.close()
    #expect(closing.left == 0)
  }

  @Test func theExamplesAreThese() throws {
    let here = Set(lines(#filePath))
    let root = #filePath.split(separator: "/").dropLast(3).map { "/\($0)" }.joined()
    for name in ["Reel/Call", "Reel/EngineConfiguration", "Reel/Recording", "Reel/RecordingEngine"] {
      let examples = lines("\(root)/Sources/\(name).swift").filter { $0.hasPrefix("///     ") }
      #expect(!examples.isEmpty, "\(name)")
      for example in examples {
        let code = example.dropFirst(8)
        let end = code.firstRange(of: "//")?.lowerBound ?? code.endIndex
        let line = trimmed(code[..<end]).replacing("\"/var/recordings\"", with: "folder.path")
        #expect(line == "…" || here.contains(line), "\(name): \(line)")
      }
    }
  }

  private func lines(_ path: String) -> [String] {
    String(decoding: readBytes(path), as: UTF8.self).split(separator: "\n").map(trimmed)
  }

  private func trimmed(_ line: Substring) -> String {
    String(line.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
  }
}
