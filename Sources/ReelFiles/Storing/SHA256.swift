internal import CSHA256

/// The hash of FIPS 180-4, so that a file can be checked with `sha256sum` too.
///
///     var hash = SHA256()
///     hash.update(bytes.span)
///     hash.hexDigest()
package struct SHA256 {
  private var state: InlineArray<8, UInt32> = [
    0x6a09_e667, 0xbb67_ae85, 0x3c6e_f372, 0xa54f_f53a, 0x510e_527f, 0x9b05_688c, 0x1f83_d9ab, 0x5be0_cd19,
  ]
  /// Begins with the bytes that no block was made of yet.
  private var rest = InlineArray<64, UInt8>(repeating: 0)
  private var byteCount = 0
  private let isNative: Bool

  /// Whether the processor has instructions for it.
  package static let canBeNative = reel_sha256_is_native()

  /// By the processor's instructions, unless it has none or is not to use them. The digests are the same.
  package init(isNative: Bool = true) {
    self.isNative = isNative && Self.canBeNative
  }

  private static let blockBytes = 64

  /// Takes the next bytes.
  package mutating func update(_ bytes: Span<UInt8>) {
    let restCount = byteCount % Self.blockBytes
    byteCount += bytes.count
    var start = 0
    if restCount > 0 {
      start = min(bytes.count, Self.blockBytes - restCount)
      for index in 0..<start { rest[restCount + index] = bytes[index] }
      guard restCount + start == Self.blockBytes else { return }
      Self.compress(&state, rest.span, isNative)
    }
    let end = bytes.count - (bytes.count - start) % Self.blockBytes
    Self.compress(&state, bytes.extracting(start..<end), isNative)
    for index in end..<bytes.count { rest[index - end] = bytes[index] }
  }

  /// The hash of all bytes so far, in 64 hexadecimal digits.
  package consuming func hexDigest() -> String {
    end()
    var text = ""
    for index in state.indices {
      let digits = String(state[index], radix: 16)
      text += String(repeating: "0", count: 8 - digits.count) + digits
    }
    return text
  }

  /// Takes what the standard puts after the last byte: a one, zeros, and the number of bits in the last eight bytes of
  /// a block.
  private mutating func end() {
    let restCount = byteCount % Self.blockBytes
    let lengthPlace = Self.blockBytes - 8
    rest[restCount] = 0x80
    for index in restCount + 1..<Self.blockBytes { rest[index] = 0 }
    if restCount >= lengthPlace {
      Self.compress(&state, rest.span, isNative)
      rest = InlineArray(repeating: 0)
    }
    let bitCount = UInt64(byteCount) * 8
    for index in 0..<8 { rest[lengthPlace + index] = UInt8(truncatingIfNeeded: bitCount >> (56 - 8 * index)) }
    Self.compress(&state, rest.span, isNative)
  }

  /// Takes whole blocks.
  private static func compress(_ state: inout InlineArray<8, UInt32>, _ blocks: Span<UInt8>, _ isNative: Bool) {
    guard isNative else {
      for start in stride(from: 0, to: blocks.count, by: blockBytes) { compress(&state, blocks, at: start) }
      return
    }
    // Sound: the processor has the instructions, and both pointers hold, for the time of the call, what it is told of.
    var words = state.mutableSpan
    unsafe words.withUnsafeMutableBufferPointer { words in
      unsafe blocks.withUnsafeBufferPointer { blocks in
        unsafe reel_sha256_compress(words.baseAddress, blocks.baseAddress, blocks.count / blockBytes)
      }
    }
  }

  private static func compress(_ state: inout InlineArray<8, UInt32>, _ bytes: Span<UInt8>, at start: Int) {
    var words = InlineArray<64, UInt32>(repeating: 0)
    for index in 0..<16 {
      let place = start &+ 4 &* index
      words[index] =
        UInt32(bytes[place]) << 24 | UInt32(bytes[place &+ 1]) << 16 | UInt32(bytes[place &+ 2]) << 8
        | UInt32(bytes[place &+ 3])
    }
    for index in 16..<64 {
      let (early, late) = (words[index &- 15], words[index &- 2])
      let low = turn(early, 7) ^ turn(early, 18) ^ early >> 3
      let high = turn(late, 17) ^ turn(late, 19) ^ late >> 10
      words[index] = words[index &- 16] &+ low &+ words[index &- 7] &+ high
    }
    var (a, b, c, d) = (state[0], state[1], state[2], state[3])
    var (e, f, g, h) = (state[4], state[5], state[6], state[7])
    for index in 0..<64 {
      let choice = (e & f) ^ (~e & g)
      let first =
        h &+ (turn(e, 6) ^ turn(e, 11) ^ turn(e, 25)) &+ choice &+ sha256Constants[index]
        &+ words[index]
      let majority = (a & b) ^ (a & c) ^ (b & c)
      let second = (turn(a, 2) ^ turn(a, 13) ^ turn(a, 22)) &+ majority
      (h, g, f, e) = (g, f, e, d &+ first)
      (d, c, b, a) = (c, b, a, first &+ second)
    }
    state[0] &+= a
    state[1] &+= b
    state[2] &+= c
    state[3] &+= d
    state[4] &+= e
    state[5] &+= f
    state[6] &+= g
    state[7] &+= h
  }

  private static func turn(_ word: UInt32, _ count: UInt32) -> UInt32 {
    word &>> count | word &<< (32 &- count)
  }
}

/// The first 32 bits of the fractional parts of the cube roots of the first 64 primes.
private let sha256Constants: InlineArray<64, UInt32> = [
  0x428a_2f98, 0x7137_4491, 0xb5c0_fbcf, 0xe9b5_dba5, 0x3956_c25b, 0x59f1_11f1, 0x923f_82a4, 0xab1c_5ed5,
  0xd807_aa98, 0x1283_5b01, 0x2431_85be, 0x550c_7dc3, 0x72be_5d74, 0x80de_b1fe, 0x9bdc_06a7, 0xc19b_f174,
  0xe49b_69c1, 0xefbe_4786, 0x0fc1_9dc6, 0x240c_a1cc, 0x2de9_2c6f, 0x4a74_84aa, 0x5cb0_a9dc, 0x76f9_88da,
  0x983e_5152, 0xa831_c66d, 0xb003_27c8, 0xbf59_7fc7, 0xc6e0_0bf3, 0xd5a7_9147, 0x06ca_6351, 0x1429_2967,
  0x27b7_0a85, 0x2e1b_2138, 0x4d2c_6dfc, 0x5338_0d13, 0x650a_7354, 0x766a_0abb, 0x81c2_c92e, 0x9272_2c85,
  0xa2bf_e8a1, 0xa81a_664b, 0xc24b_8b70, 0xc76c_51a3, 0xd192_e819, 0xd699_0624, 0xf40e_3585, 0x106a_a070,
  0x19a4_c116, 0x1e37_6c08, 0x2748_774c, 0x34b0_bcb5, 0x391c_0cb3, 0x4ed8_aa4a, 0x5b9c_ca4f, 0x682e_6ff3,
  0x748f_82ee, 0x78a5_636f, 0x84c8_7814, 0x8cc7_0208, 0x90be_fffa, 0xa450_6ceb, 0xbef9_a3f7, 0xc671_78f2,
]
