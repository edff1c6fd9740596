// Strategy: what may be asked for and what is refused, that a refusal leaves nothing behind, and that verify finds
// whatever was changed afterwards.
import Foundation
import ReelAudio
import ReelCore
import ReelFiles
import ReelTesting
import Testing

@Suite struct RefusalTests {
  private let folder: SoundFolder

  init() throws {
    folder = try SoundFolder()
  }

  private func refusal(_ renditions: Rendition..., rate: SampleRate = .narrowband) -> String? {
    do {
      _ = try RecordingPlan(TestRecording.identity, rate: rate, renditions)
      return nil
    } catch {
      return error.description
    }
  }

  @Test func optionsOutOfRangeAreNamed() {
    #expect(refusal() == "output is none; allowed: at least one file")
    #expect(
      refusal(Rendition("a.mp3", .mp3(quality: 10), .mono)) == "quality is 10; allowed: a whole number from 0 to 9")
    #expect(
      refusal(Rendition("a.mp3", .mp3(.constant(kilobits: 33)), .mono))
        == "bitrate is 33; allowed: 8, 16, 24, 32, 40, 48, 56, 64 at 8000 Hz")
    #expect(refusal(Rendition("a.mp3", .mp3(.constant(kilobits: 320)), .mono), rate: SampleRate(hz: 48_000)!) == nil)
    #expect(refusal(Rendition("a.mp3", .mp3(.average(kilobits: 0)), .mono))?.hasPrefix("bitrate is 0") == true)
    #expect(refusal(Rendition("a.mp3", .mp3(.variable(-1)), .mono))?.hasPrefix("vbr is -1") == true)
    #expect(
      refusal(Rendition("a.mp4", .mp4(kilobits: 4_000), .mono))
        == "bitrate is 4000; allowed: a whole number from 8 to 48")
    #expect(refusal(Rendition("a.wav", .wav(), .mono), Rendition("a.wav", .wav(), .stereo))?.contains("twice") == true)
  }

  @Test func everyBitRateThatIsAllowedWorks() throws {
    for rate in SampleRate.all {
      for layout in Rendition.Layout.allCases {
        for kilobits in 1...400 {
          for codec in [Codec.mp3(.constant(kilobits: kilobits)), .mp4(kilobits: kilobits)] {
            guard kilobits % 40 == 0 || kilobits <= 24, let work = try? SoundFolder() else { continue }
            let rendition = Rendition(work["a.\(codec.format)"], codec, layout)
            guard (try? rendition.validate(recordingRate: rate)) != nil else { continue }
            let recording = try TestRecording(rendition, rate: rate)
            recording.write([Int16](repeating: 99, count: 3_000), [Int16](repeating: -9, count: 3_000))
            #expect(recording.close(samples: 3_000).failure == nil, "\(codec) \(layout) at \(rate.hz)")
          }
        }
      }
    }
  }

  @Test func namesThatCannotBeFilesAreRefused() {
    for path in [
      "", "a", "a.mp3", ".wav", "/.wav", "x/.a.wav", "a\n.wav", "a\u{0}.wav", "b/\u{1b}[2J.wav", "a.part.wav",
    ] {
      let told = refusal(Rendition(path, .wav(), .mono)) ?? ""
      #expect(told.contains("allowed: a file that ends in .wav"), "\(path): \(told)")
      #expect(!told.unicodeScalars.contains { $0.value < 0x20 }, "no control character is passed on")
    }
    let long = String(repeating: "x", count: 201)
    #expect(refusal(Rendition("\(long).wav", .wav(), .mono)) != nil)
    #expect(refusal(Rendition("\(long.dropLast()).wav", .wav(), .mono)) == nil)
    #expect(refusal(Rendition("../Zoë's call.wav", .wav(), .mono)) == nil)
  }

  @Test func aCallersNameNeverLeadsOutOfTheFolder() {
    for name in [
      "", "..", ".", "../x", "a/b", "/etc/passwd", "a\tb", "a\u{7f}", ".hidden", "x.part",
      String(repeating: "é", count: 101),
    ] {
      #expect(throws: OptionError.self, "\(name)") { try RecordingName(name) }
    }
    for name in ["abc123", "Zoë", "a..b", "1+1=2", "-rf", "a b"] {
      #expect((try? RecordingName(name).text) == name)
    }
  }

  @Test func whatIsThereIsNotOverwrittenUnlessAsked() throws {
    let (caller, agent) = speech(4_000)
    try TestRecording.make(Rendition(folder["a.wav"], .wav(), .mono), caller: caller, agent: agent)
    let before = folder.bytes(of: "a.wav")
    #expect(throws: FileError.self) { try TestRecording(Rendition(folder["a.wav"], .wav(), .mono)) }
    #expect(folder.bytes(of: "a.wav") == before)
    let second = try TestRecording(Rendition(folder["a.wav"], .wav(), .mono), replaces: true)
    #expect(folder.bytes(of: "a.wav") == before, "not before the new one is whole")
    #expect(throws: FileError.self, "one at a time") {
      try TestRecording(Rendition(folder["a.wav"], .wav(), .mono), replaces: true)
    }
    second.write(agent, agent)
    second.close(samples: 4_000)
    #expect(folder.bytes(of: "a.wav") != before)
    #expect(problems(of: folder["a.wav"]) == [])
  }

  @Test func aFileKeepsWhatItsManifestSays() throws {
    let (caller, agent) = speech(4_000)
    try TestRecording.make(Rendition(folder["a.wav"], .wav(), .mono), caller: caller, agent: agent)
    #expect(throws: FileError(folder["a.reel.json"], "tells of a.wav too; replace both, or take another name")) {
      try TestRecording(Rendition(folder["a.mp3"], .mp3(), .mono), replaces: true)
    }
    #expect(problems(of: folder["a.wav"]) == [])
    _ = try TestRecording(
      Rendition(folder["a.mp3"], .mp3(), .mono), Rendition(folder["a.wav"], .wav(), .mono), replaces: true)
  }

  @Test func anOutputThatCannotBeMadeLeavesNothingOfTheOthers() throws {
    #expect(throws: FileError.self) {
      try TestRecording(
        Rendition(folder["a.wav"], .wav(), .mono), Rendition(folder["nowhere/b.mp3"], .mp3(), .mono))
    }
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == [])
    do {
      _ = try TestRecording(Rendition(folder["nowhere/b.mp3"], .mp3(), .mono))
    } catch let error as FileError {
      #expect(error.description.hasSuffix("can't be created: No such file or directory"), "\(error)")
    }
  }
}

@Suite struct VerificationTests {
  private let folder: SoundFolder

  init() throws {
    folder = try SoundFolder()
    let (caller, agent) = speech(8_000)
    try TestRecording.make(
      Rendition(folder["a.wav"], .wav(), .stereo), Rendition(folder["a.mp3"], .mp3(), .mono), caller: caller,
      agent: agent)
  }

  private func edit(_ from: String, _ to: String) throws {
    let text = String(decoding: folder.bytes(of: "a.reel.json"), as: UTF8.self)
    #expect(text.contains(from), "\(text)")
    try folder.write(Array(text.replacingOccurrences(of: from, with: to).utf8), to: "a.reel.json")
  }

  private func problems(_ name: String = "a.wav") throws -> String {
    try Verification(of: folder[name]).problems.joined(separator: "\n")
  }

  @Test func anUntouchedFileIsSound() throws {
    #expect(try problems() == "" && problems("a.mp3") == "")
    #expect(try folder.output("sha256sum", "a.wav").text.prefix(64) == hash("a.wav"))
  }

  private func hash(_ name: String) throws -> Substring {
    let text = String(decoding: folder.bytes(of: "a.reel.json"), as: UTF8.self)
    return try #require(text.components(separatedBy: "\"sha256\":\"").dropFirst().first).prefix(64)
  }

  @Test func oneChangedBitIsFound() throws {
    var bytes = folder.bytes(of: "a.wav")
    bytes[bytes.count / 2] ^= 1
    try folder.write(bytes, to: "a.wav")
    #expect(try problems().contains("SHA-256"))
    #expect(try problems("a.mp3") == "", "the other is as it was")
  }

  @Test func aMissingEndIsFound() throws {
    try folder.write(Array(folder.bytes(of: "a.mp3").dropLast(2_000)), to: "a.mp3")
    let told = try problems("a.mp3")
    #expect(told.contains("length in bytes") && told.contains("length in samples"), "\(told)")
  }

  @Test func aLedgerThatDoesNotAddUpIsFound() throws {
    try edit("\"agent\":[[\"real\",0,8000]]", "\"agent\":[[\"real\",0,4000],[\"filled\",4001,3999]]")
    let told = try problems()
    #expect(told.contains("goes from 4000 on at 4001") && told.contains("counts as real is 4000"), "\(told)")
  }

  @Test func aDurationThatIsNotTheFilesIsFound() throws {
    try edit("\"samples\": 8000", "\"samples\": 8001")
    #expect(try problems().contains("it has 8000 samples; the timeline stands for 8001"))
  }

  @Test func aManifestThatIsMissingOrForeignIsTold() throws {
    try edit("\"name\":\"a.wav\"", "\"name\":\"b.wav\"")
    #expect(try problems().contains("does not name the file"))
    try edit("\"reel_manifest\": 1", "\"reel_manifest\": 2")
    #expect(throws: FileError.self) { try Verification(of: folder["a.wav"]) }
    try folder.write(Array("{".utf8), to: "a.reel.json")
    #expect(throws: FileError.self) { try Verification(of: folder["a.wav"]) }
    try FileManager.default.removeItem(atPath: folder["a.reel.json"])
    #expect(try problems().contains("there is no manifest"))
    #expect(throws: FileError.self) { try Verification(of: folder["c.wav"]) }
    #expect(throws: FileError.self) { try Verification(of: folder["a.reel.json"]) }
  }
}

@Suite struct WAVSizeTests {
  /// A file beyond 4 GiB, of which only the head takes room on the disk.
  @Test func beyondFourGibibytesItIsRF64() throws {
    let folder = try SoundFolder()
    let head = WAVHead(encoding: .pcm16, hz: 8_000, channels: 2, info: [])
    let frames = 1_300_000_000
    try folder.write(head.bytes(dataBytes: frames * 4), to: "a.wav")
    let file = try FileHandle(forUpdating: URL(filePath: folder["a.wav"]))
    try file.truncate(atOffset: UInt64(head.bytes(dataBytes: 0).count + frames * 4))
    try file.close()
    #expect(try folder.probe("a.wav", "stream=duration_ts") == "\(frames)")
    #expect(try AudioReader(folder["a.wav"]).frameCount == frames)
  }

  /// What the encoder gives is thrown away, so that nothing but the time of copying is needed.
  @Test func anEncoderThatGoesBeyondRewritesItsHeadInPlace() throws {
    let encoder = WAVEncoder(WAVHead(encoding: .pcm16, hz: 48_000, channels: 2, info: []))
    var change = FileChange()
    encoder.begin(into: &change)
    let head = change.tail
    let block = [Int16](repeating: 1, count: 8 << 20)
    var dataBytes = 0
    while dataBytes <= 0xFFFF_FFFF {
      change = FileChange()
      encoder.encode(block.span, into: &change)
      dataBytes += change.tail.count
      encoder.settle(into: &change)
      let patch = try #require(change.patch)
      #expect(patch.offset == 0 && patch.bytes.count == head.count)
      #expect(patch.bytes.starts(with: Array((dataBytes > 0xFFFF_FF00 ? "RF64" : "RIFF").utf8)), "\(dataBytes)")
    }
  }

  @Test func theHeadIsEquallyLongAndReadsBack() throws {
    for encoding in Codec.WAVEncoding.allCases {
      for info in [[], WAVHead.info(Tags(TestRecording.identity, layout: .mono))] {
        let head = WAVHead(encoding: encoding, hz: 16_000, channels: 1, info: info)
        let length = head.bytes(dataBytes: 0).count
        for dataBytes in [0, 1, 2, 0xFFFF_0000, 0xFFFF_FF00, 0xFFFF_FFFF, 0x1_0000_0000, 0x10_0000_0000] {
          let bytes = head.bytes(dataBytes: dataBytes)
          #expect(bytes.count == length)
          #expect(WAVHead(bytes) == head)
          #expect(head.statedDataBytes(bytes) == dataBytes)
        }
        for kept in 0..<length { #expect(WAVHead(Array(head.bytes(dataBytes: 0).prefix(kept))) == nil, "\(kept)") }
      }
    }
  }
}

@Suite struct TimeTests {
  @Test func timesAreTheCalendars() throws {
    let seconds = [0, -1, 951_782_399, 951_782_400, 1_795_248_000, 4_107_542_399, -2_203_891_200, 253_402_300_799]
    let folder = try SoundFolder()
    for second in seconds {
      let date = try folder.output("date", "-u", "-d", "@\(second)", "+%Y-%m-%dT%H:%M:%S").text.dropLast()
      #expect(WallTime(microseconds: Int64(second) * 1_000_000 + 7).description == "\(date).000007Z")
    }
  }
}
