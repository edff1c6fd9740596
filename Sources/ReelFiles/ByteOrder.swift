/// Numbers at the ends of byte arrays, in the order that a format asks for.
extension [UInt8] {
  /// A number's bytes, the lowest first.
  init(little value: some FixedWidthInteger) {
    self = stride(from: 0, to: value.bitWidth, by: 8).map { UInt8(truncatingIfNeeded: value >> $0) }
  }

  mutating func appendLittle(_ value: some FixedWidthInteger) {
    self += [UInt8](little: value)
  }

  mutating func appendBig(_ value: some FixedWidthInteger) {
    for shift in stride(from: value.bitWidth - 8, through: 0, by: -8) {
      append(UInt8(truncatingIfNeeded: value >> shift))
    }
  }

  mutating func append(ascii text: StaticString) {
    for byte in text.description.utf8 { append(byte) }
  }

  /// The number of up to 8 bytes at `place`, highest byte first; nil where they are not all there. Of 8, the highest
  /// bit is the sign's.
  func big(_ byteCount: Int, at place: Int) -> Int? {
    guard place >= 0, place <= count - byteCount else { return nil }
    return self[place..<place + byteCount].reduce(0) { $0 << 8 | Int($1) }
  }

  /// The same, lowest byte first.
  func little(_ byteCount: Int, at place: Int) -> Int? {
    guard place >= 0, place <= count - byteCount else { return nil }
    return self[place..<place + byteCount].reversed().reduce(0) { $0 << 8 | Int($1) }
  }

  func has(ascii text: StaticString, at place: Int) -> Bool {
    let bytes = text.description.utf8
    guard place >= 0, place <= count - bytes.count else { return false }
    return self[place..<place + bytes.count].elementsEqual(bytes)
  }
}
