// Strategy: headers built here byte by byte, whole and torn in each way that recorders leave them, given to the parser
// alone; then every truncation of whole ones and seeded random bytes, for which any answer will do that is in bounds.
// What a torn file then sounds like is in TornWAVTests.
import ReelFiles
import ReelTesting
import Testing

/// A WAV of mono PCM at 8 kHz, whose sizes say what the test wants them to.
struct WAVBytes {
  var tag: UInt16 = 1
  var bits: UInt16 = 16
  var stated: UInt32?
  var riffSize: UInt32?
  /// An RF64 whose 64-bit size is this.
  var wide: UInt64?
  var before: [UInt8] = []
  var sound: [UInt8] = []
  var after: [UInt8] = []

  static func chunk(_ name: String, _ body: [UInt8]) -> [UInt8] {
    Array(name.utf8) + ReelFilesTests.bytes(UInt32(body.count)) + body + [UInt8](repeating: 0, count: body.count % 2)
  }

  var head: [UInt8] {
    let blockBytes = bits / 8
    var form = ReelFilesTests.bytes(tag) + ReelFilesTests.bytes(UInt16(1)) + ReelFilesTests.bytes(UInt32(8_000))
    form += ReelFilesTests.bytes(UInt32(8_000) * UInt32(blockBytes))
    form += ReelFilesTests.bytes(blockBytes) + ReelFilesTests.bytes(bits)
    let sizes = wide.map {
      Self.chunk(
        "ds64", ReelFilesTests.bytes(UInt64.max) + ReelFilesTests.bytes($0) + [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0])
    }
    let chunks = Array("WAVE".utf8) + (sizes ?? []) + Self.chunk("fmt ", form) + before + Array("data".utf8)
    let size = riffSize ?? (wide == nil ? UInt32(chunks.count + 4 + sound.count + after.count) : .max)
    let dataSize = stated ?? (wide == nil ? UInt32(sound.count) : .max)
    return Array((wide == nil ? "RIFF" : "RF64").utf8) + ReelFilesTests.bytes(size) + chunks
      + ReelFilesTests.bytes(dataSize)
  }

  var bytes: [UInt8] { head + sound + after }
}

@Suite struct WAVLayoutTests {
  private func layout(_ file: [UInt8]) throws(WAVLayout.Torn) -> WAVLayout? {
    try WAVLayout(byteCount: file.count) { offset, count in
      Array(file.dropFirst(offset).prefix(count))
    }
  }

  private static let sound = (0..<500).flatMap { bytes(Int16(truncatingIfNeeded: $0 * 397 + 5)) }

  /// What a header says, and where the sound is nevertheless.
  private static let files: [(name: String, file: WAVBytes, end: Int, isHealed: Bool)] = [
    ("whole", WAVBytes(sound: sound), 1_000, false),
    ("no sound", WAVBytes(), 0, false),
    ("size 0", WAVBytes(stated: 0, sound: sound), 1_000, true),
    ("size never filled in", WAVBytes(stated: .max, riffSize: .max, sound: sound), 1_000, true),
    ("size too large", WAVBytes(stated: 1_002, sound: sound), 1_000, true),
    ("size far too large", WAVBytes(stated: 0x7FFF_FFFF, sound: sound), 1_000, true),
    ("size stale", WAVBytes(stated: 600, sound: sound), 1_000, true),
    ("size nearly right", WAVBytes(stated: 998, sound: sound), 1_000, true),
    ("only RIFF size wrong", WAVBytes(riffSize: 0, sound: sound), 1_000, false),
    ("size 0 and no sound", WAVBytes(stated: 0), 0, false),
    ("size and no sound", WAVBytes(stated: 4_000), 0, true),
    ("chunks follow", WAVBytes(sound: sound, after: WAVBytes.chunk("LIST", [1, 2, 3, 4])), 1_000, false),
    (
      "many chunks follow",
      WAVBytes(sound: sound, after: WAVBytes.chunk("id3 ", [1, 2, 3]) + WAVBytes.chunk("bext", [9])), 1_000, false
    ),
    ("an empty chunk follows", WAVBytes(sound: sound, after: WAVBytes.chunk("cue ", [])), 1_000, false),
    (
      "what follows is torn", WAVBytes(sound: sound, after: Array("LIST".utf8) + bytes(UInt32(90)) + [1, 2]), 1_010,
      true
    ),
    ("what follows has no name", WAVBytes(sound: sound, after: [0, 1, 2, 3, 2, 0, 0, 0, 7, 7]), 1_010, true),
    ("odd, with padding", WAVBytes(bits: 8, stated: 999, sound: sound), 999, false),
    ("odd, without", WAVBytes(bits: 8, stated: 999, sound: Array(sound.dropLast())), 999, false),
    ("half a sample too much", WAVBytes(sound: sound, after: [9]), 1_000, false),
    ("chunks before", WAVBytes(before: WAVBytes.chunk("LIST", [1, 2, 3]), sound: sound), 1_000, false),
    ("RF64", WAVBytes(wide: 1_000, sound: sound), 1_000, false),
    ("RF64 never filled in", WAVBytes(wide: 0, sound: sound), 1_000, true),
    ("RF64 stale", WAVBytes(wide: 10, sound: sound), 1_000, true),
    ("RF64 beyond all measure", WAVBytes(wide: .max, sound: sound), 1_000, true),
    ("RF64 with chunks after", WAVBytes(wide: 1_000, sound: sound, after: WAVBytes.chunk("LIST", [1])), 1_000, false),
  ]

  @Test(arguments: files.indices) func theSoundIsFound(_ index: Int) throws {
    let (name, file, end, isHealed) = Self.files[index]
    let found = try #require(try layout(file.bytes), "\(name)")
    let start = file.head.count
    #expect(found.sound == start..<(start + end), "\(name)")
    #expect(found.patches.isEmpty == !isHealed && (found.note != nil) == isHealed, "\(name): \(found.note ?? "whole")")
    // With the patches in it the file is whole.
    var healed = file.bytes
    for patch in found.patches {
      healed.replaceSubrange(patch.offset..<(patch.offset + patch.bytes.count), with: patch.bytes)
    }
    let again = try #require(try layout(healed), "\(name)")
    #expect(again.sound == found.sound && again.patches.isEmpty, "\(name)")
  }

  @Test func anOddRestIsNoted() throws {
    let found = try #require(try layout(WAVBytes(stated: 0, sound: Self.sound + [1]).bytes))
    #expect(found.note?.contains("the last 1 bytes are no whole sample") == true)
  }

  @Test func whatIsNoWAVIsNoneAndWhatIsTornSaysHow() throws {
    for text in ["", "RIF", "OggS", "RIFFxxxxAVI LIST", "a text of no meaning"] {
      #expect(try layout(Array(text.utf8)) == nil, "\(text)")
    }
    let torn: [(file: [UInt8], reason: String)] = [
      (Array("RIFF".utf8), "its WAV header is cut off"),
      (Array("RIFFxxxxWAVE".utf8), "its WAV header ends before any sound"),
      (Array(WAVBytes().head.prefix(30)), "its WAV header is cut off or damaged"),
      (Array("RIFFxxxxWAVEdata".utf8) + bytes(UInt32(0)), "its WAV header does not say how the sound is coded"),
      (
        Array("RIFFxxxxWAVE".utf8) + WAVBytes.chunk("fmt ", [1, 0]),
        "its WAV header does not say how the sound is coded"
      ),
      (
        Array("RIFFxxxxWAVE".utf8) + (0..<2_000).flatMap { _ in WAVBytes.chunk("junk", []) },
        "its WAV header has more than 1000 parts"
      ),
    ]
    for (file, reason) in torn {
      #expect(throws: WAVLayout.Torn(reason: reason)) { try layout(file) }
    }
  }

  @Test func theStatedFramesOfBlocksAreBelievedIfTheyCanBe() throws {
    func gsm(fact: UInt32, bytes count: Int) throws -> Int? {
      let form: [UInt8] = [0x31, 0, 1, 0, 0x40, 0x1F, 0, 0, 0x59, 6, 0, 0, 65, 0, 0, 0, 2, 0, 0x40, 1]
      let file =
        Array("RIFFxxxxWAVE".utf8) + WAVBytes.chunk("fmt ", form) + WAVBytes.chunk("fact", bytes(fact))
        + WAVBytes.chunk("data", [UInt8](repeating: 0, count: count))
      return try layout(file)?.frames
    }
    #expect(try gsm(fact: 700, bytes: 195) == 700)
    #expect(try gsm(fact: 960, bytes: 195) == 960)
    #expect(try gsm(fact: 0, bytes: 195) == 960)
    #expect(try gsm(fact: 9_999, bytes: 196) == 960)
  }

  @Test func everyTruncationAndAnyBytesGiveAnAnswerInBounds() throws {
    for (_, file, _, _) in Self.files {
      let bytes = file.bytes
      for count in 0...min(bytes.count, 200) { try check(Array(bytes[..<count])) }
    }
    let seed = UInt64.random(in: 0...UInt64.max)
    print("random WAV headers: seed \(seed)")
    var generator = SeededGenerator(seed: seed)
    for round in 0..<3_000 {
      var bytes = Self.files[round % Self.files.count].file.bytes
      for _ in 0..<Int.random(in: 1...8, using: &generator) {
        bytes[Int.random(in: 0..<min(80, bytes.count), using: &generator)] = UInt8.random(
          in: 0...255, using: &generator)
      }
      try check(bytes)
    }
  }

  private func check(_ bytes: [UInt8]) throws {
    var steps = 0
    do throws(WAVLayout.Torn) {
      let found = try WAVLayout(byteCount: bytes.count) { offset, count in
        steps += 1
        return Array(bytes.dropFirst(offset).prefix(count))
      }
      if let found { #expect(found.sound.upperBound <= bytes.count) }
    } catch {
      #expect(error.reason.hasPrefix("its WAV header"))
    }
    #expect(steps <= 5 * WAVLayout.mostChunks)
  }
}
