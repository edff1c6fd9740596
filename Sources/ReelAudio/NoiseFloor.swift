/// Follows how loud a line is when nobody speaks: nearly the least smoothed power of the last two seconds.
///
/// Speech drops to the line's noise between words, so the least of two seconds is noise even while somebody
/// talks; a noise that becomes louder and stays is followed once the two seconds are full of it. Taking the second
/// least of ten parts, and not the least, keeps one odd gap in a babble of voices from being the floor. What was
/// decided about speech plays no part, so the floor is the same at every sensitivity.
struct NoiseFloor: Sendable {
  /// After this long at the most, a steady sound is the floor.
  static let memorySeconds = 2.0
  private static let parts = 10
  private static let windowsPerPart = Int(memorySeconds * Double(BandMeter.windowsPerSecond)) / parts
  /// Weight of the newest window in the smoothed power: a time constant of about 40 ms, the length of a
  /// stop consonant's silence, so that such a gap is seen and a single quiet window is not.
  private static let smoothing = 0.25
  /// The floor of a line without any noise, -96 dBFS: what rounding to 16 bits itself adds.
  private static let least = 0.25

  /// Until the memory is full the floor is no louder than this, -40 dBFS: who speaks from the first sample on is not
  /// taken for the line's noise.
  private static let loudestAtFirst = Level.power(dBFS: -40)

  private var leastOfPart = InlineArray<10, Double>(repeating: .infinity)
  private var part = 0
  private var windowsInPart = 0
  private var isFull = false
  private var leastOfOthers = Double.infinity
  private var secondOfOthers = Double.infinity
  private var smoothed: Double?
  private var power = loudestAtFirst

  /// Whether the sound of the last few windows stands `ratio` times above the floor in power.
  ///
  /// Smoothed sound is held against the smoothed floor: single windows of many talkers' babble reach far above
  /// it, some 40 ms of them don't.
  func isExceeded(by ratio: Double) -> Bool {
    (smoothed ?? 0) >= power * ratio
  }

  mutating func follow(_ windowPower: Double) {
    let newest = max(windowPower, Self.least)
    let previous = smoothed ?? newest
    let current = previous + (newest - previous) * Self.smoothing
    smoothed = current
    if windowsInPart == Self.windowsPerPart { beginPart() }
    windowsInPart += 1
    leastOfPart[part] = min(leastOfPart[part], current)
    // The second least of all, given the two least of the other parts.
    power = max(leastOfOthers, min(secondOfOthers, leastOfPart[part]))
    if !isFull { power = min(power, Self.loudestAtFirst) }
  }

  private mutating func beginPart() {
    part = (part + 1) % Self.parts
    if part == 0 { isFull = true }
    leastOfPart[part] = .infinity
    windowsInPart = 0
    leastOfOthers = .infinity
    secondOfOthers = .infinity
    for index in leastOfPart.indices {
      secondOfOthers = min(secondOfOthers, max(leastOfOthers, leastOfPart[index]))
      leastOfOthers = min(leastOfOthers, leastOfPart[index])
    }
  }
}
