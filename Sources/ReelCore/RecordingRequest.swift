import ReelAudio

/// A published way to ask for a recording, each with its own defaults and its own reading of `direction`.
public enum RecordingVerb: String, Hashable, Sendable, CaseIterable {
  /// SWML `record`.
  case record
  /// SWML `record_call`.
  case recordCall = "record-call"
  /// RELAY `calling.record` and REST.
  case relay

  /// The published defaults.
  public var preset: RecordingOptions {
    switch self {
    case .record: .record()
    case .recordCall: .recordCall()
    case .relay: .relay()
    }
  }
}

/// The published word for which legs are recorded. What it means depends on who is asked.
public enum Direction: String, Hashable, Sendable, CaseIterable {
  /// What is said.
  case speak
  /// What is heard.
  case listen
  /// Both.
  case both

  /// Whose saying and hearing `record_call` means: the documents can be read both ways.
  public enum Perspective: String, Hashable, Sendable, CaseIterable {
    /// `speak` is what the agent says. The agents' SDK says so.
    case agent
    /// `speak` is what the party on the call says, as in `record`.
    case party
  }

  /// The legs that this direction names in a request by `verb`.
  public func legs(for verb: RecordingVerb, recordCallPerspective: Perspective = .agent) -> Legs {
    let speaker: Leg = verb == .recordCall && recordCallPerspective == .agent ? .agent : .caller
    let one = self == .speak ? speaker : speaker.other
    return self == .both ? .both : one == .caller ? .caller : .agent
  }
}

extension Direction {
  /// The direction that names these legs in a request by `verb`.
  package init(_ legs: Legs, for verb: RecordingVerb, recordCallPerspective: Perspective = .agent) {
    self = Self.allCases.first { $0.legs(for: verb, recordCallPerspective: recordCallPerspective) == legs } ?? .both
  }
}

/// A request for a recording as it comes over the wire: SWML `record` or `record_call`, or RELAY's `record`.
///
///     let json = try JSON(#"{"stereo": true, "control_id": "main"}"#)
///     let request = try RecordingRequest(json, verb: .recordCall)
///
/// An absent or null member takes the verb's default. An unknown one is refused: a misspelt timeout would
/// otherwise be a recording that never ends.
package struct RecordingRequest: Hashable, Sendable {
  package let options: RecordingOptions
  package let controlID: String?
  package let statusURL: String?

  /// - `json` is the object that holds the options. RELAY wraps them in `{"audio": {…}}`, which is seen
  ///   through.
  package init(
    _ json: JSON, verb: RecordingVerb, recordCallPerspective: Direction.Perspective = .agent
  ) throws(OptionError) {
    var reader = MemberReader(try Self.members(of: json, verb: verb))
    var options = verb.preset
    if let format = try reader.word("format", RecordingOptions.Format.self) { options.format = format }
    if let stereo = try reader.bool("stereo") { options.stereo = stereo }
    if let direction = try reader.word("direction", Direction.self) {
      options.legs = direction.legs(for: verb, recordCallPerspective: recordCallPerspective)
    }
    if let digits = try reader.digits("terminators") { options.terminators = digits }
    if let beep = try reader.bool("beep") { options.beep = beep }
    if let value = try reader.number("input_sensitivity") { options.inputSensitivity = value }
    if let value = try reader.number("initial_timeout") { options.initialTimeoutSeconds = value }
    if let value = try reader.number("end_silence_timeout") { options.endSilenceTimeoutSeconds = value }
    if let value = try reader.number("max_length") { options.maxLengthSeconds = value }
    controlID = try reader.string("control_id")
    statusURL = try reader.string("status_url")
    try reader.refuseTheRest()
    try options.validate()
    self.options = options
  }

  private static func members(of json: JSON, verb: RecordingVerb) throws(OptionError) -> [JSON.Member] {
    guard case .object(let members) = json else {
      throw OptionError(verb.rawValue, given: json.description, allowed: "an object")
    }
    guard verb == .relay, members.count == 1, members[0].name == "audio" else { return members }
    guard case .object(let audio) = members[0].value else {
      throw OptionError("audio", given: members[0].value.description, allowed: "an object")
    }
    return audio
  }
}

/// Takes the members of an object one by one by name and type, and knows which were never asked for.
private struct MemberReader {
  private let members: [JSON.Member]
  private var asked: [String] = []

  init(_ members: [JSON.Member]) {
    self.members = members
  }

  mutating func bool(_ name: String) throws(OptionError) -> Bool? {
    switch value(name) {
    case nil: return nil
    case .bool(let value): return value
    case let other?: throw OptionError(name, given: other.description, allowed: "true or false")
    }
  }

  mutating func number(_ name: String) throws(OptionError) -> Double? {
    switch value(name) {
    case nil: return nil
    case .number(let value): return value
    case let other?: throw OptionError(name, given: other.description, allowed: "a number")
    }
  }

  mutating func string(_ name: String) throws(OptionError) -> String? {
    switch value(name) {
    case nil: return nil
    case .string(let value): return value
    case let other?: throw OptionError(name, given: other.description, allowed: "a string")
    }
  }

  mutating func digits(_ name: String) throws(OptionError) -> DTMFDigits? {
    guard let text = try string(name) else { return nil }
    guard let digits = DTMFDigits(text) else {
      throw OptionError(
        name, given: JSON.string(text).description, allowed: "a string of the characters 0-9*#A-D")
    }
    return digits
  }

  mutating func word<Word: RawRepresentable & CaseIterable>(
    _ name: String, _ type: Word.Type
  ) throws(OptionError) -> Word? where Word.RawValue == String {
    guard let json = value(name) else { return nil }
    guard case .string(let text) = json, let word = Word(rawValue: text) else {
      let allowed = Word.allCases.map { "\"\($0.rawValue)\"" }.joined(separator: ", ")
      throw OptionError(name, given: json.description, allowed: allowed)
    }
    return word
  }

  /// Throws for the first member that nobody asked for.
  func refuseTheRest() throws(OptionError) {
    guard let unknown = members.first(where: { !asked.contains($0.name) }) else { return }
    throw OptionError(
      unknown.name, given: unknown.value.description,
      allowed: "only the options \(asked.joined(separator: ", "))")
  }

  /// The member's value; nil when it is absent or null.
  private mutating func value(_ name: String) -> JSON? {
    asked.append(name)
    let value = members.first { $0.name == name }?.value
    return value == .null ? nil : value
  }
}
