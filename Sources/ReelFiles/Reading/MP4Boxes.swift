#if MP4
  /// The boxes that an MP4 file is made of, as far as their heads tell.
  enum MP4Boxes {
    /// Whether some of the sound is in fragments, of whose length the file's one header says nothing.
    static func holdFragments(in file: InputFile) throws(FileError) -> Bool {
      var offset = 0
      for _ in 0..<mostBoxes {
        let head = try file.bytes(at: offset, count: 16)
        guard head.count >= 8 else { return false }
        if head[4..<8].elementsEqual("moof".utf8) { return true }
        // 0 is "to the end of the file", 1 is "the size follows in 64 bits".
        var size = bigEndian(head[..<4])
        if size == 1 { size = bigEndian(head[8...]) }
        guard size >= 8, size < UInt64(file.byteCount ?? 0) else { return false }
        offset += Int(size)
      }
      return false
    }

    /// More boxes than come before the first fragment.
    private static let mostBoxes = 1_000

    private static func bigEndian(_ bytes: ArraySlice<UInt8>) -> UInt64 {
      bytes.reduce(0) { $0 << 8 | UInt64($1) }
    }
  }
#endif
