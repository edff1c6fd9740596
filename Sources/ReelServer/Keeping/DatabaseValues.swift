internal import ReelFiles

extension SQLValue {
  static func text(_ text: String?) -> SQLValue { text.map { .text($0) } ?? .null }
  static func bool(_ value: Bool) -> SQLValue { .integer(value ? 1 : 0) }
  static func count(_ value: Int) -> SQLValue { .integer(Int64(value)) }
  static func count(_ value: Int?) -> SQLValue { value.map { .integer(Int64($0)) } ?? .null }
  static func real(_ value: Double?) -> SQLValue { value.map { .real($0) } ?? .null }
  static func time(_ value: WallTime) -> SQLValue { .integer(value.microseconds) }
  static func time(_ value: WallTime?) -> SQLValue { value.map { .integer($0.microseconds) } ?? .null }
}

/// Columns that the schema says are never empty, and words of which it knows each.
extension DatabaseRow {
  mutating func string() -> String { text() ?? "" }
  mutating func count() -> Int { Int(integer() ?? 0) }
  mutating func bool() -> Bool { integer() == 1 }
  mutating func moment() -> WallTime? { integer().map { WallTime(microseconds: $0) } }
  mutating func time() -> WallTime { moment() ?? WallTime(microseconds: 0) }

  mutating func word<Word: RawRepresentable>(_ type: Word.Type) throws(CatalogueError) -> Word
  where Word.RawValue == String {
    let text = string()
    guard let word = Word(rawValue: text) else {
      throw CatalogueError("the catalogue holds the \(type) \(text), which this program does not know")
    }
    return word
  }
}
