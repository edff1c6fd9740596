internal import ReelCore

/// A message of the binary form.
///
///     leg | samples …                     leg: 0 caller, 1 agent
///     leg + 128 | position | samples …    position: of the first sample, 8 bytes
///
/// Numbers have their low byte first; samples are 16 bits wide.
struct BinaryFrame {
  let leg: Leg
  let position: Int?
  /// What stands before the samples.
  let headBytes: Int

  private static let positionFlag: UInt8 = 0x80

  /// Reads the head.
  init(_ message: [UInt8]) throws(MediaError) {
    guard let first = message.first else {
      throw MediaError("the frame", given: "empty", allowed: "a leg byte and samples")
    }
    switch first & ~Self.positionFlag {
    case 0: leg = .caller
    case 1: leg = .agent
    default:
      throw MediaError(
        "the leg byte", given: "\(first)", allowed: "0 (caller), 1 (agent), and with a position 128 and 129")
    }
    guard first & Self.positionFlag != 0 else {
      (position, headBytes) = (nil, 1)
      return
    }
    guard message.count >= 9 else {
      throw MediaError("the frame", given: "\(message.count) bytes", allowed: "at least 9, for it has a position")
    }
    let number = message[1..<9].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    guard number <= UInt64(MediaLimits.position) else {
      throw MediaError("the position", given: "\(number)", allowed: "0 to \(MediaLimits.position)")
    }
    (position, headBytes) = (Int(number), 9)
  }

  /// A message of so many samples, at a position if there is one.
  static func message(_ samples: Span<Int16>, from leg: Leg, at position: Int? = nil) -> [UInt8] {
    var message: [UInt8] = []
    message.reserveCapacity(9 + 2 * samples.count)
    message.append((leg == .caller ? 0 : 1) | (position == nil ? 0 : positionFlag))
    if let position {
      for shift in stride(from: 0, to: 64, by: 8) { message.append(UInt8(truncatingIfNeeded: position >> shift)) }
    }
    append(samples, to: &message)
    return message
  }

  /// Samples as the binary form and ``MediaEncoding/linear16`` have them.
  static func append(_ samples: Span<Int16>, to bytes: inout [UInt8]) {
    for index in samples.indices {
      bytes.append(UInt8(truncatingIfNeeded: samples[index]))
      bytes.append(UInt8(truncatingIfNeeded: samples[index] >> 8))
    }
  }
}
