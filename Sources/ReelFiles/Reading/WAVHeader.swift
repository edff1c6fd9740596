extension WAVLayout {
  /// The first eight bytes of a chunk.
  struct Chunk {
    let name: ArraySlice<UInt8>
    let size: UInt32

    init?(_ bytes: [UInt8]) {
      guard bytes.count == 8 else { return nil }
      name = bytes[..<4]
      size = UInt32(littleEndian(bytes[4...]))
    }

    /// Whether the name is letters, as that of a chunk is and four bytes of sound hardly ever are.
    var hasName: Bool { name.allSatisfy { 0x20...0x7E ~= $0 } }

    func isNamed(_ text: StaticString) -> Bool { name.elementsEqual(text.description.utf8) }
  }

  /// What the chunks before the sound tell.
  struct Header {
    /// A size of 64 bits, and where in the file it is written.
    struct WideSize {
      let size: UInt64
      let offset: Int
    }

    private(set) var dataOffset = 0
    private(set) var dataSize: UInt32 = 0
    /// The `fmt ` chunk, as far as it is of use.
    private(set) var format: [UInt8] = []
    private(set) var wideSize: WideSize?
    /// 0 until the form of the sound is known, and never after.
    private(set) var blockBytes = 0
    /// 1, unless the codec codes many at once.
    private(set) var framesPerBlock = 1
    private var isGSM = false
    private var statedFrames: Int?

    /// Walks the chunks up to the sound.
    init(byteCount: Int, bytes: Bytes) throws(Torn) {
      var offset = 12
      for _ in 0..<mostChunks {
        guard let chunk = Chunk(bytes(offset, 8)) else { throw Torn(reason: "its WAV header ends before any sound") }
        offset += 8
        if chunk.isNamed("data") {
          guard blockBytes > 0 else { throw Torn(reason: "its WAV header does not say how the sound is coded") }
          dataOffset = offset
          dataSize = chunk.size
          return
        }
        let size = Int(chunk.size)
        guard size <= byteCount - offset else { throw Torn(reason: "its WAV header is cut off or damaged") }
        try take(chunk, bytes(offset, min(size, Self.mostOfChunk)), at: offset)
        offset += size + size % 2
      }
      throw Torn(reason: "its WAV header has more than \(mostChunks) parts")
    }

    /// All that is of use in a `fmt ` or `ds64` chunk lies within so many bytes.
    private static let mostOfChunk = 40
    /// The codecs with blocks: Microsoft's and IMA's ADPCM, and GSM 06.10. They say how many frames a block has.
    private static let blockCodecs: Set<UInt64> = [0x02, 0x11, 0x31]

    private mutating func take(_ chunk: Chunk, _ body: [UInt8], at offset: Int) throws(Torn) {
      if chunk.isNamed("fmt ") {
        guard body.count >= 16 else { throw Torn(reason: "its WAV header does not say how the sound is coded") }
        format = body
        blockBytes = max(1, Int(littleEndian(body[12..<14])))
        if Self.blockCodecs.contains(littleEndian(body[..<2])), body.count >= 20 {
          framesPerBlock = Int(littleEndian(body[18..<20]))
          isGSM = body[0] == 0x31
        }
      } else if chunk.isNamed("ds64"), body.count >= 16 {
        wideSize = WideSize(size: littleEndian(body[8..<16]), offset: offset + 8)
      } else if chunk.isNamed("fact"), body.count >= 4 {
        statedFrames = Int(littleEndian(body[..<4]))
      }
    }

    /// How many frames so many bytes of sound hold, for a codec with blocks and if it can be told: as stated, if the
    /// last block could end there. A block of GSM that is not whole holds none.
    func frames(in soundBytes: Int) -> Int? {
      guard framesPerBlock > 1 else { return nil }
      let whole = soundBytes / blockBytes * framesPerBlock
      if let statedFrames, abs(whole - statedFrames) < framesPerBlock { return statedFrames }
      return isGSM ? whole : nil
    }
  }
}

/// The number that up to eight bytes write, the lowest first.
func littleEndian(_ bytes: ArraySlice<UInt8>) -> UInt64 {
  bytes.reversed().reduce(0) { $0 << 8 | UInt64($1) }
}
