internal import ReelFiles

/// The lines in front of an answer's body.
package struct AnswerHead: Sendable {
  package var status: Int
  package var headers: [(name: String, value: String)]
  /// Nil where the status has no body and no length either.
  package var length: Int?
  package var keepsAlive: Bool
  package var requestID: String

  package init(
    status: Int, headers: [(name: String, value: String)], length: Int?, keepsAlive: Bool, requestID: String
  ) {
    self.status = status
    self.headers = headers
    self.length = length
    self.keepsAlive = keepsAlive
    self.requestID = requestID
  }

  /// Statuses whose answers have no body.
  package static func hasBody(_ status: Int) -> Bool {
    status >= 200 && status != 204 && status != 304
  }

  package var bytes: [UInt8] {
    var text = "HTTP/1.1 \(status) \(Self.reasons[status] ?? "Status \(status)")\r\n"
    var hasCaching = false
    for (name, value) in headers {
      let name = Self.name(name)
      guard !name.isEmpty, !Self.own.contains(name) else { continue }
      hasCaching = hasCaching || name == "cache-control"
      text += "\(name): \(Self.value(value))\r\n"
    }
    if !hasCaching { text += "cache-control: no-store\r\n" }
    text += "x-request-id: \(requestID)\r\n"
    if let length { text += "content-length: \(length)\r\n" }
    text += keepsAlive ? "connection: keep-alive\r\n\r\n" : "connection: close\r\n\r\n"
    return Array(text.utf8)
  }

  /// What only the host may say.
  private static let own: Set = ["content-length", "connection", "transfer-encoding", "x-request-id"]

  /// In lower case, and of nothing but what a name may be made of.
  private static func name(_ name: String) -> String {
    String(decoding: name.lowercased().utf8.filter { isPlain($0) }, as: UTF8.self)
  }

  /// Without what would end the line.
  private static func value(_ value: String) -> String {
    String(decoding: value.utf8.map { $0 < 0x20 && $0 != 9 || $0 == 0x7F ? 0x20 : $0 }, as: UTF8.self)
  }

  private static func isPlain(_ byte: UInt8) -> Bool {
    (97...122).contains(byte) || (65...90).contains(byte) || (48...57).contains(byte) || [45, 46, 95].contains(byte)
  }

  /// The request's own, if it is plain and no longer than a line; else a new one.
  package static func requestID(_ asked: String?) -> String {
    guard let asked, (1...longestID).contains(asked.utf8.count), asked.utf8.allSatisfy({ isPlain($0) }) else {
      return UUIDText.random()
    }
    return asked
  }

  private static let longestID = 64

  /// Saved under a name that no system takes for anything else.
  package static func attachment(_ name: String) -> String {
    let plain = name.unicodeScalars.map { scalar in
      scalar.isASCII && (isPlain(UInt8(scalar.value)) || scalar == " ") ? Character(scalar) : "_"
    }
    var safe = String(plain)
    while safe.hasPrefix(".") { safe.removeFirst() }
    return "attachment; filename=\"\(safe.isEmpty ? "file" : safe)\""
  }

  private static let reasons = [
    200: "OK", 201: "Created", 202: "Accepted", 204: "No Content", 206: "Partial Content", 301: "Moved Permanently",
    302: "Found", 304: "Not Modified", 307: "Temporary Redirect", 308: "Permanent Redirect", 400: "Bad Request",
    401: "Unauthorized", 403: "Forbidden", 404: "Not Found", 405: "Method Not Allowed", 408: "Request Timeout",
    409: "Conflict", 410: "Gone", 411: "Length Required", 412: "Precondition Failed", 413: "Content Too Large",
    415: "Unsupported Media Type", 416: "Range Not Satisfiable", 422: "Unprocessable Content", 423: "Locked",
    426: "Upgrade Required", 429: "Too Many Requests", 500: "Internal Server Error", 501: "Not Implemented",
    502: "Bad Gateway", 503: "Service Unavailable", 504: "Gateway Timeout",
  ]
}
