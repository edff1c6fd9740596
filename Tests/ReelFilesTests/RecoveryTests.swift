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
    // The head is there at once or not at all; of MP3 it is the longest.
    let headBytes = 2_100
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
      for kept in [1, 11, 40] {
        let work = try SoundFolder()
        do {
          let recording = try TestRecording(Rendition(work["call.\(ending)"], codec, .stereo))
          recording.write(caller, agent)
        }
        let part = "call.part.\(ending)"
        try work.write(Array(work.bytes(of: part).prefix(kept)), to: part)
        for _ in 0..<2 {
          let report = try recover(work)
          #expect(report.recovered == [] && report.failures.count == 1, "\(index) of \(kept) bytes")
          #expect(work.bytes(of: part).count == kept, "\(part) stays as it is")
        }
      }
    }
  }

  @Test func aPartOfNoBytesIsToldAndDoesNotBlockItsName() throws {
    try abandon("call.wav", .wav())
    try folder.write([], to: "call.part.wav")
    let report = try recover(folder)
    #expect(report.recovered.first?.failure?.reason == "was empty")
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["call.reel.json"])
  }

  @Test func damageInTheMiddleIsToldAndNothingBehindItIsCutOff() throws {
    for (ending, codec) in [("mp3", Codec.mp3()), ("mp4", Codec.mp4())] {
      let work = try SoundFolder()
      do {
        let recording = try TestRecording(Rendition(work["call.\(ending)"], codec, .stereo))
        for _ in 0..<20 { recording.write(caller, agent) }
      }
      let part = "call.part.\(ending)"
      var bytes = work.bytes(of: part)
      for place in 40_960..<45_056 { bytes[place] = 0 }
      try work.write(bytes, to: part)
      let report = try recover(work)
      if report.recovered.isEmpty {
        #expect(report.failures.first?.reason.contains("is damaged") == true, "\(report.failures)")
        #expect(work.bytes(of: part) == bytes, "\(ending): as it was")
      } else {
        #expect(report.recovered.first.map { 20 * 40_123 - $0.files[0].samples < 8_000 } == true, "\(ending): whole")
      }
    }
  }

  @Test func zerosAtTheEndAreCutOff() throws {
    for (ending, codec) in codecs where ending != "wav" {
      let work = try SoundFolder()
      do {
        let recording = try TestRecording(Rendition(work["call.\(ending)"], codec, .stereo))
        recording.write(caller, agent)
      }
      let part = "call.part.\(ending)"
      try work.write(work.bytes(of: part) + [UInt8](repeating: 0, count: 300_000), to: part)
      let report = try recover(work)
      #expect(report.recovered.first.map { 40_123 - $0.files[0].samples < 8_000 } == true, "\(codec): \(report)")
      #expect(problems(of: work["call.\(ending)"]) == [], "\(codec)")
    }
  }

  @Test func partsWithoutAJournalAreClosedAsNobodys() throws {
    for isDamaged in [false, true] {
      let work = try SoundFolder()
      do {
        let recording = try TestRecording(
          Rendition(work["call.wav"], .wav(), .stereo), Rendition(work["call.mp3"], .mp3(), .stereo),
          Rendition(work["call.mp4"], .mp4(), .stereo))
        recording.write(caller, agent)
      }
      let garbage = [UInt8](repeating: 0, count: 500)
      if isDamaged {
        try work.write(garbage, to: "call.part.reel.json")
      } else {
        try FileManager.default.removeItem(atPath: work["call.part.reel.json"])
      }
      // Not ours, though its name is.
      try work.write(Array("RIFF of another program".utf8), to: "other.part.wav")
      let report = try recover(work)
      #expect(report.recovered.first?.files.map { 40_123 - $0.samples < 8_000 } == [true, true, true])
      #expect(report.failures.count == (isDamaged ? 1 : 0), "a journal that can't be read is told")
      if isDamaged { #expect(work.bytes(of: "call.reel.damaged") == garbage, "and kept") }
      #expect(work.bytes(of: "other.part.wav").count == 23)
      for ending in ["wav", "mp3", "mp4"] {
        let problems = problems(of: work["call.\(ending)"])
        #expect(problems.allSatisfy { $0.contains("ledger") } && !problems.isEmpty, "\(problems)")
      }
      #expect(try recover(work).recovered == [])
    }
  }

  @Test func anOrphanTakesNoOthersManifest() throws {
    try TestRecording.make(Rendition(folder["call.mp3"], .mp3(), .stereo), caller: caller, agent: agent)
    try abandon("other.wav", .wav())
    try FileManager.default.removeItem(atPath: folder["other.part.reel.json"])
    try FileManager.default.moveItem(atPath: folder["other.part.wav"], toPath: folder["call.part.wav"])
    let before = try contents()
    let report = try recover(folder)
    #expect(report.recovered == [] && report.failures.first?.reason.hasPrefix("has no journal, and ") == true)
    #expect(try contents() == before)
  }

  @Test func aNewerJournalIsLeftAlone() throws {
    try abandon("call.wav", .wav())
    let text = String(decoding: folder.bytes(of: "call.part.reel.json"), as: UTF8.self)
    try folder.write(
      Array(text.replacingOccurrences(of: "\"reel_journal\":1", with: "\"reel_journal\":2").utf8),
      to: "call.part.reel.json")
    let before = try contents()
    let report = try recover(folder)
    #expect(report.recovered == [] && report.failures.map(\.reason) == ["is a journal of version 2; allowed: 1"])
    #expect(try contents() == before)
  }

  @Test func theFileThatWasToBeReplacedIsNotTakenForTheNewOne() throws {
    try TestRecording.make(Rendition(folder["call.wav"], .wav(), .stereo), caller: agent, agent: agent)
    let old = folder.bytes(of: "call.wav")
    // Died between the journal and the part.
    do {
      let recording = try TestRecording(Rendition(folder["call.wav"], .wav(), .stereo), replaces: true)
      recording.write(caller, agent)
    }
    let (journal, part) = (folder.bytes(of: "call.part.reel.json"), folder.bytes(of: "call.part.wav"))
    try FileManager.default.removeItem(atPath: folder["call.part.wav"])
    #expect(try recover(folder).recovered.first?.failure?.reason == "is gone")
    #expect(folder.bytes(of: "call.wav") == old)
    // Died later: neither is lost, and the new one takes the name when it is free.
    try folder.write(journal, to: "call.part.reel.json")
    try folder.write(part, to: "call.part.wav")
    let refusal = try recover(folder)
    #expect(refusal.recovered == [] && refusal.failures.first?.reason.contains("is there still") == true)
    #expect(folder.bytes(of: "call.wav") == old && folder.bytes(of: "call.part.wav") == part)
    try FileManager.default.removeItem(atPath: folder["call.wav"])
    let report = try recover(folder)
    #expect(report.failures == [] && report.recovered.first?.failure == nil)
    #expect(folder.bytes(of: "call.wav").count > 2_000 && folder.bytes(of: "call.wav") != old)
    #expect(problems(of: folder["call.wav"]) == [])
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

  @Test func theHeadOfAWAVThatIsBeingMadeTellsWhatIsThere() throws {
    for (codec, bytesPerFrame) in [(Codec.wav(), 4), (.wav(.muLaw), 2)] {
      let work = try SoundFolder()
      let recording = try TestRecording(Rendition(work["call.wav"], codec, .stereo))
      recording.write(caller, agent)
      let bytes = work.bytes(of: "call.part.wav")
      let head = try #require(WAVHead(bytes))
      let stated = try #require(head.statedDataBytes(bytes))
      #expect(stated == bytes.count - head.bytes(dataBytes: 0).count && 40_123 - stated / bytesPerFrame < 2_080)
      #expect(Array(bytes.prefix(head.bytes(dataBytes: 0).count)) == head.bytes(dataBytes: stated))
    }
  }

  @Test func anOddNumberOfBytesIsFollowedByOneMore() throws {
    for count in [8_001, 8_000] {
      let work = try SoundFolder()
      try TestRecording.make(
        Rendition(work["call.wav"], .wav(.aLaw), .mono), caller: Array(caller.prefix(count)),
        agent: Array(agent.prefix(count)))
      let bytes = work.bytes(of: "call.wav")
      let riff = bytes[4..<8].reversed().reduce(0) { $0 << 8 | Int($1) }
      #expect(bytes.count % 2 == 0 && riff == bytes.count - 8, "\(count)")
      #expect(try readAll(work["call.wav"]).count == count)
    }
  }

  @Test func whatIsRemovedUnderARecordingEndsIt() throws {
    let recording = try TestRecording(Rendition(folder["call.wav"], .wav(), .stereo))
    recording.write(caller, agent)
    #expect(!recording.files.hasFailed)
    try FileManager.default.removeItem(atPath: folder["call.part.wav"])
    // The next sync, a second later, finds out.
    usleep(1_050_000)
    recording.write(caller, agent)
    #expect(recording.files.hasFailed)
    let closed = recording.close(samples: 80_246)
    #expect(closed.failure?.reason == "was removed while it was made")
    let manifest = try JSON(utf8: readBytes(folder["call.reel.json"]))
    #expect(manifest["state"]?.text == "error" && manifest["recovered"] == .bool(false))
  }

  @Test func aRecoveredRecordingSaysSo() throws {
    try abandon("call.wav", .wav())
    _ = try recover(folder)
    let manifest = try JSON(utf8: readBytes(folder["call.reel.json"]))
    #expect(manifest["recovered"] == .bool(true) && manifest["end_time"] == .null && manifest["sums"] == .null)
    #expect(manifest["call_id"]?.text == TestRecording.identity.callID)
  }

  @Test(arguments: [11_025, 22_050, 44_100, 48_000]) func otherRatesAreRecoveredExactlyToo(hz: Int) throws {
    for (ending, codec) in codecs {
      let work = try SoundFolder()
      do {
        let recording = try TestRecording(
          Rendition(work["call.\(ending)"], codec, .stereo, rate: SampleRate(hz: hz)))
        recording.write(Array(caller.prefix(12_345)), Array(agent.prefix(12_345)), pieces: 79)
      }
      #expect(try recover(work).failures == [])
      #expect(problems(of: work["call.\(ending)"]) == [], "\(codec) at \(hz)")
    }
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
