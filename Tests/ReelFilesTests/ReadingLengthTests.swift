// Strategy: what the containers of lossy sound state about delay, padding and length, in every way that programs write
// it, against the number of samples that went in; and what they state wrongly, or not at all.
import Foundation
import ReelFiles
import ReelTesting
import Testing

@Suite struct ReadingLengthTests {
  /// A folder with `in.wav`: so many samples at a rate.
  private func folder(samples: Int, hz: Int = 8_000, channels: Int = 1) throws -> SoundFolder {
    let folder = try SoundFolder()
    try folder.sox(
      "\(testdata)/survey-16000-caller.flac in.wav rate \(hz) channels \(channels) trim 1 \(samples)s")
    return folder
  }

  /// The last packet's padding is cut, however its length is stated.
  @Test(
    arguments: [
      "", "-movflags +faststart", "-movie_timescale 48000",
      "-movflags +frag_keyframe+delay_moov+default_base_moof -frag_duration 1000000",
    ], [26_400, 26_624, 26_625, 8_191, 100])
  func anMP4IsAsLongAsWhatWentIn(_ flags: String, _ count: Int) throws {
    for (hz, channels) in [(8_000, 1), (44_100, 2)] {
      let folder = try folder(samples: count, hz: hz, channels: channels)
      try folder.ffmpeg("-i in.wav \(flags) x.m4a")
      let reader = try AudioReader(folder["x.m4a"])
      #expect(reader.hz == hz && reader.channels == channels && reader.codec == "AAC")
      #expect(reader.frameCount == (flags.contains("frag") ? nil : count))
      let samples = try readAll(reader)
      #expect(samples.count == count * channels && reader.note == nil)
      if count > 1_000 { #expect(try signalToNoise(readAll(folder["in.wav"]), samples) > 15) }
    }
  }

  /// ffmpeg copies whole packets, and states by edits where in the first of them the sound begins.
  @Test func anMP4ThatIsCutByEditsIsHeardAsCut() throws {
    let folder = try folder(samples: 40_000)
    try folder.ffmpeg("-i in.wav whole.m4a")
    try folder.ffmpeg("-ss 1 -t 2 -i whole.m4a -c copy x.m4a")
    let reader = try AudioReader(folder["x.m4a"])
    let samples = try readAll(reader)
    #expect(samples.count == reader.frameCount && 16_000..<17_408 ~= samples.count)
    #expect(try signalToNoise(Array(readAll(folder["in.wav"])[8_000..<24_000]), samples) > 15)
  }

  /// ffmpeg states no priming in these: 1,024 samples of it are heard. The first second has the file's own header.
  @Test(arguments: ["+frag_keyframe", "+frag_keyframe+empty_moov"])
  func anMP4WhoseFirstHeaderIsNotAllIsReadWhole(_ flags: String) throws {
    let folder = try folder(samples: 30_001)
    try folder.ffmpeg("-i in.wav -movflags \(flags) -frag_duration 1000000 x.m4a")
    let reader = try AudioReader(folder["x.m4a"])
    #expect(reader.frameCount == nil)
    let samples = try readAll(reader)
    #expect(samples.count == 30_001 + 1_024 && reader.note == nil)
    #expect(try signalToNoise(readAll(folder["in.wav"]), Array(samples[1_024...])) > 15)
  }

  /// Of pictures nothing is read; of several sounds, one.
  @Test func theSoundOfAVideoIsRead() throws {
    let folder = try folder(samples: 24_000)
    let picture = "-f lavfi -i testsrc=size=64x64:rate=25:duration=3"
    try folder.ffmpeg("\(picture) -i in.wav -i in.wav -map 0:v -map 1:a -map 2:a -c:v mpeg4 x.mp4")
    let reader = try AudioReader(folder["x.mp4"])
    #expect(reader.frameCount == 24_000 && reader.channels == 1)
    #expect(try signalToNoise(readAll(folder["in.wav"]), readAll(reader)) > 15)
    try folder.ffmpeg("\(picture) -c:v mpeg4 mute.mp4")
    #expect(refusal(folder["mute.mp4"]) == "is no audio that Reel can read")
  }

  @Test(arguments: [8_000, 16_000, 44_100]) func anMP3OfStatedLengthIsAsLongAsWhatWentIn(_ hz: Int) throws {
    for options in ["-b 64", "-V 4"] {
      let folder = try folder(samples: 30_001, hz: hz)
      try folder.run("lame --quiet \(options) --tt Title --ta Artist in.wav x.mp3")
      let reader = try AudioReader(folder["x.mp3"])
      #expect(reader.frameCount == 30_001 && reader.hz == hz)
      #expect(reader.tags.map(\.value).prefix(2) == ["Title", "Artist"])
      #expect(try readAll(reader).count == 30_001 && reader.note == nil)
    }
  }

  /// Old encoders state how many packets there are, but not what of them is padding.
  @Test func anMP3ThatStatesItsPacketsOnlyIsReadWhole() throws {
    let folder = try folder(samples: 30_001, hz: 44_100)
    try folder.run("lame --quiet -V 4 in.wav x.mp3")
    var file = folder.bytes(of: "x.mp3")
    let place = try #require(file.indices.first { file[$0...].starts(with: "LAME".utf8) })
    file.replaceSubrange(place..<(place + 36), with: [UInt8](repeating: 0, count: 36))
    let reader = try AudioReader(folder.write(file, to: "old.mp3"))
    let count = try readAll(reader).count
    #expect(count == reader.frameCount && count % 1_152 == 0 && count > 30_001 && reader.note == nil)
  }

  /// A guess from the bit rate of the first frames would end this one early or late.
  @Test func anMP3OfNoStatedLengthIsReadToItsEnd() throws {
    let folder = try SoundFolder()
    try folder.sox("-n -r 44100 -c 1 quiet.wav trim 0 10")
    try folder.sox("-n -r 44100 -c 1 loud.wav synth 5 whitenoise vol 0.2")
    for order in ["quiet.wav loud.wav", "loud.wav quiet.wav"] {
      try folder.sox("\(order) -b 16 in.wav")
      try folder.run("lame --quiet -t -V 2 in.wav x.mp3")
      let reader = try AudioReader(folder["x.mp3"])
      #expect(reader.frameCount == nil)
      let count = try readAll(reader).count
      #expect(15 * 44_100...15 * 44_100 + 4 * 1_152 ~= count && reader.note == nil)
    }
  }

  @Test func twoMP3sInOneAreReadAndNoted() throws {
    let folder = try folder(samples: 20_000, hz: 16_000)
    // At low bit rates a frame has no room for what LAME states.
    try folder.run("lame --quiet -b 64 in.wav x.mp3")
    let reader = try AudioReader(folder.write(folder.bytes(of: "x.mp3") + folder.bytes(of: "x.mp3"), to: "xx.mp3"))
    let count = try readAll(reader).count
    #expect(count >= 40_000 && reader.note == "the file states 20000 samples a channel and has \(count)")
  }

  @Test(arguments: ["x.mp3", "x.flac", "x.m4a", "x.ogg", "x.opus", "x.aac"])
  func aFileThatIsCutOffIsReadAsFarAsItGoes(_ name: String) throws {
    let folder = try folder(samples: 40_000, hz: 16_000)
    try folder.ffmpeg("-i in.wav -movflags +faststart \(name)")
    let whole = try readAll(folder[name])
    let bytes = folder.bytes(of: name)
    let reader = try AudioReader(folder.write(Array(bytes[..<(bytes.count * 2 / 3)]), to: "cut-\(name)"))
    let samples = try readAll(reader)
    #expect(samples.count > 15_000 && samples.count < 35_000)
    #expect(name.hasSuffix("aac") || name.hasPrefix("x.o") || reader.note != nil)
    // The last packets may be torn; what is before is the same.
    let same = samples.count - 4_608
    #expect(difference(Array(samples[..<same]), Array(whole[..<same])) == nil)
  }

  /// libsndfile can't go on; libav can, and the time of what is lost is kept.
  @Test func damageOnTheWayIsAnErrorOrSilence() throws {
    let folder = try folder(samples: 50_000)
    try folder.sox("in.wav x.flac")
    try folder.ffmpeg("-i in.wav x.m4a")
    for name in ["x.flac", "x.m4a"] {
      var file = folder.bytes(of: name)
      for index in (file.count / 2)..<(file.count / 2 + 2_000) { file[index] = 0xA5 }
      try folder.write(file, to: "damaged-\(name)")
    }
    let reader = try AudioReader(folder["damaged-x.flac"])
    var block = [Int16](repeating: 0, count: 100_000)
    let count = try reader.readFrames(into: &block)
    #expect(count > 15_000 && count < 35_000)
    #expect(
      try difference(Array(block[..<(count - 4_608)]), Array(readAll(folder["in.wav"])[..<(count - 4_608)])) == nil)
    #expect(refusal(folder["damaged-x.flac"])?.hasPrefix("is damaged after \(count) samples: ") == true)
    let other = try AudioReader(folder["damaged-x.m4a"])
    #expect(try readAll(other).count == 50_000)
    #expect(other.note?.hasSuffix("packets that are damaged were read as silence") == true)
  }

  @Test(arguments: ["mp3", "aac"]) func anotherRateOnTheWayIsAnErrorWhereItIs(_ kind: String) throws {
    let folder = try folder(samples: 20_000, hz: 16_000)
    try folder.ffmpeg("-i in.wav a.\(kind)")
    try folder.ffmpeg("-i in.wav -ar 24000 b.\(kind)")
    let both = folder.bytes(of: "a.\(kind)") + folder.bytes(of: "b.\(kind)")
    let reason = try #require(refusal(folder.write(both, to: "ab.\(kind)")))
    #expect(reason.contains("changes to 24000 Hz and 1 channels after 2"))
  }

  @Test(arguments: ["libvorbis", "libopus"]) func anotherOggStreamIsAnErrorWhereItIs(_ codec: String) throws {
    let folder = try folder(samples: 20_000, hz: 16_000)
    try folder.ffmpeg("-i in.wav -c:a \(codec) a.ogg")
    let path = try folder.write(folder.bytes(of: "a.ogg") + folder.bytes(of: "a.ogg"), to: "aa.ogg")
    #expect(refusal(path) == "holds another stream after 20000 samples; allowed: one stream")
    // What came before is handed out first, and the error stays.
    let reader = try AudioReader(path)
    var block = [Int16](repeating: 0, count: 20_000)
    var count = 0
    while count < 20_000 { count += try reader.readFrames(into: &block) }
    for _ in 0..<2 { #expect(throws: FileError.self) { try reader.readFrames(into: &block) } }
  }

  @Test func aPauseInAMRKeepsItsTime() throws {
    // No program here makes AMR as a matter of course. These are packets of 20 ms that say "no data", which is what
    // telephones send between comfort noise; then one of speech of the lowest rate, all zeros.
    let folder = try SoundFolder()
    let speech = [0x04] + [UInt8](repeating: 0, count: 12)
    let pause = [UInt8](repeating: 0x7C, count: 50)
    let narrow = try AudioReader(folder.write(Array("#!AMR\n".utf8) + pause + speech + pause, to: "x.amr"))
    #expect(narrow.hz == 8_000 && narrow.codec == "AMR-NB" && narrow.container == "AMR")
    let samples = try readAll(narrow)
    #expect(samples.count == 101 * 160 && samples.prefix(8_000).allSatisfy { $0 == 0 })
    #expect(narrow.note == "100 packets of comfort noise were read as silence")
    let wide = try AudioReader(folder.write(Array("#!AMR-WB\n".utf8) + pause, to: "wide.amr"))
    #expect(wide.hz == 16_000 && wide.codec == "AMR-WB")
    #expect(try readAll(wide).count == 50 * 320)
  }

  /// sox has an encoder of AMR if a library is there; its frames are 160 samples and its delay is 5 ms.
  @Test func speechInAMRIsReadAsSoxReadsIt() throws {
    let folder = try folder(samples: 40_000)
    guard (try? folder.sox("in.wav x.amr-nb")) != nil else { return }
    try folder.sox("x.amr-nb -b 16 again.wav")
    let (ours, theirs) = (try readAll(folder["x.amr-nb"]), try readAll(folder["again.wav"]))
    #expect(ours.count == theirs.count)
    #expect(signalToNoise(theirs, ours) > 10)
  }
}
