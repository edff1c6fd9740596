// Strategy: play items by their JSON and their refusals; ringtones by level and cadence; the queue against a plain list
// of all its samples, taken in random pieces; a file through the real decoder and resampler.
import Foundation
import ReelAudio
import ReelCore
import ReelFiles
import ReelServer
import ReelTesting
import Testing

@Suite struct MediaPlayTests {
  @Test(arguments: [
    (#"{"type":"audio","params":{"url":"https://a/b.mp3"}}"#, PlayItem.audio(url: "https://a/b.mp3")),
    (#"{"type":"audio","url":"HTTP://a"}"#, .audio(url: "HTTP://a")),
    (#"{"type":"silence","params":{"duration":1.5}}"#, .silence(seconds: 1.5)),
    (#"{"type":"ringtone","name":"IT","duration":8}"#, .ringtone(Ringtone(name: "it")!, seconds: 8)),
    (#"{"type":"ringtone","params":{"name":"us"}}"#, .ringtone(Ringtone(name: "us")!, seconds: nil)),
    (#"{"type":"tts","params":{"text":"hello","language":"en-US"}}"#, .speech("hello")),
  ]) func itemsOfRELAY(_ text: String, _ item: PlayItem) throws {
    #expect(try PlayItem.list(relay: JSON("[\(text)]")) == [item])
  }

  @Test(arguments: [
    ("https://a/b?c=d", PlayItem.audio(url: "https://a/b?c=d")), ("silence:2", .silence(seconds: 2)),
    ("silence:0.25", .silence(seconds: 0.25)), ("ring:us", .ringtone(Ringtone(name: "us")!, seconds: nil)),
    ("ring:20.0:de", .ringtone(Ringtone(name: "de")!, seconds: 20)), ("say:a: b", .speech("a: b")),
  ]) func itemsOfSWML(_ text: String, _ item: PlayItem) throws {
    #expect(try PlayItem(swml: text) == item)
  }

  @Test(arguments: [
    ("[]", "play is []; allowed: a list of 1 to 32 items"),
    ("[1]", "play.type is absent; allowed: audio, silence, ringtone, tts"),
    (#"[{"type":"video"}]"#, #"play.type is "video"; allowed: audio, silence, ringtone, tts"#),
    (
      #"[{"type":"audio","url":"file:///etc/passwd"}]"#,
      #"play.url is "file:///etc/passwd"; allowed: a URL of http or https, at most 2048 bytes of ASCII"#
    ),
    (
      #"[{"type":"silence","params":{"duration":0}}]"#,
      "play.duration is 0; allowed: seconds, a number above 0 and at most 600"
    ),
    (
      #"[{"type":"ringtone","params":{"name":"mars"}}]"#,
      #"play.name is "mars"; allowed: a ringtone of us, ca, uk, gb, de, at, fr, it, es"#
    ),
    (#"[{"type":"tts"}]"#, "play.text is absent; allowed: a text of 1 to 8192 bytes"),
  ]) func badItemsOfRELAYAreRefused(_ text: String, _ words: String) throws {
    let json = try JSON(text)
    let error = #expect(throws: OptionError.self) { try PlayItem.list(relay: json) }
    #expect(error?.description == words)
  }

  @Test(arguments: [
    "", "silence:", "silence:inf", "silence:0x10", "silence:-1", "silence:601", "ring:", "ring:1:2:us", "ring:x:us",
    "say:", "ftp://a", "https:/a", "https://", "https://a b", "file:///a", "/a", "https://ä",
  ]) func badItemsOfSWMLAreRefused(_ text: String) {
    let error = #expect(throws: OptionError.self) { try PlayItem(swml: text) }
    #expect(error?.description.contains("allowed: ") == true)
  }

  @Test(arguments: Ringtone.all) func aRingtoneRingsAndPauses(_ ringtone: Ringtone) {
    let rate = SampleRate.narrowband
    let period = ringtone.period(rate)
    #expect(period.count == rate.samples(in: ringtone.periodSeconds))
    let ring = Level.dBFS(of: period.span.extracting(first: rate.samples(in: 0.4)))
    #expect(-24 ... -18 ~= ring, "\(ring)")
    #expect(Level.dBFS(of: period.span.extracting(last: rate.samples(in: 1.9))) == -.infinity)
    let sound = PlayItem.ringtone(ringtone, seconds: 2.5 * ringtone.periodSeconds).sound(rate)
    #expect(sound?.count == rate.samples(in: 2.5 * ringtone.periodSeconds))
  }

  // MARK: The queue

  @Test func playsComeOneAfterTheOtherInAnyPieces() throws {
    var generator = SeededGenerator(seed: freshSeed(#function))
    for _ in 0..<300 {
      var queue = PlayQueue()
      var expected: [Int16] = []
      var ends: [(Int, String)] = []
      for id in 0..<Int.random(in: 1...4, using: &generator) {
        let loops = Int.random(in: 1...3, using: &generator)
        let sounds = (0..<Int.random(in: 0...3, using: &generator)).map { _ in Self.sound(&generator) }
        try queue.play(sounds, controlID: "\(id)", loops: loops)
        for _ in 0..<loops { expected += sounds.flatMap(Self.plain) }
        ends.append((expected.count, "\(id)"))
      }
      var heard: [Int16] = []
      var told: [String] = []
      while !queue.isEmpty {
        let taken = queue.take(Int.random(in: 1...50, using: &generator))
        heard += taken.samples
        told += taken.finished
        #expect(told == ends.filter { $0.0 <= heard.count }.map(\.1))
      }
      #expect(heard == expected)
    }
  }

  private static func sound(_ generator: inout SeededGenerator) -> PlaySound {
    let count = Int.random(in: 0...60, using: &generator)
    guard Bool.random(using: &generator) else { return .silence(samples: count) }
    let samples = (0..<Int.random(in: 0...20, using: &generator)).map { _ in
      Int16.random(in: .min ... .max, using: &generator)
    }
    return .samples(samples, count: count)
  }

  private static func plain(_ sound: PlaySound) -> [Int16] {
    switch sound {
    case .silence(let count): [Int16](repeating: 0, count: count)
    case .samples(let samples, let count): samples.isEmpty ? [] : (0..<count).map { samples[$0 % samples.count] }
    }
  }

  @Test func aPlayIsPausedResumedTurnedDownAndStopped() throws {
    var queue = PlayQueue()
    try queue.play([.samples([1_000, -32_768])], controlID: "a", loops: nil)
    try queue.play([.samples([7])], controlID: "b")
    #expect(queue.take(3) == .init(samples: [1_000, -32_768, 1_000], begun: ["a"]))
    try queue.pause("a")
    #expect(queue.take(3) == .init())
    try queue.resume("a")
    try queue.setVolume("a", dB: -20)
    #expect(queue.take(2) == .init(samples: [-3_277, 100]))
    try queue.setVolume("a", dB: 40)
    #expect(queue.take(2) == .init(samples: [-32_768, 32_767]))
    try queue.stop("a")
    #expect(queue.take(5) == .init(samples: [7], begun: ["b"], finished: ["a", "b"]))
    #expect(queue.isEmpty)
  }

  @Test func badControlIsRefused() throws {
    var queue = PlayQueue()
    try queue.play([.silence(samples: 1)], controlID: "a")
    func code(_ body: (inout PlayQueue) throws -> Void) -> ServiceRefusal.Code? {
      do { try body(&queue) } catch { return (error as? ServiceRefusal)?.code }
      return nil
    }
    #expect(code { try $0.play([], controlID: "a") } == .conflict)
    #expect(code { try $0.stop("b") } == .notFound)
    #expect(code { try $0.setVolume("a", dB: .nan) } == .badRequest)
    #expect(code { try $0.play([], controlID: "c", volumeDB: 41) } == .badRequest)
    #expect(code { try $0.play([], controlID: "c", loops: 0) } == .badRequest)
    for id in 1..<PlayQueue.mostPlays { try queue.play([], controlID: "\(id)") }
    #expect(code { try $0.play([], controlID: "c") } == .tooMany)
    try queue.stop("a")
    #expect(queue.take(0).finished.count == PlayQueue.mostPlays, "those of no sound end with the first")
  }

  @Test func aFileIsPlayedAtTheCallsRate() throws {
    let folder = TestFolder()
    let tone = Signals.sine(hz: 400, dBFS: -20, seconds: 1, rate: 16_000)
    let wav = mediaWAV(tone.flatMap { [$0, $0] }, channels: 2, hz: 16_000)
    try Data(wav).write(to: URL(filePath: folder["a.wav"]))
    let same = try PlayFile.samples(folder["a.wav"], rate: 16_000)
    #expect(same == tone)
    let down = try PlayFile.samples(folder["a.wav"], rate: 8_000)
    #expect(down.count == 8_000)
    #expect(abs(Level.dBFS(of: down.span) - -20) < 0.1)
    let odd = mediaWAV(tone, channels: 1, hz: 16_001)
    try Data(odd).write(to: URL(filePath: folder["b.wav"]))
    #expect(throws: OptionError.self) { try PlayFile.samples(folder["b.wav"], rate: 8_000) }
    let long = mediaWAV([], channels: 1, hz: 8_000, silence: 8_000 * 601)
    try Data(long).write(to: URL(filePath: folder["c.wav"]))
    #expect(throws: FileError.self) { try PlayFile.samples(folder["c.wav"], rate: 8_000) }
  }
}
