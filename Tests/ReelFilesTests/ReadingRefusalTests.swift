// Strategy: what is no sound, or must not be opened, is refused by a typed error that names the file and the reason,
// at once and without a crash: each by name, then seeded mutations of small files of every kind, of which any may be
// read or refused, but none may take long or kill the process. REEL_DAMAGES sets how many of each kind.
import Foundation
import ReelFiles
import ReelTesting
import Testing

@Suite struct ReadingRefusalTests {
  @Test func whatIsNoSoundIsRefusedByName() throws {
    let folder = try SoundFolder()
    let none = "is no audio that Reel can read"
    let pipe = "is a pipe or a device; only raw PCM of a stated layout can be read from one"
    try FileManager.default.createDirectory(atPath: folder["folder.wav"], withIntermediateDirectories: true)
    try folder.run("mkfifo fifo")
    var generator = SeededGenerator(seed: 3)
    let noise = (0..<50_000).map { _ in UInt8.random(in: 0...255, using: &generator) }
    let files: [(path: String, reason: String)] = [
      (folder["absent.wav"], "can't be opened: No such file or directory"),
      ("", "can't be opened: No such file or directory"),
      (folder["folder.wav"], "is a folder"), (folder["fifo"], pipe), ("/dev/zero", pipe), ("/dev/null", pipe),
      ("/proc/self/mem", "is empty"), ("a\0b", "has a zero byte in its name"),
      ("http://127.0.0.1:1/x.mp3", "can't be opened: No such file or directory"),
      ("concat:\(testdata)/README.md", "can't be opened: No such file or directory"),
      (try folder.write([], to: "empty.wav"), "is empty"), (try folder.write([7], to: "byte.wav"), none),
      (try folder.write(Array("Dear diary, nothing to hear.\n".utf8), to: "text.wav"), none),
      (#filePath, none), (try folder.write(noise, to: "noise.mp3"), none),
      (try folder.write([UInt8](repeating: 0, count: 100_000), to: "zeros.mp3"), none),
      (try folder.write([UInt8](repeating: 255, count: 100_000), to: "ones.aac"), none),
    ]
    for (path, reason) in files { #expect(refusal(path) == reason, "\(path)") }
    // Nothing of this stays open.
    let open = try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").compactMap {
      try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/fd/\($0)")
    }
    #expect(!open.contains { $0.hasPrefix(folder.path) })
    let odd = try folder.write(noise, to: "file:\n\"odd\" %s ünïcode.wav")
    #expect(refusal(odd) == none)
  }

  /// Lists of other files are no sound, and nobody opens what they name.
  @Test func playlistsAreRefused() throws {
    let folder = try SoundFolder()
    try folder.sox("\(testdata)/support-8000-caller.flac real.wav")
    let lists = [
      "#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXT-X-VERSION:3\n#EXTINF:10,\nreal.wav\n#EXT-X-ENDLIST\n",
      "ffconcat version 1.0\nfile real.wav\n",
      "v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\nm=audio 5004 RTP/AVP 0\n",
      "<?xml version=\"1.0\"?><MPD xmlns=\"urn:mpeg:dash:schema:mpd:2011\"><Period></Period></MPD>",
    ]
    for list in lists {
      let path = try folder.write(Array(list.utf8), to: "list.wav")
      #expect(refusal(path) == "is no audio that Reel can read")
    }
  }

  @Test func ratesAndChannelsOutOfRangeAreRefused() throws {
    let folder = try SoundFolder()
    try folder.sox("-n -r 900 -c 1 low.wav trim 0 1")
    #expect(refusal(folder["low.wav"]) == "is 900 Hz; allowed: 1000 to 384000")
    try folder.sox("-n -r 8000 -c 9 many.wav trim 0 1")
    #expect(refusal(folder["many.wav"]) == "has 9 channels; allowed: 1 to 8")
    try folder.sox("-n -r 8000 -c 8 eight.wav trim 0 1")
    #expect(try readAll(folder["eight.wav"]).count == 64_000)
    let path = try folder.write([1, 2, 3, 4], to: "x.raw")
    let layouts: [(hz: Int, channels: Int)] = [(0, 1), (-1, 1), (.max, 1), (8_000, 0), (8_000, -1), (8_000, .max)]
    for layout in layouts {
      let raw = RawLayout(hz: layout.hz, channels: layout.channels, encoding: .pcm16)
      #expect(refusal(path, raw: raw) != nil, "\(layout)")
    }
  }

  private static let makers: [(make: String, name: String)] = [
    ("sox -D in.wav x.wav", "x.wav"), ("sox -D in.wav -e gsm x.wav", "x.wav"), ("sox -D in.wav -e ms x.wav", "x.wav"),
    ("ffmpeg -nostdin -i in.wav -rf64 always x.wav", "x.wav"), ("sox -D in.wav x.flac", "x.flac"),
    ("sox -D in.wav x.aiff", "x.aiff"), ("ffmpeg -nostdin -i in.wav x.caf", "x.caf"),
    ("ffmpeg -nostdin -i in.wav x.w64", "x.w64"), ("lame --quiet in.wav x.mp3", "x.mp3"),
    ("ffmpeg -nostdin -i in.wav x.m4a", "x.m4a"),
    ("ffmpeg -nostdin -i in.wav -movflags +frag_keyframe+empty_moov -frag_duration 100000 x.m4a", "x.m4a"),
    ("ffmpeg -nostdin -i in.wav x.aac", "x.aac"), ("ffmpeg -nostdin -i in.wav -c:a libvorbis x.ogg", "x.ogg"),
    ("ffmpeg -nostdin -i in.wav -c:a libopus x.opus", "x.opus"),
    ("ffmpeg -nostdin -i in.wav -c:a flac x.ogg", "x.ogg"), ("ffmpeg -nostdin -i in.wav -c:a libopus x.webm", "x.webm"),
    ("ffmpeg -nostdin -i in.wav -c:a alac x.m4a", "x.m4a"),
  ]

  @Test(arguments: makers.indices) func aDamagedFileIsReadOrRefused(_ index: Int) throws {
    let seed = UInt64.random(in: 0...UInt64.max)
    print("damaged files \(Self.makers[index].make): seed \(seed)")
    var generator = SeededGenerator(seed: seed)
    let folder = try SoundFolder()
    try folder.sox("\(testdata)/support-8000-caller.flac in.wav trim 3 0.5")
    try folder.run(Self.makers[index].make)
    let whole = folder.bytes(of: Self.makers[index].name)
    let rounds = ProcessInfo.processInfo.environment["REEL_DAMAGES"].flatMap(Int.init) ?? 30
    var read = 0
    for _ in 0..<rounds {
      let path = try folder.write(mutated(whole, using: &generator), to: "damaged")
      guard let reader = try? AudioReader(path) else { continue }
      var block = [Int16](repeating: 0, count: 4_096 * reader.channels)
      var count = 0
      while let more = try? reader.readFrames(into: &block), more > 0, count < 10_000_000 { count += more }
      read += 1
    }
    print("  \(read) of \(rounds) were read")
  }

  /// Flips, overwrites, cuts, repeats or takes out a few bytes, mostly near the front where headers are.
  private func mutated(_ bytes: [UInt8], using generator: inout SeededGenerator) -> [UInt8] {
    var bytes = bytes
    for _ in 0..<Int.random(in: 1...3, using: &generator) where bytes.count > 16 {
      let front = Int.random(in: 0..<3, using: &generator) == 0 ? min(bytes.count, 200) : bytes.count
      let place = Int.random(in: 0..<front, using: &generator)
      let end = min(bytes.count, place + Int.random(in: 1...16, using: &generator))
      switch Int.random(in: 0..<6, using: &generator) {
      case 0: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
      case 1: bytes[place] = UInt8.random(in: 0...255, using: &generator)
      case 2: for index in place..<end { bytes[index] = Bool.random(using: &generator) ? 0 : 255 }
      case 3: bytes.insert(contentsOf: bytes[place..<end], at: place)
      case 4: bytes.removeSubrange(place..<end)
      default: bytes.removeLast(Int.random(in: 0...(bytes.count / 4), using: &generator))
      }
    }
    return bytes
  }
}
