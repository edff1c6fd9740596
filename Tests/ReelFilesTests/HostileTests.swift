// Strategy: what fuzzing found, kept: files that tell of sizes that can't be, and names that don't fit. Each is read
// and recovered; the only wrong answer is a trap, or sound that isn't there.
import Foundation
import ReelCore
import ReelFiles
import ReelTesting
import Testing

@Suite struct HostileTests {
  private let folder: SoundFolder

  init() throws {
    folder = try SoundFolder()
  }

  private func journal(_ name: String, format: String = "wav", line: String = "") -> [UInt8] {
    let head =
      #"{"reel_journal":1,"recording_id":"r","call_id":"c","control_id":null,"legs":["caller"],"#
      + #""start_microseconds":0,"rate":8000,"files":[{"name":"NAME","format":"FORMAT","rate":8000}]}"#
      + "\n{\"begun\":true}"
    return Array(
      "\(head)\n\(line)\n".replacingOccurrences(of: "NAME", with: name)
        .replacingOccurrences(of: "FORMAT", with: format).utf8)
  }

  @Test(arguments: ["impossible-length.mp4", "no-duration.mp4", "tag-larger-than-frame.mp3"])
  func whatFuzzingFoundIsReadAndRecovered(name: String) throws {
    let bytes = readBytes("\(testdata)/hostile/\(name)")
    let format = String(name.suffix(3))
    try folder.write(bytes, to: "a.part.\(format)")
    try folder.write(journal("a.\(format)", format: format), to: "a.part.reel.json")
    let report = try recover(folder)
    #expect(report.recovered.count + report.failures.count == 1)
    _ = refusal(try folder.write(bytes, to: "b.\(format)"))
  }

  @Test func aJournalOfAnotherNameIsNobodys() throws {
    let info = WAVHead.info(Tags(TestRecording.identity, layout: .mono))
    let part = WAVHead(encoding: .pcm16, hz: 8_000, channels: 1, info: info).bytes(dataBytes: 0) + [1, 0, 2, 0]
    for name in ["b.wav", "../a.wav", "a.mp3", ""] {
      try folder.write(part, to: "a.part.wav")
      try folder.write(journal(name), to: "a.part.reel.json")
      let report = try recover(folder)
      #expect(report.failures.count == 1 && report.recovered.first?.files.first?.samples == 2, "\(name)")
      for left in try FileManager.default.contentsOfDirectory(atPath: folder.path) {
        try FileManager.default.removeItem(atPath: folder[left])
      }
    }
  }

  @Test func aPartThatTheJournalDoesNotKnowIsRecoveredWithIt() throws {
    let head = WAVHead(encoding: .pcm16, hz: 8_000, channels: 1, info: []).bytes(dataBytes: 0)
    try folder.write(head + [1, 0, 2, 0], to: "a.part.wav")
    try folder.write(journal("a.mp4", format: "mp4"), to: "a.part.reel.json")
    let report = try recover(folder)
    #expect(report.recovered.first?.files.map(\.samples) == [0, 2])
    #expect(try recover(folder).recovered == [])
  }

  @Test func absurdNumbersInAJournalAreNoMarks() throws {
    let head = WAVHead(encoding: .pcm16, hz: 8_000, channels: 1, info: []).bytes(dataBytes: 0)
    let lines = [
      #"{"leg":"caller","kind":"real","start":9007199254740992}"#, #"{"leg":"caller","kind":"real","start":-1}"#,
      #"{"leg":"caller","kind":"real","start":0.5}"#, #"{"leg":"caller","kind":"real","start":0,"skipped":1e300}"#,
      #"{"leg":"caller","kind":"unreal","start":0}"#, #"[[[[[["#, #"{"ended":"finished"}"#,
      #"{"ended":"finished","reason":"","end_microseconds":1e18,"sums":{},"failures":{}}"#,
    ]
    for (index, line) in lines.enumerated() {
      try folder.write(head + [1, 0, 2, 0], to: "a\(index).part.wav")
      try folder.write(journal("a\(index).wav", line: line), to: "a\(index).part.reel.json")
      let report = try recover(folder)
      #expect(report.failures == [] && report.recovered.first?.files.first?.samples == 2, "\(line)")
      #expect(try Verification(of: folder["a\(index).wav"]).state == "recovered", "\(line)")
    }
  }

  @Test func absurdNumbersInAManifestAreFound() throws {
    let (caller, agent) = speech(800)
    try TestRecording.make(Rendition(folder["a.wav"], .wav(), .mono), caller: caller, agent: agent)
    let text = String(decoding: folder.bytes(of: "a.reel.json"), as: UTF8.self)
    for (from, to) in [
      ("\"samples\": 800", "\"samples\": 9007199254740992"), ("\"samples\":800", "\"samples\":1e15"),
      ("\"rate\":8000", "\"rate\":9007199254740992"), ("[\"real\",0,800]", "[\"real\",9e15,9e15],[\"real\",0,800]"),
      ("[\"real\",0,800]", "[\"real\",0,1500000000000],[\"real\",1500000000000,1500000000000]"),
    ] {
      try folder.write(Array(text.replacingOccurrences(of: from, with: to).utf8), to: "a.reel.json")
      #expect(text.contains(from) && problems(of: folder["a.wav"]) != [], "\(to)")
    }
  }
}
