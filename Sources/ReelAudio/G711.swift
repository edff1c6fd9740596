/// ITU-T G.711: the telephone network's two 8-bit codes for a sample, µ-law and A-law.
///
/// Decoding gives the 16-bit value that the reference decoders of G.191 give. Encoding chooses the code of
/// the interval that the sample lies in; encode(decode(code)) is `code` again, but for µ-law's negative
/// zero, which comes back as positive zero.
package enum G711 {
  /// The 16-bit sample that a µ-law code stands for, between ±32,124.
  package static func decodeMuLaw(_ code: UInt8) -> Int16 {
    let bits = ~code
    let exponent = Int16((bits >> 4) & 7)
    let mantissa = Int16(bits & 0x0F)
    let magnitude = (((mantissa << 3) + muLawBias) << exponent) - muLawBias
    return bits & 0x80 == 0 ? magnitude : -magnitude
  }

  /// The µ-law code of a 16-bit sample; what is louder than ±32,635 gets the loudest code.
  package static func encodeMuLaw(_ sample: Int16) -> UInt8 {
    let magnitude = UInt32(min(folded(sample), muLawClip)) + UInt32(muLawBias)
    let exponent = UInt32(24 - magnitude.leadingZeroBitCount)
    let mantissa = (magnitude >> (exponent + 3)) & 0x0F
    let sign: UInt8 = sample < 0 ? 0x80 : 0
    return ~(sign | UInt8(exponent << 4) | UInt8(mantissa))
  }

  /// The 16-bit sample that an A-law code stands for, between ±32,256.
  package static func decodeALaw(_ code: UInt8) -> Int16 {
    let bits = code ^ 0x55
    let exponent = Int16((bits >> 4) & 7)
    let mantissa = Int16(bits & 0x0F)
    let magnitude =
      exponent == 0 ? (mantissa << 4) + 8 : ((mantissa << 4) + 0x108) << (exponent - 1)
    return bits & 0x80 == 0 ? -magnitude : magnitude
  }

  /// The A-law code of a 16-bit sample.
  package static func encodeALaw(_ sample: Int16) -> UInt8 {
    let magnitude = UInt16(folded(sample))
    let exponent = magnitude < 256 ? 0 : UInt16(8 - magnitude.leadingZeroBitCount)
    let mantissa = (magnitude >> (exponent == 0 ? 4 : exponent + 3)) & 0x0F
    let sign: UInt16 = sample < 0 ? 0 : 0x80
    return UInt8(sign | (exponent << 4) | mantissa) ^ 0x55
  }

  /// The distance from the line between -1 and 0, where both laws split the scale: one's complement.
  private static func folded(_ sample: Int16) -> Int16 {
    sample < 0 ? ~sample : sample
  }

  private static let muLawBias: Int16 = 132
  private static let muLawClip: Int16 = 32_635
}
