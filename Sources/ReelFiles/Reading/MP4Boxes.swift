#if MP4
  /// The boxes that an MP4 file is made of, as far as their heads tell.
  enum MP4Boxes {
    /// Whether some of the sound is in fragments, of whose length the file's one header says nothing.
    static func holdFragments(in file: InputFile) throws(FileError) -> Bool {
      var offset = 0
      for _ in 0..<mostBoxes {
        let head = try file.bytes(at: offset, count: 16)
        guard head.count >= 8 else { return false }
        if head.has(ascii: "moof", at: 4) { return true }
        // 0 is "to the end of the file", 1 is "the size follows in 64 bits".
        let short = head.big(4, at: 0)
        guard let size = short == 1 ? head.big(8, at: 8) : short, size >= 8, size < file.byteCount ?? 0 else {
          return false
        }
        offset += size
      }
      return false
    }

    /// More boxes than come before the first fragment.
    private static let mostBoxes = 1_000
  }
#endif
