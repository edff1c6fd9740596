internal import ReelAudio
internal import ReelCore
internal import ReelFiles

/// `reel record`: plays two files to a recorder as the legs of a call.
struct RecordCommand {
  private let callerPath: String
  private let agentPath: String?
  private let outputs: [Rendition]
  private let options: RecordingOptions

  init(_ arguments: [String]) throws {
    var words = Words(arguments)
    var verb = RecordingVerb.recordCall
    var members: [JSON.Member] = []
    var paths: [String: String] = [:]
    var outputs: [String] = []
    var detectsDTMF = false
    while let option = words.next() {
      switch option {
      case "--caller", "--agent": paths[option] = try words.value(of: option)
      case "-o": outputs.append(try words.value(of: option))
      case "--preset":
        let name = try words.value(of: option)
        guard let named = RecordingVerb(rawValue: name) else {
          throw UsageError(problem: "--preset is \(name); allowed: record, record-call, relay")
        }
        verb = named
      case "--stereo": members.append(JSON.Member("stereo", .bool(true)))
      case "--detect-dtmf": detectsDTMF = true
      case "--direction", "--terminators":
        members.append(JSON.Member(Self.published(option), .string(try words.value(of: option))))
      case "--input-sensitivity", "--initial-timeout", "--end-silence-timeout", "--max-length":
        members.append(JSON.Member(Self.published(option), .number(try words.number(of: option))))
      default: throw UsageError(problem: "there is no option \(option)")
      }
    }
    guard let callerPath = paths["--caller"] else { throw UsageError(problem: "--caller is missing") }
    guard !outputs.isEmpty else { throw UsageError(problem: "-o is missing") }
    self.callerPath = callerPath
    agentPath = paths["--agent"]
    var options = try Self.options(members, verb)
    options.detectsDTMF = detectsDTMF
    let layout = options.stereo ? Rendition.Layout.stereo : .mono
    self.outputs = try outputs.map { path throws in Rendition(path, try Self.codec(of: path), layout) }
    options.format = self.outputs[0].codec.format
    self.options = options
  }

  private static func codec(of path: String) throws -> Codec {
    if path.hasSuffix(".wav") { return .wav() }
    if path.hasSuffix(".mp3") { return .mp3() }
    if path.hasSuffix(".mp4") { return .mp4() }
    throw UsageError(problem: "-o is \(path); allowed: a file that ends in .wav, .mp3 or .mp4")
  }

  private static func options(_ members: [JSON.Member], _ verb: RecordingVerb) throws -> RecordingOptions {
    do {
      return try RecordingRequest(.object(members), verb: verb).options
    } catch {
      throw UsageError(problem: "\(error)")
    }
  }

  func run() throws {
    let caller = try LegSource(callerPath, name: "caller")
    let agent = try agentPath.map { path throws in try LegSource(path, name: "agent") }
    var recorder = try Recorder(options, caller: caller.rate, agent: agent?.rate ?? caller.rate)
    let identity = RecordingIdentity(
      callID: callerPath.split(separator: "/").last.map(String.init) ?? callerPath,
      recordingID: UUIDText.random(), start: .now(), legs: options.legs)
    // A file that was there is made anew, as other tools do.
    var sink = RecordSink(try RecordingFiles(try plan(identity, recorder.rate)))
    recorder.begin(to: &sink)
    while !recorder.hasEnded && !sink.files.hasFailed {
      let callerBlock = try caller.next()
      let agentBlock = try agent?.next() ?? []
      if callerBlock.isEmpty && agentBlock.isEmpty { break }
      recorder.push(caller: callerBlock.span, agent: agentBlock.span, to: &sink)
    }
    recorder.stop(sink.files.hasFailed ? .failed : .callEnded, to: &sink)
    let closed = sink.files.close()
    report(sink.sums, sink.reason, recorder.rate, closed)
    if let failure = closed.failure { throw failure }
  }

  private func plan(_ identity: RecordingIdentity, _ rate: SampleRate) throws -> RecordingPlan {
    do {
      return try RecordingPlan(identity, rate: rate, outputs, replaces: true)
    } catch {
      throw UsageError(problem: "\(error)")
    }
  }

  private func report(_ sums: TimelineSums, _ reason: EndReason?, _ rate: SampleRate, _ closed: ClosedRecording) {
    func seconds(_ samples: Int) -> String {
      let tenths = (rate.seconds(of: samples) * 10).rounded()
      return "\(tenths / 10) s"
    }
    for (file, output) in zip(closed.files, outputs) {
      let format = output.codec.format.rawValue.uppercased()
      say("\(file.path): \(output.layout.rawValue) \(format), \(rate.hz) Hz, ")
      say("\(seconds(file.samples)) (\(file.samples) samples), \(file.byteCount) bytes\n")
    }
    if let reason { say("  ended: \(reason.outcome.rawValue), \(reason.words)\n") }
    say("  speech heard: \(seconds(sums.speech))\n")
    for (leg, its) in [(Leg.caller, sums.caller), (.agent, sums.agent)] where options.legs.contains(leg) {
      say("  \(leg.rawValue): \(seconds(its.real)) recorded, \(seconds(its.filled)) filled with silence\n")
    }
  }

  /// `--end-silence-timeout` is `end_silence_timeout` where it is published.
  private static func published(_ option: String) -> String {
    String(option.dropFirst(2).map { $0 == "-" ? "_" : $0 })
  }
}

/// A leg that comes from a file, in blocks of 20 ms.
private final class LegSource {
  let rate: SampleRate
  private let file: AudioReader
  private var block: [Int16]

  init(_ path: String, name: String) throws {
    file = try AudioReader(path)
    guard file.channels == 1 else {
      throw FileError(path, "has \(file.channels) channels; allowed: 1, for a leg is one party's sound")
    }
    rate = try SampleRate.checked(hz: file.hz, field: "the rate of \(path)")
    block = [Int16](repeating: 0, count: rate.samples(in: 0.02))
  }

  /// The next samples; none at the end.
  func next() throws -> ArraySlice<Int16> {
    block[..<(try file.readFrames(into: &block))]
  }
}

/// Hands what a recorder makes to its files, and keeps how it ended.
private struct RecordSink: RecordingSink {
  var files: RecordingFiles
  private(set) var sums = TimelineSums()
  private(set) var reason: EndReason?

  init(_ files: RecordingFiles) {
    self.files = files
  }

  mutating func write(_ samples: Span<Int16>) { files.write(samples) }
  mutating func note(_ mark: LedgerMark) { files.note(mark) }

  mutating func tell(_ event: RecorderEvent) {
    files.tell(event)
    guard case .ended(let reason, let sums) = event else { return }
    self.reason = reason
    self.sums = sums
  }
}
