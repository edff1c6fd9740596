/// An ID3v2.4 tag with what every player shows (id3.org), for the front of an MP3 file.
package enum ID3Tag {
  static func bytes(_ tags: Tags) -> [UInt8] {
    var frames: [UInt8] = []
    let texts: [(StaticString, String?)] = [
      ("TIT2", tags.title), ("TPE1", tags.artist), ("TDRC", tags.date.map { String($0.prefix(secondsLength)) }),
      ("TSSE", Tags.software),
    ]
    for case (let name, let text?) in texts { append(name, utf8 + Array(text.utf8), to: &frames) }
    // Its language, and an empty description.
    if let comment = tags.comment {
      append("COMM", utf8 + Array("eng".utf8) + [0] + Array(comment.utf8), to: &frames)
    }
    var bytes: [UInt8] = []
    bytes.append(ascii: "ID3")
    bytes += [4, 0, 0] + syncSafe(frames.count)
    return bytes + frames
  }

  /// How many bytes at a file's front are such a tag, of any version; 0 when there is none.
  package static func byteCount(_ head: [UInt8]) -> Int {
    guard head.has(ascii: "ID3", at: 0), head.count >= headerBytes else { return 0 }
    let size = head[6..<10].reduce(0) { $0 << 7 | Int($1 & 0x7F) }
    let hasFooter = head[5] & 0x10 != 0
    return headerBytes + size + (hasFooter ? headerBytes : 0)
  }

  static let headerBytes = 10
  private static let utf8: [UInt8] = [3]
  /// `2026-11-21T08:00:00`: the tag knows nothing smaller, and takes no zone.
  private static let secondsLength = 19

  private static func append(_ name: StaticString, _ content: [UInt8], to frames: inout [UInt8]) {
    frames.append(ascii: name)
    frames += syncSafe(content.count) + [0, 0] + content
  }

  /// 28 bits in four bytes whose highest bits are 0, so that no decoder takes them for sound.
  private static func syncSafe(_ number: Int) -> [UInt8] {
    [21, 14, 7, 0].map { UInt8(number >> $0 & 0x7F) }
  }
}
