// Strategy: every format of the promise is made by another program (sox, ffmpeg, lame) from a call of testdata. What
// loses nothing must give the same samples; what loses something must be as long to the sample, and as near as a stated
// margin, which a shift by one sample would already miss.
import Foundation
import ReelFiles
import ReelTesting
import Testing

@Suite struct AudioReaderTests {
  /// How a file is made from `in.wav`, which is mono at 8 kHz, and what it should be read as.
  struct Kind: Sendable, CustomTestStringConvertible {
    let make: String
    let name: String
    let container: String
    let codec: String
    /// At least so near, in dB; nil for the same samples.
    var margin: Double?
    /// Whether the file states how long it is.
    var isCounted = true

    var testDescription: String { "\(container) \(codec): \(make)" }
  }

  private static let lossless = [
    Kind(make: "sox in.wav x.wav", name: "x.wav", container: "WAV", codec: "PCM 16 bit"),
    Kind(make: "sox in.wav -b 24 x.wav", name: "x.wav", container: "WAV", codec: "PCM 24 bit"),
    Kind(make: "sox in.wav -b 32 x.wav", name: "x.wav", container: "WAV", codec: "PCM 32 bit"),
    Kind(make: "sox in.wav -e float -b 32 x.wav", name: "x.wav", container: "WAV", codec: "float 32 bit"),
    Kind(make: "sox in.wav -e float -b 64 x.wav", name: "x.wav", container: "WAV", codec: "float 64 bit"),
    Kind(make: "sox in.wav -e mu-law x.wav", name: "x.wav", container: "WAV", codec: "µ-law"),
    Kind(make: "ffmpeg -i in.wav -rf64 always x.wav", name: "x.wav", container: "RF64", codec: "PCM 16 bit"),
    Kind(make: "ffmpeg -i in.wav -c:a pcm_s16be x.caf", name: "x.caf", container: "CAF", codec: "PCM 16 bit"),
    Kind(make: "sox in.wav x.aiff", name: "x.aiff", container: "AIFF", codec: "PCM 16 bit"),
    Kind(make: "sox in.wav x.aifc", name: "x.aifc", container: "AIFF", codec: "PCM 16 bit"),
    Kind(make: "sox in.wav x.au", name: "x.au", container: "AU", codec: "PCM 16 bit"),
    Kind(make: "sox in.wav x.flac", name: "x.flac", container: "FLAC", codec: "FLAC 16 bit"),
    Kind(make: "sox in.wav -b 24 x.flac", name: "x.flac", container: "FLAC", codec: "FLAC 24 bit"),
    Kind(make: "ffmpeg -i in.wav -c:a alac x.m4a", name: "x.m4a", container: "MP4", codec: "ALAC"),
    Kind(make: "ffmpeg -i in.wav -c:a flac x.ogg", name: "x.ogg", container: "Ogg", codec: "FLAC", isCounted: false),
    Kind(
      make: "ffmpeg -i in.wav -c:a flac x.mka", name: "x.mka", container: "Matroska", codec: "FLAC", isCounted: false),
  ]

  private static let lossy = [
    Kind(make: "sox in.wav -b 8 x.wav", name: "x.wav", container: "WAV", codec: "PCM 8 bit", margin: 18),
    Kind(make: "sox in.wav -e a-law x.wav", name: "x.wav", container: "WAV", codec: "A-law", margin: 33),
    Kind(make: "sox in.wav -e gsm x.wav", name: "x.wav", container: "WAV", codec: "GSM 06.10", margin: 8),
    Kind(make: "sox in.wav -e ima x.wav", name: "x.wav", container: "WAV", codec: "ADPCM", margin: 15),
    Kind(make: "sox in.wav -e ms x.wav", name: "x.wav", container: "WAV", codec: "ADPCM", margin: 15),
    Kind(make: "ffmpeg -i in.wav x.m4a", name: "x.m4a", container: "MP4", codec: "AAC", margin: 25),
    Kind(make: "ffmpeg -i in.wav -c:a libvorbis x.ogg", name: "x.ogg", container: "Ogg", codec: "Vorbis", margin: 15),
    Kind(
      make: "ffmpeg -i in.wav -c:a libopus -b:a 32k x.opus", name: "x.opus", container: "Ogg", codec: "Opus", margin: 25
    ),
    Kind(
      make: "ffmpeg -i in.wav -c:a libmp3lame -b:a 32k x.mp3", name: "x.mp3", container: "MP3", codec: "MP3",
      margin: 15),
    Kind(make: "lame --quiet -b 32 in.wav x.mp3", name: "x.mp3", container: "MP3", codec: "MP3", margin: 15),
    Kind(make: "lame --quiet -V 2 in.wav x.mp3", name: "x.mp3", container: "MP3", codec: "MP3", margin: 15),
  ]

  @Test(arguments: lossless + lossy) func theSoundOfAFileIsThatOfItsOriginal(_ kind: Kind) throws {
    let original = TestCall.support.caller.samples
    let folder = try SoundFolder()
    try folder.sox("\(testdata)/support-8000-caller.flac in.wav")
    try folder.run(kind.make.replacing("ffmpeg ", with: "ffmpeg -v error -nostdin ").replacing("sox ", with: "sox -D "))
    let reader = try AudioReader(folder[kind.name])
    #expect(reader.path == folder[kind.name] && reader.hz == 8_000 && reader.channels == 1)
    #expect(reader.container == kind.container && reader.codec == kind.codec)
    #expect(reader.frameCount == (kind.isCounted ? original.count : nil))
    let samples = try readAll(reader)
    #expect(reader.note == nil)
    if let margin = kind.margin {
      #expect(samples.count == original.count)
      let ratio = signalToNoise(original, samples)
      #expect(ratio >= margin)
    } else {
      #expect(difference(samples, original) == nil)
    }
  }
}
