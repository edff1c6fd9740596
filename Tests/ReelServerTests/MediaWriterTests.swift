// Strategy: what is written is read back by the parser of the same form, sample for sample, and marks by their JSON.
import ReelAudio
import ReelCore
import ReelServer
import ReelTesting
import Testing

@Suite struct MediaWriterTests {
  @Test(arguments: MediaEncoding.allCases) func whatIsWrittenIsHeardAgain(_ encoding: MediaEncoding) throws {
    var generator = SeededGenerator(seed: freshSeed(#function))
    var listening = try MediaListening.started(encoding: encoding.rawValue)
    for count in 1...40 {
      let samples = (0..<count).map { _ in Int16.random(in: .min ... .max, using: &generator) }
      guard case .text(let text) = MediaWriter(try #require(listening.parser.hello)).media(samples.span) else {
        throw MediaTestFailure.wrongForm
      }
      try listening.text(text)
      let expected = samples.map { sample in
        switch encoding {
        case .muLaw: G711.decodeMuLaw(G711.encodeMuLaw(sample))
        case .aLaw: G711.decodeALaw(G711.encodeALaw(sample))
        case .linear16: sample
        }
      }
      #expect(listening.take() == [.samples(expected, .caller, nil)])
    }
  }

  @Test func theBinaryFormHasALegByteAndSamples() throws {
    let writer = MediaWriter(MediaHello(form: .binary))
    let samples: [Int16] = [1, -2, 0x1234]
    #expect(writer.media(samples.span) == .binary([0, 1, 0, 0xFE, 0xFF, 0x34, 0x12]))
  }
}

enum MediaTestFailure: Error {
  case wrongForm
}
