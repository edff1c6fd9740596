import ReelAudio
import ReelCore
import ReelTesting

/// The meaning of an orderly schedule without timers, written as plainly as can be: whole arrays, no streaming.
struct PlainRecorder {
  private let options: RecordingOptions
  private let maxLength: Int
  private var caller: [Int16] = []
  private var agent: [Int16] = []
  /// Stretches of the call's clock in which the recording rests.
  private var pauses: [(behavior: PauseBehavior, range: Range<Int>)] = []
  private var open: (behavior: PauseBehavior, start: Int)?
  private(set) var samples: [Int16] = []
  private(set) var reason: EndReason?

  init(_ schedule: Schedule) {
    options = schedule.options
    let rate = schedule.callerRate
    maxLength = options.maxLengthSeconds == 0 ? .max : rate.samples(in: options.maxLengthSeconds)
    for step in schedule.steps where reason == nil { take(step) }
  }

  private mutating func take(_ step: Schedule.Step) {
    switch step {
    case .push(.caller, let sound, _): caller += sound
    case .push(.agent, let sound, _): agent += sound
    case .pause(let behavior):
      // A pause that lies before the last resume begins where that one was.
      open = (behavior, max(lesserEnd, pauses.last?.range.upperBound ?? 0))
    case .resume:
      pauses.append((open!.behavior, open!.start..<max(open!.start, greaterEnd)))
      open = nil
    case .press(let digit) where options.terminators.contains(digit): end(.terminator(digit))
    case .stop(let reason): end(reason)
    case .press, .lose, .pull: break
    }
    if reason == nil && length(upTo: written) >= maxLength { end(.maxLength) }
  }

  private var channels: Int { options.stereo ? 2 : 1 }
  private var recorded: [Int] {
    Leg.allCases.filter(options.legs.contains).map { $0 == .caller ? caller.count : agent.count }
  }
  private var lesserEnd: Int { recorded.min()! }
  private var greaterEnd: Int { recorded.max()! }

  /// How far all is written for certain: both legs are there, or a pause was closed.
  private var written: Int { max(lesserEnd, pauses.last?.range.upperBound ?? 0, open?.start ?? 0) }

  private mutating func end(_ why: EndReason) {
    // A file that has failed takes no more: what had been written before is all.
    let last = why == .failed ? written : greaterEnd
    let isFull = length(upTo: last) >= maxLength
    reason = isFull && why != .failed ? .maxLength : why
    samples = Array(render(upTo: last).prefix(maxLength == .max ? .max : maxLength * channels))
  }

  private func length(upTo end: Int) -> Int {
    resting(upTo: end).filter { $0.behavior == .skip }.reduce(end) { length, pause in
      length - pause.range.clamped(to: 0..<end).count
    }
  }

  private func resting(upTo end: Int) -> [(behavior: PauseBehavior, range: Range<Int>)] {
    pauses + (open.map { [($0.behavior, $0.start..<max($0.start, end))] } ?? [])
  }

  private func render(upTo end: Int) -> [Int16] {
    var output: [Int16] = []
    let resting = resting(upTo: end)
    for time in 0..<end {
      let pause = resting.first { $0.range.contains(time) }
      if pause?.behavior == .skip { continue }
      let isSilent = pause != nil
      let left = isSilent || !options.legs.contains(.caller) || time >= caller.count ? 0 : caller[time]
      let right = isSilent || !options.legs.contains(.agent) || time >= agent.count ? 0 : agent[time]
      if options.stereo {
        output.append(left)
        output.append(right)
      } else {
        output.append(left + right)
      }
    }
    return output
  }
}
