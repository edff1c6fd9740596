/// Where the sound in a WAV or RF64 file truly is, whatever its header says.
///
/// Recorders write the sizes in the header when they close the file, or now and then. When they are killed, the header
/// states too little, nothing, or all that 32 bits can hold. So the sound is taken to go on to the end of the file,
/// unless the header's size is right: it ends where the file does, or where other chunks begin that make up the rest
/// of the file exactly.
///
/// Pure: it sees the file through a function that gives bytes, and takes at most ``mostChunks`` steps.
package struct WAVLayout: Hashable, Sendable {
  /// A header that tells too little to find the sound by.
  package struct Torn: Error, Hashable {
    package let reason: String

    package init(reason: String) {
      self.reason = reason
    }
  }

  /// Gives the bytes at an offset: `count`, or as many as there are.
  package typealias Bytes = (_ offset: Int, _ count: Int) -> [UInt8]

  /// More chunks than any program writes.
  package static let mostChunks = 1_000

  /// The first byte of sound, and the one after the last.
  package let sound: Range<Int>
  /// How many frames there are, where blocks hold many, the last need not be full and the header tells; else nil.
  package let frames: Int?
  /// What was wrong, in words; nil for a whole file.
  package let note: String?
  /// What makes the header right.
  package let patches: [FileWindow.Patch]

  /// Looks for the sound; nil when this is no WAV at all.
  package init?(byteCount: Int, bytes: Bytes) throws(Torn) {
    let start = bytes(0, 12)
    let isRF64 = start.starts(with: "RF64".utf8)
    guard isRF64 || start.starts(with: "RIFF".utf8) else { return nil }
    guard start.count == 12 else { throw Torn(reason: "its WAV header is cut off") }
    guard start[8...].elementsEqual("WAVE".utf8) else { return nil }
    let header = try Header(byteCount: byteCount, bytes: bytes)
    let first = header.dataOffset
    // RF64 keeps the true size elsewhere, and says so by all ones.
    let wide = isRF64 && header.dataSize == UInt32.max ? header.wideSize : nil
    let stated = wide.map { Int(clamping: $0.size) } ?? Int(header.dataSize)
    let there = byteCount - first
    var end = byteCount
    if stated <= there {
      // A chunk of odd size is followed by a byte of padding, if the program that wrote it knows that.
      let rest = there - stated
      let starts = [first + stated, first + stated + 1].prefix(1 + stated % 2)
      if rest < header.blockBytes || rest == stated % 2
        || starts.contains(where: { Self.isChain(from: $0, to: byteCount, bytes: bytes) })
      {
        end = first + stated
      }
    }
    sound = first..<end
    let isHealed = sound.count != stated
    frames = header.frames(in: sound.count)
    note = Self.note(stated: stated, isUnset: wide == nil && header.dataSize == UInt32.max, sound: sound, header)
    if !isHealed {
      patches = []
    } else if let wide {
      patches = [FileWindow.Patch(offset: wide.offset, bytes: [UInt8](little: UInt64(sound.count)))]
    } else {
      guard let size = UInt32(exactly: sound.count) else {
        throw Torn(reason: "its WAV header states \(stated) bytes of sound, but more than 4 GB are there")
      }
      patches = [FileWindow.Patch(offset: first - 4, bytes: [UInt8](little: size))]
    }
  }

  private static func note(stated: Int, isUnset: Bool, sound: Range<Int>, _ header: Header) -> String? {
    let left = header.framesPerBlock == 1 ? sound.count % header.blockBytes : 0
    let rest = left == 0 ? nil : "the last \(left) bytes are no whole sample and were left out"
    guard sound.count != stated else { return rest }
    let what = stated == 0 || isUnset ? "no size" : "\(stated) bytes"
    let size = "the WAV header states \(what) of sound, \(sound.count) bytes are there and were read"
    return rest.map { "\(size); \($0)" } ?? size
  }

  /// Whether chunks, each with a name and a size, fill the file from `start` to `end` and no byte is left.
  private static func isChain(from start: Int, to end: Int, bytes: Bytes) -> Bool {
    var offset = start
    for _ in 0..<mostChunks {
      guard offset < end, let chunk = Chunk(bytes(offset, 8)), chunk.hasName else { return false }
      offset += 8 + Int(chunk.size)
      if offset == end { return true }
      offset += Int(chunk.size % 2)
      if offset == end { return true }
    }
    return false
  }
}

extension WAVLayout {
  /// Looks for the sound in a file.
  static func find(in file: InputFile) throws(FileError) -> WAVLayout? {
    var failure: FileError?
    var layout: WAVLayout?
    do {
      layout = try WAVLayout(byteCount: file.byteCount ?? 0) { offset, count in
        do throws(FileError) {
          return try file.bytes(at: offset, count: count)
        } catch {
          failure = error
          return []
        }
      }
    } catch {
      throw failure ?? FileError(file.path, error.reason)
    }
    if let failure { throw failure }
    return layout
  }
}
