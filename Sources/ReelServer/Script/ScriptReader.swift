internal import ReelCore

/// Reads documents into verbs, and refuses what it can't take before anything of it runs.
struct ScriptReader {
  private(set) var verbs: [PlacedVerb] = []
  private(set) var ignored: [String] = []

  mutating func read(_ json: JSON) throws(ServiceRefusal) {
    guard case .object(let members) = json else { throw Self.neither(json) }
    let names = members.map(\.name)
    if names.contains("sections") { return try document(members, in: "") }
    guard names.contains("response") || names.contains("action") else { throw Self.neither(json) }
    try answer(members)
  }

  private static func neither(_ json: JSON) -> ServiceRefusal {
    ServiceRefusal(
      .unprocessable,
      "the document is \(shown(json.description)); allowed: an object with sections (SWML), or with response or "
        + "action (a SWAIG function's answer)")
  }

  // MARK: SWAIG

  private mutating func answer(_ members: [JSON.Member]) throws(ServiceRefusal) {
    try Self.refuseUnknown(members, allowed: ["response", "action", "post_process"], in: "the answer")
    guard let action = members.first(where: { $0.name == "action" })?.value, action != .null else { return }
    guard let actions = action.array, actions.count <= Script.mostVerbs else {
      throw Self.wrong("action", action, "the answer", "an array of at most \(Script.mostVerbs) objects")
    }
    for (number, action) in actions.enumerated() {
      let place = "action[\(number)]"
      guard case .object(let parts) = action else { throw Self.wrong("action", action, place, "an object") }
      for part in parts {
        if part.name == "SWML" { try embedded(part.value, in: place + ".SWML") } else { ignore(part.name) }
      }
    }
  }

  /// A document within an action: an object, or a text that holds one.
  private mutating func embedded(_ json: JSON, in place: String) throws(ServiceRefusal) {
    var json = json
    if let text = json.text {
      do throws(JSON.SyntaxError) {
        json = try JSON(text)
      } catch {
        throw ServiceRefusal(.unprocessable, "\(place) is \(error); allowed: SWML as JSON")
      }
    }
    guard case .object(let members) = json else {
      throw Self.wrong("SWML", json, place, "an object, or JSON in a string")
    }
    // What the SDK makes of a text that is not JSON.
    if let raw = members.first(where: { $0.name == "raw_swml" }) {
      throw Self.wrong("raw_swml", raw.value, place, "SWML as JSON")
    }
    try document(members, in: place + ".")
  }

  // MARK: SWML

  private mutating func document(_ members: [JSON.Member], in prefix: String) throws(ServiceRefusal) {
    let whole = prefix.isEmpty ? "the document" : String(prefix.dropLast())
    try Self.refuseUnknown(members, allowed: ["version", "sections"], in: whole)
    if let version = members.first(where: { $0.name == "version" })?.value, version != .string("1.0.0") {
      throw Self.wrong("version", version, whole, "\"1.0.0\"")
    }
    guard case .object(let sections)? = members.first(where: { $0.name == "sections" })?.value,
      let main = sections.first(where: { $0.name == "main" })?.value
    else {
      throw ServiceRefusal(.unprocessable, "\(whole) has no section main; allowed: {\"sections\": {\"main\": […]}}")
    }
    guard let items = main.array, items.count <= Script.mostVerbs - verbs.count else {
      throw Self.wrong("main", main, whole, "an array of verbs, at most \(Script.mostVerbs) in all")
    }
    for section in sections where section.name != "main" { ignore("section \(section.name)") }
    var isAfterAI = false
    for (number, item) in items.enumerated() {
      let place = "\(prefix)main[\(number)]"
      try verb(item, at: place)
      if isAfterAI { ignore("\(place), which stands after ai") }
      if case .ai = verbs.last?.verb { isAfterAI = true }
    }
  }

  /// A verb by its name alone, or with its options.
  private mutating func verb(_ item: JSON, at place: String) throws(ServiceRefusal) {
    var name = item.text
    var options = JSON.null
    if case .object(let members) = item, members.count == 1 {
      name = members[0].name
      options = members[0].value
    }
    guard let name else { throw Self.wrong("verb", item, place, "a name, or an object with one") }
    guard let known = Verb.Name(rawValue: name) else {
      let allowed = Verb.Name.allCases.map(\.rawValue).joined(separator: ", ")
      throw ServiceRefusal(.unprocessable, "verb is \(Self.shown(name)) at \(place); allowed: \(allowed)")
    }
    let whole = "\(place).\(name)"
    guard known != .ai else { return verbs.append(PlacedVerb(place: whole, verb: try agent(options, at: whole))) }
    do throws(OptionError) {
      var size = OptionSize()
      try size.add(options, named: name)
      verbs.append(PlacedVerb(place: whole, verb: try make(known, options, at: whole)))
    } catch {
      throw ServiceRefusal(error, at: whole)
    }
  }

  private mutating func make(_ name: Verb.Name, _ json: JSON, at place: String) throws(OptionError) -> Verb {
    switch name {
    case .sleep: return try Self.sleep(json)
    case .unset: return .unset(try Self.names(json))
    case .set: return .set(try Self.assignments(json))
    case .record: return .record(try RecordSettings(try Self.members(json, name), verb: .record))
    case .recordCall: return .record(try RecordSettings(try Self.members(json, name), verb: .recordCall))
    case .answer, .stopRecordCall, .play, .hangup, .ai: break
    }
    var options = OptionReader(try Self.members(json, name))
    let verb: Verb
    switch name {
    case .answer: verb = try answer(&options, at: place)
    case .stopRecordCall: verb = .stopRecordCall(controlID: try options.text("control_id"))
    case .play:
      verb = .play(try PlaySettings(&options))
      for unused in options.present(PlaySettings.unused) { ignore("\(place).\(unused)") }
    default: verb = .hangup(reason: try Self.reason(&options))
    }
    try options.refuseTheRest()
    return verb
  }

  private mutating func answer(_ options: inout OptionReader, at place: String) throws(OptionError) -> Verb {
    let most = try options.number("max_duration", in: 1...RecordingOptions.longestSeconds)
    let unused = ["codecs", "username", "password"]
    for name in unused { _ = try options.text(name) }
    for name in options.present(unused) { ignore("\(place).\(name)") }
    return .answer(maxSeconds: most)
  }

  private mutating func agent(_ json: JSON, at place: String) throws(ServiceRefusal) -> Verb {
    guard case .object(let members) = json else { throw Self.wrong("ai", json, place, "an object") }
    for member in members where member.name != "params" { ignore("\(place).\(member.name)") }
    guard let params = members.first(where: { $0.name == "params" })?.value, params != .null else { return .ai(nil) }
    guard case .object(let values) = params else { throw Self.wrong("params", params, place, "an object") }
    for value in values where !RecordParams.names.contains(value.name) { ignore("\(place).params.\(value.name)") }
    return .ai(try RecordParams(values, at: "\(place).params"))
  }

  private mutating func ignore(_ name: String) {
    guard ignored.count < Script.mostIgnored else { return }
    ignored.append(Self.shown(name))
  }
}

// MARK: Options of single verbs

extension ScriptReader {
  /// Milliseconds: no longer than any option may name.
  private static let sleepMilliseconds = -1.0...RecordingOptions.longestSeconds * 1_000

  private static func sleep(_ json: JSON) throws(OptionError) -> Verb {
    guard case .object(let members) = json else {
      return .sleep(milliseconds: try ScriptNumber("sleep", json, in: sleepMilliseconds))
    }
    var options = OptionReader(members)
    guard let duration = try options.number("duration", in: sleepMilliseconds) else {
      throw OptionError("sleep", given: json.description, allowed: "an object with duration, or a number")
    }
    try options.refuseTheRest()
    return .sleep(milliseconds: duration)
  }

  private static func reason(_ options: inout OptionReader) throws(OptionError) -> String? {
    guard let reason = try options.text("reason") else { return nil }
    if try !ScriptText(reason).hasVariables { _ = try HangupReason(checking: reason) }
    return reason
  }

  private static func assignments(_ json: JSON) throws(OptionError) -> [JSON.Member] {
    guard case .object(let members) = json else {
      throw OptionError("set", given: json.description, allowed: "an object of variables and their values")
    }
    var assignments: [JSON.Member] = []
    for member in members {
      try checkText(member.value)
      assignments.append(JSON.Member(try variable(member.name), member.value))
    }
    return assignments
  }

  private static func names(_ json: JSON) throws(OptionError) -> [String] {
    var names: [String] = []
    for name in json.array ?? [json] {
      guard let text = name.text else {
        throw OptionError("unset", given: json.description, allowed: "a variable's name, or an array of names")
      }
      names.append(try variable(text))
    }
    return names
  }

  /// A name to set or unset, without the scope that it is in anyway. `call` is not a script's to set.
  private static func variable(_ text: String) throws(OptionError) -> String {
    let name = text.hasPrefix("vars.") ? String(text.dropFirst(5)) : text
    guard ScriptText.isName(name), name != "call", name != "vars" else {
      throw OptionError(
        "variable", given: text, allowed: "a name of \(ScriptText.nameRule), but for call and vars")
    }
    return name
  }

  /// Throws where a text within the value names a variable wrongly.
  private static func checkText(_ json: JSON) throws(OptionError) {
    switch json {
    case .string(let text): _ = try ScriptText(text)
    case .array(let values): for value in values { try checkText(value) }
    case .object(let members): for member in members { try checkText(member.value) }
    case .null, .bool, .number: break
    }
  }

  /// None where the verb stands alone or with null.
  private static func members(_ json: JSON, _ name: Verb.Name) throws(OptionError) -> [JSON.Member] {
    switch json {
    case .null: return []
    case .object(let members): return members
    default: throw OptionError(name.rawValue, given: json.description, allowed: "an object")
    }
  }
}

// MARK: Refusing

extension ScriptReader {
  /// What a refusal shows of a client's text, in scalars: a single character can be any number of them.
  private static let longestShown = 80

  fileprivate static func shown(_ text: String) -> String {
    guard text.unicodeScalars.count > longestShown else { return text }
    return String(text.unicodeScalars.prefix(longestShown)) + "…"
  }

  /// A bad option in words, with long values cut, and where it stands if that has to be said.
  static func words(_ error: OptionError, at place: String? = nil) -> String {
    let place = place.map { " at \($0)" } ?? ""
    return "\(shown(error.field)) is \(shown(error.given))\(place); allowed: \(error.allowed)"
  }

  private static func wrong(_ name: String, _ json: JSON, _ place: String, _ allowed: String) -> ServiceRefusal {
    ServiceRefusal(OptionError(name, given: json.description, allowed: allowed), at: place)
  }

  private static func refuseUnknown(
    _ members: [JSON.Member], allowed: [String], in place: String
  ) throws(ServiceRefusal) {
    guard let unknown = members.first(where: { !allowed.contains($0.name) }) else { return }
    throw wrong(unknown.name, unknown.value, place, "only \(allowed.joined(separator: ", "))")
  }
}

extension ServiceRefusal {
  init(_ error: OptionError, at place: String) {
    self.init(.unprocessable, ScriptReader.words(error, at: place))
  }
}
