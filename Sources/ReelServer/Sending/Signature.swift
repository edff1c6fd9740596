internal import ReelFiles

/// By what a receiver knows that an event is this service's: HMAC-SHA256 (RFC 2104) of when it was sent and what it
/// says.
package enum Signature {
  /// The value of `X-Reel-Signature`: `v1=` and the HMAC of `TIMESTAMP.BODY` in hexadecimal digits.
  package static func header(secret: [UInt8], timestamp: String, body: String) -> String {
    "v1=" + hmac(key: secret, message: Array("\(timestamp).\(body)".utf8))
  }

  package static func hmac(key: [UInt8], message: [UInt8]) -> String {
    var block = key.count > blockBytes ? bytes(digest(key)) : key
    block += [UInt8](repeating: 0, count: blockBytes - block.count)
    let inner = digest(block.map { $0 ^ 0x36 } + message)
    return digest(block.map { $0 ^ 0x5C } + bytes(inner))
  }

  private static let blockBytes = 64

  private static func digest(_ bytes: [UInt8]) -> String {
    var hash = SHA256()
    hash.update(bytes.span)
    return hash.hexDigest()
  }

  private static func bytes(_ hex: String) -> [UInt8] {
    let digits = hex.utf8.map { $0 < UInt8(ascii: "a") ? $0 - UInt8(ascii: "0") : $0 - UInt8(ascii: "a") + 10 }
    return stride(from: 0, to: digits.count, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
  }
}
