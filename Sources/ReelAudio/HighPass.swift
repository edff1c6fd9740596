/// Takes direct current and mains hum out of a signal: each sample less the mean of the 2.6 ms round it.
///
/// Gain by frequency, the same at every rate (hum at 50 and 60 Hz goes, speech from 300 Hz stays):
///
///     Hz    0    50    60    100   150   200   300   400   above
///     dB  -inf  -31   -28    -19   -12    -8    -2.6  +0.6  within ±2
///
/// A running sum of integers, and each mean by one product that is rounded to a whole number: the same on every
/// processor, however the signal is cut up. The output lags by ``delay`` samples. Allocates nothing.
package struct HighPass: Sendable {
  /// By how many samples the output lags.
  package let delay: Int
  private let width: Int
  private let reciprocal: Float
  /// The sum of the `width` samples up to the last one that has gone out.
  private var sum: Int32 = 0
  private let pastCount: Int
  /// The last `pastCount` samples. Not in an array, so that a filter lies in one place: of many, none is in the cache.
  private var past = InlineArray<5, SIMD8<Int16>>(repeating: SIMD8())

  /// The time over which the mean is taken. Its inverse is the lowest frequency that passes whole.
  private static let meanSeconds = 0.0026
  /// 1.5 · 2^23: of what is added to it only the whole number is left, rounded, in its lowest bits.
  private static let rounder: Float = 12_582_912
  /// No more samples may come at once: 10 ms at 12 kHz, and a little more.
  package static let mostInput = 128

  /// A filter that lags by `lag` samples more than it has to.
  package init(rate hz: Int, lag: Int = 0) {
    let reach = Int((Double(hz) * Self.meanSeconds / 2).rounded())
    delay = reach + lag
    width = 2 * reach + 1
    pastCount = width + lag
    precondition(pastCount <= 40, "the mean of \(hz) Hz does not fit")
    reciprocal = 1 / Float(width)
  }

  /// Filters `input`, at most ``mostInput`` samples, to the front of `output`, which has room for as many; gives the
  /// sum of the squares of what it wrote.
  @discardableResult
  package mutating func process(_ input: Span<Int16>, into output: inout MutableSpan<Int16>) -> UInt64 {
    let count = input.count
    precondition(count <= Self.mostInput && output.count >= count)
    //     0 … pastCount-1      pastCount … pastCount+count-1
    //     past samples         new samples
    var line = InlineArray<21, SIMD8<Int16>>(repeating: SIMD8())
    for index in 0..<5 { line[index] = past[index] }
    var span = line.mutableSpan
    // Sound: the line holds 40 samples, at least `pastCount`, more than may come. Nothing of it needs alignment.
    return unsafe span.withUnsafeMutableBytes { line in
      unsafe input.withUnsafeBytes { input in
        unsafe output.withUnsafeMutableBytes { output in
          guard let line = line.baseAddress, let input = input.baseAddress, let output = output.baseAddress
          else { return 0 }
          unsafe (line + 2 &* pastCount).copyMemory(from: input, byteCount: 2 &* count)
          let energy = unsafe subtractMeans(from: line, count, into: output)
          for index in 0..<5 { past[index] = unsafe Self.load(line, count &+ 8 &* index) }
          return energy
        }
      }
    }
  }

  /// Filters the `count` samples of a line that follow the past.
  @inline(__always)
  private mutating func subtractMeans(
    from line: UnsafeMutableRawPointer, _ count: Int, into output: UnsafeMutableRawPointer
  ) -> UInt64 {
    let rest = count & 7
    var last = SIMD4(repeating: sum)
    var energy = Energy()
    // Sound: eight samples are written where eight are left. A line has room for eights to be read, even the last.
    for index in stride(from: 0, to: count &- rest, by: 8) {
      let eight = unsafe filtered(at: index, of: line, after: last)
      last = SIMD4(repeating: eight.second[3])
      unsafe output.storeBytes(of: eight.sound, toByteOffset: 2 &* index, as: SIMD8<Int16>.self)
      energy.add(eight.sound)
    }
    sum = last[0]
    guard rest > 0 else { return energy.total }
    let eight = unsafe filtered(at: count &- rest, of: line, after: last)
    sum = rest & 1 == 0 ? eight.second[rest / 2 &- 1] : eight.first[rest / 2]
    var wanted = SIMD8<Int16>()
    for lane in 0..<rest {
      wanted[lane] = eight.sound[lane]
      unsafe output.storeBytes(of: wanted[lane], toByteOffset: 2 &* (count &- rest &+ lane), as: Int16.self)
    }
    energy.add(wanted)
    return energy.total
  }

  /// Filters eight samples, two and two; in every lane of `last` stands the sum before them. Gives the sums up to the
  /// first and up to the second of each two, and what comes of them.
  @inline(__always)
  private func filtered(
    at index: Int, of line: UnsafeMutableRawPointer, after last: SIMD4<Int32>
  ) -> (first: SIMD4<Int32>, second: SIMD4<Int32>, sound: SIMD8<Int16>) {
    // Sound: see above.
    let coming = unsafe Self.load(line, index &+ width)
    let leaving = unsafe Self.load(line, index)
    let centre = unsafe Self.load(line, index &+ pastCount &- delay)
    let firstChange = Self.firsts(coming) &- Self.firsts(leaving)
    let secondChange = Self.seconds(coming) &- Self.seconds(leaving)
    let second = last &+ Self.sums(firstChange &+ secondChange)
    let first = second &- secondChange
    // Sound: vectors of one size that hold any bits.
    let means = unsafe unsafeBitCast(
      mean(of: first) & SIMD4(repeating: 0xFFFF) | mean(of: second) &<< 16, to: SIMD8<Int16>.self)
    return (first, second, Self.difference(centre, means))
  }

  @inline(__always)
  private static func load(_ samples: UnsafeMutableRawPointer, _ index: Int) -> SIMD8<Int16> {
    // Sound: the caller's to see to.
    unsafe samples.loadUnaligned(fromByteOffset: 2 &* index, as: SIMD8<Int16>.self)
  }

  /// The first of each two.
  @inline(__always)
  private static func firsts(_ eight: SIMD8<Int16>) -> SIMD4<Int32> {
    // Sound: as below.
    unsafe (unsafeBitCast(eight, to: SIMD4<Int32>.self) &<< 16) &>> 16
  }

  /// The second of each two.
  @inline(__always)
  private static func seconds(_ eight: SIMD8<Int16>) -> SIMD4<Int32> {
    // Sound: vectors of one size that hold any bits. Here as below a lane's lowest bits come first, as on every
    // processor that Swift knows.
    unsafe unsafeBitCast(eight, to: SIMD4<Int32>.self) &>> 16
  }

  /// The sums of the first, the first two, three and four.
  @inline(__always)
  private static func sums(_ four: SIMD4<Int32>) -> SIMD4<Int32> {
    // Sound: vectors of one size that hold any bits. Shifted as two words, each second lane gets the one before it.
    let before = unsafe unsafeBitCast(
      unsafeBitCast(four, to: SIMD2<UInt64>.self) &<< SIMD2(repeating: 32), to: SIMD4<Int32>.self)
    let pairs = four &+ before
    return pairs &+ (SIMD4(repeating: pairs[1]) & SIMD4(0, 0, -1, -1))
  }

  /// The means of so many sums, rounded; in the lower half of each lane.
  @inline(__always)
  private func mean(of sums: SIMD4<Int32>) -> SIMD4<UInt32> {
    var exact = SIMD4<Float>()
    for lane in 0..<4 { exact[lane] = Float(sums[lane]) }
    // Sound: vectors of one size that hold any bits.
    return unsafe unsafeBitCast(exact * reciprocal + Self.rounder, to: SIMD4<UInt32>.self)
  }

  /// `a - b`, clipped.
  @inline(__always)
  private static func difference(_ a: SIMD8<Int16>, _ b: SIMD8<Int16>) -> SIMD8<Int16> {
    var difference = SIMD8<Int16>()
    // Lane by lane this becomes one instruction; the vector's own clamping becomes dozens.
    for lane in 0..<8 {
      let exact = Int32(a[lane]) &- Int32(b[lane])
      difference[lane] = Int16(truncatingIfNeeded: max(-32_768, min(32_767, exact)))
    }
    return difference
  }
}
