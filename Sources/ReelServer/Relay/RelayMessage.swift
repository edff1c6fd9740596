package import ReelCore

/// A message of JSON-RPC 2.0, as a client of RELAY sends it.
package enum RelayMessage: Hashable, Sendable {
  /// Something is wanted. Without an id no answer is.
  case request(id: JSON?, method: String, params: JSON)
  /// What the service asked or told has been taken.
  case answer(id: String)

  /// Throws for what is neither.
  package init(utf8 bytes: [UInt8]) throws(ServiceRefusal) {
    let json: JSON
    do { json = try JSON(utf8: bytes) } catch { throw ServiceRefusal(.badRequest, "the message is \(error)") }
    guard case .object = json else {
      throw ServiceRefusal(.badRequest, "the message is \(json); allowed: an object of JSON-RPC 2.0")
    }
    if let method = json["method"]?.text {
      self = .request(id: json["id"], method: method, params: json["params"] ?? .object([]))
    } else if let id = json["id"]?.text, json["result"] != nil || json["error"] != nil {
      self = .answer(id: id)
    } else {
      throw ServiceRefusal(.badRequest, "the message has neither a method nor a result")
    }
  }

  // MARK: What the service says

  package static func result(_ id: JSON, _ members: [JSON.Member]) -> String {
    JSON.object([.init("jsonrpc", .string("2.0")), .init("id", id), .init("result", .object(members))]).description
  }

  /// The client takes it for a failure whatever was asked.
  package static func error(_ id: JSON, code: Int, _ message: String) -> String {
    let error: [JSON.Member] = [.init("code", .number(Double(code))), .init("message", .string(message))]
    return JSON.object([.init("jsonrpc", .string("2.0")), .init("id", id), .init("error", .object(error))]).description
  }

  package static func request(_ id: String, _ method: String, _ params: [JSON.Member]) -> String {
    JSON.object([
      .init("jsonrpc", .string("2.0")), .init("id", .string(id)), .init("method", .string(method)),
      .init("params", .object(params)),
    ]).description
  }

  /// JSON-RPC's own numbers, and those that RELAY has for what is refused before a session is there.
  package enum ErrorCode {
    package static let unknownMethod = -32_601
    package static let badMessage = -32_600
    package static let notConnected = -32_000
    package static let wrongCredentials = -32_002
  }
}
