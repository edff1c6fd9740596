/// The pages that an Ogg file is made of, as far as their heads tell.
enum OggPages {
  /// Whether a stream begins after another's sound did: two recordings, one after the other.
  static func holdStreamAfterStream(in file: InputFile) throws(FileError) -> Bool {
    var offset = 0
    var hasSound = false
    // A page has 27 bytes or more, so this comes to an end.
    while true {
      let head = try file.bytes(at: offset, count: headBytes + mostSegments)
      guard head.count > headBytes, head.starts(with: "OggS".utf8) else { return false }
      let isFirst = head[5] & 2 != 0
      if isFirst && hasSound { return true }
      hasSound = hasSound || !isFirst
      let segments = Int(head[26])
      guard head.count >= headBytes + segments else { return false }
      offset += headBytes + segments + head[headBytes..<(headBytes + segments)].reduce(0) { $0 + Int($1) }
    }
  }

  private static let headBytes = 27
  private static let mostSegments = 255
}
