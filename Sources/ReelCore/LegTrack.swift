import ReelAudio

/// One leg on its way to the timeline: puts what arrives in its place, by the leg's own clock.
///
/// Two clocks are in play. The *leg's* counts its samples at its own rate since the recording was made; `end` and
/// all else that the recorder sees is in the *call's* clock, the same time counted at the timeline's rate. Before
/// `keepFrom` nothing is kept: samples of a pause go no further than here. After it the queue reaches to `end`, but
/// for what the resampler holds in the midst of a stretch of sound.
struct LegTrack {
  /// What has been kept and not yet taken; empty for ever when the leg is not recorded.
  private(set) var queue: SampleQueue
  /// Where the next sample goes, in the call's clock.
  private(set) var end = 0
  /// Where the tone of the first terminator that was heard begins, in the call's clock, and its key.
  private(set) var terminator: (digit: DTMFDigit, start: Int)?

  private let rate: SampleRate
  private let isAtClockRate: Bool
  private let isRecorded: Bool
  private let listensForKeys: Bool
  /// Whether the resampler is in the midst of a stretch of real sound.
  private var inStretch = false
  /// How many samples may be appended at once.
  let mostInSlice: Int

  private var placed = 0
  private var keepFrom = Int.max
  /// Call-clock samples queued so far of the time up to `end`; behind it by what the resampler holds.
  private var queuedEnd = 0
  private var resampler: Resampler?
  /// The position that would follow the last one, by the leg's own clock; nil while nothing has told of that clock.
  private var expected: Int?
  /// What is added to a position to have the leg's place.
  private var offset = 0
  private var debt: ArrivalDebt

  // What few recordings need comes last, so that the rest lies close together.
  private let clockRate: SampleRate
  private var resampled: [Int16]
  private let terminators: DTMFDigits
  private var detector: DTMFDetector?
  /// The leg's clock when the detector began to listen.
  private var listenedFrom = 0

  /// A clock that jumps back further than this is a new clock, and no packet out of order.
  static let longestLateSeconds = 5.0
  /// A clock that jumps ahead further than this is a new clock, and no gap: a hold may be long, an hour is not.
  static let longestGapSeconds = 3_600.0
  /// What is handled at once.
  static let sliceSeconds = 0.01
  /// More than a resampler ever holds back, whichever its two rates. The other leg waits for it.
  static let resamplerDelaySeconds = 0.05

  /// `waits` is the longest, in seconds, that this leg's samples may have to wait for the other's.
  init(rate: SampleRate, clockRate: SampleRate, isRecorded: Bool, options: RecordingOptions, waits: Double) {
    self.rate = rate
    self.clockRate = clockRate
    isAtClockRate = rate == clockRate
    self.isRecorded = isRecorded
    mostInSlice = rate.samples(in: Self.sliceSeconds)
    listensForKeys = options.listensForTerminators
    terminators = options.terminators
    detector = listensForKeys ? DTMFDetector(rate: rate) : nil
    debt = ArrivalDebt(skew: rate.samples(in: options.maxLegSkewSeconds), rate: rate)
    resampler = isRecorded && rate != clockRate ? Resampler(from: rate, to: clockRate) : nil
    resampled = [Int16](
      repeating: 0, count: rate == clockRate ? 0 : clockRate.samples(in: 2 * Self.sliceSeconds))
    queue = SampleQueue(most: isRecorded ? clockRate.samples(in: waits + 2 * Self.sliceSeconds) : 0)
  }

  /// Asks for where the next samples will wait.
  mutating func fetchQueue() { queue.fetch() }

  /// How many of `count` samples may be appended so that none goes beyond `clock`, for a leg that is before it.
  func slice(of count: Int, upTo clock: Int) -> Int {
    clock > end ? min(count, legSamples(reaching: clock) - placed) : count
  }

  /// The most samples that may be lost at once.
  var longestLoss: Int { rate.samples(in: Self.longestGapSeconds) }

  /// How much of the leg is due after so many turns of 10 ms.
  func samples(inTurns turns: Int) -> Int {
    turns * rate.hz / 100
  }

  // MARK: Placing

  /// What has to happen before samples that came with a position, or without, can be appended.
  struct Placement {
    /// The gap before them, in the leg's clock.
    var gap = 0
    /// How many of the first are too late.
    var late = 0
  }

  /// Says where the leg's own clock stands now; nil where nothing has told yet, so that the first position does.
  mutating func setClock(_ position: Int?) {
    expected = position
    offset = placed &- (position ?? 0)
  }

  /// Finds the place of `count` samples that begin at `position` by the leg's clock. Those that are the first by a new
  /// clock go where they would have gone without a position.
  mutating func place(_ count: Int, at position: Int, otherEnd: Int) -> Placement {
    // Positions come from outside: any number must do, so the sums may wrap.
    guard let expected, isOneClock(position &- expected) else {
      self.expected = position
      return place(count, otherEnd: otherEnd)
    }
    debt.forgive()
    self.expected = position &+ count
    let ahead = position &+ offset &- placed
    return ahead >= 0 ? Placement(gap: ahead) : Placement(late: min(count, -ahead))
  }

  private func isOneClock(_ jump: Int) -> Bool {
    jump <= rate.samples(in: Self.longestGapSeconds) && jump >= -rate.samples(in: Self.longestLateSeconds)
  }

  /// Finds the place of `count` samples that came without a position, where the other leg ends at `otherEnd`. A clock
  /// that is known goes on from there.
  mutating func place(_ count: Int, otherEnd: Int) -> Placement {
    let placement = placeByArrival(count, otherEnd: otherEnd)
    if let expected {
      offset = placed &+ placement.gap &- placement.late &- expected
      self.expected = expected &+ count
    }
    return placement
  }

  private mutating func placeByArrival(_ count: Int, otherEnd: Int) -> Placement {
    guard debt.isOpen else { return Placement() }
    let excess = placed + count - legSamples(before: otherEnd)
    if debt.isLongAbsent {
      debt.forgive()
      return Placement(gap: max(0, -excess))
    }
    return Placement(late: debt.collect(from: count, excess: excess))
  }

  // MARK: Advancing

  /// Appends audio, at most ``mostInSlice`` samples.
  mutating func append(_ samples: Span<Int16>) {
    let unwanted = min(samples.count, max(0, keepFrom - placed))
    if unwanted > 0 { move(by: unwanted) }
    // Where the two rates don't divide, a leg may come to what is kept between two samples of the call's clock.
    if !inStretch && placed >= keepFrom { fillQueue(.filled) }
    let wanted = samples.extracting(droppingFirst: unwanted)
    guard !wanted.isEmpty else { return }
    inStretch = true
    if listensForKeys { listen(to: wanted) }
    move(by: wanted.count)
    if isRecorded { enqueue(wanted) }
  }

  /// Appends `count` samples, by the leg's clock, of which there is no audio.
  mutating func appendSilence(_ count: Int, _ kind: SpanKind) {
    settle()
    move(by: count)
    restartListening()
    if placed >= keepFrom { fillQueue(kind) }
  }

  /// Lets silence stand for what has not come, until the call's clock is at `clock`.
  mutating func fill(to clock: Int) {
    guard clock >= end else { return }
    let count = legSamples(reaching: clock) - placed
    guard count > 0 else { return }
    debt.owe(count)
    appendSilence(count, .filled)
  }

  /// Brings what the resampler holds into the queue, so that the queue reaches `end`.
  mutating func settle() {
    guard inStretch else { return }
    inStretch = false
    guard let resampler else { return }
    while queuedEnd < end {
      var output = resampled.mutableSpan
      let made = resampler.finish(into: &output)
      precondition(made > 0, "a stretch of n samples gives at least the samples between its ends")
      let taken = min(made, end - queuedEnd)
      queue.append(first: taken, of: resampled)
      queuedEnd += taken
    }
    resampler.reset()
  }

  // MARK: Keeping and letting go

  /// Keeps nothing from here on and forgets what waits.
  mutating func letGo() {
    settle()
    keepFrom = .max
    terminator = nil
    queue.discardAll()
  }

  /// Keeps what lies at or after `clock`, where the timeline goes on.
  mutating func keep(from clock: Int) {
    keepFrom = legSamples(reaching: clock)
    queuedEnd = clock
    restartListening()
    if placed >= keepFrom { fillQueue(.filled) }
  }

  @inline(__always)
  mutating func take(_ count: Int) {
    queue.removeFirst(count)
  }

  // MARK: Inside

  @inline(__always)
  private mutating func move(by count: Int) {
    placed += count
    end = isAtClockRate ? placed : (placed * clockRate.hz + rate.hz - 1) / rate.hz
  }

  private mutating func restartListening() {
    detector?.reset()
    listenedFrom = max(placed, keepFrom)
  }

  private mutating func listen(to samples: Span<Int16>) {
    guard terminator == nil else { return }
    var first: DTMFDetector.Hit?
    let terminators = terminators
    detector!.push(samples) { hit in
      if first == nil && terminators.contains(hit.digit) { first = hit }
    }
    guard let first else { return }
    terminator = (first.digit, (listenedFrom + first.start) * clockRate.hz / rate.hz)
  }

  @inline(__always)
  private mutating func enqueue(_ samples: Span<Int16>) {
    guard let resampler else {
      queue.append(samples)
      queuedEnd += samples.count
      return
    }
    var output = resampled.mutableSpan
    let made = resampler.process(samples, into: &output)
    queue.append(first: made, of: resampled)
    queuedEnd += made
  }

  /// Brings the queue to `end` with silence.
  private mutating func fillQueue(_ kind: SpanKind) {
    guard isRecorded, end > queuedEnd else { return }
    queue.appendSilence(end - queuedEnd, kind)
    queuedEnd = end
  }

  /// The first sample of the leg at or after an instant of the call's clock.
  @inline(__always)
  private func legSamples(reaching clock: Int) -> Int {
    isAtClockRate ? clock : (clock * rate.hz + clockRate.hz - 1) / clockRate.hz
  }

  /// The samples of the leg that are whole before an instant of the call's clock.
  @inline(__always)
  private func legSamples(before clock: Int) -> Int {
    isAtClockRate ? clock : clock * rate.hz / clockRate.hz
  }
}
