// Strategy: what the tests of media streams share: a sink that keeps all it is handed, and messages made by hand.
import ReelAudio
import ReelCore
import ReelServer
import ReelTesting

/// What a parser handed out, in order.
enum MediaHeard: Hashable {
  case hello(MediaHello)
  case samples([Int16], Leg, Int?)
  case digit(DTMFDigit)
  case mark(String)
  case stop
}

struct CollectingMediaSink: MediaSink {
  var heard: [MediaHeard] = []

  mutating func hello(_ hello: MediaHello) { heard.append(.hello(hello)) }
  mutating func samples(_ samples: Span<Int16>, from leg: Leg, at position: Int?) {
    heard.append(.samples(samples.indices.map { samples[$0] }, leg, position))
  }
  mutating func digit(_ digit: DTMFDigit) { heard.append(.digit(digit)) }
  mutating func mark(_ name: String) { heard.append(.mark(name)) }
  mutating func stop() { heard.append(.stop) }
}

/// A parser with its sink.
struct MediaListening {
  var parser: MediaParser
  var sink = CollectingMediaSink()

  init(goesTheLongWay: Bool = false) {
    parser = MediaParser(goesTheLongWay: goesTheLongWay)
  }

  mutating func text(_ text: String) throws(MediaError) {
    try parser.take(Array(text.utf8), isText: true, into: &sink)
  }

  mutating func binary(_ bytes: [UInt8]) throws(MediaError) {
    try parser.take(bytes, isText: false, into: &sink)
  }

  /// The message of the error; nil where there is none.
  mutating func refusal(of text: String) -> String? {
    do { try self.text(text) } catch { return error.message }
    return nil
  }

  mutating func refusal(ofBinary bytes: [UInt8]) -> String? {
    do { try binary(bytes) } catch { return error.message }
    return nil
  }

  /// What came since it was asked last.
  mutating func take() -> [MediaHeard] {
    defer { sink.heard = [] }
    return sink.heard
  }

  /// In the midst of a stream of JSON.
  static func started(
    encoding: String = "audio/x-mulaw", hz: Int = 8_000, tracks: String = #"["inbound","outbound"]"#,
    goesTheLongWay: Bool = false
  ) throws -> MediaListening {
    var listening = MediaListening(goesTheLongWay: goesTheLongWay)
    try listening.text(#"{"event":"connected","protocol":"Call","version":"1.0.0"}"#)
    try listening.text(
      #"{"event":"start","sequenceNumber":"1","streamSid":"MZ1","start":{"streamSid":"MZ1","callSid":"CA1","#
        + #""tracks":\#(tracks),"mediaFormat":{"encoding":"\#(encoding)","sampleRate":\#(hz),"channels":1}}}"#)
    _ = listening.take()
    return listening
  }
}

/// Base64 by its definition: six bits after six bits.
func plainBase64(_ bytes: [UInt8]) -> String {
  let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
  var text = ""
  var (bits, held) = (0, 0)
  for byte in bytes {
    (bits, held) = (bits << 8 | Int(byte), held + 8)
    while held >= 6 {
      held -= 6
      text.append(letters[bits >> held & 63])
    }
    bits &= 63
  }
  if held > 0 { text.append(letters[bits << (6 - held) & 63]) }
  return text + String(repeating: "=", count: (4 - text.count % 4) % 4)
}

/// A seed that is printed, so that a failure can be had again.
func freshSeed(_ name: String) -> UInt64 {
  let seed = UInt64.random(in: .min ... .max)
  print("\(name): seed \(seed)")
  return seed
}

/// A WAV of 16-bit samples, byte by byte, and then so many of silence.
func mediaWAV(_ samples: [Int16], channels: Int, hz: Int, silence: Int = 0) -> [UInt8] {
  func number(_ value: Int, _ bytes: Int) -> [UInt8] {
    (0..<bytes).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
  }
  let size = 2 * (samples.count + silence)
  let format = number(1, 2) + number(channels, 2) + number(hz, 4) + number(hz * channels * 2, 4)
  let head = Array("RIFF".utf8) + number(36 + size, 4) + Array("WAVEfmt ".utf8) + number(16, 4) + format
  let rest = number(channels * 2, 2) + number(16, 2) + Array("data".utf8) + number(size, 4)
  return head + rest + samples.flatMap { number(Int($0), 2) } + [UInt8](repeating: 0, count: 2 * silence)
}
