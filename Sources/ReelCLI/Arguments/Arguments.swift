/// The words that follow a command's name, as its declaration understands them.
///
/// Options and operands may come in any order; `--name value` and `--name=value` are the same; after `--` all are
/// operands; `-` alone is an operand or a value.
struct Arguments {
  let operands: [String]
  /// By an option's ``OptionSpec/name``, in order.
  private let values: [String: [String]]

  init(_ words: [String], of declaration: Declaration) throws {
    var reader = Reader(words[...], declaration)
    try reader.readAll()
    operands = reader.operands
    values = reader.values
    if operands.isEmpty, let wanted = declaration.operands, wanted.isRequired {
      throw UsageError(problem: "\(wanted.placeholder) is missing")
    }
    if let missing = declaration.options.first(where: { $0.isRequired && reader.values[$0.name] == nil }) {
      throw UsageError(problem: "\(missing.name) is missing")
    }
  }

  func has(_ flag: Flag) -> Bool { values[flag.spec.name] != nil }

  /// The option's value; nil where it was not given.
  subscript<Value>(_ option: CommandOption<Value>) -> Value? { all(option).last }

  /// All values of an option that may come several times, in order.
  func all<Value>(_ option: CommandOption<Value>) -> [Value] {
    (values[option.spec.name] ?? []).compactMap(option.kind.read)
  }
}

/// Goes through the words once.
private struct Reader {
  private var rest: ArraySlice<String>
  private let declaration: Declaration
  private(set) var operands: [String] = []
  private(set) var values: [String: [String]] = [:]

  init(_ words: ArraySlice<String>, _ declaration: Declaration) {
    rest = words
    self.declaration = declaration
  }

  mutating func readAll() throws {
    while let word = rest.popFirst() {
      if word == "--" {
        for operand in rest { try take(operand: operand) }
        return
      }
      if word.hasPrefix("-") && word != "-" { try take(option: word) } else { try take(operand: word) }
    }
  }

  private mutating func take(operand: String) throws {
    guard declaration.operands != nil else {
      throw UsageError(problem: "\(operand) is not an option, and \(declaration.name) takes nothing else")
    }
    operands.append(operand)
  }

  private mutating func take(option word: String) throws {
    let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    let isLong = word.hasPrefix("--")
    let name = isLong ? String(parts[0]) : word
    let option = try find(name)
    let attached = isLong && parts.count == 2 ? String(parts[1]) : nil
    try refuseWhatExcludes(option)
    guard let kind = option.value else {
      guard attached == nil else { throw UsageError(problem: "\(name) takes no value") }
      values[option.name, default: []].append("")
      return
    }
    guard let value = attached ?? nextValue() else {
      throw UsageError(problem: "\(name) is without its value: \(kind.placeholder)")
    }
    guard kind.isRight(value) else { throw UsageError(problem: "\(name) is \(value); allowed: \(kind.allowed)") }
    values[option.name, default: []].append(value)
  }

  private func find(_ name: String) throws -> OptionSpec {
    if let option = declaration.options.first(where: { $0.names.contains(name) }) { return option }
    let known = declaration.options.flatMap(\.names) + ["--help"]
    throw UsageError(problem: "there is no option \(name)" + Nearest.hint(name, among: known))
  }

  /// What follows, unless it is an option itself.
  private mutating func nextValue() -> String? {
    guard let next = rest.first, next != "--", !declaration.options.contains(where: { $0.names.contains(next) }) else {
      return nil
    }
    return rest.popFirst()
  }

  private func refuseWhatExcludes(_ option: OptionSpec) throws {
    guard option.repeats || values[option.name] == nil else {
      throw UsageError(problem: "\(option.name) was given twice; allowed: once")
    }
    guard let group = option.group else { return }
    let other = declaration.options.first { $0.group == group && $0.name != option.name && values[$0.name] != nil }
    if let other { throw UsageError(problem: "\(other.name) and \(option.name) exclude each other; allowed: one") }
  }
}

/// The known word that somebody may have meant.
enum Nearest {
  /// `; did you mean --agent?`, or nothing where no word is known.
  static func hint(_ word: String, among known: [String]) -> String {
    known.min { distance(word, $0) < distance(word, $1) }.map { "; did you mean \($0)?" } ?? ""
  }

  /// How many letters must be put in, taken out, changed, or swapped with their neighbour.
  static func distance(_ a: String, _ b: String) -> Int {
    let (a, b) = (Array(a.utf8), Array(b.utf8))
    var beforeLast: [Int] = []
    var last = Array(0...b.count)
    for (row, letter) in a.enumerated() {
      var current = [row + 1]
      for (column, other) in b.enumerated() {
        var least = min(current[column] + 1, last[column + 1] + 1, last[column] + (letter == other ? 0 : 1))
        if row > 0, column > 0, letter == b[column - 1], other == a[row - 1] {
          least = min(least, beforeLast[column - 1] + 1)
        }
        current.append(least)
      }
      (beforeLast, last) = (last, current)
    }
    return last[b.count]
  }
}
