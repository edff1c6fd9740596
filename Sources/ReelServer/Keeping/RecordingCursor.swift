package import ReelFiles

/// A place in the list of recordings, newest first: what comes after it is older, whatever was added meanwhile.
package struct RecordingCursor: Hashable, Sendable {
  package let createdAt: WallTime
  package let id: String

  package init(_ recording: RecordingRow) {
    createdAt = recording.createdAt
    id = recording.id
  }

  /// As it stands in a URL; nil for what no cursor of ours can be.
  package init?(_ text: String) {
    let parts = text.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.count == 2, let microseconds = Int64(parts[0]), (1...Self.longestID).contains(parts[1].utf8.count),
      parts[1].utf8.allSatisfy(Self.needsNoEscape)
    else { return nil }
    createdAt = WallTime(microseconds: microseconds)
    id = String(parts[1])
  }

  /// For a URL, where it stands as it is.
  package var text: String { "\(createdAt.microseconds).\(id)" }

  /// A UUID has 36.
  private static let longestID = 64

  private static func needsNoEscape(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"),
      UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "-"), UInt8(ascii: "_"):
      true
    default: false
    }
  }
}
