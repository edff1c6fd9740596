package import ReelAudio
package import ReelCore
package import ReelFiles
internal import ReelRealtime

/// A call whose legs come from files, recorded as a live one is: by the same recorder, with commands at their times.
///
///     var call = OfflineCall(caller: caller, agent: agent)
///     call.commands = [.init(at: 12, .pause(.skip)), .init(at: 20.5, .resume), .init(at: 61, .press("#"))]
///     let recording = try call.record(options, to: plan, at: .full) { event in … }
///
/// What comes out depends on the files, the options and the commands alone: not on the pace, nor on how the sound of a
/// pipe arrives.
package struct OfflineCall {
  private let caller: LegFile?
  private let agent: LegFile?
  /// In order of time.
  package var commands: [Command] = []

  /// What is done at a time of the call, to the sample.
  package struct Command: Hashable, Sendable {
    package enum Action: Hashable, Sendable {
      case pause(PauseBehavior)
      case resume
      case press(DTMFDigit)
    }

    package let seconds: Double
    package let action: Action

    package init(at seconds: Double, _ action: Action) {
      self.seconds = seconds
      self.action = action
    }
  }

  package enum Pace: Hashable, Sendable {
    /// As fast as the machine can.
    case full
    /// As a call goes.
    case real
  }

  /// What came of it.
  package struct Outcome: Sendable {
    package let reason: EndReason
    package let sums: TimelineSums
    package let rate: SampleRate
    package let closed: ClosedRecording
  }

  /// Somebody wanted no more of it, and nothing was made.
  package struct Interrupted: Error, CustomStringConvertible {
    package var description: String { "interrupted; nothing was made" }
  }

  /// How much of the call is dealt with at once.
  private static let tickSeconds = 0.02

  /// How long the beep is, before which nothing is recorded.
  package static let beepSeconds = Tone.beep.seconds

  /// At least one leg is there; the other is then nobody's sound.
  package init(caller: LegFile?, agent: LegFile?) {
    precondition(caller != nil || agent != nil, "a call has a leg")
    self.caller = caller
    self.agent = agent
  }

  /// The rate of a recording with these options.
  package func rate(_ options: RecordingOptions) throws(OptionError) -> SampleRate {
    try recorder(options).rate
  }

  /// Records all of it, or up to where the recording ends by itself. Where anything fails no file is made and none
  /// replaced; but of sound that can't be had again, because it came at real pace or by a pipe, what could be written
  /// is kept, and the outcome tells of the failure.
  ///
  /// - `tell` hears of every event but the last when it comes about.
  /// - `isUnwanted` is asked now and then. What can't be had again is kept up to there; all else goes.
  package func record(
    _ options: RecordingOptions, to plan: RecordingPlan, at pace: Pace, isUnwanted: () -> Bool = { false },
    tell: (RecorderEvent) -> Void
  ) throws -> Outcome {
    var recorder = try recorder(options)
    let files = try RecordingFiles(plan)
    do {
      return try withoutActuallyEscaping(tell) { tell in
        var sink = OfflineSink(files, tell)
        try play(to: &recorder, &sink, at: pace, isUnwanted)
        guard case (let reason, let sums)? = sink.ended else { preconditionFailure("a recorder that stops has ended") }
        let closed = isLive(pace) ? files.close() : try files.closeWhole()
        return Outcome(reason: reason, sums: sums, rate: recorder.rate, closed: closed)
      }
    } catch {
      files.discard()
      throw error
    }
  }

  private func recorder(_ options: RecordingOptions) throws(OptionError) -> Recorder {
    let rates = (caller?.rate, agent?.rate)
    return try Recorder(
      options, caller: rates.0 ?? rates.1 ?? .narrowband, agent: rates.1 ?? rates.0 ?? .narrowband)
  }

  private func play(
    to recorder: inout Recorder, _ sink: inout OfflineSink, at pace: Pace, _ isUnwanted: () -> Bool
  ) throws {
    let start = MonotonicTime.now()
    var left = commands[...]
    var filled = Filled()
    var tone = [Int16](repeating: 0, count: recorder.rate.samples(in: Self.tickSeconds))
    recorder.begin(to: &sink)
    var tick = 0
    while !recorder.hasEnded && !sink.files.hasFailed && !isOver {
      tick += 1
      let end = Double(tick) * Self.tickSeconds
      if pace == .real { start.advanced(bySeconds: end).wait() }
      if isUnwanted() {
        guard isLive(pace) else { throw Interrupted() }
        break
      }
      do {
        while let command = left.first, command.seconds < end, !recorder.hasEnded {
          left.removeFirst()
          try push(before: command.seconds, to: &recorder, &sink, &filled)
          try Self.give(command.action, to: &recorder, &sink)
        }
        try push(before: end, to: &recorder, &sink, &filled)
      } catch {
        // So a pipe ends on which somebody waited in vain.
        guard isLive(pace) && isUnwanted() else { throw error }
        break
      }
      // As a media server does that plays what it fetches.
      if recorder.isBeepDue {
        var span = tone.mutableSpan
        _ = recorder.pull(into: &span, to: &sink)
      }
    }
    recorder.stop(sink.files.hasFailed ? .failed : .callEnded, to: &sink)
  }

  /// Whether it can't be had again.
  private func isLive(_ pace: Pace) -> Bool {
    pace == .real || caller?.isStream == true || agent?.isStream == true
  }

  /// Whether no leg has more sound.
  private var isOver: Bool { caller?.isOver ?? true && agent?.isOver ?? true }

  private func push(
    before end: Double, to recorder: inout Recorder, _ sink: inout OfflineSink, _ filled: inout Filled
  ) throws {
    let callerPiece = try caller?.read(before: end) ?? []
    let agentPiece = try agent?.read(before: end) ?? []
    recorder.push(caller: callerPiece.span, agent: agentPiece.span, to: &sink)
    if let count = Self.lack(of: caller, beside: agent, before: end, filled.caller) {
      recorder.fill(count, of: .caller, to: &sink)
      filled.caller += count
    }
    if let count = Self.lack(of: agent, beside: caller, before: end, filled.agent) {
      recorder.fill(count, of: .agent, to: &sink)
      filled.agent += count
    }
  }

  /// How many samples silence stands for on a leg that is over, or is nobody's.
  private struct Filled {
    var caller = 0
    var agent = 0
  }

  /// How many more samples of a leg that has no more sound are due, so that it keeps up with the other and what is done
  /// at a time is done there. Without them the leg would be waited for, as one that may still come.
  private static func lack(of leg: LegFile?, beside other: LegFile?, before end: Double, _ filled: Int) -> Int? {
    guard let other, leg?.isOver ?? true else { return nil }
    let rate = leg?.rate ?? other.rate
    // Never beyond the other, which alone says how long the call is now.
    let due = min(rate.samples(in: end), other.position * rate.hz / other.rate.hz)
    return max(0, due - (leg?.position ?? 0) - filled)
  }

  private static func give(
    _ action: Command.Action, to recorder: inout Recorder, _ sink: inout OfflineSink
  ) throws(RecorderError) {
    // What ended by itself takes no commands.
    guard !recorder.hasEnded else { return }
    switch action {
    case .pause(let behavior): try recorder.pause(behavior, to: &sink)
    case .resume: try recorder.resume(to: &sink)
    case .press(let digit): recorder.press(digit, to: &sink)
    }
  }
}

/// Hands what a recorder makes to its files, and tells of it.
private struct OfflineSink: RecordingSink {
  let files: RecordingFiles
  private let listener: (RecorderEvent) -> Void
  private(set) var ended: (reason: EndReason, sums: TimelineSums)?

  init(_ files: RecordingFiles, _ listener: @escaping (RecorderEvent) -> Void) {
    self.files = files
    self.listener = listener
  }

  mutating func write(_ samples: Span<Int16>) { files.write(samples) }
  mutating func note(_ mark: LedgerMark) { files.note(mark) }

  mutating func tell(_ event: RecorderEvent) {
    files.tell(event)
    if case .ended(let reason, let sums) = event { ended = (reason, sums) } else { listener(event) }
  }
}
