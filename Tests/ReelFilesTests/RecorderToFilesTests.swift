// Strategy: a real recorder with everything that can happen to a timeline, told to a file and to memory at once.
import ReelAudio
import ReelCore
import ReelFiles
import ReelTesting
import Testing

/// Hands everything to both.
private struct Tee: RecordingSink {
  var files: RecordingFiles
  var memory = CollectingSink()

  mutating func write(_ samples: Span<Int16>) {
    files.write(samples)
    memory.write(samples)
  }

  mutating func note(_ mark: LedgerMark) {
    files.note(mark)
    memory.note(mark)
  }

  mutating func tell(_ event: RecorderEvent) {
    files.tell(event)
    memory.tell(event)
  }
}

@Suite struct RecorderToFilesTests {
  private let folder: SoundFolder

  init() throws {
    folder = try SoundFolder()
  }

  /// Speech, a gap on one leg, both pauses and a loss.
  private func play(_ recorder: inout Recorder, to sink: inout Tee) throws {
    let (caller, agent) = speech(48_000)
    func push(_ range: Range<Int>, _ recorder: inout Recorder, _ sink: inout Tee) {
      for start in stride(from: range.lowerBound, to: range.upperBound, by: 160) {
        let (left, right) = (Array(caller[start..<start + 160]), Array(agent[start..<start + 160]))
        recorder.push(caller: left.span, agent: right.span, to: &sink)
      }
    }
    recorder.begin(to: &sink)
    push(0..<16_000, &recorder, &sink)
    let alone = Array(caller[16_000..<20_000])
    recorder.push(alone.span, from: .caller, to: &sink)
    try recorder.pause(.skip, to: &sink)
    push(20_000..<24_000, &recorder, &sink)
    try recorder.resume(to: &sink)
    push(24_000..<32_000, &recorder, &sink)
    try recorder.pause(.silence, to: &sink)
    push(32_000..<36_000, &recorder, &sink)
    try recorder.resume(to: &sink)
    recorder.lose(800, from: .agent, to: &sink)
    push(36_000..<48_000, &recorder, &sink)
  }

  @Test(arguments: [EndReason.stopped, .noInput, .terminator("#")])
  func fileAndManifestHoldWhatTheRecorderMade(reason: EndReason) throws {
    var recorder = try Recorder(.recordCall(stereo: true), caller: .narrowband, agent: .narrowband)
    let plan = try RecordingPlan(
      TestRecording.identity, rate: recorder.rate,
      [Rendition(folder["a.wav"], .wav(), .stereo), Rendition(folder["a.mp3"], .mp3(), .mono)])
    var sink = Tee(files: try RecordingFiles(plan))
    try play(&recorder, to: &sink)
    recorder.stop(reason, to: &sink)
    let closed = sink.files.close()
    #expect(closed.failure == nil)
    #expect(difference(try readAll(folder["a.wav"]), sink.memory.samples) == nil)
    #expect(Set(sink.memory.spans.map(\.kind)) == [.real, .filled, .paused, .dropped])

    let verification = try Verification(of: folder["a.wav"])
    #expect(verification.problems == [])
    #expect(verification.state == reason.outcome.rawValue)
    #expect(problems(of: folder["a.mp3"]) == [])
    let manifest = try JSON(utf8: readBytes(folder["a.reel.json"]))
    #expect(manifest["reason"]?.text == reason.words)
    for leg in Leg.allCases {
      let told = manifest["spans"]?[leg.rawValue]?.array?.map(\.description)
      let made = sink.memory.spans.filter { $0.leg == leg }.map { span in
        "[\"\(span.kind.rawValue)\",\(span.start),\(span.count)\(span.skipped > 0 ? ",\(span.skipped)" : "")]"
      }
      #expect(told == made, "\(leg)")
    }
    let sums = try #require(sink.memory.ending?.sums)
    #expect(manifest["sums"]?["skipped"]?.integer == sums.skipped && sums.skipped > 0)
    #expect(manifest["sums"]?["speech"]?.integer == sums.speech && sums.speech > 0)
    #expect(manifest["sums"]?["agent"]?["late"]?.integer == sums.agent.late)
  }

  @Test func afterACrashTheLedgerIsWhatItWasUpToThere() throws {
    var recorder = try Recorder(.recordCall(stereo: true), caller: .narrowband, agent: .narrowband)
    let memory: CollectingSink
    do {
      let plan = try RecordingPlan(
        TestRecording.identity, rate: recorder.rate, [Rendition(folder["a.wav"], .wav(), .stereo)])
      var sink = Tee(files: try RecordingFiles(plan))
      try play(&recorder, to: &sink)
      memory = sink.memory
    }
    let report = try recover(folder)
    let samples = try #require(report.recovered.first?.files.first?.samples)
    #expect(recorder.timeline - samples <= recorder.rate.samples(in: RecordingFiles.settleSeconds))
    #expect(problems(of: folder["a.wav"]) == [])
    #expect(difference(try readAll(folder["a.wav"]), Array(memory.samples.prefix(2 * samples))) == nil)
    let manifest = try JSON(utf8: readBytes(folder["a.reel.json"]))
    for leg in Leg.allCases {
      let marks = memory.marks.filter { $0.leg == leg }
      let told = try #require(manifest["spans"]?[leg.rawValue]?.array)
      #expect(told.count == marks.count, "the last mark is far enough from the end to be in the file")
      for (row, mark) in zip(told, marks) {
        #expect(row.array?[0].text == mark.kind.rawValue && row.array?[1].integer == mark.start)
      }
    }
  }
}
