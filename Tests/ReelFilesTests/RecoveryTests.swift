// Strategy: recordings that are dropped in the middle, as a killed process drops them, then cut and spoiled at places
// that a seed chooses; what comes back is compared with what was written, and everything is done twice.
import Foundation
import ReelAudio
import ReelCore
import ReelFiles
import ReelTesting
import Testing

private let codecs: [(ending: String, codec: Codec)] = [
  ("wav", .wav()), ("wav", .wav(.muLaw)), ("mp3", .mp3()), ("mp3", .mp3(.variable(4))), ("mp4", .mp4()),
]

@Suite struct RecoveryTests {
  private let folder: SoundFolder
  private let caller: [Int16]
  private let agent: [Int16]

  init() throws {
    folder = try SoundFolder()
    (caller, agent) = speech(40_123)
  }

  /// A recording that nobody closes.
  private func abandon(_ name: String, _ codec: Codec, samples: Int = 40_123) throws {
    let recording = try TestRecording(Rendition(folder[name], codec, .stereo))
    recording.write(Array(caller.prefix(samples)), Array(agent.prefix(samples)))
  }

  private func contents() throws -> [String: String] {
    var contents: [String: String] = [:]
    for name in try FileManager.default.contentsOfDirectory(atPath: folder.path) {
      let date = try FileManager.default.attributesOfItem(atPath: folder[name])[.modificationDate] ?? 0
      contents[name] = "\(date) \(folder.bytes(of: name).hashValue)"
    }
    return contents
  }

  @Test(arguments: 0..<5) func whatWasAbandonedComesBack(index: Int) throws {
    let (ending, codec) = codecs[index]
    let name = "call.\(ending)"
    try abandon(name, codec)
    #expect(try folder.probe("call.part.\(ending)", "stream=channels") == "2", "playable before")
    let report = try recover(folder)
    #expect(report.failures == [] && report.held == [])
    let file = try #require(report.recovered.first?.files.first)
    #expect(report.recovered[0].failure == nil)
    #expect(40_123 - file.samples <= 8_000, "\(file.samples)")
    #expect(problems(of: folder[name]) == [])
    #expect(try Verification(of: folder[name]).state == "recovered")
    let decoded = try folder.decoded(name)
    #expect(decoded.count >= 2 * file.samples && decoded.count - 2 * file.samples < 2 * 1_024)
    let near = signalToNoise(Array(caller.prefix(file.samples)), side(Array(decoded.prefix(2 * file.samples)), 0))
    #expect(near > (codec == .wav() ? 90 : 12), "\(near) dB")
    #expect(Set(try contents().keys).subtracting(["\(name).raw"]) == [name, "call.reel.json"])

    let before = try contents()
    #expect(try recover(folder) == RecoveryReport(recovering: folder.path))
    #expect(try recover(folder).recovered == [])
    #expect(try contents() == before, "a second time changes nothing")
  }

  @Test(arguments: 0..<5) func aTornTailCostsNoMoreThanItself(index: Int) throws {
    let (ending, codec) = codecs[index]
    let seed = UInt64.random(in: 0...999_999)
    print("torn tails of \(codec): seed \(seed)")
    var generator = SeededGenerator(seed: seed)
    try abandon("whole.\(ending)", codec, samples: 16_000)
    let whole = folder.bytes(of: "whole.part.\(ending)")
    let journal = String(decoding: folder.bytes(of: "whole.part.reel.json"), as: UTF8.self)
    let full = try #require(try recover(folder).recovered.first?.files.first?.samples)
    let headBytes = 2_000
    for round in 0..<25 {
      let kept = Int.random(in: headBytes...whole.count, using: &generator)
      let name = "torn\(round)"
      try folder.write(Array(whole.prefix(kept)), to: "\(name).part.\(ending)")
      try folder.write(
        Array(journal.replacingOccurrences(of: "whole.", with: "\(name).").utf8), to: "\(name).part.reel.json")
      let report = try recover(folder)
      #expect(report.failures == [] && report.recovered.count == 1, "seed \(seed), \(kept) bytes: \(report.failures)")
      let samples = report.recovered.first?.files.first?.samples ?? 0
      let share = Double(kept - headBytes) / Double(whole.count)
      #expect(Double(samples) >= Double(full) * share - 4_000, "seed \(seed): \(samples) of \(kept) bytes")
      #expect(problems(of: folder["\(name).\(ending)"]) == [], "seed \(seed), \(kept) bytes")
      #expect(try folder.probe("\(name).\(ending)", "stream=channels") == "2", "seed \(seed), \(kept) bytes")
    }
  }

  @Test func aHeadThatIsNotThereIsAnErrorAndNothingIsTouched() throws {
    for (index, (ending, codec)) in codecs.enumerated() {
      for kept in [0, 1, 11, 40] {
        let name = "head\(index)-\(kept)"
        try abandon("\(name).\(ending)", codec, samples: 4_000)
        let part = "\(name).part.\(ending)"
        try folder.write(Array(folder.bytes(of: part).prefix(kept)), to: part)
        let report = try recover(folder)
        #expect(report.recovered.first?.failure != nil, "\(part) of \(kept) bytes")
        #expect(folder.bytes(of: part).count == kept, "\(part) stays as it is")
        try FileManager.default.removeItem(atPath: folder[part])
      }
    }
  }

  @Test func aPartWithoutItsJournalIsClosedAsNobodys() throws {
    for (index, (ending, codec)) in codecs.enumerated() {
      let name = "orphan\(index)"
      try abandon("\(name).\(ending)", codec)
      if index % 2 == 0 {
        try FileManager.default.removeItem(atPath: folder["\(name).part.reel.json"])
      } else {
        try folder.write(Array(repeating: 0, count: 500), to: "\(name).part.reel.json")
      }
      let report = try recover(folder)
      #expect(report.recovered.first?.files.first.map { 40_123 - $0.samples <= 8_000 } == true, "\(name).\(ending)")
      #expect(report.failures.count == index % 2, "a journal that can't be read is told")
      try? FileManager.default.removeItem(atPath: folder["\(name).part.reel.json"])
      let problems = try Verification(of: folder["\(name).\(ending)"]).problems
      #expect(problems.allSatisfy { $0.contains("ledger") } && !problems.isEmpty, "\(problems)")
    }
  }

  @Test func whatALivingProcessHoldsIsNotTouched() throws {
    let recording = try TestRecording(
      Rendition(folder["a.wav"], .wav(), .stereo), Rendition(folder["a.mp4"], .mp4(), .stereo))
    recording.write(caller, agent)
    let before = try contents()
    let report = try recover(folder)
    #expect(report.recovered == [] && report.failures == [] && report.held == [folder["a.part.reel.json"]])
    #expect(try contents() == before)
    #expect(recording.close(samples: 40_123).failure == nil)
    #expect(problems(of: folder["a.wav"]) == [])
  }

  @Test func everyStepOfClosingCanBeDoneAgain() throws {
    // As though the process had died after each rename: finished files and the journal side by side.
    for (ending, codec) in codecs {
      let work = try SoundFolder()
      let recording = try TestRecording(Rendition(work["call.\(ending)"], codec, .stereo))
      recording.write(caller, agent)
      let journal = work.bytes(of: "call.part.reel.json")
      recording.close(samples: 40_123)
      let file = work.bytes(of: "call.\(ending)")
      try work.write(journal, to: "call.part.reel.json")
      try FileManager.default.removeItem(atPath: work["call.reel.json"])
      let report = try recover(work)
      #expect(report.recovered.first?.files.first?.samples == 40_123, "\(codec)")
      #expect(work.bytes(of: "call.\(ending)") == file, "\(codec): not a byte has changed")
      #expect(problems(of: work["call.\(ending)"]) == [], "\(codec)")
    }
  }

  @Test func aCrashBetweenTwoNamesOfOneFileIsMended() throws {
    for (ending, codec) in codecs {
      let work = try SoundFolder()
      do {
        let recording = try TestRecording(Rendition(work["call.\(ending)"], codec, .stereo))
        recording.write(caller, agent)
      }
      // As it is created, and as it is finished: an MP4 is another file by then.
      try work.run("ln call.part.\(ending) .call.part.\(ending).new")
      if ending != "mp4" { try work.run("ln call.part.\(ending) call.\(ending)") }
      let report = try recover(work)
      #expect(report.failures == [] && report.recovered.first?.failure == nil, "\(codec): \(report)")
      let names = try FileManager.default.contentsOfDirectory(atPath: work.path)
      #expect(Set(names) == ["call.\(ending)", "call.reel.json"], "\(codec): \(names)")
      #expect(problems(of: work["call.\(ending)"]) == [], "\(codec)")
    }
  }

  @Test func aNameThatIsTakenCostsNothing() throws {
    let recording = try TestRecording(
      Rendition(folder["call.wav"], .wav(), .stereo), Rendition(folder["call.mp3"], .mp3(), .stereo))
    recording.write(caller, agent)
    // Somebody puts a file there meanwhile.
    try folder.write(Array("mine".utf8), to: "call.wav")
    let closed = recording.close(samples: 40_123)
    #expect(closed.failure?.description.hasSuffix("call.wav: can't be created: File exists") == true)
    #expect(folder.bytes(of: "call.wav") == Array("mine".utf8))
    #expect(try folder.decoded("call.part.wav").count == 2 * 40_123)
  }

  @Test func whatTheSystemRefusedCanBeDoneLater() throws {
    do {
      let recording = try TestRecording(Rendition(folder["call.wav"], .wav(), .stereo))
      recording.write(caller, agent)
      try folder.write(Array("mine".utf8), to: "call.wav")
      recording.close(samples: 40_123)
    }
    let refused = try recover(folder)
    #expect(refused.recovered == [] && refused.failures.count == 1)
    #expect(folder.bytes(of: "call.wav") == Array("mine".utf8))
    try FileManager.default.removeItem(atPath: folder["call.wav"])
    let report = try recover(folder)
    #expect(report.failures == [] && report.recovered.first?.files.first?.samples == 40_123)
    #expect(try Verification(of: folder["call.wav"]).state == "finished", "its journal knew how it ended")
    #expect(problems(of: folder["call.wav"]) == [])
  }

  @Test func aLinkLeadsNowhere() throws {
    try abandon("call.wav", .wav())
    let outside = try SoundFolder()
    try outside.write(folder.bytes(of: "call.part.wav"), to: "mine.wav")
    try FileManager.default.removeItem(atPath: folder["call.part.wav"])
    try FileManager.default.createSymbolicLink(
      atPath: folder["call.part.wav"], withDestinationPath: outside["mine.wav"])
    let before = outside.bytes(of: "mine.wav")
    #expect(try recover(folder).failures.count == 1)
    #expect(outside.bytes(of: "mine.wav") == before)
  }

  @Test func aJournalCutAnywhereStillTellsWhatItTold() throws {
    let recording = try TestRecording(Rendition(folder["call.wav"], .wav(), .stereo))
    recording.write(Array(caller.prefix(8_000)), Array(agent.prefix(8_000)))
    recording.files.note(LedgerMark(.caller, .filled, start: 8_000))
    recording.write(Array(repeating: 0, count: 8_000), Array(agent.prefix(8_000)))
    let journal = folder.bytes(of: "call.part.reel.json")
    let part = folder.bytes(of: "call.part.wav")
    let headBytes = journal.firstIndex(of: UInt8(ascii: "\n"))! + 1
    for kept in headBytes...journal.count {
      let work = try SoundFolder()
      try work.write(Array(journal.prefix(kept)), to: "call.part.reel.json")
      try work.write(part, to: "call.part.wav")
      let report = try recover(work)
      #expect(report.recovered.first?.files.first?.samples == 16_000)
      let problems = try Verification(of: work["call.wav"]).problems
      #expect(problems.allSatisfy { $0.contains("ledger") }, "\(problems)")
      if kept == journal.count { #expect(problems == []) }
    }
  }

  @Test func foldersWithinAreSearchedAndLinksAreNot() throws {
    try FileManager.default.createDirectory(atPath: folder["2026/11"], withIntermediateDirectories: true)
    try FileManager.default.createSymbolicLink(atPath: folder["2026/loop"], withDestinationPath: folder.path)
    try abandon("2026/11/a.wav", .wav())
    let report = try recover(folder)
    #expect(report.recovered.count == 1 && report.failures == [])
    #expect(throws: FileError.self) { try RecoveryReport(recovering: folder["nowhere"]) }
  }

  @Test func otherPeoplesFilesAreLeftAlone() throws {
    for name in ["x.part.txt", "notes.json", ".hidden.new", "a.wav", "b.part.wave", ".c.wav.new"] {
      try folder.write(Array("mine".utf8), to: name)
    }
    let before = try contents()
    let report = try recover(folder)
    #expect(report.recovered == [] && report.failures == [])
    #expect(try contents() == before)
  }

  @Test func aFileIsPlayableAtEveryMoment() throws {
    for (ending, codec) in codecs {
      let work = try SoundFolder()
      let recording = try TestRecording(Rendition(work["call.\(ending)"], codec, .stereo))
      #expect(try work.probe("call.part.\(ending)", "stream=channels") == "2", "\(codec) at once")
      for second in 0..<4 {
        let range = second * 8_000..<(second + 1) * 8_000
        recording.write(Array(caller[range]), Array(agent[range]))
        let decoded = try work.decoded("call.part.\(ending)").count / 2
        #expect(decoded >= second * 8_000, "\(codec): \(decoded) samples after \(second + 1) s")
      }
    }
  }
}
