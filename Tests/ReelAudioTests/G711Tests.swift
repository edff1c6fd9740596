// Strategy: all 256 codes and all 65,536 samples. Decoders against the step sizes that G.711 lays down; encoders
// by what may lie between two of the decoder's values.
import ReelAudio
import Testing

@Suite struct G711Tests {
  @Test func knownValuesDecode() {
    // The ends and the middle of both laws, from the tables of G.711 scaled to 16 bits.
    #expect(G711.decodeMuLaw(0x00) == -32_124)
    #expect(G711.decodeMuLaw(0x80) == 32_124)
    #expect(G711.decodeMuLaw(0xFF) == 0)
    #expect(G711.decodeMuLaw(0x7F) == 0)
    #expect(G711.decodeMuLaw(0xFE) == 8)
    #expect(G711.decodeALaw(0xAA) == 32_256)
    #expect(G711.decodeALaw(0x2A) == -32_256)
    #expect(G711.decodeALaw(0xD5) == 8)
    #expect(G711.decodeALaw(0x55) == -8)
  }

  @Test func everyCodeComesBack() {
    for code in UInt8.min ... .max {
      let expected: UInt8 = code == 0x7F ? 0xFF : code
      #expect(G711.encodeMuLaw(G711.decodeMuLaw(code)) == expected)
      #expect(G711.encodeALaw(G711.decodeALaw(code)) == code)
    }
  }

  @Test func everySampleGetsTheCodeOfItsInterval() {
    check(encode: G711.encodeMuLaw, decode: G711.decodeMuLaw)
    check(encode: G711.encodeALaw, decode: G711.decodeALaw)
  }

  /// A code's interval reaches half a step from its value; the step is that to the further of its neighbours.
  private func check(encode: (Int16) -> UInt8, decode: (UInt8) -> Int16) {
    let values = Set((UInt8.min ... .max).map(decode)).sorted()
    var previous = Int16.min
    for sample in Int16.min ... .max {
      let value = decode(encode(sample))
      let place = values.firstIndex(of: value)!
      let below = place == 0 ? 2_048 : Int(value) - Int(values[place - 1])
      let above = place == values.count - 1 ? 2_048 : Int(values[place + 1]) - Int(value)
      let reach = abs(Int(value) - Int(sample))
      if reach > max(below, above) / 2 + 1 || value < previous {
        Issue.record("\(sample) became \(value)")
      }
      previous = value
    }
  }
}
