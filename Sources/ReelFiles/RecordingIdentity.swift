public import ReelCore

/// Whose recording it is and when it began: what its files and its manifest say of it.
public struct RecordingIdentity: Hashable, Sendable {
  /// The call's name, as its owner has it.
  public var callID: String
  /// The recording's own name, a UUID.
  public var recordingID: String
  /// What the one who asked for it calls it, if anything.
  public var controlID: String?
  /// When the timeline began.
  public var start: WallTime
  /// The legs that are recorded.
  public var legs: Legs

  /// Whose recording it is and when it began.
  public init(callID: String, recordingID: String, controlID: String? = nil, start: WallTime, legs: Legs) {
    self.callID = callID
    self.recordingID = recordingID
    self.controlID = controlID
    self.start = start
    self.legs = legs
  }
}

/// What players show of a file, in words that every format has a place for.
package struct Tags: Hashable {
  var title: String?
  var artist: String?
  var date: String?
  /// Everything, for machines: `call_id=…; recording_id=…; start_time=…; legs=…; software=Reel`.
  var comment: String?
  static let software = "Reel"

  /// What is nil is not told.
  package init(title: String?, artist: String?, date: String?, comment: String?) {
    self.title = title
    self.artist = artist
    self.date = date
    self.comment = comment
  }

  /// Of a recording; of a repeatable one, without what differs from one run to the next.
  package init(_ identity: RecordingIdentity, layout: Rendition.Layout, isRepeatable: Bool = false) {
    let legs = Leg.allCases.filter(identity.legs.contains).map(\.rawValue)
    title = "Call \(Self.plain(identity.callID))"
    artist =
      layout == .stereo
      ? zip(Leg.allCases, ["left", "right"]).filter { identity.legs.contains($0.0) }
        .map { "\($0.0.rawValue) (\($0.1))" }.joined(separator: ", ")
      : legs.joined(separator: ", ")
    date = isRepeatable ? nil : identity.start.description
    let own =
      isRepeatable ? [] : ["recording_id=\(Self.plain(identity.recordingID))", "start_time=\(identity.start)"]
    comment =
      (["call_id=\(Self.plain(identity.callID))"] + own + [
        "legs=\(legs.joined(separator: "+"))", "software=\(Self.software)",
      ]).joined(separator: "; ")
  }

  /// Without what no player can show, and no longer than a line.
  private static func plain(_ text: String) -> String {
    let scalars = text.unicodeScalars.filter { !$0.properties.isWhitespace || $0 == " " }
      .filter { $0.value >= 0x20 && !(0x7F...0x9F).contains($0.value) }
    return String(String.UnicodeScalarView(scalars.prefix(longestScalars)))
  }

  /// Names come from callers. A head that holds one is of bounded length.
  private static let longestScalars = 200
}

/// A random UUID as text, of version 4.
package enum UUIDText {
  package static let length = 36

  package static func random() -> String {
    var bytes = (0..<16).map { _ in UInt8.random(in: .min ... .max) }
    bytes[6] = bytes[6] & 0x0F | 0x40
    bytes[8] = bytes[8] & 0x3F | 0x80
    let digits = bytes.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }
    let groups = [0..<4, 4..<6, 6..<8, 8..<10, 10..<16]
    return groups.map { digits[$0].joined() }.joined(separator: "-")
  }
}
