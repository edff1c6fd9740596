internal import ReelAudio
package import ReelCore
internal import ReelFiles

/// Where a recording of a file's sound would have stopped, for each of several sensitivities and timeouts.
///
///     let tuning = try Tuning(of: "voicemail.wav", initialTimeoutSeconds: 4)
///     tuning.stop(sensitivity: 44, endSilenceTimeoutSeconds: 2)    // .endSilence at 9.26 s
///
/// Every pair is tried by a ``Recorder`` of its own, all in one pass over the file. Nothing but silence ends them: keys
/// and lengths play no part. What a pause left in the file is heard as silence.
package struct Tuning: Sendable {
  /// What one pair of values came to.
  package struct Trial: Hashable, Sendable {
    package let sensitivity: Double
    package let endSilenceTimeoutSeconds: Double
    /// `endSilence` or `noInput`; nil where the recording went on to the file's end.
    package let reason: EndReason?
    /// Where it stopped, in samples; the file's length where it went on.
    package let samples: Int
  }

  package let path: String
  package let hz: Int
  package let initialTimeoutSeconds: Double
  package let sensitivities: [Double]
  /// 0 is for never.
  package let endSilenceTimeoutsSeconds: [Double]
  /// Sensitivity by sensitivity, each with all timeouts in order.
  package let trials: [Trial]

  package static let usualSensitivities = [20.0, 30, 44, 55, 70, 85]
  package static let usualTimeoutsSeconds = [0.5, 1, 2, 3, 5]
  /// More pairs than this are refused: each is a recorder.
  package static let mostTrials = 1_000

  /// Reads the file, of one side or two, at a rate that recordings have. A mono file is a caller's leg.
  ///
  /// Values that no recording takes are an ``OptionError``, a file that can't be one a ``FileError``.
  package init(
    of path: String, initialTimeoutSeconds: Double = 4, legs: Legs = .both,
    sensitivities: [Double] = Self.usualSensitivities, endSilenceTimeoutsSeconds: [Double] = Self.usualTimeoutsSeconds
  ) throws {
    guard 1...Self.mostTrials ~= sensitivities.count * endSilenceTimeoutsSeconds.count else {
      throw OptionError(
        "the number of trials", given: "\(sensitivities.count * endSilenceTimeoutsSeconds.count)",
        allowed: "1 to \(Self.mostTrials)")
    }
    let reader = try AudioReader(path)
    guard reader.channels <= 2 else {
      throw FileError(path, "has \(reader.channels) channels; allowed: 1 or 2, for a call has two legs")
    }
    let rate = try SampleRate.checked(hz: reader.hz, field: "the rate of \(path)")
    var options = RecordingOptions.record()
    options.terminators = .none
    options.legs = reader.channels == 1 ? .caller : legs
    options.initialTimeoutSeconds = initialTimeoutSeconds
    var recorders: [TrialRecorder] = []
    for sensitivity in sensitivities {
      for timeout in endSilenceTimeoutsSeconds {
        options.inputSensitivity = sensitivity
        options.endSilenceTimeoutSeconds = timeout
        recorders.append(TrialRecorder(try Recorder(options, caller: rate, agent: rate)))
      }
    }
    try Self.play(reader, to: recorders)
    self.path = path
    hz = reader.hz
    self.initialTimeoutSeconds = initialTimeoutSeconds
    self.sensitivities = sensitivities
    self.endSilenceTimeoutsSeconds = endSilenceTimeoutsSeconds
    trials = recorders.map(\.trial)
  }

  private static func play(_ reader: AudioReader, to recorders: [TrialRecorder]) throws(FileError) {
    // Whole turns of both legs at every rate.
    let blockFrames = 8_820
    var block = [Int16](repeating: 0, count: blockFrames * reader.channels)
    var left = [Int16](repeating: 0, count: blockFrames)
    var right = left
    while recorders.contains(where: { !$0.hasEnded }) {
      let count = try reader.readFrames(into: &block)
      guard count > 0 else { break }
      var agentCount = 0
      if reader.channels == 2 {
        var leftSpan = left.mutableSpan
        var rightSpan = right.mutableSpan
        Mix.split(block.span.extracting(first: 2 * count), left: &leftSpan, right: &rightSpan)
        agentCount = count
      } else {
        swap(&left, &block)
      }
      for recorder in recorders {
        recorder.push(left.span.extracting(first: count), right.span.extracting(first: agentCount))
      }
    }
    for recorder in recorders { recorder.end() }
  }

  /// What a pair of values that was tried came to.
  package func trial(sensitivity: Double, endSilenceTimeoutSeconds: Double) -> Trial? {
    trials.first { $0.sensitivity == sensitivity && $0.endSilenceTimeoutSeconds == endSilenceTimeoutSeconds }
  }

  /// Everything, for programs.
  package var json: JSON {
    .object([
      .init("path", .string(path)), .init("initial_timeout_seconds", .number(initialTimeoutSeconds)),
      .init(
        "trials",
        .array(
          trials.map { trial in
            .object([
              .init("input_sensitivity", .number(trial.sensitivity)),
              .init("end_silence_timeout_seconds", .number(trial.endSilenceTimeoutSeconds)),
              .init("state", trial.reason.map { .string($0.outcome.rawValue) } ?? .null),
              .init("reason", trial.reason.map { .string($0.words) } ?? .null),
              .init("stop_seconds", trial.reason == nil ? .null : .number(Double(trial.samples) / Double(hz))),
            ])
          })),
    ])
  }
}

/// One recorder whose sound nobody keeps.
private final class TrialRecorder {
  private var recorder: Recorder
  private var sink = EndingSink()

  init(_ recorder: consuming Recorder) {
    self.recorder = recorder
    self.recorder.begin(to: &sink)
  }

  var hasEnded: Bool { recorder.hasEnded }

  func push(_ caller: Span<Int16>, _ agent: Span<Int16>) {
    guard !recorder.hasEnded else { return }
    recorder.push(caller: caller, agent: agent, to: &sink)
  }

  func end() {
    recorder.stop(.callEnded, to: &sink)
  }

  var trial: Tuning.Trial {
    Tuning.Trial(
      sensitivity: recorder.options.inputSensitivity,
      endSilenceTimeoutSeconds: recorder.options.endSilenceTimeoutSeconds,
      reason: sink.reason == .callEnded ? nil : sink.reason, samples: recorder.timeline)
  }
}

/// Keeps nothing but how it ended.
private struct EndingSink: RecordingSink {
  private(set) var reason: EndReason?

  mutating func write(_ samples: Span<Int16>) {}
  mutating func note(_ mark: LedgerMark) {}

  mutating func tell(_ event: RecorderEvent) {
    if case .ended(let reason, _) = event { self.reason = reason }
  }
}
