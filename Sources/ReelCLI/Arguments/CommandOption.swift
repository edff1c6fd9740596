/// An option with a value, as it is declared: parsing, help, man page and completions all come from here.
///
///     static let maxLength = CommandOption("--max-length", .seconds, "the length at which it ends")
///     arguments[maxLength]                // Double?
struct CommandOption<Value: Sendable>: Sendable {
  let spec: OptionSpec
  let kind: ValueKind<Value>

  /// The last of `names` is the one that messages use. Options of one `group` exclude each other.
  init(
    _ names: String..., kind: ValueKind<Value>, _ help: String, repeats: Bool = false, isRequired: Bool = false,
    group: String? = nil
  ) {
    self.kind = kind
    spec = OptionSpec(
      names: names, help: help, repeats: repeats, isRequired: isRequired, group: group,
      value: OptionSpec.Value(
        placeholder: kind.placeholder, allowed: kind.allowed, completion: kind.completion,
        isRight: { kind.read($0) != nil }))
  }
}

/// An option without a value.
struct Flag: Sendable {
  let spec: OptionSpec

  init(_ names: String..., help: String, group: String? = nil) {
    spec = OptionSpec(names: names, help: help, repeats: false, isRequired: false, group: group, value: nil)
  }
}

/// What is known of an option whatever its type.
struct OptionSpec: Sendable {
  let names: [String]
  let help: String
  let repeats: Bool
  let isRequired: Bool
  let group: String?
  /// Nil for a flag.
  let value: Value?

  struct Value: Sendable {
    let placeholder: String
    let allowed: String
    let completion: Completion
    let isRight: @Sendable (String) -> Bool
  }

  /// The one that messages use.
  var name: String { names[names.count - 1] }
}

/// What a shell offers where a value is to come.
enum Completion: Sendable {
  case nothing
  case files
  case folders
  case words([String])
  /// The commands' own names.
  case commands
}

/// What an option's value may be, and how it is read.
struct ValueKind<Value: Sendable>: Sendable {
  let placeholder: String
  /// For whoever gave another.
  let allowed: String
  var completion = Completion.nothing
  /// Nil for what is not allowed.
  let read: @Sendable (String) -> Value?
}

extension ValueKind<String> {
  static let file = ValueKind(placeholder: "FILE", allowed: "a file", completion: .files, read: Self.notEmpty)
  static let folder = ValueKind(placeholder: "FOLDER", allowed: "a folder", completion: .folders, read: Self.notEmpty)

  /// What another part of Reel reads and judges.
  static func text(_ placeholder: String) -> ValueKind {
    ValueKind(placeholder: placeholder, allowed: "some text") { $0 }
  }

  private static let notEmpty: @Sendable (String) -> String? = { $0.isEmpty ? nil : $0 }
}

extension ValueKind<Double> {
  static let seconds = number("SECONDS")

  static func number(_ placeholder: String) -> ValueKind {
    ValueKind(placeholder: placeholder, allowed: "a number") { text in
      Double(text).flatMap { $0.isFinite ? $0 : nil }
    }
  }
}

extension ValueKind<Double> {
  static func number(_ placeholder: String, in range: ClosedRange<Double>) -> ValueKind {
    let allowed = "a number from \(range.lowerBound) to \(range.upperBound)"
    return ValueKind(placeholder: placeholder, allowed: allowed) { text in
      Double(text).flatMap { range.contains($0) ? $0 : nil }
    }
  }
}

extension ValueKind<Int> {
  static func whole(_ placeholder: String, in range: ClosedRange<Int>) -> ValueKind {
    let allowed = "a whole number from \(range.lowerBound) to \(range.upperBound)"
    return ValueKind(placeholder: placeholder, allowed: allowed) { text in
      Int(text).flatMap { range.contains($0) ? $0 : nil }
    }
  }
}

extension ValueKind<[Int]> {
  /// Whole numbers with commas between them.
  static func wholes(_ placeholder: String, in range: ClosedRange<Int>) -> ValueKind {
    let one = ValueKind<Int>.whole(placeholder, in: range)
    return ValueKind(placeholder: "\(placeholder)[,\(placeholder)…]", allowed: "\(one.allowed), or several of them") {
      let numbers = $0.split(separator: ",", omittingEmptySubsequences: false).map { one.read(String($0)) }
      return numbers.contains { $0 == nil } ? nil : numbers.compactMap { $0 }
    }
  }
}

extension ValueKind where Value: RawRepresentable & CaseIterable, Value.RawValue == String {
  /// One of a few words.
  static var word: ValueKind {
    let words = Value.allCases.map(\.rawValue)
    return ValueKind(
      placeholder: words.joined(separator: "|"), allowed: words.joined(separator: ", "), completion: .words(words),
      read: { Value(rawValue: $0) })
  }
}
