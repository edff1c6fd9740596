// Strategy: reading as a stream. The size of the blocks must not show in the samples; raw PCM of every stated layout
// comes from files and from pipes; and in a process of its own, hours of sound must not take more memory than minutes.
import Foundation
import ReelFiles
import ReelTesting
import Testing

@Suite struct ReadingStreamTests {
  @Test(arguments: [
    "sox -D in.wav x.wav", "sox -D in.wav -b 24 x.wav", "sox -D in.wav -e gsm x.wav", "sox -D in.wav x.flac",
    "lame --quiet in.wav x.mp3", "ffmpeg -nostdin -i in.wav x.m4a", "ffmpeg -nostdin -i in.wav x.opus",
    "ffmpeg -nostdin -i in.wav x.ogg", "ffmpeg -nostdin -i in.wav x.aac",
  ]) func theSizeOfTheBlocksDoesNotShow(_ make: String) throws {
    let folder = try SoundFolder()
    let channels = make.contains("gsm") ? 1 : 2
    try folder.sox("\(testdata)/support-8000-caller.flac -c \(channels) in.wav trim 3 2")
    try folder.run(make)
    let path = folder[String(try #require(make.split(separator: " ").last))]
    let whole = try readAll(AudioReader(path), frames: 100_000)
    #expect(!whole.isEmpty)
    for frames in [1, 7, 160, 1_024, 4_097] {
      #expect(try difference(readAll(AudioReader(path), frames: frames), whole) == nil, "\(frames) at once")
    }
    // Room that is no whole frame is left alone, and after the end there is nothing.
    let reader = try AudioReader(path)
    var block = [Int16](repeating: 77, count: 5)
    let most = 5 / reader.channels
    #expect(try reader.readFrames(into: &block) == most && (reader.channels == 1 || block[4] == 77))
    _ = try readAll(reader)
    #expect(try reader.readFrames(into: &block) == 0)
  }

  @Test func floatsAreRoundedAndClamped() throws {
    let values: [Float] = [0, 1, -1, 2, -2, 0.5, -0.5, .infinity, -.infinity, .nan, 0.6 / 32_768, -0.6 / 32_768, 1e-30]
    let expected: [Int16] = [0, 32_767, -32_768, 32_767, -32_768, 16_384, -16_384, 32_767, -32_768, 0, 1, -1, 0]
    let sound = values.flatMap { bytes($0.bitPattern) }
    let folder = try SoundFolder()
    let path = try folder.write(WAVBytes(tag: 3, bits: 32, sound: sound).bytes, to: "x.wav")
    #expect(try readAll(path) == expected)
    let raw = RawLayout(hz: 8_000, channels: 1, encoding: .float32)
    #expect(try readAll(AudioReader(folder.write(sound, to: "x.raw"), raw: raw)) == expected)
  }

  /// Each encoding with what sox calls it.
  private static let encodings: [(encoding: RawLayout.Encoding, sox: String)] = [
    (.pcm8, "-e signed -b 8"), (.pcm16, "-e signed -b 16"), (.pcm16BigEndian, "-e signed -b 16 -B"),
    (.pcm24, "-e signed -b 24"), (.pcm32, "-e signed -b 32"), (.float32, "-e float -b 32"), (.muLaw, "-e mu-law"),
    (.aLaw, "-e a-law"),
  ]

  @Test func everyRawLayoutIsReadFromAFileAndFromAPipe() throws {
    #expect(Self.encodings.count == RawLayout.Encoding.allCases.count)
    for (encoding, words) in Self.encodings {
      for channels in [1, 2] {
        let folder = try SoundFolder()
        try folder.sox("\(testdata)/support-8000-caller.flac -c \(channels) -t raw \(words) x.raw")
        try folder.sox("-t raw \(words) -r 8000 -c \(channels) x.raw -b 16 -e signed x.wav")
        let expected = try readAll(folder["x.wav"])
        let raw = RawLayout(hz: 8_000, channels: channels, encoding: encoding)
        let file = try AudioReader(folder["x.raw"], raw: raw)
        #expect(file.frameCount == expected.count / channels && file.container == "raw" && file.hz == 8_000)
        #expect(try difference(readAll(file), expected) == nil, "\(encoding)")
        try folder.run("mkfifo fifo")
        let (source, target) = (folder["x.raw"], folder["fifo"])
        let writer = Thread { try? Data(readBytes(source)).write(to: URL(filePath: target)) }
        writer.start()
        let pipe = try AudioReader(target, raw: raw)
        #expect(pipe.frameCount == nil)
        #expect(try difference(readAll(pipe), expected) == nil, "\(encoding) from a pipe")
      }
    }
  }

  @Test func aDeviceIsReadForAsLongAsOneLikes() throws {
    let reader = try AudioReader("/dev/zero", raw: RawLayout(hz: 8_000, channels: 2, encoding: .muLaw))
    var block = [Int16](repeating: 0, count: 8_000)
    for _ in 0..<100 { #expect(try reader.readFrames(into: &block) == 4_000) }
    #expect(block.allSatisfy { $0 == -32_124 })
  }

  /// An hour at 8 kHz is 58 MB of samples; a sanitizer's own memory would be measured with ours.
  @Test(.enabled(if: ProcessInfo.processInfo.environment["ASAN_OPTIONS"] == nil))
  func hoursTakeNoMoreMemoryThanMinutes() async throws {
    let folder = try SoundFolder()
    try folder.sox("\(testdata)/support-8000-caller.flac in.wav trim 0 10")
    try folder.ffmpeg("-i in.wav -c:a libmp3lame -b:a 8k -write_xing 0 -id3v2_version 0 x.mp3")
    let tenSeconds = folder.bytes(of: "x.mp3")
    try folder.write((0..<360).flatMap { _ in tenSeconds }, to: "hour.mp3")
    try folder.ffmpeg("-i in.wav x.m4a")
    try folder.ffmpeg("-stream_loop 359 -i x.m4a -c copy hour.m4a")
    try folder.write(WAVBytes(stated: 0).head, to: "hours.wav")
    let seconds = 4 * 3_600
    try folder.run("truncate -s \(seconds * 16_000 + 44) hours.wav")
    let longs = [("hour.mp3", "x.mp3", 3_600), ("hour.m4a", "x.m4a", 3_600), ("hours.wav", "in.wav", seconds)]
    for (name, shortName, least) in longs {
      let (path, short) = (folder[name], folder[shortName])
      await #expect(processExitsWith: .success) {
        [path = path as String, short = short as String, least = least as Int] in
        // The first of its kind brings the library that decodes it.
        _ = try AudioReader(short)
        let before = peakMemory()
        let reader = try AudioReader(path)
        var block = [Int16](repeating: 0, count: 4_096)
        var count = 0
        while case let more = try reader.readFrames(into: &block), more > 0 { count += more }
        let grown = peakMemory() - before
        #expect(count >= least * 8_000 && grown < 16_384)
      }
    }
  }
}

/// The most memory that this process ever had, in kB.
private func peakMemory() -> Int {
  let status = String(decoding: readBytes("/proc/self/status"), as: UTF8.self)
  let line = status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") } ?? ""
  return Int(line.filter(\.isNumber)) ?? 0
}
