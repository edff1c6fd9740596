/// Base64 (RFC 4648, section 4), with its padding.
enum Base64 {
  /// What each byte of text stands for: 0 to 63, or ``none``.
  static let sextets: [UInt8] = {
    var table = [UInt8](repeating: none, count: 256)
    for (value, letter) in alphabet.enumerated() { table[Int(letter)] = UInt8(value) }
    return table
  }()

  /// No letter of base64. Its top bit is set, and no sextet's is.
  private static let none: UInt8 = 0xFF
  private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
  private static let quote = UInt8(ascii: "\"")
  private static let pad = UInt8(ascii: "=")

  /// Decodes from `start` up to a quotation mark; gives the mark's place and how many bytes were made. `output` has
  /// room for `most`.
  static func decode(
    _ text: [UInt8], from start: Int, into output: inout [UInt8], atMost most: Int, _ sextets: [UInt8]
  ) throws(SampleDecoder.Failure) -> (end: Int, made: Int) {
    let text = text.span
    let sextets = sextets.span
    var output = output.mutableSpan
    var place = start
    var made = 0
    while place + 3 < text.count {
      let (a, b) = (sextets[Int(text[place])], sextets[Int(text[place + 1])])
      let (c, d) = (sextets[Int(text[place + 2])], sextets[Int(text[place + 3])])
      guard a | b | c | d < 0x40 else { break }
      guard made + 3 <= most else { throw .tooLong }
      output[made] = a << 2 | b >> 4
      output[made + 1] = b << 4 | c >> 2
      output[made + 2] = c << 6 | d
      place += 4
      made += 3
    }
    guard place < text.count else { throw .notBase64 }
    if text[place] == quote { return (place, made) }
    guard place + 4 < text.count, text[place + 3] == pad, text[place + 4] == quote else { throw .notBase64 }
    let (a, b) = (sextets[Int(text[place])], sextets[Int(text[place + 1])])
    let isOne = text[place + 2] == pad
    let c = isOne ? 0 : sextets[Int(text[place + 2])]
    guard a | b | c < 0x40 else { throw .notBase64 }
    guard made + (isOne ? 1 : 2) <= most else { throw .tooLong }
    output[made] = a << 2 | b >> 4
    if !isOne { output[made + 1] = b << 4 | c >> 2 }
    return (place + 4, made + (isOne ? 1 : 2))
  }

  /// Appends the base64 of `bytes`.
  static func encode(_ bytes: Span<UInt8>, into text: inout [UInt8]) {
    let letters = alphabet
    var place = 0
    while place < bytes.count {
      let left = bytes.count - place
      let (a, b) = (bytes[place], left > 1 ? bytes[place + 1] : 0)
      let c = left > 2 ? bytes[place + 2] : 0
      text.append(letters[Int(a >> 2)])
      text.append(letters[Int((a & 3) << 4 | b >> 4)])
      text.append(left > 1 ? letters[Int((b & 15) << 2 | c >> 6)] : pad)
      text.append(left > 2 ? letters[Int(c & 63)] : pad)
      place += 3
    }
  }
}

extension Base64 {
  /// A whole text; nil for what is no base64.
  static func decode(_ text: some StringProtocol) -> [UInt8]? {
    let quoted = Array(text.utf8) + [quote]
    var bytes = [UInt8](repeating: 0, count: quoted.count)
    guard let (end, made) = try? decode(quoted, from: 0, into: &bytes, atMost: bytes.count, sextets),
      end == quoted.count - 1
    else { return nil }
    return Array(bytes.prefix(made))
  }
}
