/// A URL that events go to, or sound comes from: what it must be before anybody connects to it.
///
///     try WebAddress("https://example.org/events").receiver    // https://example.org:443
struct WebAddress: Hashable, Sendable {
  /// In lower case: `http` or `https`.
  let scheme: String
  let host: String
  let port: Int

  /// Longer ones are common in no server.
  static let longestBytes = 2_048

  /// Whom it leads to: what goes there shares its places and its fate.
  var receiver: String { "\(scheme)://\(host):\(port)" }

  init(_ text: String) throws(ServiceRefusal) {
    func refusal(_ problem: String) -> ServiceRefusal {
      let shown = String(text.unicodeScalars.prefix(100).map { Self.isPlain($0) ? Character($0) : "?" })
      return ServiceRefusal(.badRequest, "the URL \(shown) \(problem); allowed: http://HOST… or https://HOST…")
    }
    guard text.utf8.count <= Self.longestBytes else {
      throw refusal("has \(text.utf8.count) bytes, more than \(Self.longestBytes)")
    }
    guard text.unicodeScalars.allSatisfy(Self.isPlain) else {
      throw refusal("has a space, a control character or one beyond ASCII, which must be escaped")
    }
    guard let colon = text.firstIndex(of: ":") else { throw refusal("has no scheme") }
    let scheme = text[..<colon].lowercased()
    guard scheme == "http" || scheme == "https" else { throw refusal("has the scheme \(scheme)") }
    let rest = text[text.index(after: colon)...]
    guard rest.hasPrefix("//") else { throw refusal("names no host") }
    let authority = rest.dropFirst(2).prefix { !"/?#\\".contains($0) }
    let place = authority.lastIndex(of: "@").map { authority[authority.index(after: $0)...] } ?? authority
    let parts = Self.parted(place)
    guard !parts.host.isEmpty else { throw refusal("names no host") }
    guard let port = parts.port.isEmpty ? (scheme == "http" ? 80 : 443) : Int(parts.port), (1...65_535).contains(port)
    else { throw refusal("has the port \(parts.port)") }
    self.scheme = scheme
    host = parts.host.lowercased()
    self.port = port
  }

  /// The receiver of what may be no URL, which is then by itself.
  static func receiver(of text: String) -> String { (try? WebAddress(text).receiver) ?? text }

  /// The same URL without a user's name and password.
  static func withoutCredentials(_ text: String) -> String {
    guard let colon = text.firstIndex(of: ":") else { return text }
    let head = text[...colon] + "//"
    guard text.hasPrefix(head) else { return text }
    let rest = text.dropFirst(head.count)
    let authority = rest.prefix { !"/?#\\".contains($0) }
    guard let end = authority.lastIndex(of: "@") else { return text }
    return String(head + rest[rest.index(after: end)...])
  }

  private static func isPlain(_ scalar: Unicode.Scalar) -> Bool { (0x21...0x7E).contains(scalar.value) }

  /// The brackets round an address of IPv6 hold colons of its own.
  private static func parted(_ place: Substring) -> (host: Substring, port: Substring) {
    let end = place.hasPrefix("[") ? place.firstIndex(of: "]").map(place.index(after:)) ?? place.endIndex : nil
    guard let colon = end ?? place.firstIndex(of: ":") else { return (place, "") }
    return (place[..<colon], place[colon...].dropFirst())
  }
}
