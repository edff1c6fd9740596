internal import ReelCore

/// Reads the one message that comes fifty times a second from each leg, without making a tree of JSON of it:
///
///     {"event":"media","sequenceNumber":"3","streamSid":"…",
///      "media":{"track":"inbound","chunk":"1","timestamp":"20","payload":"…"}}
///
/// Members come in any order and spacing. Whatever is not quite plain (an escape, a member it does not know, a name
/// that comes twice, a number with a sign, anything wrong) it does not judge: ``scan(into:)`` gives nil, and the
/// message goes the long way, through ``JSON``. So it takes nothing that the long way refuses, and words no error.
struct MediaFrameScanner {
  /// What is in a `media` message beside its samples.
  struct Frame: Hashable {
    var leg = Leg.caller
    var milliseconds: Int?
  }

  private let text: [UInt8]
  private let streamID: [UInt8]
  private var place = 0
  private var frame = Frame()
  /// Which members were seen, a bit for each.
  private var seen: UInt8 = 0

  private enum Member: UInt8 {
    case event = 1
    case sequenceNumber = 2
    case streamID = 4
    case media = 8
    case track = 16
    case chunk = 32
    case timestamp = 64
    case payload = 128
  }

  /// What every such message has.
  private static let needed = Member.event.rawValue | Member.media.rawValue | Member.payload.rawValue

  init(_ text: [UInt8], streamID: [UInt8]) {
    self.text = text
    self.streamID = streamID
  }

  /// Reads it all, the samples into `decoder`.
  mutating func scan(into decoder: inout SampleDecoder) -> Frame? {
    guard object(into: &decoder, isOuter: true) else { return nil }
    skipSpace()
    return place == text.count && seen & Self.needed == Self.needed ? frame : nil
  }

  private mutating func object(into decoder: inout SampleDecoder, isOuter: Bool) -> Bool {
    guard take(UInt8(ascii: "{")) else { return false }
    repeat {
      guard take(UInt8(ascii: "\"")), let name = string(), take(UInt8(ascii: ":")),
        let member = isOuter ? outerMember(name) : mediaMember(name), seen & member.rawValue == 0
      else { return false }
      seen |= member.rawValue
      guard value(of: member, into: &decoder) else { return false }
    } while take(UInt8(ascii: ","))
    return take(UInt8(ascii: "}"))
  }

  private func outerMember(_ name: Range<Int>) -> Member? {
    switch name.count {
    case 5: matches(name, "event") ? .event : matches(name, "media") ? .media : nil
    case 9: matches(name, "streamSid") ? .streamID : nil
    case 14: matches(name, "sequenceNumber") ? .sequenceNumber : nil
    default: nil
    }
  }

  private func mediaMember(_ name: Range<Int>) -> Member? {
    switch name.count {
    case 5: matches(name, "track") ? .track : matches(name, "chunk") ? .chunk : nil
    case 7: matches(name, "payload") ? .payload : nil
    case 9: matches(name, "timestamp") ? .timestamp : nil
    default: nil
    }
  }

  private mutating func value(of member: Member, into decoder: inout SampleDecoder) -> Bool {
    switch member {
    case .media: return object(into: &decoder, isOuter: false)
    case .sequenceNumber, .chunk: return number() != nil
    case .timestamp:
      frame.milliseconds = number()
      return frame.milliseconds != nil
    case .payload:
      guard take(UInt8(ascii: "\"")), let end = try? decoder.decodeBase64(text, from: place) else { return false }
      place = end + 1
      return true
    case .event, .streamID, .track:
      guard take(UInt8(ascii: "\"")), let word = string() else { return false }
      return isGood(word, for: member)
    }
  }

  private mutating func isGood(_ word: Range<Int>, for member: Member) -> Bool {
    switch member {
    case .event: return matches(word, "media")
    case .track:
      frame.leg = matches(word, "inbound") ? .caller : .agent
      return frame.leg == .caller || matches(word, "outbound")
    default: return text[word].elementsEqual(streamID)
    }
  }

  // MARK: Pieces

  /// A number of at most ten digits, with quotation marks or without.
  private mutating func number() -> Int? {
    let isQuoted = take(UInt8(ascii: "\""))
    let start = place
    var number = 0
    while place < text.count, place - start < 10, case let digit = text[place] &- UInt8(ascii: "0"), digit < 10 {
      number = number * 10 + Int(digit)
      place += 1
    }
    // JSON has no number with a zero before it.
    guard place > start, place == start + 1 || text[start] != UInt8(ascii: "0") else { return nil }
    guard number <= MediaLimits.timestampMilliseconds else { return nil }
    guard isQuoted else { return number }
    guard place < text.count, text[place] == UInt8(ascii: "\"") else { return nil }
    place += 1
    return number
  }

  /// A string whose first quotation mark was taken: plain ASCII without an escape.
  private mutating func string() -> Range<Int>? {
    let start = place
    while place < text.count {
      let byte = text[place]
      if byte == UInt8(ascii: "\"") {
        place += 1
        return start..<(place - 1)
      }
      guard byte >= 0x20, byte < 0x7F, byte != UInt8(ascii: "\\") else { return nil }
      place += 1
    }
    return nil
  }

  private func matches(_ range: Range<Int>, _ word: StaticString) -> Bool {
    guard range.count == word.utf8CodeUnitCount else { return false }
    // Sound: the word is the program's own, and as long as the range.
    return word.withUTF8Buffer { word in
      for index in 0..<word.count where unsafe text[range.lowerBound + index] != word[index] { return false }
      return true
    }
  }

  /// Takes a mark that white space may stand before.
  private mutating func take(_ mark: UInt8) -> Bool {
    skipSpace()
    guard place < text.count, text[place] == mark else { return false }
    place += 1
    return true
  }

  private mutating func skipSpace() {
    while place < text.count, case let byte = text[place], byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09
    { place += 1 }
  }
}
