internal import CWebSockets

/// What the library knows of a request, as values. Works as long as a callback holds the request's head.
///
/// Sound, everywhere here: the library copies into arrays of ours, and is told how long they are.
@safe struct RequestReader {
  private let connection: OpaquePointer

  init(_ wire: Wire) {
    unsafe connection = wire.pointer
  }

  func has(_ token: lws_token_indexes) -> Bool {
    unsafe lws_hdr_total_length(connection, token) > 0
  }

  func header(_ token: lws_token_indexes) -> String? {
    let length = unsafe lws_hdr_total_length(connection, token)
    guard length > 0 else { return nil }
    return unsafe text(Int(length)) { bytes, count in unsafe lws_hdr_copy(connection, bytes, count, token) }
  }

  func header(named name: String) -> String? {
    let name = name + ":"
    let nameLength = Int32(name.utf8.count)
    let length = unsafe lws_hdr_custom_length(connection, name, nameLength)
    guard length > 0 else { return nil }
    return unsafe text(Int(length)) { bytes, count in
      unsafe lws_hdr_custom_copy(connection, bytes, count, name, nameLength)
    }
  }

  private func text(_ length: Int, _ copy: (UnsafeMutablePointer<CChar>, Int32) -> Int32) -> String? {
    // The library ends it with a zero.
    var bytes = [CChar](repeating: 0, count: length + 2)
    let copied = unsafe bytes.withUnsafeMutableBufferPointer { bytes in
      unsafe copy(bytes.baseAddress!, Int32(bytes.count))
    }
    guard copied >= 0 else { return nil }
    return String(decoding: bytes.prefix(Int(copied)).map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  /// Nil for those that nobody here answers.
  func methodAndPath() -> (method: String, path: String)? {
    var start: UnsafeMutablePointer<CChar>?
    var length: Int32 = 0
    let method = Int(unsafe lws_http_get_uri_and_method(connection, &start, &length))
    guard Self.methods.indices.contains(method), let start = unsafe start, length > 0 else { return nil }
    // Sound: as many bytes of the head as the library says.
    let path = unsafe UnsafeRawBufferPointer(start: start, count: Int(length))
    return unsafe (Self.methods[method], String(decoding: path, as: UTF8.self))
  }

  /// In the library's order.
  private static let methods = ["GET", "POST", "OPTIONS", "PUT", "PATCH", "DELETE", "CONNECT", "HEAD"]

  func query() -> [(name: String, value: String)] {
    var found: [(name: String, value: String)] = []
    for place in 0..<Int32.max {
      let length = unsafe lws_hdr_fragment_length(connection, WSI_TOKEN_HTTP_URI_ARGS, place)
      guard length > 0 || place < Self.mostArguments else { break }
      guard
        let argument = unsafe text(
          Int(length),
          { bytes, count in unsafe lws_hdr_copy_fragment(connection, bytes, count, WSI_TOKEN_HTTP_URI_ARGS, place) })
      else { break }
      guard !argument.isEmpty else { continue }
      let parts = argument.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      found.append((String(parts[0]), parts.count == 2 ? String(parts[1]) : ""))
    }
    return found
  }

  /// More than the library keeps.
  private static let mostArguments: Int32 = 512

  func headers() -> [String: String] {
    var found: [String: String] = [:]
    for (name, token) in Self.kept { found[name] = header(token) }
    found["x-request-id"] = header(named: "x-request-id")
    return found
  }

  private static let kept: [(String, lws_token_indexes)] = [
    ("authorization", WSI_TOKEN_HTTP_AUTHORIZATION), ("range", WSI_TOKEN_HTTP_RANGE),
    ("if-range", WSI_TOKEN_HTTP_IF_RANGE), ("if-none-match", WSI_TOKEN_HTTP_IF_NONE_MATCH),
    ("content-type", WSI_TOKEN_HTTP_CONTENT_TYPE), ("host", WSI_TOKEN_HOST),
    ("user-agent", WSI_TOKEN_HTTP_USER_AGENT), ("sec-websocket-protocol", WSI_TOKEN_PROTOCOL),
    ("x-forwarded-for", WSI_TOKEN_X_FORWARDED_FOR),
  ]

  /// How the library decides whether the connection goes on after the answer.
  var keepsAlive: Bool {
    let connection = header(WSI_TOKEN_CONNECTION)?.lowercased()
    if connection == "close" { return false }
    return connection == "keep-alive" || header(WSI_TOKEN_HTTP) == "HTTP/1.1"
  }

  enum Length {
    case none
    case bytes(Int)
    case wrong(String)
  }

  var contentLength: Length {
    guard let text = header(WSI_TOKEN_HTTP_CONTENT_LENGTH) else { return .none }
    guard text.utf8.allSatisfy({ (48...57).contains($0) }), let bytes = Int(text) else { return .wrong(text) }
    return .bytes(bytes)
  }
}
