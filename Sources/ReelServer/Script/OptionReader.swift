internal import ReelCore

/// Takes the options of a verb one by one by name, and knows which were never asked for.
struct OptionReader {
  private let members: [JSON.Member]
  private var asked: [String] = []

  init(_ members: [JSON.Member]) {
    self.members = members
  }

  mutating func text(_ name: String) throws(OptionError) -> String? {
    guard let value = value(name) else { return nil }
    guard let text = value.text else { throw OptionError(name, given: value.description, allowed: "a string") }
    _ = try ScriptText(text)
    return text
  }

  mutating func texts(_ name: String) throws(OptionError) -> [String]? {
    guard let value = value(name) else { return nil }
    let texts = value.array?.compactMap(\.text) ?? []
    guard !texts.isEmpty, texts.count == value.array?.count else {
      throw OptionError(name, given: value.description, allowed: "an array of strings")
    }
    for text in texts { _ = try ScriptText(text) }
    return texts
  }

  mutating func number(
    _ name: String, in range: ClosedRange<Double>, isWhole: Bool = true
  ) throws(OptionError) -> ScriptNumber? {
    guard let value = value(name) else { return nil }
    return try ScriptNumber(name, value, in: range, isWhole: isWhole)
  }

  mutating func flag(_ name: String) throws(OptionError) -> ScriptFlag? {
    guard let value = value(name) else { return nil }
    return try ScriptFlag(name, value)
  }

  /// Which of the names have a value.
  func present(_ names: [String]) -> [String] {
    names.filter { name in members.contains { $0.name == name && $0.value != .null } }
  }

  /// Throws for the first option that nobody asked for.
  func refuseTheRest() throws(OptionError) {
    guard let unknown = members.first(where: { !asked.contains($0.name) }) else { return }
    let allowed = asked.isEmpty ? "no options" : "only the options \(asked.joined(separator: ", "))"
    throw OptionError(unknown.name, given: unknown.value.description, allowed: allowed)
  }

  /// The option's value; nil when it is absent or null.
  private mutating func value(_ name: String) -> JSON? {
    asked.append(name)
    let value = members.first { $0.name == name }?.value
    return value == .null ? nil : value
  }
}
