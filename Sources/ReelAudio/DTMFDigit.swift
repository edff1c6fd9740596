/// A key of the telephone: 0–9, `*`, `#` and A–D.
public struct DTMFDigit: Hashable, Sendable, CustomStringConvertible {
  /// Where the key is on the keypad: `4 · row + column`.
  let index: Int

  static let keys: [Character] = [
    "1", "2", "3", "A", "4", "5", "6", "B", "7", "8", "9", "C", "*", "0", "#", "D",
  ]

  /// The frequencies of the keypad's four rows and four columns, by ITU-T Q.23.
  static let rowsHz = [697.0, 770, 852, 941]
  static let columnsHz = [1_209.0, 1_336, 1_477, 1_633]

  /// All sixteen keys.
  public static let all = keys.indices.map { DTMFDigit(index: $0) }

  init(index: Int) {
    precondition(Self.keys.indices.contains(index))
    self.index = index
  }

  /// Gives nil for anything but `0`–`9`, `*`, `#` and the capital letters `A`–`D`.
  public init?(_ character: Character) {
    guard let index = Self.keys.firstIndex(of: character) else { return nil }
    self.index = index
  }

  /// The key's character.
  public var character: Character { Self.keys[index] }

  /// The key's character, as text.
  public var description: String { String(character) }

  var lowHz: Double { Self.rowsHz[index / 4] }
  var highHz: Double { Self.columnsHz[index % 4] }
}

/// A set of keys, such as those that end a recording.
///
///     let terminators = DTMFDigits("#*")!
///     terminators.contains("#")   // true
///     DTMFDigits("x")                         // nil
public struct DTMFDigits: Hashable, Sendable, CustomStringConvertible {
  private var bits: UInt16 = 0

  /// No key at all.
  public static let none = DTMFDigits(bits: 0)

  private init(bits: UInt16) {
    self.bits = bits
  }

  /// The keys that `text` names, in any order; nil when one of its characters names no key.
  public init?(_ text: String) {
    for character in text {
      guard let digit = DTMFDigit(character) else { return nil }
      bits |= 1 << digit.index
    }
  }

  /// Whether no key is in the set.
  public var isEmpty: Bool { bits == 0 }

  /// Whether `digit` is in the set.
  public func contains(_ digit: DTMFDigit) -> Bool {
    bits >> digit.index & 1 == 1
  }

  /// The keys in keypad order, as text.
  public var description: String {
    String(DTMFDigit.all.filter(contains).map(\.character))
  }
}

extension DTMFDigit: ExpressibleByUnicodeScalarLiteral {
  /// A key that stands in the source, such as `"#"`. What names no key traps; one that comes from elsewhere goes
  /// through ``init(_:)``.
  public init(unicodeScalarLiteral scalar: Unicode.Scalar) {
    guard let digit = DTMFDigit(Character(scalar)) else { preconditionFailure("\(scalar) is no key") }
    self = digit
  }
}
