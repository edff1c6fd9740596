internal import ReelCore

/// A number of an option, or the name of a variable that will hold one, as a number or as text.
struct ScriptNumber: Hashable, Sendable {
  private let name: String
  private let json: JSON
  private let range: ClosedRange<Double>
  private let isWhole: Bool

  /// Throws for a number that can't be taken.
  init(_ name: String, _ json: JSON, in range: ClosedRange<Double>, isWhole: Bool = true) throws(OptionError) {
    self.name = name
    self.json = json
    self.range = range
    self.isWhole = isWhole
    if try !ScriptText.hasVariables(json) { _ = try checked(json) }
  }

  func value(_ scope: ScriptScope) throws(OptionError) -> Double {
    let hasVariables = try ScriptText.hasVariables(json)
    let filled = try scope.option(name, json)
    return try checked(hasVariables ? OptionKind.number.read(filled) : filled)
  }

  private func checked(_ json: JSON) throws(OptionError) -> Double {
    if case .number(let number) = json, range.contains(number), !isWhole || json.integer != nil { return number }
    let bounds = "\(Int(range.lowerBound)) to \(Int(range.upperBound))"
    throw OptionError(name, given: json.description, allowed: "a \(isWhole ? "whole " : "")number from \(bounds)")
  }
}

/// A yes or no of an option, or the name of a variable that will hold one.
struct ScriptFlag: Hashable, Sendable {
  private let name: String
  private let json: JSON

  init(_ name: String, _ json: JSON) throws(OptionError) {
    self.name = name
    self.json = json
    if try !ScriptText.hasVariables(json) { _ = try checked(json) }
  }

  func value(_ scope: ScriptScope) throws(OptionError) -> Bool {
    let hasVariables = try ScriptText.hasVariables(json)
    let filled = try scope.option(name, json)
    return try checked(hasVariables ? OptionKind.flag.read(filled) : filled)
  }

  private func checked(_ json: JSON) throws(OptionError) -> Bool {
    guard case .bool(let value) = json else {
      throw OptionError(name, given: json.description, allowed: "true or false")
    }
    return value
  }
}

/// What an option of a recording is, so that what a variable holds can be read as that: variables are often text.
enum OptionKind {
  case flag, number, text

  init(_ name: String) {
    switch name {
    case "stereo", "beep": self = .flag
    case "input_sensitivity", "initial_timeout", "end_silence_timeout", "max_length": self = .number
    default: self = .text
    }
  }

  /// The value as its kind; unchanged where it can't be read so, for the check that follows to name it.
  func read(_ value: JSON) -> JSON {
    switch self {
    case .flag: Self.flag(value).map { .bool($0) } ?? value
    case .number: Self.number(value) ?? value
    case .text: Self.text(value)
    }
  }

  /// `true` and `false`, as such or as text, in any case.
  static func flag(_ value: JSON) -> Bool? {
    if case .bool(let flag) = value { return flag }
    switch value.text?.lowercased() {
    case "true": return true
    case "false": return false
    default: return nil
    }
  }

  private static func number(_ value: JSON) -> JSON? {
    guard let text = value.text, let json = try? JSON(text), case .number = json else { return nil }
    return json
  }

  private static func text(_ value: JSON) -> JSON {
    switch value {
    case .bool, .number: .string(value.description)
    case .null, .string, .array, .object: value
    }
  }
}
