package import ReelCore

/// A recording as the `params` of an agent ask for it, and the parameters of a media stream, whose values are text.
///
///     {"record_call": true, "record_format": "mp3", "record_stereo": true, "record_beep": true,
///      "record_webhook_url": "https://…"}
package struct RecordParams: Hashable, Sendable {
  package let options: RecordingOptions
  /// Who is told the end, by a ``WebhookNote``.
  package let webhookURL: String?

  /// How often `record_beep` is heard, beside once at the start: the beep of these `params` is a periodic one. 47 CFR
  /// 64.501 asked for a warning tone at regular intervals; 15 seconds is the one in use (Federal Standard 1037C,
  /// "recorder warning tone").
  package static let beepIntervalSeconds = 15.0

  /// Nil where no recording is asked for. Members of other names are passed over, except, where a recording is asked
  /// for, names that begin like these and are none of them: they are misspelt.
  ///
  /// - `place` says where the members stand, for a refusal.
  package init?(_ members: [JSON.Member], at place: String = "params") throws(ServiceRefusal) {
    do throws(OptionError) {
      guard try Self.flag("record_call", members) == true else { return nil }
      try Self.refuseMisspelt(members)
      var options = RecordingOptions.recordCall()
      if let format = try Self.format(members) { options.format = format }
      if let stereo = try Self.flag("record_stereo", members) { options.stereo = stereo }
      if try Self.flag("record_beep", members) == true {
        options.beep = true
        options.beepIntervalSeconds = Self.beepIntervalSeconds
      }
      self.options = options
      webhookURL = try Self.webhook(members)
    } catch {
      throw ServiceRefusal(error, at: place)
    }
  }

  static let names = ["record_call", "record_format", "record_stereo", "record_beep", "record_webhook_url"]

  private static func value(_ name: String, _ members: [JSON.Member]) -> JSON? {
    guard let value = members.first(where: { $0.name == name })?.value, value != .null else { return nil }
    return value
  }

  private static func flag(_ name: String, _ members: [JSON.Member]) throws(OptionError) -> Bool? {
    guard let value = value(name, members) else { return nil }
    guard let flag = OptionKind.flag(value) else {
      throw OptionError(name, given: value.description, allowed: "true or false")
    }
    return flag
  }

  private static func format(_ members: [JSON.Member]) throws(OptionError) -> RecordingOptions.Format? {
    guard let value = value("record_format", members) else { return nil }
    guard let format = value.text.flatMap({ RecordingOptions.Format(rawValue: $0) }) else {
      let allowed = RecordingOptions.Format.allCases.map { "\"\($0.rawValue)\"" }.joined(separator: ", ")
      throw OptionError("record_format", given: value.description, allowed: allowed)
    }
    return format
  }

  private static func webhook(_ members: [JSON.Member]) throws(OptionError) -> String? {
    guard let value = value("record_webhook_url", members) else { return nil }
    guard let text = value.text else {
      throw OptionError("record_webhook_url", given: value.description, allowed: "a string")
    }
    try WebAddress.check("record_webhook_url", text)
    return text
  }

  private static func refuseMisspelt(_ members: [JSON.Member]) throws(OptionError) {
    for member in members where member.name.hasPrefix("record_") && !names.contains(member.name) {
      throw OptionError(
        member.name, given: member.value.description, allowed: "only \(names.joined(separator: ", "))")
    }
  }
}
