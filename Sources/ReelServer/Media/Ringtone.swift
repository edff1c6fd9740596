package import ReelAudio

/// What a country's callers hear while the other side rings, by ITU-T E.180 and the countries' own standards.
package struct Ringtone: Hashable, Sendable {
  package let name: String
  /// One or two sines.
  let lowHz: Double
  let highHz: Double?
  /// Sound, pause, sound, pause …: after the last it begins anew.
  let cadenceSeconds: [Double]

  /// Each sine's level: a ringing tone is to be heard, and not to be louder than speech.
  private static let sineDBFS = -22.0

  private init(_ name: String, _ lowHz: Double, _ highHz: Double? = nil, cadence: [Double]) {
    self.name = name
    self.lowHz = lowHz
    self.highHz = highHz
    cadenceSeconds = cadence
  }

  package static let all = [
    Ringtone("us", 440, 480, cadence: [2, 4]), Ringtone("ca", 440, 480, cadence: [2, 4]),
    Ringtone("uk", 400, 450, cadence: [0.4, 0.2, 0.4, 2]), Ringtone("gb", 400, 450, cadence: [0.4, 0.2, 0.4, 2]),
    Ringtone("de", 425, cadence: [1, 4]), Ringtone("at", 420, cadence: [1, 5]),
    Ringtone("fr", 440, cadence: [1.5, 3.5]),
    Ringtone("it", 425, cadence: [1, 4]), Ringtone("es", 425, cadence: [1.5, 3]),
  ]

  /// Upper and lower case are the same; nil for a country whose tone is not known.
  package init?(name: String) {
    let name = name.lowercased()
    guard let known = Ringtone.all.first(where: { $0.name == name }) else { return nil }
    self = known
  }

  static let allowed = all.map(\.name).joined(separator: ", ")

  /// How long it takes until it begins anew.
  package var periodSeconds: Double { cadenceSeconds.reduce(0, +) }

  /// One period of it.
  package func period(_ rate: SampleRate) -> [Int16] {
    var samples: [Int16] = []
    var endSeconds = 0.0
    for (index, seconds) in cadenceSeconds.enumerated() {
      endSeconds += seconds
      let count = rate.samples(in: endSeconds) - samples.count
      samples += index % 2 == 0 ? ring(count, rate) : [Int16](repeating: 0, count: count)
    }
    return samples
  }

  private func ring(_ count: Int, _ rate: SampleRate) -> [Int16] {
    let tone = Tone(
      seconds: rate.seconds(of: count), lowHz: lowHz, lowDBFS: Self.sineDBFS, highHz: highHz,
      highDBFS: highHz == nil ? -.infinity : Self.sineDBFS)
    var player = TonePlayer(tone, rate: rate)
    var samples = [Int16](repeating: 0, count: count)
    var span = samples.mutableSpan
    _ = player.read(into: &span)
    return samples
  }
}
