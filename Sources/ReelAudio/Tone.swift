import Glibc

/// One or two sines for a time: the beep, a DTMF digit.
///
///     var beep = TonePlayer(.beep, rate: .narrowband)
///     let samples = beep.read(into: &span)   // 0 once it is over
package struct Tone: Sendable, Hashable {
  package var seconds: Double
  /// The lower sine.
  package var lowHz: Double
  package var lowDBFS: Double
  /// The higher sine, if there are two.
  package var highHz: Double?
  package var highDBFS: Double

  /// The tone that tells the parties that they are recorded. Frequency and length are those that 47 CFR
  /// 64.501 asks of a recorder's warning tone; the level is that of ordinary speech.
  package static let beep = Tone(seconds: 0.2, lowHz: 1_400, lowDBFS: -18)

  package init(
    seconds: Double, lowHz: Double, lowDBFS: Double, highHz: Double? = nil, highDBFS: Double = -.infinity
  ) {
    self.seconds = seconds
    self.lowHz = lowHz
    self.lowDBFS = lowDBFS
    self.highHz = highHz
    self.highDBFS = highDBFS
  }

  /// The sound of a key. A `twist` above 0 makes the higher sine so many dB louder than the lower one.
  package static func dtmf(
    _ digit: DTMFDigit, seconds: Double = 0.1, dBFS: Double = -15, twist: Double = 0
  ) -> Tone {
    Tone(
      seconds: seconds, lowHz: digit.lowHz, lowDBFS: dBFS, highHz: digit.highHz, highDBFS: dBFS + twist)
  }
}

/// Plays a ``Tone`` into whatever is handed to it, a stretch at a time. Allocates nothing.
package struct TonePlayer: Sendable {
  /// All the samples of the tone.
  package let count: Int
  private let fade: Int
  private let lowStep: Double
  private let lowAmplitude: Double
  private let highStep: Double
  private let highAmplitude: Double
  private var played = 0

  /// Rise and fall of a tone, short enough for a 40 ms digit and long enough not to click.
  private static let fadeSeconds = 0.002

  package init(_ tone: Tone, rate: SampleRate) {
    let radians = 2 * Double.pi / Double(rate.hz)
    count = rate.samples(in: tone.seconds)
    fade = rate.samples(in: Self.fadeSeconds)
    lowStep = tone.lowHz * radians
    highStep = (tone.highHz ?? 0) * radians
    // A sine's peak is √2 above its RMS.
    lowAmplitude = 2.0.squareRoot() * Level.amplitude(dBFS: tone.lowDBFS)
    highAmplitude = 2.0.squareRoot() * Level.amplitude(dBFS: tone.highDBFS)
  }

  package var isOver: Bool { played == count }

  /// Writes the next samples to the front of `output`; gives how many: 0 once the tone is over.
  package mutating func read(into output: inout MutableSpan<Int16>) -> Int {
    let written = min(output.count, count - played)
    for index in 0..<written {
      output[index] = sample(at: played + index)
    }
    played += written
    return written
  }

  /// Begins again.
  package mutating func rewind() {
    played = 0
  }

  private func sample(at time: Int) -> Int16 {
    let edge = min(time, count - 1 - time)
    let gain = edge < fade ? Double(edge) / Double(fade) : 1
    let low = lowAmplitude * sin(lowStep * Double(time))
    let high = highAmplitude * sin(highStep * Double(time))
    return Int16(max(-32_768, min(32_767, ((low + high) * gain).rounded())))
  }
}
