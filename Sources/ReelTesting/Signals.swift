internal import Glibc
package import ReelAudio

/// Signals whose level and frequency are known.
package enum Signals {
  package static func sine(
    hz frequency: Double, dBFS: Double, seconds: Double, rate: SampleRate, phase: Double = 0
  ) -> [Int16] {
    let amplitude = 2.0.squareRoot() * Level.amplitude(dBFS: dBFS)
    let step = 2 * Double.pi * frequency / Double(rate.hz)
    return (0..<rate.samples(in: seconds)).map { time in
      Int16(clamping: Int((amplitude * sin(step * Double(time) + phase)).rounded()))
    }
  }

  package static func silence(seconds: Double, rate: SampleRate) -> [Int16] {
    [Int16](repeating: 0, count: rate.samples(in: seconds))
  }

  package static func whiteNoise(
    dBFS: Double, count: Int, using generator: inout SeededGenerator
  ) -> [Int16] {
    let deviation = Level.amplitude(dBFS: dBFS)
    return (0..<count).map { _ in
      Int16(clamping: Int((deviation * generator.nextNormal()).rounded()))
    }
  }

  /// The mains and its first overtones, as an ungrounded line has it.
  package static func hum(dBFS: Double, count: Int, rate: SampleRate) -> [Int16] {
    let parts = [(50.0, 1.0), (100, 0.6), (150, 0.4), (250, 0.2)]
    let power = parts.reduce(0) { $0 + $1.1 * $1.1 / 2 }
    let amplitude = Level.amplitude(dBFS: dBFS) / power.squareRoot()
    return (0..<count).map { time in
      let angle = 2 * Double.pi * Double(time) / Double(rate.hz)
      let value = parts.reduce(0) { $0 + $1.1 * sin(angle * $1.0) }
      return Int16(clamping: Int((amplitude * value).rounded()))
    }
  }

  /// So many talkers at once, each from somewhere in `speech`, whose sum is at `dBFS`.
  package static func babble(
    of speech: [Int16], talkers: Int, dBFS: Double, count: Int, using generator: inout SeededGenerator
  ) -> [Int16] {
    var sum = [Double](repeating: 0, count: count)
    for _ in 0..<talkers {
      let offset = Int.random(in: 0..<speech.count, using: &generator)
      for index in 0..<count { sum[index] += Double(speech[(offset + index) % speech.count]) }
    }
    let power = sum.reduce(0) { $0 + $1 * $1 } / Double(count)
    let gain = (Level.power(dBFS: dBFS) / power).squareRoot()
    return sum.map { Int16(clamping: Int(($0 * gain).rounded())) }
  }

  package static func tone(_ tone: Tone, rate: SampleRate) -> [Int16] {
    var player = TonePlayer(tone, rate: rate)
    var samples = [Int16](repeating: 0, count: player.count)
    var span = samples.mutableSpan
    _ = player.read(into: &span)
    return samples
  }

  package static func sum(_ a: [Int16], _ b: [Int16]) -> [Int16] {
    zip(a, b).map { Int16(clamping: Int($0) + Int($1)) }
  }

  /// The whole of `samples` at another rate.
  package static func resampled(_ samples: [Int16], from: SampleRate, to: SampleRate) -> [Int16] {
    guard from != to else { return samples }
    let resampler = Resampler(from: from, to: to)
    var output = [Int16](repeating: 0, count: resampler.mostOutput(of: samples.count))
    var span = output.mutableSpan
    var made = resampler.process(samples.span, into: &span)
    var block = [Int16](repeating: 0, count: 4_096)
    output.removeLast(output.count - made)
    repeat {
      var rest = block.mutableSpan
      made = resampler.finish(into: &rest)
      output += block[..<made]
    } while made > 0
    return output
  }
}
