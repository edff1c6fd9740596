internal import ReelCore
internal import ReelFiles

// The list of recordings: `GET /api/relay/rest/recordings`.
extension Desk {
  /// What a page may hold, and holds unless it is said.
  private static let pageSizes = 1...1_000
  private static let pageSize = 50

  func list(_ request: HTTPRequest, _ projectID: String) throws -> HTTPAnswer {
    var filter = RecordingFilter()
    filter.projectID = projectID
    filter.callID = request.parameter("call_id")
    filter.states = try states(request.parameter("status") ?? request.parameter("state"))
    filter.createdFrom = try time(request, "created_after")
    filter.createdBefore = try time(request, "created_before")
    let size = try pageSize(request.parameter("page_size"))
    let rows = try catalogue.recordings(filter, after: try cursor(request.parameter("page_token")), limit: size + 1)
    let page = rows.prefix(size)
    var links: [JSON.Member] = [
      .init("self", .string(link(request, token: request.parameter("page_token")))),
      .init("first", .string(link(request, token: nil))),
    ]
    if rows.count > size, let last = page.last {
      links.append(.init("next", .string(link(request, token: RecordingCursor(last).text))))
    }
    return .json(
      200, .object([.init("links", .object(links)), .init("data", .array(page.map { $0.json(url: url(of: $0.id)) }))]))
  }

  private func link(_ request: HTTPRequest, token: String?) -> String {
    var query = request.query.filter { $0.name != "page_token" }
    if let token { query.append((name: "page_token", value: token)) }
    let text = query.map { "\(URLText.encode($0.name))=\(URLText.encode($0.value))" }.joined(separator: "&")
    return "\(services.publicURL.base)/api/relay/rest/recordings\(text.isEmpty ? "" : "?\(text)")"
  }

  private func states(_ text: String?) throws(ServiceRefusal) -> [RecordingState] {
    guard let text else { return [] }
    let words = text.split(separator: ",").map(String.init)
    let states = words.compactMap(RecordingState.init(rawValue:))
    guard states.count == words.count, !words.isEmpty else {
      let allowed = RecordingState.allCases.map(\.rawValue).joined(separator: ", ")
      throw ServiceRefusal(.unprocessable, "status is \(FileNames.printable(text)); allowed: \(allowed)")
    }
    return states
  }

  /// Seconds since 1970, or as ISO 8601 has it.
  private func time(_ request: HTTPRequest, _ name: String) throws(ServiceRefusal) -> WallTime? {
    guard let text = request.parameter(name) else { return nil }
    guard let time = WallTime(text) else {
      throw ServiceRefusal(
        .unprocessable,
        "\(name) is \(FileNames.printable(text)); allowed: seconds since 1970, or a time such as 2026-11-21T08:00:00Z")
    }
    return time
  }

  private func pageSize(_ text: String?) throws(ServiceRefusal) -> Int {
    guard let text else { return Self.pageSize }
    guard let size = Int(text), Self.pageSizes.contains(size) else {
      throw ServiceRefusal(.unprocessable, "page_size is \(FileNames.printable(text)); allowed: 1 to 1000")
    }
    return size
  }

  private func cursor(_ text: String?) throws(ServiceRefusal) -> RecordingCursor? {
    guard let text else { return nil }
    guard let cursor = RecordingCursor(text) else {
      throw ServiceRefusal(.unprocessable, "page_token is \(FileNames.printable(text)); allowed: one that a page gave")
    }
    return cursor
  }
}

/// Text within a URL.
enum URLText {
  /// With all but RFC 3986's unreserved letters as percent signs and digits.
  static func encode(_ text: String) -> String {
    var encoded = ""
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"):
        encoded += String(UnicodeScalar(byte))
      case _ where "-._~".utf8.contains(byte): encoded += String(UnicodeScalar(byte))
      default:
        let digits = String(byte, radix: 16, uppercase: true)
        encoded += "%\(digits.count == 1 ? "0" : "")\(digits)"
      }
    }
    return encoded
  }
}
