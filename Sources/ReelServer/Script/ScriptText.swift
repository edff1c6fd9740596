internal import ReelCore

/// A text in which variables may be named: `${name}`, `${vars.name}`, or with a percent sign.
struct ScriptText {
  enum Piece: Hashable {
    case plain(String)
    /// The parts of a name: `call.from` has two.
    case variable([String])
  }

  private(set) var pieces: [Piece] = []

  /// Throws for a variable whose name is none: there are no expressions.
  init(_ text: String) throws(OptionError) {
    var rest = Substring(text)
    var plain = ""
    while let first = rest.first {
      guard rest.hasPrefix("${") || rest.hasPrefix("%{") else {
        plain.append(first)
        rest.removeFirst()
        continue
      }
      guard let end = rest.firstIndex(of: "}") else { throw Self.wrong(String(rest)) }
      if !plain.isEmpty { pieces.append(.plain(plain)) }
      plain = ""
      pieces.append(.variable(try Self.path(rest[...end])))
      rest = rest[rest.index(after: end)...]
    }
    if !plain.isEmpty { pieces.append(.plain(plain)) }
  }

  var hasVariables: Bool {
    pieces.contains { piece in
      guard case .variable = piece else { return false }
      return true
    }
  }

  /// Whether a variable is named in a value that is text.
  static func hasVariables(_ json: JSON) throws(OptionError) -> Bool {
    guard let text = json.text else { return false }
    return try ScriptText(text).hasVariables
  }

  private static func path(_ reference: Substring) throws(OptionError) -> [String] {
    let inside = reference.dropFirst(2).dropLast().drop { $0 == " " }
    let parts = inside.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
    guard parts.allSatisfy(isName) else { throw wrong(String(reference)) }
    return parts
  }

  /// Whether a variable may be called so.
  static func isName(_ text: String) -> Bool {
    guard !text.isEmpty, text.utf8.count <= Script.longestNameBytes else { return false }
    return text.utf8.allSatisfy { byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
      case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"): true
      default: false
      }
    }
  }

  static let nameRule = "1 to \(Script.longestNameBytes) letters, digits, _ and -"

  private static func wrong(_ reference: String) -> OptionError {
    OptionError("variable", given: reference, allowed: "${name} or ${vars.name}, of \(nameRule)")
  }
}
