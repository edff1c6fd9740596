// Strategy: WAV files as killed recorders leave them, made from a whole one of a call of testdata by writing other
// sizes into it. All the sound that is there must come out, and a note must say so, or an error what is wrong.
import Foundation
import ReelFiles
import ReelTesting
import Testing

@Suite struct TornWAVTests {
  private static let samples = Array(TestCall.support.caller.samples[20_000..<30_000])
  private static let sound = samples.flatMap { bytes($0) }

  @Test(arguments: [0, 2, 9_000, 20_002, 0x7FFF_FFFF, 0xFFFF_FFFF] as [UInt32])
  func aWrongSizeIsHealed(_ stated: UInt32) throws {
    let folder = try SoundFolder()
    let path = try folder.write(WAVBytes(stated: stated, riffSize: stated, sound: Self.sound).bytes, to: "x.wav")
    let reader = try AudioReader(path)
    #expect(reader.frameCount == 10_000 && reader.note?.contains("20000 bytes are there and were read") == true)
    #expect(try difference(readAll(reader), Self.samples) == nil)
  }

  @Test(arguments: [0, 10, 30_000, UInt64.max]) func aWrongSizeOfRF64IsHealed(_ stated: UInt64) throws {
    let folder = try SoundFolder()
    let path = try folder.write(WAVBytes(wide: stated, sound: Self.sound).bytes, to: "x.wav")
    let reader = try AudioReader(path)
    #expect(reader.container == "RF64" && reader.frameCount == 10_000 && reader.note != nil)
    #expect(try difference(readAll(reader), Self.samples) == nil)
  }

  /// 32 bits can't state what is there; 64 can.
  @Test func moreThanFourGigabytesAreReadIfTheHeaderCanSaySo() throws {
    let folder = try SoundFolder()
    try folder.write(WAVBytes(wide: 0).head, to: "wide.wav")
    try folder.write(WAVBytes(stated: .max).head, to: "narrow.wav")
    try folder.run("truncate -s 5000000000 wide.wav narrow.wav")
    let reader = try AudioReader(folder["wide.wav"])
    #expect(reader.frameCount == (5_000_000_000 - WAVBytes(wide: 0).head.count) / 2)
    let reason = "its WAV header states 4294967295 bytes of sound, but more than 4 GB are there"
    #expect(refusal(folder["narrow.wav"]) == reason)
  }

  @Test func chunksAfterTheSoundAreNoSound() throws {
    let folder = try SoundFolder()
    let info = Array("INFO".utf8) + WAVBytes.chunk("INAM", Array("A call\0".utf8))
    let after = WAVBytes.chunk("LIST", info) + WAVBytes.chunk("bext", [UInt8](repeating: 0, count: 602))
    let path = try folder.write(WAVBytes(riffSize: 7, sound: Self.sound, after: after).bytes, to: "x.wav")
    let reader = try AudioReader(path)
    #expect(reader.frameCount == 10_000 && reader.note == nil)
    #expect(try difference(readAll(reader), Self.samples) == nil)
    #expect(reader.tags.map(\.value) == ["A call"])
  }

  @Test func aHeaderAloneIsNoSoundAndNoError() throws {
    let folder = try SoundFolder()
    for stated in [0, 8_000] as [UInt32] {
      let reader = try AudioReader(folder.write(WAVBytes(stated: stated).bytes, to: "x.wav"))
      #expect(reader.frameCount == 0 && (reader.note == nil) == (stated == 0))
      #expect(try readAll(reader).isEmpty)
    }
  }

  @Test func halfASampleAtTheEndIsLeftOut() throws {
    let folder = try SoundFolder()
    let path = try folder.write(WAVBytes(stated: 40_000, sound: Self.sound + [5]).bytes, to: "x.wav")
    let reader = try AudioReader(path)
    #expect(reader.note?.contains("the last 1 bytes are no whole sample and were left out") == true)
    #expect(try difference(readAll(reader), Self.samples) == nil)
  }

  @Test(arguments: ["-e mu-law", "-e a-law", "-b 8", "-b 24", "-e float -b 32", "-e gsm", "-e ima"])
  func everyFormIsHealed(_ form: String) throws {
    let folder = try SoundFolder()
    try folder.sox("\(testdata)/support-8000-caller.flac \(form) whole.wav")
    var file = folder.bytes(of: "whole.wav")
    let place = try #require(file.indices.dropFirst(12).first { file[$0...].starts(with: "data".utf8) })
    file.replaceSubrange((place + 4)..<(place + 8), with: [0, 0, 0, 0])
    let torn = try AudioReader(folder.write(file, to: "torn.wav"))
    let (whole, healed) = (try readAll(folder["whole.wav"]), try readAll(torn))
    #expect(torn.note != nil)
    // The padding after sound of odd size can't be told from sound any more.
    #expect(0...1 ~= healed.count - whole.count || form == "-e ima")
    #expect(difference(Array(healed.prefix(whole.count)), whole) == nil)
  }

  @Test func everyTruncationIsReadOrRefused() throws {
    let folder = try SoundFolder()
    let file = WAVBytes(before: WAVBytes.chunk("LIST", [1, 2, 3, 4]), sound: Array(Self.sound.prefix(100))).bytes
    for count in 0..<file.count {
      let path = try folder.write(Array(file[..<count]), to: "x.wav")
      let start = file.count - 100
      if count >= start {
        #expect(try difference(readAll(path), Array(Self.samples.prefix((count - start) / 2))) == nil)
      } else {
        let reason = try #require(refusal(path), "\(count) bytes")
        #expect(
          reason == "is empty" || reason == "is no audio that Reel can read" || reason.hasPrefix("its WAV header"))
      }
    }
  }
}
