/// Writes PNG files: 8 bits of red, green and blue, not interlaced.
package enum PNG {
  /// A whole file. `rgb` has three bytes a pixel, row by row from the top.
  package static func file(width: Int, height: Int, rgb: [UInt8]) -> [UInt8] {
    precondition(width > 0 && height > 0 && rgb.count == 3 * width * height)
    var head = bigEndian(UInt32(width)) + bigEndian(UInt32(height))
    // Bits a channel, colour type (red, green, blue), and the only compression, filters and order there are.
    head += [8, 2, 0, 0, 0]
    let signature: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]
    return signature + chunk("IHDR", head) + chunk("IDAT", Zlib.stream(filtered(width, height, rgb)))
      + chunk("IEND", [])
  }

  /// Each row as its difference from the one above: what is drawn of boxes changes seldom from row to row.
  private static func filtered(_ width: Int, _ height: Int, _ rgb: [UInt8]) -> [UInt8] {
    let up: UInt8 = 2
    let rowBytes = 3 * width
    var rows: [UInt8] = []
    rows.reserveCapacity(height * (rowBytes + 1))
    for row in 0..<height {
      rows.append(up)
      for place in row * rowBytes..<(row + 1) * rowBytes {
        rows.append(row == 0 ? rgb[place] : rgb[place] &- rgb[place - rowBytes])
      }
    }
    return rows
  }

  private static func chunk(_ type: String, _ bytes: [UInt8]) -> [UInt8] {
    let content = Array(type.utf8) + bytes
    return bigEndian(UInt32(bytes.count)) + content + bigEndian(crc32(content))
  }

  /// The checksum of ISO 3309, as PNG has it.
  package static func crc32(_ bytes: [UInt8]) -> UInt32 {
    var sum = UInt32.max
    for byte in bytes { sum = sum >> 8 ^ crcTable[Int(UInt8(truncatingIfNeeded: sum) ^ byte)] }
    return ~sum
  }

  private static let crcTable: [UInt32] = (0..<256).map { index in
    (0..<8).reduce(UInt32(index)) { value, _ in value & 1 == 1 ? value >> 1 ^ 0xEDB8_8320 : value >> 1 }
  }
}

/// A number's four bytes, the highest first.
func bigEndian(_ value: UInt32) -> [UInt8] {
  [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: value >> $0) }
}
