internal import ReelAudio
package import ReelCore
internal import ReelFiles

extension Inspection {
  /// Everything, for programs. Names carry their units; what is not known is null. Times are exact, to the sample.
  package var json: JSON {
    .object([
      .init("path", .string(path)), .init("container", .string(container)), .init("codec", .string(codec)),
      .init("rate_hz", .number(Double(hz))), .init("channels", .number(Double(channels))),
      .init("samples", .number(Double(samples))), .init("duration_seconds", .number(seconds)),
      .init("bytes", .number(Double(byteCount))), .init("sha256", .string(sha256)),
      .init(
        "tags",
        .array(tags.map { .object([.init("name", .string($0.name)), .init("value", .string($0.value))]) })),
      .init("note", note.map(JSON.string) ?? .null), .init("input_sensitivity", .number(sensitivity)),
      .init("speech_threshold_dbfs", .rounded(VoiceDetector.thresholdDBFS(inputSensitivity: sensitivity))),
      .init("speech_problem", speechProblem.map(JSON.string) ?? .null), .init("sides", .array(sides.map(json))),
      .init("talk_over", json(talkOver, stretches: "stretches_seconds")), .init("recording", recordingJSON),
      .init("manifest_problem", manifestProblem.map(JSON.string) ?? .null),
    ])
  }

  private func json(_ side: Side) -> JSON {
    .object([
      .init("channel", .number(Double(side.channel))), .init("name", side.name.map(JSON.string) ?? .null),
      .init("level_dbfs", .rounded(side.levelDBFS)), .init("peak_dbfs", .rounded(side.peakDBFS)),
      .init("clipped_samples", .number(Double(side.clippedSamples))),
      .init("clipped_runs", .number(Double(side.clippedRuns))),
      .init("dc_offset_of_full_scale", .rounded(side.dcOffset, to: 1e-5)),
      .init("speech", json(side.turns, stretches: "turns_seconds")),
      .init("share_of_speech", shareOfSpeech(side).map { .rounded($0) } ?? .null),
      .init("longest_silence", side.turns.map { json(range: $0.longestGap) } ?? .null),
      .init("digit_count", side.digits == nil ? .null : .number(Double(side.digitCount))),
      .init(
        "digits",
        side.digits.map { digits in
          .array(
            digits.map {
              .object([.init("digit", .string("\($0.key)")), .init("start_seconds", .number(seconds($0.start)))])
            })
        } ?? .null),
    ])
  }

  /// The listed ones as pairs of start and end.
  private func json(_ stretches: Stretches?, stretches name: String) -> JSON {
    guard let stretches else { return .null }
    let pairs = stretches.ranges.map { range in
      JSON.array([.number(seconds(range.lowerBound)), .number(seconds(range.upperBound))])
    }
    return .object([
      .init("seconds", .number(seconds(stretches.samples))), .init("count", .number(Double(stretches.count))),
      .init(name, .array(pairs)),
    ])
  }

  private func json(range: Range<Int>) -> JSON {
    .object([
      .init("start_seconds", .number(seconds(range.lowerBound))), .init("seconds", .number(seconds(range.count))),
    ])
  }

  private var recordingJSON: JSON {
    guard let recording, let hashAgrees else { return .null }
    return .object([
      .init("state", .string(recording.state)), .init("reason", .string(recording.reason)),
      .init("recording_id", .string(recording.identity.recordingID)),
      .init("call_id", .string(recording.identity.callID)),
      .init("control_id", recording.identity.controlID.map(JSON.string) ?? .null),
      .init("start_time", .string("\(recording.identity.start)")),
      .init("legs", .array(Leg.allCases.filter { recording.spans[$0] != nil }.map { .string($0.rawValue) })),
      .init("hash_agrees", .bool(hashAgrees)), .init("gaps", .array(sides.flatMap(gaps).map(\.json))),
    ])
  }
}

extension Inspection.Gap {
  fileprivate var json: JSON {
    .object([
      .init("leg", .string(leg.rawValue)), .init("kind", .string(kind.rawValue)),
      .init("start_seconds", .number(startSeconds)), .init("seconds", .number(seconds)),
      .init("skipped_seconds", .number(skippedSeconds)),
    ])
  }
}

extension JSON {
  /// A measured number, to a thousandth unless said otherwise; null for one that is infinite.
  static func rounded(_ value: Double, to step: Double = 0.001) -> JSON {
    guard value.isFinite else { return .null }
    // Dividing by a whole number gives the decimal that is nearest; multiplying by a thousandth would not.
    let parts = (1 / step).rounded()
    return .number((value * parts).rounded() / parts)
  }
}
