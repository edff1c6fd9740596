internal import ReelAudio

/// Turns payloads into samples, in memory that is used again for each.
///
/// Two passes over a few hundred bytes: base64 to bytes and bytes to samples, both by tables that are at hand, for a
/// global one would be asked for at each byte.
struct SampleDecoder {
  /// What was decoded last: the first ``count`` of them.
  private(set) var samples: [Int16] = []
  private(set) var count = 0
  private var bytes: [UInt8] = []
  private let sextets = Base64.sextets
  private let law: SampleLaw
  /// More is refused.
  private let mostSamples: Int

  init(_ encoding: MediaEncoding, mostSamples: Int) {
    law = SampleLaw(encoding)
    self.mostSamples = mostSamples
  }

  enum Failure: Error {
    /// Not base64, to the quotation mark.
    case notBase64
    case halfSample(bytes: Int)
    case tooLong
  }

  /// Decodes the base64 of `text` from `start` up to a quotation mark; gives the mark's place.
  mutating func decodeBase64(_ text: [UInt8], from start: Int) throws(Failure) -> Int {
    // No more than the text can hold, so that short messages take little memory.
    let room = min(mostSamples * law.encoding.bytesPerSample, (text.count - start) / 4 * 3)
    if bytes.count < room { bytes.append(contentsOf: repeatElement(0, count: room - bytes.count)) }
    let (end, made) = try Base64.decode(text, from: start, into: &bytes, atMost: room, sextets)
    count = try law.decode(bytes, 0..<made, into: &samples, atMost: mostSamples)
    return end
  }

  /// Takes 16-bit samples, or codes, as they are.
  mutating func decode(_ bytes: [UInt8], from start: Int) throws(Failure) {
    count = try law.decode(bytes, start..<bytes.count, into: &samples, atMost: mostSamples)
  }
}

/// What the bytes of an encoding stand for.
struct SampleLaw {
  let encoding: MediaEncoding
  /// For each code of one byte.
  private let table: [Int16]

  init(_ encoding: MediaEncoding) {
    self.encoding = encoding
    switch encoding {
    case .muLaw: table = (0...255).map(G711.decodeMuLaw)
    case .aLaw: table = (0...255).map(G711.decodeALaw)
    case .linear16: table = []
    }
  }

  /// Writes the samples to the front of `samples`, which grows to hold them; gives how many.
  func decode(
    _ bytes: [UInt8], _ range: Range<Int>, into samples: inout [Int16], atMost most: Int
  ) throws(SampleDecoder.Failure) -> Int {
    let bytes = bytes.span.extracting(range)
    let table = table.span
    let size = encoding.bytesPerSample
    guard bytes.count % size == 0 else { throw .halfSample(bytes: bytes.count) }
    let count = bytes.count / size
    guard count <= most else { throw .tooLong }
    if samples.count < count { samples.append(contentsOf: repeatElement(0, count: count - samples.count)) }
    var output = samples.mutableSpan
    if encoding == .linear16 {
      for index in 0..<count {
        let word = UInt16(bytes[2 &* index]) | UInt16(bytes[2 &* index &+ 1]) << 8
        output[index] = Int16(bitPattern: word)
      }
    } else {
      for index in 0..<count { output[index] = table[Int(bytes[index])] }
    }
    return count
  }
}
