/// A value of JSON (RFC 8259), as far as options, requests and manifests need it.
///
///     let value = try JSON("{\"stereo\": true}")
///
/// Objects keep their order; a name that comes twice is refused, since which of the two was meant can't be
/// known. Numbers are `Double`. Nesting is bounded by ``deepest``.
package enum JSON: Hashable, Sendable {
  case null
  case bool(Bool)
  case number(Double)
  case string(String)
  case array([JSON])
  case object([Member])

  /// One named value of an object.
  package struct Member: Hashable, Sendable {
    package let name: String
    package let value: JSON

    package init(_ name: String, _ value: JSON) {
      self.name = name
      self.value = value
    }
  }

  /// Text that is not JSON: what is wrong and at which byte.
  package struct SyntaxError: Error, Hashable, Sendable, CustomStringConvertible {
    package let problem: String
    package let byte: Int

    package var description: String { "not JSON: \(problem) at byte \(byte)" }
  }

  /// Arrays and objects may stand in one another no deeper: the parser's stack is bounded.
  package static let deepest = 64

  /// Reads one value, which must be all of `text` but for white space.
  package init(_ text: String) throws(SyntaxError) {
    self = try JSON(utf8: Array(text.utf8))
  }

  package init(utf8 bytes: [UInt8]) throws(SyntaxError) {
    var parser = JSONParser(bytes: bytes)
    self = try parser.document()
  }
}

// MARK: Reading

extension JSON {
  /// The value of that name; nil where there is none, or no object.
  package subscript(_ name: String) -> JSON? {
    guard case .object(let members) = self else { return nil }
    return members.first { $0.name == name }?.value
  }

  package var text: String? {
    guard case .string(let text) = self else { return nil }
    return text
  }

  package var array: [JSON]? {
    guard case .array(let values) = self else { return nil }
    return values
  }

  /// A whole number that a `Double` holds exactly.
  package var integer: Int? {
    guard case .number(let number) = self, abs(number) <= Self.largestWhole else { return nil }
    return Int(exactly: number)
  }

  /// The same, from 0 to a limit: an amount of something.
  package func count(upTo most: Int) -> Int? {
    integer.flatMap { (0...most).contains($0) ? $0 : nil }
  }

  private static let largestWhole = 9_007_199_254_740_992.0
}

// MARK: Writing

extension JSON: CustomStringConvertible {
  /// The value as JSON on one line. An infinity or NaN, which JSON can't hold, is written as null.
  package var description: String {
    switch self {
    case .null: "null"
    case .bool(let value): value ? "true" : "false"
    case .number(let value): Self.text(of: value)
    case .string(let value): Self.quoted(value)
    case .array(let values): "[" + values.map(\.description).joined(separator: ",") + "]"
    case .object(let members):
      "{" + members.map { Self.quoted($0.name) + ":" + $0.value.description }.joined(separator: ",") + "}"
    }
  }

  private static func text(of number: Double) -> String {
    guard number.isFinite else { return "null" }
    return Int(exactly: number).map { "\($0)" } ?? "\(number)"
  }

  private static func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case "\n": result += "\\n"
      case "\t": result += "\\t"
      case "\r": result += "\\r"
      case _ where scalar.value < 0x20:
        let hex = String(scalar.value, radix: 16)
        result += "\\u" + String(repeating: "0", count: 4 - hex.count) + hex
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }
}
