internal import ReelCore

/// What a script can ask of its call, as `${call.call_id}` and the like.
package struct ScriptCall: Hashable, Sendable {
  package var id: String
  package var projectID: String
  package var from: String
  package var to: String
  package var state: CallState
  /// `phone`, `sip` or `webrtc`.
  package var type: String

  package init(
    id: String, projectID: String, from: String, to: String, state: CallState, type: String = "phone"
  ) {
    self.id = id
    self.projectID = projectID
    self.from = from
    self.to = to
    self.state = state
    self.type = type
  }

  subscript(name: String) -> String? {
    switch name {
    case "call_id", "id": id
    case "call_state", "state": state.rawValue
    case "project_id": projectID
    case "from": from
    case "to": to
    case "type": type
    // Every call here is one that came in.
    case "direction": "inbound"
    default: nil
    }
  }
}

/// Where the names of a script lead, and the putting in of what they stand for. What is put in is never looked through
/// for names again.
struct ScriptScope {
  let variables: [String: JSON]
  let call: ScriptCall

  /// What a name stands for; nil where it was never set.
  subscript(path: [String]) -> JSON? {
    if path.count == 2, path[0] == "call" { return call[path[1]].map { .string($0) } }
    let names = path.count > 1 && path[0] == "vars" ? path.dropFirst() : path[...]
    guard let first = names.first, var value = variables[first] else { return nil }
    for name in names.dropFirst() {
      guard let inner = value[name] else { return nil }
      value = inner
    }
    return value
  }

  /// An option with its variables put in. Throws where one of them isn't set, or stands alone and is null: an option
  /// must not be guessed.
  func option(_ name: String, _ json: JSON) throws(OptionError) -> JSON {
    guard let text = json.text else { return json }
    let filled = try filled(text) { path in
      OptionError(name, given: "${\(path.joined(separator: "."))}, which is not set", allowed: "a variable that is set")
    }
    var size = OptionSize()
    try size.add(filled, named: name)
    return filled
  }

  /// The same for an option that is text.
  func text(_ name: String, _ text: String) throws(OptionError) -> String {
    Self.text(of: try option(name, .string(text)))
  }

  /// A value to set a variable to, where what isn't set is null, or nothing within a text.
  func value(_ name: String, _ json: JSON) throws(OptionError) -> JSON {
    var size = OptionSize()
    return try value(name, json, &size)
  }

  private func value(_ name: String, _ json: JSON, _ size: inout OptionSize) throws(OptionError) -> JSON {
    switch json {
    case .string(let text):
      let filled = try filled(text, orElse: nil)
      try size.add(filled, named: name)
      return filled
    case .array(let values):
      var all: [JSON] = []
      try size.enter(name)
      for value in values { all.append(try self.value(name, value, &size)) }
      size.leave()
      return .array(all)
    case .object(let members):
      var all: [JSON.Member] = []
      try size.enter(name)
      for member in members { all.append(JSON.Member(member.name, try value(name, member.value, &size))) }
      size.leave()
      return .object(all)
    case .null, .bool, .number:
      try size.add(json, named: name)
      return json
    }
  }

  /// A text that is nothing but a name gives the value as it is; any other gives text.
  private func filled(_ text: String, orElse wrong: (([String]) -> OptionError)?) throws(OptionError) -> JSON {
    let pieces = try ScriptText(text).pieces
    if pieces.count == 1, case .variable(let path) = pieces[0] {
      let value = self[path] ?? .null
      if value == .null, let wrong { throw wrong(path) }
      return value
    }
    var filled = ""
    for piece in pieces {
      switch piece {
      case .plain(let plain): filled += plain
      case .variable(let path):
        guard let value = self[path] else {
          guard let wrong else { continue }
          throw wrong(path)
        }
        filled += Self.text(of: value)
      }
    }
    return .string(filled)
  }

  /// A value as part of a text.
  static func text(of value: JSON) -> String {
    switch value {
    case .string(let text): text
    case .null: ""
    case .bool, .number, .array, .object: value.description
    }
  }
}

/// Adds up what options hold and how deep they are, and throws beyond the limits.
struct OptionSize {
  private var bytes = 0
  private var depth = 0

  mutating func add(_ json: JSON, named name: String) throws(OptionError) {
    switch json {
    case .null, .bool, .number: try count(8, name)
    case .string(let text): try count(text.utf8.count + 2, name)
    case .array(let values):
      try enter(name)
      for value in values { try add(value, named: name) }
      leave()
    case .object(let members):
      try enter(name)
      for member in members {
        try count(member.name.utf8.count + 4, name)
        try add(member.value, named: name)
      }
      leave()
    }
  }

  mutating func enter(_ name: String) throws(OptionError) {
    try count(2, name)
    depth += 1
    guard depth <= Script.deepestOptions else {
      throw OptionError(
        name, given: "nested deeper", allowed: "\(Script.deepestOptions) arrays and objects in one another")
    }
  }

  mutating func leave() {
    depth -= 1
  }

  private mutating func count(_ more: Int, _ name: String) throws(OptionError) {
    bytes += more
    guard bytes <= Script.longestOptionsBytes else {
      throw OptionError(name, given: "longer", allowed: "\(Script.longestOptionsBytes) bytes in all")
    }
  }
}
