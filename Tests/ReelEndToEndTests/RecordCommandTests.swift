// Strategy: `reel record` against a plain model of what the file must hold, to the sample, over legs of noise in which
// no two stretches are alike; sox and ffprobe read what came out. Randomness is seeded, and failures name the seed.
import Foundation
import ReelTesting
import Testing

/// What a recording of two legs of one rate must hold.
private struct PlainRecording {
  struct Pause {
    let from: Int
    let to: Int
    let skips: Bool

    func option(_ hz: Int) -> String {
      "\(Double(from) / Double(hz))-\(Double(to) / Double(hz))\(skips ? ":skip" : "")"
    }
  }

  var pauses: [Pause] = []
  /// Where the call ends for the recording: what was pushed before a key.
  var end = Int.max
  var maxLength = Int.max

  func samples(_ leg: [Int16], of length: Int) -> [Int16] {
    var samples: [Int16] = []
    for place in 0..<min(length, end) {
      let pause = pauses.first { $0.from <= place && place < $0.to }
      if pause?.skips == true { continue }
      samples.append(pause == nil && place < leg.count ? leg[place] : 0)
    }
    return Array(samples.prefix(maxLength))
  }
}

private func noise(_ count: Int, seed: UInt64) -> [Int16] {
  var generator = SeededGenerator(seed: seed)
  return (0..<count).map { _ in Int16.random(in: -12_000...12_000, using: &generator) }
}

@Suite struct RecordCommandTests {
  private let scratch: Scratch

  init() throws {
    scratch = try Scratch()
  }

  @discardableResult
  private func record(_ arguments: String...) throws -> Outcome { try record(arguments) }

  @discardableResult
  private func record(_ arguments: [String]) throws -> Outcome {
    let outcome = try run(
      products.appending(path: "reel").path, ["record"] + arguments, in: scratch.path)
    #expect(outcome.status == 0 && outcome.complaint.isEmpty, "\(arguments): \(outcome.complaint)")
    return outcome
  }

  private func expect(_ name: String, _ left: [Int16], _ right: [Int16], _ why: String = "") throws {
    let first = try difference(scratch.samples(of: name, channel: 1), left)
    let second = try difference(scratch.samples(of: name, channel: 2), right)
    #expect(first == nil && second == nil, "\(why): \(first ?? "") / \(second ?? "")")
  }

  // MARK: Times

  @Test(arguments: 1...14 as ClosedRange<UInt64>)
  func pausesKeysAndLengthsAreExactToTheSample(seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    let hz = [8_000, 16_000, 48_000].randomElement(using: &generator)!
    // One leg may be much shorter, or not there at all.
    let counts = (hz / 2...2 * hz).randomPair(using: &generator)
    let caller = noise(counts.0, seed: seed)
    let hasAgent = seed % 4 != 0
    let agent = hasAgent ? noise(counts.1 / (seed % 3 == 0 ? 9 : 1), seed: seed + 100) : []
    let length = max(caller.count, agent.count)
    var plain = PlainRecording()
    var place = Int.random(in: 0...hz / 4, using: &generator)
    for _ in 0..<Int.random(in: 0...3, using: &generator) {
      let to = place + Int.random(in: 1...hz / 2, using: &generator)
      plain.pauses.append(.init(from: place, to: to, skips: Bool.random(using: &generator)))
      // Some follow each other without a gap.
      place = to + (Bool.random(using: &generator) ? 0 : Int.random(in: 1...hz / 4, using: &generator))
    }
    try scratch.writeWAV(caller, hz: hz, "c.wav")
    try scratch.writeWAV(agent, hz: hz, "a.wav")
    var arguments = ["--stereo", "--caller", "c.wav", "-o", "o.wav"] + (hasAgent ? ["--agent", "a.wav"] : [])
    for pause in plain.pauses.shuffled(using: &generator) { arguments += ["--pause", pause.option(hz)] }
    if seed % 2 == 0 {
      plain.end = Int.random(in: 1..<length, using: &generator)
      arguments += ["--terminators", "5", "--digit", "0.01:4", "--digit", "\(Double(plain.end) / Double(hz)):5"]
    }
    if seed % 5 < 2 {
      plain.maxLength = Int.random(in: 1..<length, using: &generator)
      arguments += ["--max-length", "\(Double(plain.maxLength) / Double(hz))"]
    }
    try record(arguments)
    let (left, right) = (plain.samples(caller, of: length), plain.samples(agent, of: length))
    try expect("o.wav", left, right, "seed \(seed) \(arguments)")
    try #expect(reel("verify", "\(scratch.path)/o.wav").status == 0)
  }

  @Test func aPauseIsExactWhereTheLegsHaveTwoRates() throws {
    // Odd at 8 kHz, and so at a place that both rates have.
    let pause = PlainRecording.Pause(from: 6 * 3_001, to: 6 * 9_003, skips: false)
    let agent = noise(96_000, seed: 1)
    try scratch.writeWAV(noise(16_000, seed: 2), hz: 8_000, "c.wav")
    try scratch.writeWAV(agent, hz: 48_000, "a.wav")
    for skips in [false, true] {
      try record(
        "--stereo", "--caller", "c.wav", "--agent", "a.wav", "-o", "o.wav", "--pause",
        "0.375125-1.125375" + (skips ? ":skip" : ""))
      let plain = PlainRecording(pauses: [.init(from: pause.from, to: pause.to, skips: skips)])
      let right = plain.samples(agent, of: agent.count)
      #expect(try difference(scratch.samples(of: "o.wav", channel: 2), right) == nil)
      let left = try scratch.samples(of: "o.wav", channel: 1)
      #expect(left.count == right.count)
      if !skips { #expect(left[pause.from..<pause.to].allSatisfy { $0 == 0 }) }
      #expect(left[..<pause.from].contains { abs($0) > 3_000 } && left.suffix(30_000).contains { abs($0) > 3_000 })
    }
  }

  @Test func timeoutsEndIt() throws {
    try record(
      "--caller", "\(testdata)/monologue-8000-caller.flac", "--preset", "relay", "-o", "quiet.wav",
      "--input-sensitivity", "0", "--initial-timeout", "0.7", "--end-silence-timeout", "0")
    #expect(try scratch.samples(of: "quiet.wav", channel: 1).count == 5_600)
    try scratch.writeWAV([Int16](repeating: 0, count: 8_000), hz: 8_000, "silence.wav")
    let outcome = try record(
      "--caller", "silence.wav", "--preset", "record", "--initial-timeout", "0.5", "-o", "none.wav", "--json")
    #expect(try scratch.samples(of: "none.wav", channel: 1).count == 4_000)
    #expect(outcome.output.contains(#""state":"no_input""#))
    let truth = TestCall.monologue.caller
    try record(
      "--caller", "\(testdata)/monologue-8000-caller.flac", "--preset", "record", "-o", "ends.wav",
      "--initial-timeout", "0", "--end-silence-timeout", "0.3")
    let ended = try scratch.samples(of: "ends.wav", channel: 1).count
    let turn = try #require(truth.turns.first { ended >= $0.end && ended < $0.end + 6_400 })
    #expect(ended >= turn.end + 2_000, "\(ended) is too early after \(turn)")
  }

  @Test func theBeepComesBeforeTheRecording() throws {
    let caller = noise(16_000, seed: 3)
    try scratch.writeWAV(caller, hz: 8_000, "c.wav")
    let told = try record("--caller", "c.wav", "--beep", "-o", "o.wav", "--json").output
    let samples = try scratch.samples(of: "o.wav", channel: 1)
    #expect(samples.count < caller.count - 1_000 && samples.count > 8_000)
    #expect(difference(samples, Array(caller.suffix(samples.count))) == nil)
    #expect(told.split(separator: "\n").count == 2)
    let early = try reel("record", "--caller", "\(scratch.path)/c.wav", "-o", "x.wav", "--beep", "--pause", "0.01-1")
    #expect(early.status == 64 && early.complaint.contains("before the beep is over"))
  }

  // MARK: Legs

  /// Which legs each preset means by each word.
  @Test(arguments: [
    ("record", "speak", "c"), ("record", "listen", "a"), ("record", "both", "ca"), ("record", "", "c"),
    ("relay", "speak", "c"), ("relay", "listen", "a"), ("relay", "both", "ca"), ("relay", "", "c"),
    ("record-call", "speak", "a"), ("record-call", "listen", "c"), ("record-call", "both", "ca"),
    ("record-call", "", "ca"), ("", "", "ca"), ("", "speak", "a"),
  ])
  func directionsMeanLegs(preset: String, direction: String, legs: String) throws {
    let (caller, agent) = (noise(3_001, seed: 4), noise(3_001, seed: 5))
    try scratch.writeWAV(caller, hz: 8_000, "c.wav")
    try scratch.writeWAV(agent, hz: 8_000, "a.wav")
    let base = ["--caller", "c.wav", "--agent", "a.wav"] + (preset.isEmpty ? [] : ["--preset", preset])
    let arguments = base + (direction.isEmpty ? [] : ["--direction", direction])
    try record(arguments + ["-o", "o.wav", "--mono"])
    let mix = zip(legs.contains("c") ? caller : [Int16](repeating: 0, count: 3_001), agent).map { left, right in
      Int16(clamping: Int(left) + (legs.contains("a") ? Int(right) : 0))
    }
    #expect(try difference(scratch.samples(of: "o.wav", channel: 1), mix) == nil)
    // The same by name, and on two sides.
    let named = legs == "ca" ? "both" : legs == "c" ? "caller" : "agent"
    try record(base + ["--legs", named, "--stereo", "-o", "s.wav"])
    let silence = [Int16](repeating: 0, count: 3_001)
    try expect("s.wav", legs.contains("c") ? caller : silence, legs.contains("a") ? agent : silence)
  }

  @Test func legsMayBeEmpty() throws {
    try scratch.writeWAV([], hz: 8_000, "empty.wav")
    let agent = noise(8_001, seed: 6)
    try scratch.writeWAV(agent, hz: 8_000, "a.wav")
    try record("--stereo", "--caller", "empty.wav", "--agent", "a.wav", "-o", "o.wav")
    try expect("o.wav", [Int16](repeating: 0, count: 8_001), agent)
    for ending in ["wav", "mp3", "mp4"] {
      try record("--caller", "empty.wav", "-o", "none-\(ending).\(ending)")
      let sound = try reel("verify", "\(scratch.path)/none-\(ending).\(ending)")
      #expect(sound.status == 0, "\(sound.output)")
    }
  }

  // MARK: Files

  @Test func ratesBitratesAndQualityAreAsAsked() throws {
    try scratch.writeWAV(noise(8_000, seed: 7), hz: 8_000, "c.wav")
    try record(
      "--caller", "c.wav", "--rate", "16000", "--stereo", "--bitrate", "48", "-o", "r.mp3", "-o", "r.mp4", "-o", "r.wav"
    )
    for name in ["r.mp3", "r.mp4", "r.wav"] {
      #expect(try scratch.probe(name, "sample_rate") == "16000" && scratch.probe(name, "channels") == "2", "\(name)")
    }
    #expect(try scratch.probe("r.mp3", "bit_rate") == "48000")
    let kilobits = try Double(scratch.probe("r.mp4", "bit_rate")).map { $0 / 1_000 } ?? 0
    #expect((38...58).contains(kilobits), "\(kilobits)")
    #expect(try scratch.samples(of: "r.wav", channel: 1).count == 16_000)
    try record("--caller", "c.wav", "-o", "best.mp3", "--quality", "0")
    try record("--caller", "c.wav", "-o", "fast.mp3", "--quality", "9")
    try record("--caller", "c.wav", "-o", "unset.mp3")
    try record("--caller", "c.wav", "-o", "five.mp3", "--quality", "5")
    #expect(try scratch.bytes("best.mp3") != scratch.bytes("fast.mp3"))
    #expect(try scratch.bytes("unset.mp3") == scratch.bytes("five.mp3"))
  }

  @Test func severalFilesAreTheSameAsEachAlone() throws {
    let legs = ["--caller", "\(testdata)/support-8000-caller.flac", "--agent", "\(testdata)/support-8000-agent.flac"]
    let names = ["all.wav", "all.mp3", "all.mp4", "other.mp3"]
    try record(legs + names.flatMap { ["-o", $0] })
    #expect(try scratch.names == ["all.mp3", "all.mp4", "all.reel.json", "all.wav", "other.mp3", "other.reel.json"])
    for name in names {
      try FileManager.default.createDirectory(atPath: "\(scratch.path)/alone", withIntermediateDirectories: true)
      let alone = "alone/\(name.replacing(".", with: "-")).\(name.suffix(3))"
      try record(legs + ["-o", alone])
      #expect(try scratch.bytes(name) == scratch.bytes(alone), "\(name)")
    }
    #expect(try scratch.bytes("all.mp3") == scratch.bytes("other.mp3"))
  }

  @Test func namesMayBeStrange() throws {
    try FileManager.default.createDirectory(atPath: "\(scratch.path)/Käse 'n\" $x", withIntermediateDirectories: true)
    let long = String(repeating: "ü", count: 100) + ".wav"
    for name in ["a b.wav", "it's \"it\".wav", "-o.wav", "--json.wav", "日本.wav", "*.wav", "Käse 'n\" $x/é.wav", long] {
      try record("--caller", "\(testdata)/voicemail-8000-caller.flac", "--max-length", "0.1", "-o", name)
      // sox takes some characters for its own.
      try scratch.write(scratch.bytes(name), "plain.wav")
      #expect(try scratch.samples(of: "plain.wav", channel: 1).count == 800, "\(name)")
    }
    try record("--caller", "--json.wav", "-o", "again.wav")
  }

  @Test func theManifestSaysWhatHappened() throws {
    try scratch.writeWAV(noise(16_000, seed: 8), hz: 8_000, "c.wav")
    try record(
      "--caller", "c.wav", "--pause", "0.5-1:skip", "--terminators", "#", "--digit", "1.5:#", "-o", "o.wav")
    let manifest = try #require(
      try JSONSerialization.jsonObject(with: scratch.bytes("o.reel.json")) as? [String: Any])
    #expect(manifest["state"] as? String == "finished" && manifest["samples"] as? Int == 8_000)
    let files = try #require(manifest["files"] as? [[String: Any]])
    #expect(files.count == 1 && files[0]["bytes"] as? Int == scratch.size("o.wav"))
    let sum = try shell("sha256sum o.wav", in: scratch).output
    let stated = try #require(files[0]["sha256"] as? String)
    #expect(sum.hasPrefix(stated))
    let text = String(decoding: try scratch.bytes("o.reel.json"), as: UTF8.self)
    #expect(text.contains(#""skipped":4000"#) && text.contains("the key # was pressed"), "\(text)")
  }
}

extension ClosedRange<Int> {
  fileprivate func randomPair(using generator: inout SeededGenerator) -> (Int, Int) {
    (Int.random(in: self, using: &generator), Int.random(in: self, using: &generator))
  }
}
