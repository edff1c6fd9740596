import ReelAudio
import ReelCore
import ReelTesting

/// What a media server does to a recorder, in order: a random one for each seed.
///
/// Audio that is pushed while the recording is paused is all `secret`, and no other sound comes near it, so that a
/// single sample of a pause shows in what was written.
struct Schedule {
  enum Step {
    case push(Leg, [Int16], at: Int?)
    case pause(PauseBehavior)
    case resume
    case press(DTMFDigit)
    case lose(Leg, Int)
    case pull(Int)
    case stop(EndReason)
  }

  /// What the schedule leaves out, so that more can be said of its outcome.
  enum Kind: CaseIterable {
    /// Legs stay within the allowed skew and come without positions: what is written is known to the sample.
    case orderly
    /// One leg of speech and silence with timers on: when it ends is known to the sample.
    case timed
    /// Samples come with positions, at any two rates, with gaps, overlaps and losses.
    case placed
    /// Anything at all.
    case wild
  }

  let kind: Kind
  let options: RecordingOptions
  let callerRate: SampleRate
  let agentRate: SampleRate
  let steps: [Step]

  static let secret: Int16 = 30_000
  /// The loudest ordinary sample: two of them and the overshoot of a resampler stay below half of `secret`.
  static let loudest: Int16 = 2_400
}

extension Schedule {
  init(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    let kind = Kind.allCases[Int(seed % UInt64(Kind.allCases.count))]
    let options = Self.options(kind, using: &generator)
    let rates = Self.rates(kind, using: &generator)
    var maker = StepMaker(kind: kind, options: options, rates: rates, generator: generator)
    self.kind = kind
    self.options = options
    callerRate = rates.caller
    agentRate = rates.agent
    steps = maker.make()
  }

  private static func options(_ kind: Kind, using generator: inout SeededGenerator) -> RecordingOptions {
    var options = [RecordingOptions.record(), .recordCall(), .relay()].randomElement(using: &generator)!
    options.stereo = Bool.random(using: &generator)
    options.legs = kind == .timed ? .caller : Legs.allCases.randomElement(using: &generator)!
    options.initialTimeoutSeconds = 0
    options.endSilenceTimeoutSeconds = 0
    if kind == .timed || kind == .wild {
      options.initialTimeoutSeconds = [0, 0.3, 0.5001, 1].randomElement(using: &generator)!
      options.endSilenceTimeoutSeconds = [0, 0.1, 0.2503].randomElement(using: &generator)!
    }
    options.maxLengthSeconds = [0, 0, 0, 0.5, 0.77777].randomElement(using: &generator)!
    if kind == .placed || kind == .wild {
      options.maxLegSkewSeconds = [0.02, 0.05, 0.2].randomElement(using: &generator)!
      options.detectsDTMF = Int.random(in: 0..<4, using: &generator) == 0
      if Int.random(in: 0..<5, using: &generator) == 0 {
        options.rate = SampleRate.all.randomElement(using: &generator)
      }
    }
    if kind == .wild {
      options.beep = Int.random(in: 0..<4, using: &generator) == 0
      options.beepIntervalSeconds = [0, 1].randomElement(using: &generator)!
    }
    return options
  }

  private static func rates(
    _ kind: Kind, using generator: inout SeededGenerator
  ) -> (caller: SampleRate, agent: SampleRate) {
    switch kind {
    case .orderly, .timed:
      let rate = [SampleRate.narrowband, .narrowband, .wideband].randomElement(using: &generator)!
      return (rate, rate)
    case .placed:
      return (SampleRate.all.randomElement(using: &generator)!, SampleRate.all.randomElement(using: &generator)!)
    case .wild:
      // Mostly telephony's own rates, at times any two.
      let rates: [SampleRate] =
        Int.random(in: 0..<4, using: &generator) == 0 ? SampleRate.all : [.narrowband, .wideband]
      return (rates.randomElement(using: &generator)!, rates.randomElement(using: &generator)!)
    }
  }
}

/// Makes the steps of a schedule one by one, keeping account of where the legs are and whether the recording rests.
private struct StepMaker {
  let kind: Schedule.Kind
  let options: RecordingOptions
  let rates: (caller: SampleRate, agent: SampleRate)
  var generator: SeededGenerator

  private var steps: [Schedule.Step] = []
  private var mayPause = true
  private var isPaused = false
  private var pushed = [Leg.caller: 0, Leg.agent: 0]

  init(
    kind: Schedule.Kind, options: RecordingOptions, rates: (caller: SampleRate, agent: SampleRate),
    generator: SeededGenerator
  ) {
    self.kind = kind
    self.options = options
    self.rates = rates
    self.generator = generator
  }

  mutating func make() -> [Schedule.Step] {
    // While the beep is waited for a pause is refused, and what is pushed then may be recorded: no secrets.
    mayPause = !options.beep || chance(2)
    if options.beep && mayPause { steps.append(.pull(rates.caller.hz + rates.agent.hz)) }
    for _ in 0..<Int.random(in: 5...60, using: &generator) { addStep() }
    if !chance(10) { steps.append(.stop([.stopped, .callEnded, .failed].randomElement(using: &generator)!)) }
    return steps
  }

  private mutating func addStep() {
    switch Int.random(in: 0..<40, using: &generator) {
    case 0..<2 where mayPause: command()
    case 2 where chance(3): steps.append(.press(DTMFDigit.all.randomElement(using: &generator)!))
    case 3 where kind == .wild || kind == .placed:
      steps.append(.lose(leg(), Int.random(in: 1...400, using: &generator)))
    case 4..<8 where kind == .wild: steps.append(.pull(Int.random(in: 1...800, using: &generator)))
    default: push()
    }
  }

  /// A pause or a resume; at times, in a wild schedule, the one that isn't allowed now.
  private mutating func command() {
    let asksToPause = kind == .wild && chance(5) ? isPaused : !isPaused
    if asksToPause {
      steps.append(.pause(PauseBehavior.allCases.randomElement(using: &generator)!))
      isPaused = true
    } else {
      steps.append(.resume)
      isPaused = false
    }
  }

  private mutating func push() {
    let leg = kind == .orderly || kind == .placed ? legThatKeepsStep() : leg()
    let rate = leg == .caller ? rates.caller : rates.agent
    let longest = kind == .orderly ? rate.hz / 20 : rate.hz / [50, 20, 4].randomElement(using: &generator)!
    let count = Int.random(in: 1...longest, using: &generator)
    var position: Int?
    if kind == .placed { position = pushed[leg]! + (chance(10) ? Int.random(in: -100...100, using: &generator) : 0) }
    if kind == .wild && chance(3) {
      let shift = [0, 0, 0, 80, -80, 700, -3_000, 30_000, 400_000_000, -400_000].randomElement(
        using: &generator)!
      position = pushed[leg]! + shift
    }
    pushed[leg]! += count
    steps.append(.push(leg, sound(count), at: position))
  }

  /// The leg that is behind, when the other could come too far ahead.
  private mutating func legThatKeepsStep() -> Leg {
    let lead = rates.caller.seconds(of: pushed[.caller]!) - rates.agent.seconds(of: pushed[.agent]!)
    if abs(lead) > 0.05 && !(kind == .placed && chance(5)) { return lead > 0 ? .agent : .caller }
    return leg()
  }

  private mutating func sound(_ count: Int) -> [Int16] {
    guard !isPaused else { return [Int16](repeating: Schedule.secret, count: count) }
    // Bursts of noise at several levels, some silent: speech as far as an energy detector can tell.
    let peak = [0, 3, 40, 2_000, Schedule.loudest].randomElement(using: &generator)!
    return (0..<count).map { _ in Int16.random(in: -peak...peak, using: &generator) }
  }

  private mutating func leg() -> Leg {
    kind == .timed ? .caller : Leg.allCases.randomElement(using: &generator)!
  }

  private mutating func chance(_ one: Int) -> Bool {
    Int.random(in: 0..<one, using: &generator) == 0
  }
}

extension Schedule {
  /// Plays the schedule to a recorder; `chunks` cuts each push into pieces of random length.
  func play(chunks: Int? = nil, seed: UInt64 = 0) -> CollectingSink {
    var generator = SeededGenerator(seed: seed)
    var recorder = try! Recorder(options, caller: callerRate, agent: agentRate)
    var sink = CollectingSink()
    recorder.begin(to: &sink)
    for step in steps {
      switch step {
      case .push(let leg, let samples, let position):
        let pieces = randomPieces(of: samples.count, longest: chunks ?? samples.count, using: &generator)
        var place = 0
        for piece in chunks == nil ? [samples.count] : pieces {
          recorder.push(
            samples.span.extracting(place..<place + piece), from: leg, at: position.map { $0 + place },
            to: &sink)
          place += piece
        }
      case .pause(let behavior): try? recorder.pause(behavior, to: &sink)
      case .resume: try? recorder.resume(to: &sink)
      case .press(let digit): recorder.press(digit, to: &sink)
      case .lose(let leg, let count): recorder.lose(count, from: leg, to: &sink)
      case .pull(let count):
        var output = [Int16](repeating: 0, count: count)
        var span = output.mutableSpan
        _ = recorder.pull(into: &span, to: &sink)
      case .stop(let reason): recorder.stop(reason, to: &sink)
      }
    }
    return sink
  }
}
