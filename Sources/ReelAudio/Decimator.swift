import Glibc

/// Brings a signal of any rate down to the telephone band: below 3.8 kHz, at 8 to 12 thousand samples a second.
///
/// The detectors listen through it, so that they hear the same at 48 kHz as at 8. Narrowband sound passes
/// as it is, but as late as any other: all rates lag by 2 ms, so that the same instants are compared.
/// Integer arithmetic; allocates only when made.
package struct Decimator: Sendable {
  /// One sample out for so many in.
  package let factor: Int
  /// Samples a second of the output; not always whole numbers of 8,000 (44.1 kHz gives 8,820).
  package let outputHz: Int
  /// The output's lag behind the input, in input samples.
  package let delay: Int
  private let taps: [Int16]
  private let history: Int
  /// The last samples that a filter still needs, then those just come: 10 ms of them at the most.
  private var line: [Int16]
  /// How many more samples must come until the next one goes out.
  private var wanting: Int

  /// Bits behind the point of a tap: the taps' sizes add up to about two, so that full-scale samples stay near `2^30`.
  private static let fraction: Int32 = 14
  /// Half the gain is left here; the telephone band below stays whole and what would fold back above is gone.
  private static let cutoffHz = 3_800.0
  /// The filter's length, 2 ms on either side: flat up to 3.4 kHz, and 35 dB down and more from 4.5 kHz.
  private static let filterSeconds = 0.004

  package init(rate: SampleRate) {
    factor = rate.hz / SampleRate.narrowband.hz
    outputHz = rate.hz / factor
    taps =
      rate == .narrowband
      ? [] : Self.lowPass(taps: 2 * rate.samples(in: Self.filterSeconds / 2) + 1, hz: rate.hz)
    delay = rate.samples(in: Self.filterSeconds / 2)
    history = rate == .narrowband ? delay : 2 * delay
    wanting = factor
    line = [Int16](repeating: 0, count: history + 10 * rate.hz / 1_000 + 1)
  }

  /// Forgets the signal, as though new.
  package mutating func reset() {
    for index in line.indices { line[index] = 0 }
    wanting = factor
  }

  /// Filters `input`, of at most 10 ms, to the front of `output`; gives how many samples came.
  package mutating func process(_ input: Span<Int16>, into output: inout MutableSpan<Int16>) -> Int {
    SampleMemory.copy(input, into: &line, at: history)
    let made = taps.isEmpty ? delayed(input.count, into: &output) : filtered(input.count, into: &output)
    SampleMemory.moveToFront(&line, from: input.count, count: history)
    return made
  }

  private func delayed(_ count: Int, into output: inout MutableSpan<Int16>) -> Int {
    SampleMemory.copy(line.span.extracting(0..<count), into: &output)
    return count
  }

  private mutating func filtered(_ count: Int, into output: inout MutableSpan<Int16>) -> Int {
    var made = 0
    while wanting <= count {
      output[made] = filtered(upTo: history + wanting)
      made += 1
      wanting += factor
    }
    wanting -= count
    return made
  }

  /// The filter over the samples before `end`. The taps are symmetric, so their order plays no part.
  private func filtered(upTo end: Int) -> Int16 {
    let window = line.span.extracting(end - taps.count..<end)
    let taps = taps.span
    var sum: Int32 = 0
    for index in taps.indices {
      sum &+= Int32(taps[index]) &* Int32(window[index])
    }
    return Int16(clamping: (sum &+ (1 << (Self.fraction - 1))) >> Self.fraction)
  }

  /// A windowed sinc whose taps, in 1/16,384, add up to one.
  private static func lowPass(taps count: Int, hz: Int) -> [Int16] {
    let middle = Double(count - 1) / 2
    let shape = (0..<count).map { tap in
      let time = Double(tap) - middle
      let angle = 2 * Double.pi * cutoffHz / Double(hz) * time
      let sinc = time == 0 ? 1 : sin(angle) / angle
      return sinc * (0.54 + 0.46 * cos(Double.pi * time / (middle + 1)))
    }
    let gain = shape.reduce(0, +)
    let unit = Double(1 << fraction)
    let taps = shape.map { Int16(($0 / gain * unit).rounded()) }
    let reach = taps.reduce(1) { $0 + abs(Int($1)) } * 32_768
    precondition(reach <= Int(Int32.max), "the filter for \(hz) Hz can overflow")
    return taps
  }
}
