internal import ReelAudio
internal import ReelCore

/// An object of JSON that a stream sent, whose members are asked for by name and type. Absent and null are the same.
struct MediaMembers {
  /// What stands before a member's name in an error: `start.`.
  private let path: String
  let members: [JSON.Member]

  /// A message, or an object within one; throws for what is none.
  init(_ json: JSON?, _ name: String = "") throws(MediaError) {
    guard case .object(let members)? = json else {
      throw MediaError(name.isEmpty ? "the message" : name, given: json, allowed: "an object")
    }
    self.members = members
    path = name.isEmpty ? "" : name + "."
  }

  /// Those of a text message.
  init(message: [UInt8]) throws(MediaError) {
    let json: JSON
    do { json = try JSON(utf8: message) } catch { throw MediaError("the message is \(error)") }
    try self.init(json)
  }

  subscript(_ name: String) -> JSON? {
    let value = members.first { $0.name == name }?.value
    return value == .null ? nil : value
  }

  func object(_ name: String) throws(MediaError) -> MediaMembers {
    try MediaMembers(self[name], path + name)
  }

  func objectIfAny(_ name: String) throws(MediaError) -> MediaMembers? {
    self[name] == nil ? nil : try object(name)
  }

  /// A short text without control characters.
  func text(_ name: String, atMost most: Int = MediaLimits.textBytes) throws(MediaError) -> String? {
    guard let value = self[name] else { return nil }
    guard let text = value.text, text.utf8.count <= most, text.unicodeScalars.allSatisfy(Self.isPrintable) else {
      throw wrong(name, "a string of at most \(most) bytes, printable")
    }
    return text
  }

  /// The same, with something in it.
  func name(_ name: String, atMost most: Int = MediaLimits.textBytes) throws(MediaError) -> String? {
    let text = try text(name, atMost: most)
    guard text != "" else { throw wrong(name, "a string of 1 to \(most) bytes, printable") }
    return text
  }

  /// The id of a call.
  func callID(_ name: String) throws(MediaError) -> String? {
    try self.name(name, atMost: MediaLimits.callIDBytes)
  }

  /// A whole number, which may stand in quotation marks.
  func whole(_ name: String, upTo most: Int) throws(MediaError) -> Int? {
    guard let value = self[name] else { return nil }
    guard let number = value.count(upTo: most) ?? Self.digits(value.text, upTo: most) else {
      throw wrong(name, "a whole number from 0 to \(most)")
    }
    return number
  }

  func rate(_ name: String) throws(MediaError) -> SampleRate? {
    guard self[name] != nil else { return nil }
    guard let hz = try? whole(name, upTo: SampleRate.all.last!.hz), let rate = SampleRate(hz: hz) else {
      throw wrong(name, SampleRate.all.map { "\($0.hz)" }.joined(separator: ", "))
    }
    return rate
  }

  func digit(_ name: String) throws(MediaError) -> DTMFDigit {
    guard let text = self[name]?.text, text.utf8.count == 1, let digit = text.first.flatMap(DTMFDigit.init) else {
      throw wrong(name, "one of 0-9*#A-D")
    }
    return digit
  }

  /// Some of two words, for the legs; nil where nothing is said.
  func legs(_ name: String, caller: String, agent: String) throws(MediaError) -> Legs? {
    guard let value = self[name] else { return nil }
    let words = (value.array ?? []).compactMap(\.text)
    let hasCaller = words.contains(caller)
    let hasAgent = words.contains(agent)
    guard !words.isEmpty, words.count == value.array?.count, words.count == (hasCaller ? 1 : 0) + (hasAgent ? 1 : 0)
    else { throw wrong(name, "a list of \"\(caller)\", \"\(agent)\" or both") }
    return hasCaller && hasAgent ? .both : hasCaller ? .caller : .agent
  }

  /// Members that are not ours to judge.
  func parameters(_ name: String) throws(MediaError) -> [JSON.Member] {
    let members = try objectIfAny(name)?.members ?? []
    guard members.count <= MediaLimits.parameterCount else {
      throw MediaError(
        path + name, given: "\(members.count) members", allowed: "at most \(MediaLimits.parameterCount)")
    }
    return members
  }

  func refuse(allBut names: [String]) throws(MediaError) {
    guard let other = members.first(where: { !names.contains($0.name) }) else { return }
    throw MediaError(
      path + other.name, given: other.value, allowed: "only the members \(names.joined(separator: ", "))")
  }

  func wrong(_ name: String, _ allowed: String) -> MediaError {
    MediaError(path + name, given: self[name], allowed: allowed)
  }

  private static func digits(_ text: String?, upTo most: Int) -> Int? {
    guard let text, !text.isEmpty, text.utf8.allSatisfy({ UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 }),
      let number = Int(text), number <= most
    else { return nil }
    return number
  }

  private static func isPrintable(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator: false
    default: true
    }
  }
}
