/// Reads JSON from bytes that anybody may have sent: every step is bounded and nothing traps.
struct JSONParser {
  private let bytes: [UInt8]
  private var place = 0

  init(bytes: [UInt8]) {
    self.bytes = bytes
  }

  mutating func document() throws(JSON.SyntaxError) -> JSON {
    let value = try value(depth: 0)
    skipSpace()
    guard place == bytes.count else { throw wrong("more after the value") }
    return value
  }

  private mutating func value(depth: Int) throws(JSON.SyntaxError) -> JSON {
    skipSpace()
    guard depth <= JSON.deepest else { throw wrong("nesting deeper than \(JSON.deepest)") }
    switch peek() {
    case UInt8(ascii: "{"): return try object(depth: depth)
    case UInt8(ascii: "["): return try array(depth: depth)
    case UInt8(ascii: "\""): return .string(try string())
    case UInt8(ascii: "t"): return try word("true", .bool(true))
    case UInt8(ascii: "f"): return try word("false", .bool(false))
    case UInt8(ascii: "n"): return try word("null", .null)
    case nil: throw wrong("the end where a value should be")
    default: return .number(try number())
    }
  }

  private mutating func object(depth: Int) throws(JSON.SyntaxError) -> JSON {
    place += 1
    var members: [JSON.Member] = []
    var names: Set<String> = []
    if take("}") { return .object(members) }
    while true {
      skipSpace()
      guard peek() == UInt8(ascii: "\"") else { throw wrong("no name in an object") }
      let name = try string()
      guard names.insert(name).inserted else { throw wrong("the name \"\(name)\" for the second time") }
      guard take(":") else { throw wrong("no colon after a name") }
      members.append(JSON.Member(name, try value(depth: depth + 1)))
      if take("}") { return .object(members) }
      guard take(",") else { throw wrong("neither a comma nor the end of an object") }
    }
  }

  private mutating func array(depth: Int) throws(JSON.SyntaxError) -> JSON {
    place += 1
    var values: [JSON] = []
    if take("]") { return .array(values) }
    while true {
      values.append(try value(depth: depth + 1))
      if take("]") { return .array(values) }
      guard take(",") else { throw wrong("neither a comma nor the end of an array") }
    }
  }

  private mutating func word(_ word: StaticString, _ value: JSON) throws(JSON.SyntaxError) -> JSON {
    for expected in word.description.utf8 {
      guard peek() == expected else { throw wrong("an unknown word") }
      place += 1
    }
    return value
  }

  private mutating func number() throws(JSON.SyntaxError) -> Double {
    let start = place
    if peek() == UInt8(ascii: "-") { place += 1 }
    if peek() == UInt8(ascii: "0") { place += 1 } else { try digits() }
    if peek() == UInt8(ascii: ".") {
      place += 1
      try digits()
    }
    if peek() == UInt8(ascii: "e") || peek() == UInt8(ascii: "E") {
      place += 1
      if peek() == UInt8(ascii: "+") || peek() == UInt8(ascii: "-") { place += 1 }
      try digits()
    }
    let text = String(decoding: bytes[start..<place], as: UTF8.self)
    guard let number = Double(text), number.isFinite else { throw wrong("a number too large") }
    return number
  }

  private mutating func digits() throws(JSON.SyntaxError) {
    let start = place
    while let byte = peek(), UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte { place += 1 }
    guard place > start else { throw wrong("no digit where one should be") }
  }

  private mutating func string() throws(JSON.SyntaxError) -> String {
    place += 1
    var text: [UInt8] = []
    while let byte = peek() {
      place += 1
      switch byte {
      case UInt8(ascii: "\""):
        guard let string = String(validating: text, as: UTF8.self) else { throw wrong("a string not UTF-8") }
        return string
      case UInt8(ascii: "\\"): try escape(into: &text)
      case 0..<0x20: throw wrong("a control character in a string")
      default: text.append(byte)
      }
    }
    throw wrong("a string without end")
  }

  private mutating func escape(into text: inout [UInt8]) throws(JSON.SyntaxError) {
    guard let byte = peek() else { throw wrong("a string without end") }
    place += 1
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(byte)
    case UInt8(ascii: "b"): text.append(0x08)
    case UInt8(ascii: "f"): text.append(0x0C)
    case UInt8(ascii: "n"): text.append(0x0A)
    case UInt8(ascii: "r"): text.append(0x0D)
    case UInt8(ascii: "t"): text.append(0x09)
    case UInt8(ascii: "u"): text += try unicodeEscape().utf8
    default: throw wrong("an unknown escape")
    }
  }

  private mutating func unicodeEscape() throws(JSON.SyntaxError) -> String {
    let first = try fourHex()
    guard 0xD800..<0xDC00 ~= first else {
      guard let scalar = Unicode.Scalar(first) else { throw wrong("half a surrogate pair") }
      return String(Character(scalar))
    }
    guard take(exactly: UInt8(ascii: "\\")), take(exactly: UInt8(ascii: "u")) else {
      throw wrong("half a surrogate pair")
    }
    let second = try fourHex()
    guard 0xDC00..<0xE000 ~= second,
      let scalar = Unicode.Scalar(0x10000 + (first - 0xD800) << 10 + (second - 0xDC00))
    else { throw wrong("half a surrogate pair") }
    return String(Character(scalar))
  }

  private mutating func fourHex() throws(JSON.SyntaxError) -> UInt32 {
    var value: UInt32 = 0
    for _ in 0..<4 {
      guard let byte = peek(), let digit = Character(Unicode.Scalar(byte)).hexDigitValue else {
        throw wrong("an escape without four hexadecimal digits")
      }
      place += 1
      value = value << 4 + UInt32(digit)
    }
    return value
  }

  private func peek() -> UInt8? {
    place < bytes.count ? bytes[place] : nil
  }

  private mutating func take(exactly byte: UInt8) -> Bool {
    guard peek() == byte else { return false }
    place += 1
    return true
  }

  /// Takes a mark that white space may stand before.
  private mutating func take(_ mark: Unicode.Scalar) -> Bool {
    skipSpace()
    return take(exactly: UInt8(ascii: mark))
  }

  private mutating func skipSpace() {
    while let byte = peek(), byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { place += 1 }
  }

  private func wrong(_ problem: String) -> JSON.SyntaxError {
    JSON.SyntaxError(problem: problem, byte: place)
  }
}
