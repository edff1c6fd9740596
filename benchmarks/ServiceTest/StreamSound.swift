import ReelAudio
import ReelTesting

/// What the legs of calls say: noise that is each leg's own, so that a sample at another's place, or at another time's,
/// is seen.
///
/// One long noise, which every leg begins to read elsewhere: a frame costs the client a copy, and every call's next
/// sample can be told by whoever checks.
struct StreamSound: Sendable {
  /// A power of two; more than any leg says in two minutes.
  private static let length = 1 << 20
  private let samples: [Int16]
  /// The same as µ-law, where that is what is sent.
  let codes: [UInt8]
  static let rate = SampleRate.narrowband
  static let frameSamples = 160

  init(_ form: StreamForm) {
    var generator = SeededGenerator(seed: 8)
    var noise: [Int16] = []
    noise.reserveCapacity(Self.length)
    for _ in 0..<Self.length { noise.append(Int16(truncatingIfNeeded: Int(generator.next() >> 49)) - 16_384) }
    codes = form == .json ? noise.map { G711.encodeMuLaw($0) } : []
    samples = form == .json ? codes.map { G711.decodeMuLaw($0) } : noise
  }

  /// Where the noise is a leg's sample of that number.
  static func place(call: Int, isAgent: Bool, _ number: Int) -> Int {
    ((2 * call + (isAgent ? 1 : 0)) &* 7_919 + number) & (length - 1)
  }

  func sample(call: Int, isAgent: Bool, _ number: Int) -> Int16 {
    samples[Self.place(call: call, isAgent: isAgent, number)]
  }

  /// Hands out a frame piece by piece, for the noise may begin anew within it.
  func code(call: Int, isAgent: Bool, _ number: Int) -> UInt8 {
    codes[Self.place(call: call, isAgent: isAgent, number)]
  }
}

/// How calls are brought: see the service's page on media streams.
enum StreamForm: String, CaseIterable {
  case binary, json
}
