/// Compresses bytes as RFC 1950 and 1951 have it: one block, in the codes that the standard fixes.
///
/// What repeats within 32 KiB is found by a hash of three bytes and a short chain of earlier places. It is meant for
/// pictures of few colours, which are all repetition; there it needs a twentieth of the bytes, or less.
package enum Zlib {
  package static func stream(_ bytes: [UInt8]) -> [UInt8] {
    // Deflate with a window of 32 KiB; the second byte makes the two a multiple of 31.
    [0x78, 0x9C] + Deflater(bytes).compressed() + bigEndian(adler32(bytes))
  }

  /// The checksum of RFC 1950.
  package static func adler32(_ bytes: [UInt8]) -> UInt32 {
    var (low, high): (UInt32, UInt32) = (1, 0)
    for byte in bytes {
      low = (low + UInt32(byte)) % 65_521
      high = (high + low) % 65_521
    }
    return high << 16 | low
  }
}

private struct Deflater {
  private let bytes: [UInt8]
  private var output: [UInt8] = []
  private var pending: UInt64 = 0
  private var pendingBits = 0
  /// The last place with each hash, and for each place of the window the one before it with the same; -1 for none.
  private var latest = [Int](repeating: -1, count: 1 << hashBits)
  private var earlier = [Int](repeating: -1, count: window)

  private static let window = 32_768
  private static let hashBits = 15
  private static let shortest = 3
  private static let longest = 258
  /// How many earlier places are looked at.
  private static let chain = 16

  init(_ bytes: [UInt8]) {
    self.bytes = bytes
  }

  consuming func compressed() -> [UInt8] {
    // The last block, of type 1: fixed codes.
    put(0b011, bits: 3)
    var place = 0
    while place < bytes.count {
      let match = longestMatch(at: place)
      if match.length >= Self.shortest {
        put(length: match.length)
        put(distance: match.distance)
        for covered in place..<place + match.length { remember(covered) }
        place += match.length
      } else {
        put(symbol: Int(bytes[place]))
        remember(place)
        place += 1
      }
    }
    put(symbol: 256)
    put(0, bits: 7 & -pendingBits)
    return output
  }

  // MARK: Repetition

  private func hash(at place: Int) -> Int {
    let word = UInt32(bytes[place]) | UInt32(bytes[place + 1]) << 8 | UInt32(bytes[place + 2]) << 16
    return Int((word &* 0x9E37_79B1) >> UInt32(32 - Self.hashBits))
  }

  private mutating func remember(_ place: Int) {
    guard place + Self.shortest <= bytes.count else { return }
    let hash = hash(at: place)
    earlier[place % Self.window] = latest[hash]
    latest[hash] = place
  }

  private func longestMatch(at place: Int) -> (length: Int, distance: Int) {
    var best = (length: 0, distance: 0)
    guard place + Self.shortest <= bytes.count else { return best }
    let most = min(Self.longest, bytes.count - place)
    var candidate = latest[hash(at: place)]
    for _ in 0..<Self.chain {
      guard candidate >= 0, place - candidate < Self.window else { break }
      var length = 0
      while length < most && bytes[candidate + length] == bytes[place + length] { length += 1 }
      if length > best.length { best = (length, place - candidate) }
      if length == most { break }
      let next = earlier[candidate % Self.window]
      // A place that has been overwritten leads forward.
      guard next < candidate else { break }
      candidate = next
    }
    return best
  }

  // MARK: Codes

  /// For each code from 257 on, the least length it stands for; then how many bits say how much more.
  private static let lengths: [(least: Int, bits: Int)] = codes(first: 3, count: 28, perStep: 4) + [(258, 0)]
  private static let distances = codes(first: 1, count: 30, perStep: 2)

  /// The standard's tables: the first two steps have no bits, each one after has one more.
  private static func codes(first: Int, count: Int, perStep: Int) -> [(least: Int, bits: Int)] {
    var table: [(least: Int, bits: Int)] = []
    var least = first
    for index in 0..<count {
      let bits = max(0, index / perStep - 1)
      table.append((least, bits))
      least += 1 << bits
    }
    return table
  }

  private mutating func put(length: Int) {
    let index = Self.lengths.lastIndex { $0.least <= length }!
    put(symbol: 257 + index)
    put(UInt64(length - Self.lengths[index].least), bits: Self.lengths[index].bits)
  }

  private mutating func put(distance: Int) {
    let index = Self.distances.lastIndex { $0.least <= distance }!
    put(code: UInt64(index), bits: 5)
    put(UInt64(distance - Self.distances[index].least), bits: Self.distances[index].bits)
  }

  /// A byte, the end (256), or a length's code.
  private mutating func put(symbol: Int) {
    switch symbol {
    case ..<144: put(code: UInt64(0x30 + symbol), bits: 8)
    case ..<256: put(code: UInt64(0x190 + symbol - 144), bits: 9)
    case ..<280: put(code: UInt64(symbol - 256), bits: 7)
    default: put(code: UInt64(0xC0 + symbol - 280), bits: 8)
    }
  }

  /// Codes go out with their highest bit first, all else with the lowest.
  private mutating func put(code: UInt64, bits: Int) {
    var turned: UInt64 = 0
    for bit in 0..<bits where code >> UInt64(bit) & 1 == 1 { turned |= 1 << UInt64(bits - 1 - bit) }
    put(turned, bits: bits)
  }

  private mutating func put(_ value: UInt64, bits: Int) {
    pending |= value << UInt64(pendingBits)
    pendingBits += bits
    while pendingBits >= 8 {
      output.append(UInt8(truncatingIfNeeded: pending))
      pending >>= 8
      pendingBits -= 8
    }
  }
}
