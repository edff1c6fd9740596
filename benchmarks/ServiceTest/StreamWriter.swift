import ReelCore

/// Makes the messages of one call's stream, of either form.
struct StreamWriter: Sendable {
  let call: Int
  let form: StreamForm
  let sound: StreamSound
  let context: String

  var callID: String { "load-\(call)" }

  /// What stands before any sound.
  var greeting: [String] {
    let names: [JSON.Member] = [.init("context", .string(context))]
    guard form == .json else {
      return ["\(JSON.object([.init("call_id", .string(callID)), .init("rate", .number(8_000))] + names))"]
    }
    let format: [JSON.Member] = [
      .init("encoding", .string("audio/x-mulaw")), .init("sampleRate", .number(8_000)), .init("channels", .number(1)),
    ]
    let start: [JSON.Member] = [
      .init("streamSid", .string(callID)), .init("callSid", .string(callID)),
      .init("tracks", .array([.string("inbound"), .string("outbound")])), .init("mediaFormat", .object(format)),
      .init("customParameters", .object(names)),
    ]
    let event: [JSON.Member] = [
      .init("event", .string("start")), .init("streamSid", .string(callID)), .init("start", .object(start)),
    ]
    return [#"{"event":"connected","protocol":"Call","version":"1.0.0"}"#, "\(JSON.object(event))"]
  }

  var farewell: String {
    form == .binary ? #"{"event":"stop"}"# : #"{"event":"stop","streamSid":"\#(callID)"}"#
  }

  /// A frame of the binary form: the leg with a position, and samples with the low byte first.
  func binary(isAgent: Bool, frame: Int) -> [UInt8] {
    let first = frame * StreamSound.frameSamples
    var message: [UInt8] = []
    message.reserveCapacity(9 + 2 * StreamSound.frameSamples)
    message.append(isAgent ? 129 : 128)
    for shift in stride(from: 0, to: 64, by: 8) { message.append(UInt8(truncatingIfNeeded: first >> shift)) }
    for number in first..<first + StreamSound.frameSamples {
      let sample = sound.sample(call: call, isAgent: isAgent, number)
      message.append(UInt8(truncatingIfNeeded: sample))
      message.append(UInt8(truncatingIfNeeded: sample >> 8))
    }
    return message
  }

  /// A frame of the JSON form, with µ-law in base64.
  func json(isAgent: Bool, frame: Int) -> String {
    let first = frame * StreamSound.frameSamples
    var text = Array(
      #"{"event":"media","sequenceNumber":"\#(2 * frame + 2)","media":{"track":"\#(isAgent ? "outbound" : "inbound")","#
        .utf8)
    text.reserveCapacity(400)
    text += #""chunk":"\#(frame + 1)","timestamp":"\#(frame * 20)","payload":""#.utf8
    for number in stride(from: first, to: first + StreamSound.frameSamples, by: 3) {
      appendBase64(number, min(3, first + StreamSound.frameSamples - number), isAgent, to: &text)
    }
    text += #""},"streamSid":"\#(callID)"}"#.utf8
    return String(decoding: text, as: UTF8.self)
  }

  private static let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

  private func appendBase64(_ number: Int, _ count: Int, _ isAgent: Bool, to text: inout [UInt8]) {
    var bits = 0
    for offset in 0..<3 {
      bits = bits << 8 | (offset < count ? Int(sound.code(call: call, isAgent: isAgent, number + offset)) : 0)
    }
    for letter in 0..<4 {
      text.append(letter <= count ? Self.letters[bits >> (18 - 6 * letter) & 63] : UInt8(ascii: "="))
    }
  }
}
