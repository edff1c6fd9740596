/// Follows how loud a line is when nobody speaks, and tells whether its sound stands out.
///
/// Speech drops to the line's noise between words, so nearly the least of the last seconds is noise even while
/// somebody talks. Nearly: the second least of the parts that the memory is kept in, so that one odd gap in a babble
/// of voices is not the floor. How many seconds depends on the sound:
///
/// - A *steady* one, whose loudest moment of two seconds does not stand out of its floor, is the floor after two
///   seconds, however loud.
/// - One that rises and falls may be somebody who talks on without a breath, so five seconds are looked back on.
///
/// What was decided about speech plays no part, so the floor is the same at every sensitivity.
struct NoiseFloor: Sendable {
  /// How far a sound stands above the floor to stand out, in dB. The babble of eight talkers seldom rises so far above
  /// its own floor; a voice 15 dB above the babble does.
  static let marginDB = 11.0

  private static let partSeconds = 0.2
  private static let shortParts = 10
  private static let longParts = 25
  private static let windowsPerPart = Int(partSeconds * Double(BandMeter.windowsPerSecond))
  /// Weight of the newest window in the smoothed power: a time constant of about 40 ms, the length of a
  /// stop consonant's silence, so that such a gap is seen and a single quiet window is not.
  private static let smoothing = 0.25
  /// The floor of a line without any noise, -96 dBFS: what rounding to 16 bits itself adds.
  private static let quietest = 0.25
  /// Until a memory is full its floor is no louder than this, -40 dBFS: who speaks from the first sample on is not
  /// taken for the line's noise.
  private static let loudestAtFirst = 1e-4 * Level.fullScalePower
  /// `marginDB` as a ratio of powers. Spelt out, since what is worked out by `pow` is asked for anew at each use.
  private static let margin = 12.589_254_117_941_675

  /// A stretch of the memory: its least and its greatest smoothed power.
  private struct Part {
    var least = Double.infinity
    var greatest = 0.0
  }

  /// What some parts that are over come to.
  private struct Summary {
    var least = Double.infinity
    var second = Double.infinity
    var greatest = 0.0

    mutating func take(_ part: Part) {
      second = min(second, max(least, part.least))
      least = min(least, part.least)
      greatest = max(greatest, part.greatest)
    }

    /// The second least when one more part is added.
    func second(with part: Part) -> Double {
      max(least, min(second, part.least))
    }
  }

  private var smoothed = 0.0
  private var part = Part()
  private var windowsInPart = 0
  private var partsBegun = 1
  private var short = Summary()
  private var long = Summary()
  /// The parts that are over, over and over. An array, since it is looked at only when a part ends, and is large.
  private var parts = [Part](repeating: Part(), count: longParts)

  /// Whether the sound of the last few windows stands out of the floor.
  ///
  /// Smoothed sound is held against the smoothed floor: single windows of many talkers' babble reach far above
  /// it, some 40 ms of them don't.
  private(set) var isExceeded = false

  mutating func follow(_ windowPower: Double) {
    let newest = max(windowPower, Self.quietest)
    smoothed = smoothed == 0 ? newest : smoothed + (newest - smoothed) * Self.smoothing
    if windowsInPart == Self.windowsPerPart { beginPart() }
    windowsInPart += 1
    part.least = min(part.least, smoothed)
    part.greatest = max(part.greatest, smoothed)
    updateFloor()
  }

  private mutating func updateFloor() {
    let shortFloor = limited(short.second(with: part), partsNeeded: Self.shortParts)
    let greatest = max(short.greatest, part.greatest)
    let isSteady = greatest < shortFloor * Self.margin
    let floor = isSteady ? shortFloor : limited(long.second(with: part), partsNeeded: Self.longParts)
    isExceeded = smoothed >= floor * Self.margin
  }

  private func limited(_ power: Double, partsNeeded: Int) -> Double {
    partsBegun > partsNeeded ? power : min(power, Self.loudestAtFirst)
  }

  private mutating func beginPart() {
    parts[(partsBegun - 1) % Self.longParts] = part
    part = Part()
    windowsInPart = 0
    partsBegun += 1
    sumUp()
  }

  /// Sums up the last parts, newest first.
  private mutating func sumUp() {
    var summary = Summary()
    short = summary
    var place = (partsBegun - 1) % Self.longParts
    for age in 1..<min(Self.longParts, partsBegun) {
      place = place == 0 ? Self.longParts - 1 : place - 1
      summary.take(parts[place])
      if age < Self.shortParts { short = summary }
    }
    long = summary
  }
}
