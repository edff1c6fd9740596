import Glibc

/// Hears telephone keys in the sound of a leg, within the limits of ITU-T Q.24.
///
/// | | heard | not heard |
/// |---|---|---|
/// | each frequency off by | up to 1.5 % + 2 Hz | from 3.5 % |
/// | higher tone against the lower | -8 … +4 dB | beyond -12 and +8 |
/// | level of each tone | -31 dBFS (-25 dBm0) and up | -61 dBFS (-55 dBm0) and below |
/// | length | from 40 ms | up to 23 ms |
/// | break within a tone | up to 10 ms: one key | from 40 ms: two keys |
///
/// Every 5 ms the last 20 ms are held against the eight frequencies. Two must carry nearly all the energy,
/// and the turn of their phases since the last look must say that they are on frequency: speech seldom has
/// the one, and hardly ever both for long enough. Allocates only when made.
package struct DTMFDetector: Sendable {
  /// A key and where its tone began.
  package struct Hit: Hashable, Sendable {
    package let digit: DTMFDigit
    /// In samples since the detector was made or reset: at the tone's first sample or up to 20 ms before
    /// it, so that sound cut here holds nothing of the tone.
    package let start: Int
  }

  /// No tone is told later than this after its first sample.
  package static let latencySeconds = 0.07

  private var decimator: Decimator
  private let bank: ToneBank
  private var window: [Int16]
  private var fresh = 0
  private var looks = 0
  private var previous = Look.nothing
  private var run = Run()

  package init(rate: SampleRate) {
    decimator = Decimator(rate: rate)
    bank = ToneBank(hz: decimator.outputHz)
    window = [Int16](repeating: 0, count: bank.window)
  }

  /// Forgets all it has heard.
  package mutating func reset() {
    decimator.reset()
    for index in window.indices { window[index] = 0 }
    fresh = 0
    looks = 0
    previous = .nothing
    run = Run()
  }

  /// Takes any number of samples and tells of each key once its tone is long enough.
  package mutating func push(_ samples: Span<Int16>, heard: (Hit) -> Void) {
    var rest = samples
    while !rest.isEmpty {
      // No more than one hop comes out of so many samples.
      let part = rest.extracting(first: min(rest.count, (bank.hop - fresh) * decimator.factor))
      rest = rest.extracting(droppingFirst: part.count)
      var band = InlineArray<64, Int16>(repeating: 0)
      var bandSpan = band.mutableSpan
      let count = decimator.process(part, into: &bandSpan)
      SampleMemory.copy(band.span.extracting(first: count), into: &window, at: bank.window - bank.hop + fresh)
      fresh += count
      if fresh == bank.hop, let hit = look() { heard(hit) }
    }
  }

  private mutating func look() -> Hit? {
    looks += 1
    let now = bank.look(at: window.span)
    let digit = bank.digit(in: now, after: previous)
    previous = now
    fresh = 0
    SampleMemory.moveToFront(&window, from: bank.hop, count: bank.window - bank.hop)
    guard let (digit, firstLook) = run.advance(digit, look: looks) else { return nil }
    // The first look to find the tone may have begun just before it: half a hop of care keeps the tone out.
    let lookStart = firstLook * bank.hop - bank.window
    let toneStart = (lookStart - bank.hop / 2) * decimator.factor - decimator.delay
    return Hit(digit: digit, start: max(0, toneStart))
  }
}

/// Follows one key from look to look: how long it has been there, whether it was told, whether it has gone.
private struct Run: Sendable {
  /// Looks in a row before a key is told. A tone is seen from when it fills about half of a look until it fills
  /// about half again, but for the first, which has no phase to compare with: 40 ms give six or seven, 23 ms three.
  static let needed = 5
  /// Looks without a key before the same key counts anew: longer than a break of 10 ms can give.
  static let forgotten = 7

  private var digit: DTMFDigit?
  private var firstLook = 0
  private var length = 0
  private var told: DTMFDigit?
  private var looksSinceTold = 0

  /// Takes what a look found; gives the key that has just become long enough and the look that first saw it.
  mutating func advance(_ found: DTMFDigit?, look: Int) -> (DTMFDigit, firstLook: Int)? {
    if found == nil || found != digit {
      digit = found
      firstLook = look
      length = 0
    }
    looksSinceTold = found != nil && found == told ? 0 : looksSinceTold + 1
    if looksSinceTold >= Self.forgotten { told = nil }
    guard let found else { return nil }
    length += 1
    guard length == Self.needed, found != told else { return nil }
    told = found
    looksSinceTold = 0
    return (found, firstLook)
  }
}

/// What one look at 20 ms of sound found at the eight frequencies.
private struct Look: Sendable {
  var real: SIMD8<Float>
  var imaginary: SIMD8<Float>
  /// The power of the whole sound, weighted as the tones are.
  var power: Float

  static let nothing = Look(real: .zero, imaginary: .zero, power: 0)
}

/// The eight frequencies' reference waves and the judgement of what was found.
private struct ToneBank: Sendable {
  /// Samples in a look and between looks: 20 ms and 5 ms.
  let window: Int
  let hop: Int
  private let hz: Double
  /// For each sample the eight cosines, then the eight sines, under a Hann window.
  private let cosines: [SIMD8<Float>]
  private let sines: [SIMD8<Float>]
  private let hann: [Float]
  private let hannSum: Float
  private let hannPower: Float

  private static let frequenciesHz = DTMFDigit.rowsHz + DTMFDigit.columnsHz
  private static let looksPerSecond = 200
  private static let hopsInWindow = 4
  /// What must be heard is off by up to 1.5 % + 2 Hz; noise moves what is measured by 4 Hz more. What must not be
  /// heard is off by 3.5 %, 24 Hz at the least. Notes of music and voices lie between.
  private static let offFrequencyShare = 0.015
  private static let offFrequencyHz = 2.0 + 4.0
  /// Between -31 and -61 dBFS.
  private static let leastPower = Float(Level.power(dBFS: -44))
  /// High over low, as ratios of power: -10 and +6 dB, a little wider than what must be heard.
  private static let leastTwist: Float = 0.1
  private static let mostTwist: Float = 4
  /// The share of all the power that is in the two tones: noise 12 dB below them passes.
  private static let leastShare: Float = 0.8

  init(hz: Int) {
    self.hz = Double(hz)
    hop = hz / Self.looksPerSecond
    window = hop * Self.hopsInWindow
    let count = window
    let shape = (0..<count).map { 0.5 - 0.5 * cos(2 * Double.pi * (Double($0) + 0.5) / Double(count)) }
    func waves(_ wave: (Double) -> Double) -> [SIMD8<Float>] {
      (0..<count).map { time in
        var row = SIMD8<Float>.zero
        for (lane, frequency) in Self.frequenciesHz.enumerated() {
          row[lane] = Float(shape[time] * wave(2 * Double.pi * frequency * Double(time) / Double(hz)))
        }
        return row
      }
    }
    cosines = waves(cos)
    sines = waves { -sin($0) }
    hann = shape.map(Float.init)
    hannSum = Float(shape.reduce(0, +))
    hannPower = Float(shape.reduce(0) { $0 + $1 * $1 })
  }

  func look(at samples: Span<Int16>) -> Look {
    var look = Look.nothing
    var energy: Float = 0
    for index in 0..<window {
      let sample = Float(samples[index])
      look.real += cosines[index] * sample
      look.imaginary += sines[index] * sample
      let weighted = hann[index] * sample
      energy += weighted * weighted
    }
    look.power = energy / hannPower
    return look
  }

  /// The key whose two tones `now` is made of, if it is.
  func digit(in now: Look, after before: Look) -> DTMFDigit? {
    let size = now.real * now.real + now.imaginary * now.imaginary
    let row = strongest(of: size, lanes: 0..<4)
    let column = strongest(of: size, lanes: 4..<8)
    guard let low = tone(row, now, before), let high = tone(column, now, before) else { return nil }
    guard low >= Self.leastPower, high >= Self.leastPower else { return nil }
    guard high >= low * Self.leastTwist, high <= low * Self.mostTwist else { return nil }
    guard low + high >= now.power * Self.leastShare else { return nil }
    return DTMFDigit(index: 4 * row + column - 4)
  }

  private func strongest(of size: SIMD8<Float>, lanes: Range<Int>) -> Int {
    var best = lanes.lowerBound
    for lane in lanes where size[lane] > size[best] { best = lane }
    return best
  }

  /// The power of the tone near one of the frequencies, if it is near enough.
  private func tone(_ lane: Int, _ now: Look, _ before: Look) -> Float? {
    let frequency = Self.frequenciesHz[lane]
    let here = (x: Double(now.real[lane]), y: Double(now.imaginary[lane]))
    let there = (x: Double(before.real[lane]), y: Double(before.imaginary[lane]))
    guard here.x * here.x + here.y * here.y > 0, there.x * there.x + there.y * there.y > 0 else { return nil }
    // The turn between looks, less what the frequency itself turns in a hop, is how far off it is.
    let turn = atan2(here.y * there.x - here.x * there.y, here.x * there.x + here.y * there.y)
    let expected = 2 * Double.pi * frequency * Double(hop) / hz
    let surplus = remainder(turn - expected, 2 * Double.pi)
    let offHz = surplus / (2 * Double.pi) * hz / Double(hop)
    guard abs(offHz) <= Self.offFrequencyShare * frequency + Self.offFrequencyHz else { return nil }
    let response = Float(hannResponse(bins: offHz * Double(window) / hz))
    let amplitude = 2 * Float(hypot(here.x, here.y)) / (hannSum * response)
    return amplitude * amplitude / 2
  }

  /// What a Hann window leaves of a sine so many bins off the frequency looked for, of 1.
  private func hannResponse(bins: Double) -> Double {
    guard abs(bins) > 1e-6 else { return 1 }
    return sin(Double.pi * bins) / (Double.pi * bins * (1 - bins * bins))
  }
}
