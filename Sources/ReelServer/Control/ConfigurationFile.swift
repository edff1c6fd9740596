package import ReelCore
internal import ReelFiles

/// Reads what a configuration file says: an object of JSON, of which every member is known.
///
///     {"listen": "127.0.0.1:8443", "data": "/var/lib/reel", "retention": [{"days": 90, "tag": "support"}]}
///
/// A member that is not known is refused: a misspelt retention rule would be one that keeps for ever.
extension ServiceConfiguration {
  package mutating func read(file: String) throws(ConfigurationError) {
    let bytes: [UInt8]
    do { bytes = try WholeFile.bytes(of: file, atMost: Self.fileBytes) } catch { throw ConfigurationError("\(error)") }
    let json: JSON
    do { json = try JSON(utf8: bytes) } catch { throw ConfigurationError("\(file) is \(error)") }
    do { try read(json) } catch { throw ConfigurationError("\(file): \(error)") }
  }

  /// Far more than any has.
  private static let fileBytes = 1 << 20
  /// A month; what is longer is a mistake.
  private static let longestSeconds = 2_678_400.0
  /// A thousand years, beyond which a day can't be told from never.
  private static let longestDays = 365_250.0

  package mutating func read(_ json: JSON) throws(ConfigurationError) {
    var reader = try ConfigurationReader(json, "the configuration")
    if let text = try reader.text("listen") { try listen(text) }
    if let text = try reader.text("data") { dataFolder = text }
    if let text = try reader.text("project") { projectID = text }
    if let text = try reader.text("token_file") { tokenFile = text }
    if let text = try reader.text("tls_cert") { certificate = text }
    if let text = try reader.text("tls_key") { key = text }
    if let text = try reader.text("public_url") { publicURL = try Self.base(text) }
    if let text = try reader.text("space_id") { spaceID = text }
    if let text = try reader.text("node_id") { nodeID = text }
    if let word = try reader.word("log_level", Log.Level.self) { logLevel = word }
    if let word = try reader.word("record_call_perspective", Direction.Perspective.self) {
      recordCallPerspective = word
    }
    if let value = try reader.bool("allow_private_redirects") { allowsPrivateRedirects = value }
    if let value = try reader.number("grace_seconds", in: 0...Self.longestSeconds) { graceSeconds = value }
    if let value = try reader.number("drain_seconds", in: 0...Self.longestSeconds) { drainSeconds = value }
    if let value = try reader.number("retention_seconds", in: 1...Self.longestSeconds) { retentionSeconds = value }
    try readLimits(reader.value("limits"))
    projects = try reader.list("projects").map { json throws(ConfigurationError) in
      var reader = try ConfigurationReader(json, "a project")
      let project = (id: try reader.required("id"), tokenFile: try reader.required("token_file"))
      try reader.refuseTheRest()
      return project
    }
    retention = try reader.list("retention").map(Self.rule)
    try readArrivals(reader.value("contexts"))
    try reader.refuseTheRest()
  }

  /// Without a slash at its end.
  private static func base(_ text: String) throws(ConfigurationError) -> String {
    guard (try? WebAddress(text)) != nil else {
      throw ConfigurationError("public_url", given: text, allowed: "http://HOST… or https://HOST…")
    }
    return text.hasSuffix("/") ? String(text.dropLast()) : text
  }

  private mutating func readLimits(_ json: JSON?) throws(ConfigurationError) {
    guard let json else { return }
    var reader = try ConfigurationReader(json, "limits")
    if let value = try reader.whole("connections", in: 1...1_000_000) { web.connections = value }
    if let value = try reader.whole("calls", in: 1...1_000_000) { callLimit = value }
    if let value = try reader.whole("recordings", in: 1...1_000_000) { recordingLimit = value }
    if let value = try reader.whole("recordings_per_call", in: 1...1_000) { recordingsPerCall = value }
    if let value = try reader.whole("body_bytes", in: 1_024...1 << 30) { web.bodyBytes = value }
    if let value = try reader.whole("message_bytes", in: 1_024...1 << 30) { web.messageBytes = value }
    try reader.refuseTheRest()
  }

  private static func rule(_ json: JSON) throws(ConfigurationError) -> RetentionRule {
    var reader = try ConfigurationReader(json, "a retention rule")
    guard let days = try reader.number("days", in: 0...longestDays) else {
      throw ConfigurationError("a retention rule is without days")
    }
    let rule = RetentionRule(
      olderThanSeconds: days * 86_400, projectID: try reader.text("project"), tag: try reader.text("tag"))
    try reader.refuseTheRest()
    return rule
  }

  private mutating func readArrivals(_ json: JSON?) throws(ConfigurationError) {
    guard let json else { return }
    guard case .object(let contexts) = json else {
      throw ConfigurationError("contexts", given: "\(json)", allowed: "an object")
    }
    for context in contexts {
      var reader = try ConfigurationReader(context.value, "the context \(context.name)")
      let (params, swml) = (reader.value("params"), reader.value("swml"))
      try reader.refuseTheRest()
      switch (params, swml) {
      case (.object(let members)?, nil): arrivals[context.name] = .params(members)
      case (nil, let script?): arrivals[context.name] = .script(script)
      default:
        throw ConfigurationError(
          "the context \(context.name)", given: "\(context.value)", allowed: "an object of params, or of swml")
      }
    }
  }
}

/// Takes the members of an object by name and type, and knows which nobody asked for.
private struct ConfigurationReader {
  private let members: [JSON.Member]
  private let name: String
  private var asked: [String] = []

  init(_ json: JSON, _ name: String) throws(ConfigurationError) {
    guard case .object(let members) = json else {
      throw ConfigurationError(name, given: "\(json)", allowed: "an object")
    }
    self.members = members
    self.name = name
  }

  mutating func value(_ member: String) -> JSON? {
    asked.append(member)
    let value = members.first { $0.name == member }?.value
    return value == .null ? nil : value
  }

  mutating func text(_ member: String) throws(ConfigurationError) -> String? {
    guard let json = value(member) else { return nil }
    guard let text = json.text, !text.isEmpty else {
      throw ConfigurationError(member, given: "\(json)", allowed: "some text")
    }
    return text
  }

  mutating func required(_ member: String) throws(ConfigurationError) -> String {
    guard let text = try text(member) else { throw ConfigurationError("\(name) is without \(member)") }
    return text
  }

  mutating func bool(_ member: String) throws(ConfigurationError) -> Bool? {
    guard let json = value(member) else { return nil }
    guard case .bool(let value) = json else {
      throw ConfigurationError(member, given: "\(json)", allowed: "true or false")
    }
    return value
  }

  mutating func number(_ member: String, in range: ClosedRange<Double>) throws(ConfigurationError) -> Double? {
    guard let json = value(member) else { return nil }
    guard case .number(let value) = json, range.contains(value) else {
      throw ConfigurationError(
        member, given: "\(json)", allowed: "a number from \(range.lowerBound) to \(range.upperBound)")
    }
    return value
  }

  mutating func whole(_ member: String, in range: ClosedRange<Int>) throws(ConfigurationError) -> Int? {
    guard let json = value(member) else { return nil }
    guard let value = json.integer, range.contains(value) else {
      throw ConfigurationError(
        member, given: "\(json)", allowed: "a whole number from \(range.lowerBound) to \(range.upperBound)")
    }
    return value
  }

  mutating func word<Word: RawRepresentable & CaseIterable>(
    _ member: String, _ type: Word.Type
  ) throws(ConfigurationError) -> Word? where Word.RawValue == String {
    guard let text = try text(member) else { return nil }
    guard let word = Word(rawValue: text) else {
      throw ConfigurationError(
        member, given: text, allowed: Word.allCases.map(\.rawValue).joined(separator: ", "))
    }
    return word
  }

  mutating func list(_ member: String) throws(ConfigurationError) -> [JSON] {
    guard let json = value(member) else { return [] }
    guard let list = json.array else { throw ConfigurationError(member, given: "\(json)", allowed: "a list") }
    return list
  }

  func refuseTheRest() throws(ConfigurationError) {
    guard let unknown = members.first(where: { !asked.contains($0.name) }) else { return }
    throw ConfigurationError("\(name) has \(unknown.name); allowed: \(asked.joined(separator: ", "))")
  }
}
