/// The words of a command line, one after the other.
struct Words {
  private var rest: ArraySlice<String>

  init(_ words: [String]) {
    rest = words[...]
  }

  mutating func next() -> String? {
    rest.popFirst()
  }

  mutating func value(of option: String) throws -> String {
    guard let value = next() else { throw UsageError(problem: "\(option) is without its value") }
    return value
  }

  mutating func number(of option: String) throws -> Double {
    let text = try value(of: option)
    guard let number = Double(text) else {
      throw UsageError(problem: "\(option) is \(text); allowed: a number")
    }
    return number
  }

  /// A whole number within a range.
  mutating func count(of option: String, in range: ClosedRange<Int>) throws -> Int {
    let text = try value(of: option)
    guard let number = Int(text), range.contains(number) else {
      throw UsageError(
        problem: "\(option) is \(text); allowed: a whole number from \(range.lowerBound) to \(range.upperBound)")
    }
    return number
  }

  /// Whole numbers within a range, with commas between them.
  mutating func counts(of option: String, in range: ClosedRange<Int>) throws -> [Int] {
    let text = try value(of: option)
    return try text.split(separator: ",", omittingEmptySubsequences: false).map { part in
      var word = Words([String(part)])
      return try word.count(of: option, in: range)
    }
  }

  /// One of a few words.
  mutating func word(of option: String, _ allowed: [String]) throws -> String {
    let text = try value(of: option)
    guard allowed.contains(text) else {
      throw UsageError(problem: "\(option) is \(text); allowed: \(allowed.joined(separator: ", "))")
    }
    return text
  }
}
