internal import ReelFiles

/// Who may use the service: projects and their tokens, of which only hashes are kept.
package struct Credentials: Sendable {
  private let projects: [(id: String, tokenHash: String)]

  package init(_ projects: [(id: String, token: String)]) {
    self.projects = projects.map { ($0.id, Self.hash($0.token)) }
  }

  /// Whether the token is the project's. The time that it takes tells nothing of either.
  package func areRight(project: String, token: String) -> Bool {
    let hash = Self.hash(token)
    var isRight = false
    for known in projects where Self.areEqual(known.tokenHash, hash) && Self.areEqual(known.id, project) {
      isRight = true
    }
    return isRight
  }

  /// The project that an Authorization header speaks for: `Basic` with project and token, or `Bearer` with a project's
  /// token.
  package func project(authorization: String?) -> String? {
    guard let authorization else { return nil }
    let parts = authorization.split(separator: " ", maxSplits: 1, omittingEmptySubsequences: true)
    guard parts.count == 2 else { return nil }
    switch parts[0].lowercased() {
    case "basic":
      guard let bytes = Base64.decode(parts[1]), let text = String(validating: bytes, as: UTF8.self) else {
        return nil
      }
      let pair = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
      guard pair.count == 2 else { return nil }
      return areRight(project: String(pair[0]), token: String(pair[1])) ? String(pair[0]) : nil
    case "bearer": return project(token: String(parts[1]))
    default: return nil
    }
  }

  /// The project whose token this is.
  package func project(token: String) -> String? {
    let hash = Self.hash(token)
    var found: String?
    for known in projects where Self.areEqual(known.tokenHash, hash) { found = found ?? known.id }
    return found
  }

  /// The header's value that ``project(authorization:)`` reads.
  package static func basic(project: String, token: String) -> String {
    var text: [UInt8] = []
    Base64.encode(Array("\(project):\(token)".utf8).span, into: &text)
    return "Basic \(String(decoding: text, as: UTF8.self))"
  }

  /// The token that a file holds.
  package static func token(inFile path: String) throws -> String { try SecretFile.read(path) }

  /// What is compared instead of the token, so that neither its length nor its letters show in the time.
  private static func hash(_ token: String) -> String {
    var hash = SHA256()
    hash.update(Array(token.utf8).span)
    return hash.hexDigest()
  }

  /// In a time that depends on the lengths alone.
  private static func areEqual(_ a: String, _ b: String) -> Bool {
    let (a, b) = (Array(a.utf8), Array(b.utf8))
    guard a.count == b.count else { return false }
    var difference: UInt8 = 0
    for index in a.indices { difference |= a[index] ^ b[index] }
    return difference == 0
  }
}
