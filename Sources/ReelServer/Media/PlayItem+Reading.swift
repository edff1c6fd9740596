package import ReelCore

extension PlayItem {
  /// RELAY's `play`: a list of `{"type": …, "params": {…}}`, or with the parameters beside the type.
  package static func list(relay json: JSON) throws(OptionError) -> [PlayItem] {
    guard let items = json.array, 1...Limits.itemCount ~= items.count else {
      throw OptionError("play", given: given(json), allowed: "a list of 1 to \(Limits.itemCount) items")
    }
    var read: [PlayItem] = []
    for item in items { read.append(try PlayItem(relay: item)) }
    return read
  }

  package init(relay json: JSON) throws(OptionError) {
    guard let type = json["type"]?.text else {
      throw OptionError("play.type", given: Self.given(json["type"]), allowed: "audio, silence, ringtone, tts")
    }
    let params = json["params"] ?? json
    switch type {
    case "audio": self = .audio(url: try Self.url(params["url"], "play.url"))
    case "silence": self = .silence(seconds: try Self.seconds(params["duration"], "play.duration"))
    case "ringtone":
      let ringtone = try Self.ringtone(params["name"]?.text, params["name"], "play.name")
      let duration = params["duration"] == .null ? nil : params["duration"]
      self = .ringtone(ringtone, seconds: duration == nil ? nil : try Self.seconds(duration, "play.duration"))
    case "tts": self = .speech(try Self.speech(params["text"], "play.text"))
    default: throw OptionError("play.type", given: Self.given(.string(type)), allowed: "audio, silence, ringtone, tts")
    }
  }

  /// One URL of SWML's `play`, with its variables put in: `https://…`, `silence:SECONDS`, `ring:COUNTRY`,
  /// `ring:SECONDS:COUNTRY`, `say:TEXT`.
  package init(swml text: String) throws(OptionError) {
    do {
      self = try Self.read(swml: text)
    } catch {
      throw OptionError(
        "url", given: Self.given(.string(text)),
        allowed: "http://…, https://…, silence:SECONDS (at most \(Int(Limits.seconds))), ring:[SECONDS:]COUNTRY, "
          + "say:TEXT")
    }
  }

  private static func read(swml text: String) throws(OptionError) -> PlayItem {
    let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
    let rest = parts.count == 2 ? String(parts[1].drop { $0 == " " }) : ""
    switch parts[0].lowercased() {
    case "say": return .speech(try speech(.string(rest), "url"))
    case "silence": return .silence(seconds: try seconds(number(rest), "url"))
    case "ring":
      let words = rest.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
      let name = words.last ?? ""
      let seconds = words.count == 2 ? try seconds(number(words[0]), "url") : nil
      return .ringtone(try ringtone(name, .string(name), "url"), seconds: seconds)
    default: return .audio(url: try url(.string(text), "url"))
    }
  }

  // MARK: Values

  private static func number(_ text: String) -> JSON {
    // As JSON writes numbers, and not as Swift reads them: no hexadecimal, no infinity.
    guard let json = try? JSON(text), case .number = json else { return .string(text) }
    return json
  }

  private static func seconds(_ json: JSON?, _ field: String) throws(OptionError) -> Double {
    guard case .number(let seconds)? = json, seconds > 0, seconds <= Limits.seconds else {
      throw OptionError(
        field, given: given(json), allowed: "seconds, a number above 0 and at most \(Int(Limits.seconds))")
    }
    return seconds
  }

  private static func ringtone(_ name: String?, _ json: JSON?, _ field: String) throws(OptionError) -> Ringtone {
    guard let ringtone = name.flatMap(Ringtone.init(name:)) else {
      throw OptionError(field, given: given(json), allowed: "a ringtone of \(Ringtone.allowed)")
    }
    return ringtone
  }

  private static func speech(_ json: JSON?, _ field: String) throws(OptionError) -> String {
    guard let text = json?.text, 1...Limits.speechBytes ~= text.utf8.count else {
      throw OptionError(field, given: given(json), allowed: "a text of 1 to \(Limits.speechBytes) bytes")
    }
    return text
  }

  /// Where it leads is looked at when it is fetched.
  private static func url(_ json: JSON?, _ field: String) throws(OptionError) -> String {
    let url = json?.text ?? ""
    let head = url.prefix { $0 != "/" }.lowercased()
    guard head == "http:" || head == "https:", url.dropFirst(head.count).hasPrefix("//"),
      url.utf8.count > head.utf8.count + 2, url.utf8.count <= Limits.urlBytes,
      url.utf8.allSatisfy({ 0x21...0x7E ~= $0 })
    else {
      throw OptionError(
        field, given: given(json), allowed: "a URL of http or https, at most \(Limits.urlBytes) bytes of ASCII")
    }
    return url
  }

  private static func given(_ json: JSON?) -> String {
    MediaLimits.shortened(json?.description ?? "absent")
  }
}
