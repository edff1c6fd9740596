// Strategy: what is compressed and encoded is read back by other people's programs: zlib and an XML parser of Python's,
// ffmpeg for the pixels. What a picture holds is asked of its SVG, which is text.
import Foundation
import ReelAudio
import ReelFiles
import ReelOffline
import ReelTesting
import Testing

@Suite struct PictureTests {
  private let folder = TestFolder()

  // MARK: Encoding

  @Test func zlibInflatesWhatWasDeflated() throws {
    var generator = SeededGenerator(seed: 5)
    var sounds: [[UInt8]] = [
      [], [7], [1, 2, 3], [UInt8](repeating: 0, count: 100_000), Array(0...255), [1, 2, 1, 2, 1, 2, 1],
    ]
    for letters in [1, 2, 5, 255] {
      sounds.append((0..<70_000).map { _ in UInt8.random(in: 0...UInt8(letters), using: &generator) })
    }
    // Repeats at every distance up to beyond the window, with other bytes between.
    let phrase = (0..<300).map { _ in UInt8.random(in: 0...255, using: &generator) }
    var far: [UInt8] = []
    for distance in [1, 3, 300, 4_800, 24_577, 32_767, 32_768, 32_769, 40_000] {
      far += phrase + (0..<max(0, distance - 300)).map { _ in UInt8.random(in: 0...255, using: &generator) } + phrase
    }
    sounds.append(far)
    for (index, bytes) in sounds.enumerated() {
      folder.write("plain", bytes)
      folder.write("deflated", Zlib.stream(bytes))
      let script = "import sys,zlib; a,b=[open(p,'rb').read() for p in sys.argv[1:]]; assert zlib.decompress(b)==a"
      let inflated = try run("python3", ["-c", script, folder["plain"], folder["deflated"]])
      #expect(inflated.status == 0, "\(index): \(String(decoding: inflated.output.suffix(300), as: UTF8.self))")
    }
    #expect(Zlib.stream(sounds[3]).count < 1_000)
  }

  @Test func checksumsAreTheStandards() {
    #expect(PNG.crc32(Array("123456789".utf8)) == 0xCBF4_3926)
    #expect(Zlib.adler32(Array("Wikipedia".utf8)) == 0x11E6_0398)
  }

  @Test func ffmpegSeesEveryPixel() throws {
    var canvas = RasterCanvas(width: 301, height: 97)
    canvas.fill(Box(x: 10, y: 10, width: 100.5, height: 30.25), Colour(0x336699))
    canvas.fill(Box(x: 60, y: 20, width: 100, height: 60), Colour(0xCC3311, alpha: 0.5))
    canvas.hatch(
      Box(x: 180, y: 5, width: 100, height: 80),
      Hatching(colour: Colour(0x884499), spacing: 8, lineShare: 0.4, rises: true))
    canvas.write(
      "Reel 0:42 — Zoë", x: 150, baseline: 60, TextStyle(size: 22, colour: Colour(0x000000), isBold: true), .middle)
    folder.write("canvas.png", canvas.png)
    let pixels = try run(
      "ffmpeg", ["-v", "error", "-i", folder["canvas.png"], "-f", "rawvideo", "-pix_fmt", "rgb24", "-"])
    #expect(pixels.status == 0 && Array(pixels.output) == canvas.rgb)
    // A whole pixel, half of one, and one with half of another colour on it.
    func pixel(_ x: Int, _ y: Int) -> [UInt8] { Array(canvas.rgb[3 * (301 * y + x)..<3 * (301 * y + x) + 3]) }
    #expect(pixel(10, 10) == [0x33, 0x66, 0x99] && pixel(110, 10) == [0x99, 0xB3, 0xCC] && pixel(111, 10)[0] == 255)
    #expect(pixel(70, 30) == [0x80, 0x4D, 0x55])
  }

  @Test func whatIsDrawnBesideThePictureIsCutOff() {
    var canvas = RasterCanvas(width: 20, height: 10)
    canvas.fill(Box(x: -50, y: -50, width: 60, height: 55), Colour(0x000000))
    canvas.fill(Box(x: 1e12, y: 3, width: 1e12, height: 1), Colour(0x000000))
    canvas.hatch(
      Box(x: 15, y: -5, width: 500, height: 500),
      Hatching(colour: Colour(0x884499), spacing: 8, lineShare: 1, rises: false))
    canvas.write("far out", x: -30, baseline: 4, TextStyle(size: 40, colour: Colour(0x000000)), .left)
    #expect(canvas.rgb.count == 600 && canvas.rgb[0] == 0 && canvas.rgb[3 * (20 * 9 + 18)] == 0x88)
  }

  // MARK: The picture

  /// The picture's SVG, after both files of it were read by others.
  private func picture(_ path: String, mostBytes: Int = 200_000) throws -> String {
    let picture = CallPicture(try Inspection(of: path))
    let png = picture.png
    #expect(png.count < mostBytes, "\(png.count) bytes")
    folder.write("picture.png", png)
    folder.write("picture.svg", Array(picture.svg.utf8))
    let decoded = try run("ffmpeg", ["-v", "error", "-i", folder["picture.png"], "-f", "null", "-"])
    #expect(decoded.status == 0 && decoded.output.isEmpty, "\(String(decoding: decoded.output, as: UTF8.self))")
    let script = "import sys,xml.etree.ElementTree as E; E.parse(sys.argv[1])"
    let parsed = try run("python3", ["-c", script, folder["picture.svg"]])
    #expect(parsed.status == 0, "\(String(decoding: parsed.output.suffix(300), as: UTF8.self))")
    return picture.svg
  }

  @Test func onlyWhatOccursIsInTheLegend() throws {
    let call = try picture(folder.stereo(.support))
    for words in ["Caller", "Agent", "Peaks", "RMS", "Speech", "Both speak", "Key pressed", ">42#<", "0:20.6"] {
      #expect(call.contains(words), "\(words)")
    }
    for words in ["Pause", "No sound arrived", "Sound lost", "Clipped", "Redacted"] {
      #expect(!call.contains(words), "\(words)")
    }
    try recordGaps(folder["gaps.wav"])
    let gaps = try picture(folder["gaps.wav"])
    for words in ["Pause<", "Pause taken out", "1.5 s out", "No sound arrived", "Sound lost", "finished: stopped"] {
      #expect(gaps.contains(words), "\(words)")
    }
    #expect(!gaps.contains("Redacted") && gaps.contains("Call abc"))
    try recordGaps(folder["mix.wav"], .mono)
    let mix = try picture(folder["mix.wav"])
    #expect(mix.contains("Caller and agent, mixed") && mix.contains("No sound arrived") && !mix.contains("talk-over"))
  }

  @Test func everySoundHasAPicture() throws {
    let sine = Signals.sine(hz: 300, dBFS: -20, seconds: 0.5, rate: .narrowband)
    let loud = [Int16](repeating: .min, count: 4_000)
    #expect(try picture(folder.wav("empty.wav", [])).contains("digital silence"))
    #expect(try picture(folder.wav("sample.wav", [1])).contains("0:00.0"))
    #expect(try picture(folder.wav("loud.wav", loud)).contains("Clipped"))
    #expect(try picture(folder.wav("odd.wav", hz: 7_000, sine)).contains("speech is not heard at 7000 Hz"))
    let eight = folder.wav("eight.wav", sine, sine, sine, sine, sine, sine, sine, loud)
    #expect(try picture(eight, mostBytes: 400_000).contains("Channel 8"))
  }

  @Test func aNameCannotBecomeMarkup() throws {
    let name = "a<b>&\"\u{1}\u{FFFF}\u{202E}😀" + String(repeating: "long ", count: 30) + ".wav"
    let svg = try picture(folder.wav(name, [Int16](repeating: 100, count: 800)))
    #expect(svg.contains("a&lt;b&gt;&amp;\"??") && !svg.contains("\u{202E}") && svg.contains("…<"))
  }

  // MARK: Figures

  @Test func figuresReadAsPeopleWriteThem() {
    #expect(1.25.text(1) == "1.3" && (-0.04).text(1) == "0.0" && 12.0.text(0) == "12" && 0.007.text(2) == "0.01")
    #expect((-Double.infinity).text(1) == "-inf" && Double.nan.text(1) == "?")
    #expect(0.0.clockText() == "0:00" && 59.96.clockText(1) == "1:00.0" && 3_727.5.clockText() == "1:02:08")
    #expect(20.5861.clockText(3) == "0:20.586" && 5.47.lengthText == "5.5 s" && 219.8.lengthText == "3:40")
  }
}
