package import ReelAudio
package import ReelCore
package import ReelFiles

/// What there is to know of a sound file: what it is, how loud, who speaks when, and what its manifest says.
///
///     let inspection = try Inspection(of: "call.wav")
///     inspection.sides[0].levelDBFS          // -25.1
///     inspection.talkOver?.samples           // 4130
///     print(inspection.json)
///
/// - Any file that ``AudioReader`` reads. Of two sides the left one is the caller's and the right one the agent's.
/// - Speech and keys are heard at the nine rates that recordings have; at others both are nil.
/// - Turns of speech are those of the recorder's detector, whose delays are taken back: ``SpeechListener``. What a
///   pause or a loss left is silence like any other, and a key's tone is loud.
/// - It streams: the sound is read once and the bytes once, in memory that does not grow with the length.
package struct Inspection: Sendable {
  package let path: String
  package let container: String
  package let codec: String
  package let hz: Int
  package let channels: Int
  /// Of each channel.
  package let samples: Int
  package let byteCount: Int
  package let sha256: String
  package let tags: [AudioTag]
  /// What was wrong with the file and how it was read nevertheless.
  package let note: String?
  /// What speech was listened for with, 0…100.
  package let sensitivity: Double
  package let sides: [Side]
  /// When both sides of two spoke at once.
  package let talkOver: Stretches?
  /// What the manifest beside the file says of it; nil where none does.
  package let recording: RecordedFile?
  /// Why the manifest beside the file can't be read.
  package let manifestProblem: String?

  /// One channel's facts.
  package struct Side: Sendable {
    /// From 1.
    package let channel: Int
    /// `caller` or `agent`; for a mono file that a manifest knows also `mix`; nil where nobody knows.
    package let name: String?
    /// RMS over all samples, and the greatest sample; 0 is full scale, and digital silence minus infinity.
    package let levelDBFS: Double
    package let peakDBFS: Double
    /// Samples at full scale: 32,767 or -32,768, or where a file's codec is G.711's, the law's last values. Each one
    /// counts. What clipped before the file was made, and was made quieter since, can't be seen.
    package let clippedSamples: Int
    /// Runs of three or more such samples of one sign.
    package let clippedRuns: Int
    /// The mean of all samples, of 1 at full scale.
    package let dcOffset: Double
    /// Turns of speech; nil where the rate is none that the detector takes.
    package let turns: Stretches?
    /// Keys heard in the sound, in order, up to ``Stretches/mostListed``; nil as for ``turns``.
    package let digits: [Digit]?
    package let digitCount: Int
    package let envelope: Envelope
  }

  /// A key and the sample at which its tone began, or up to 20 ms before.
  package struct Digit: Hashable, Sendable {
    package let key: DTMFDigit
    package let start: Int
  }

  /// Frames that are read at once.
  package static let blockFrames = 4_096

  /// Reads the whole file. `sensitivity` is 0…100; what comes out is the same for every size of block.
  package init(
    of path: String, sensitivity: Double = 44, blockFrames: Int = Self.blockFrames
  ) throws(FileError) {
    precondition(0...100 ~= sensitivity && blockFrames > 0)
    let reader = try AudioReader(path)
    let rate = SampleRate(hz: reader.hz)
    var meters = (0..<reader.channels).map { _ in
      SideMeter(rate: rate, sensitivity: sensitivity, codec: reader.codec)
    }
    talkOver = try Self.measure(reader, &meters, rate, blockFrames)
    (byteCount, sha256) = try SHA256.digest(ofFile: path)
    (recording, manifestProblem) = Self.recording(path)
    self.path = path
    self.sensitivity = sensitivity
    container = reader.container
    codec = reader.codec
    hz = reader.hz
    channels = reader.channels
    tags = reader.tags
    note = reader.note
    samples = meters[0].envelope.total.count
    let names = Self.names(channels: reader.channels, recording?.identity.legs)
    sides = zip(meters, names).enumerated().map { index, side in
      Side(side.0, channel: index + 1, name: side.1, hearsSpeech: rate != nil)
    }
  }

  private static func names(channels: Int, _ legs: Legs?) -> [String?] {
    switch (channels, legs) {
    case (1, nil): [nil]
    case (1, .both?): ["mix"]
    case (1, let legs?): [legs.rawValue]
    case (2, _): Leg.allCases.map(\.rawValue)
    default: [String?](repeating: nil, count: channels)
    }
  }

  private static func recording(_ path: String) -> (RecordedFile?, problem: String?) {
    do throws(FileError) {
      return (try RecordedFile(path), nil)
    } catch {
      return (nil, error.description)
    }
  }

  /// Brings a file's sound past its meters; gives when both of two sides spoke.
  private static func measure(
    _ reader: AudioReader, _ meters: inout [SideMeter], _ rate: SampleRate?, _ blockFrames: Int
  ) throws(FileError) -> Stretches? {
    var both = Stretches()
    var windows = 0
    func compare() {
      guard let rate, meters.count == 2 else { return }
      // Both sides' windows end at the same samples.
      for (one, other) in zip(meters[0].settled, meters[1].settled) {
        both.take(one && other, from: SideMeter.start(ofWindow: windows, rate))
        windows += 1
      }
    }
    var block = [Int16](repeating: 0, count: blockFrames * reader.channels)
    var side = [Int16](repeating: 0, count: blockFrames)
    while true {
      let count = try reader.readFrames(into: &block)
      guard count > 0 else { break }
      for channel in meters.indices {
        for frame in 0..<count { side[frame] = block[frame &* reader.channels &+ channel] }
        meters[channel].push(side.span.extracting(first: count))
      }
      compare()
    }
    for channel in meters.indices { meters[channel].finish() }
    compare()
    both.end(at: meters[0].envelope.total.count)
    return rate != nil && meters.count == 2 ? both : nil
  }
}

extension Inspection.Side {
  fileprivate init(_ meter: SideMeter, channel: Int, name: String?, hearsSpeech: Bool) {
    let total = meter.envelope.total
    self.channel = channel
    self.name = name
    levelDBFS = Level.dBFS(power: total.rms * total.rms)
    let peak = total.count == 0 ? 0 : max(abs(Double(total.least)), abs(Double(total.greatest)))
    peakDBFS = Level.dBFS(power: peak * peak)
    clippedSamples = total.clipped
    clippedRuns = meter.clippedRuns
    dcOffset = total.count == 0 ? 0 : Double(total.sum) / Double(total.count) / 32_768
    turns = hearsSpeech ? meter.turns : nil
    digits = hearsSpeech ? meter.digits : nil
    digitCount = meter.digitCount
    envelope = meter.envelope
  }
}

// MARK: What follows from the facts

extension Inspection {
  /// The file's length.
  package var seconds: Double { seconds(samples) }

  /// How long so many of its samples last.
  package func seconds(_ samples: Int) -> Double { Double(samples) / Double(hz) }

  /// Whether the bytes are those that were hashed when the recording was closed; nil without a manifest.
  package var hashAgrees: Bool? {
    recording.map { $0.sha256 == sha256 && $0.byteCount == byteCount }
  }

  /// Why nothing is said of speech and keys, if nothing is.
  package var speechProblem: String? {
    guard SampleRate(hz: hz) == nil else { return nil }
    let rates = SampleRate.all.map { "\($0.hz)" }.joined(separator: ", ")
    return "speech and keys are not heard at \(hz) Hz; only at \(rates) Hz"
  }

  /// A DC offset below this, -60 dBFS, is nothing to speak of.
  package static let negligibleOffset = 0.001

  /// How much of all speech, of 1, is a side's; nil where nobody speaks or nothing is known of it.
  package func shareOfSpeech(_ side: Side) -> Double? {
    let all = sides.reduce(0) { $0 + ($1.turns?.samples ?? 0) }
    guard let turns = side.turns, all > 0 else { return nil }
    return Double(turns.samples) / Double(all)
  }

  /// The spans of a side that are not what was pushed, in seconds of the file; none without a manifest.
  package func gaps(of side: Side) -> [Gap] {
    guard let recording else { return [] }
    let legs = Leg.allCases.filter { side.name == $0.rawValue || (side.name == "mix" && recording.spans[$0] != nil) }
    return legs.flatMap { leg in
      (recording.spans[leg] ?? []).filter { $0.kind != .real }.map { span in
        Gap(
          leg: leg, kind: span.kind, startSeconds: Double(span.start) / Double(recording.hz),
          seconds: Double(span.count) / Double(recording.hz),
          skippedSeconds: Double(span.skipped) / Double(recording.hz))
      }
    }
  }

  /// A run of a leg's sound that is not what was pushed.
  package struct Gap: Hashable, Sendable {
    package let leg: Leg
    package let kind: SpanKind
    package let startSeconds: Double
    /// 0 for a pause that was taken out.
    package let seconds: Double
    /// What a pause took out here.
    package let skippedSeconds: Double
  }
}
