/// An option that can't be taken: which one, what was given and what is allowed.
///
///     input_sensitivity is 101; allowed: a number from 0 to 100
///
/// Nothing was begun or changed when it is thrown.
public struct OptionError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The option, by its published name: `input_sensitivity`.
  public let field: String
  /// What was given for it, as text.
  public let given: String
  /// What would have been taken.
  public let allowed: String

  package init(_ field: String, given: String, allowed: String) {
    self.field = field
    self.given = given
    self.allowed = allowed
  }

  /// One line that names all three.
  public var description: String {
    "\(field) is \(given); allowed: \(allowed)"
  }
}
