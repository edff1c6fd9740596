internal import ReelCore

/// The options of a `record` or `record_call`, any of which may be a variable.
struct RecordSettings: Hashable, Sendable {
  let verb: RecordingVerb
  private let members: [JSON.Member]

  /// Throws for an unknown option, and for a value that can't be taken.
  init(_ members: [JSON.Member], verb: RecordingVerb) throws(OptionError) {
    self.verb = verb
    self.members = members
    var plain: [JSON.Member] = []
    for member in members {
      // Null is absent: the name is checked, the value is left for later.
      plain.append(try ScriptText.hasVariables(member.value) ? JSON.Member(member.name, .null) : member)
    }
    do throws(OptionError) {
      _ = try Self.request(plain, verb: verb, .agent)
    } catch {
      let given = members.first { $0.name == error.field }?.value.description
      throw OptionError(error.field, given: given ?? error.given, allowed: error.allowed)
    }
  }

  /// What is asked for now, with all variables put in.
  func request(_ scope: ScriptScope, _ perspective: Direction.Perspective) throws(OptionError) -> RecordingRequest {
    var filled: [JSON.Member] = []
    for member in members {
      let hasVariables = try ScriptText.hasVariables(member.value)
      let value = try scope.option(member.name, member.value)
      filled.append(JSON.Member(member.name, hasVariables ? OptionKind(member.name).read(value) : value))
    }
    return try Self.request(filled, verb: verb, perspective)
  }

  private static func request(
    _ members: [JSON.Member], verb: RecordingVerb, _ perspective: Direction.Perspective
  ) throws(OptionError) -> RecordingRequest {
    let request = try RecordingRequest(.object(members), verb: verb, recordCallPerspective: perspective)
    if let url = request.statusURL { try WebAddress.check("status_url", url) }
    return request
  }
}

extension WebAddress {
  static func check(_ name: String, _ text: String) throws(OptionError) {
    guard (try? WebAddress(text)) != nil else {
      throw OptionError(name, given: JSON.string(text).description, allowed: "an address of http:// or https://")
    }
  }
}
