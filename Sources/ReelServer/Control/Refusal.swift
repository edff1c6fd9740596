internal import ReelCore

/// What the service does not do, and why: one error for every way in, which each says in its own form.
package struct ServiceRefusal: Error, Hashable, Sendable, CustomStringConvertible {
  /// As HTTP has it; RELAY's codes are the same numbers.
  package enum Code: Int, Hashable, Sendable {
    case badRequest = 400
    case unauthorized = 401
    case forbidden = 403
    case notFound = 404
    case methodNotAllowed = 405
    case conflict = 409
    case gone = 410
    case tooLarge = 413
    case unprocessable = 422
    /// On hold.
    case locked = 423
    case tooMany = 429
    case failed = 500
    case notSupported = 501
    /// Full, or about to end.
    case unavailable = 503
  }

  package let code: Code
  /// Names the thing, its value and what is allowed.
  package let message: String

  package init(_ code: Code, _ message: String) {
    self.code = code
    let isLong = message.utf8.count > Self.longestBytes
    self.message = isLong ? message.prefix(Self.longestBytes / 4) + "… (shortened)" : message
  }

  /// What a client sent comes back to it, but not a megabyte of it.
  private static let longestBytes = 2_000

  package var description: String { message }

  /// As every answer has it.
  var members: [JSON.Member] { [.init("code", .string("\(code.rawValue)")), .init("message", .string(message))] }
}
