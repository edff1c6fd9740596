internal import ReelAudio
internal import ReelCore
internal import ReelFiles

/// `reel record`: plays two files to a recorder as the legs of a call.
struct RecordCommand {
  private let callerPath: String
  private let agentPath: String?
  private let outputPath: String
  private let options: RecordingOptions

  init(_ arguments: [String]) throws {
    var words = Words(arguments)
    var verb = RecordingVerb.recordCall
    var members: [JSON.Member] = []
    var paths: [String: String] = [:]
    var detectsDTMF = false
    while let option = words.next() {
      switch option {
      case "--caller", "--agent", "-o": paths[option] = try words.value(of: option)
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
    guard let outputPath = paths["-o"] else { throw UsageError(problem: "-o is missing") }
    self.callerPath = callerPath
    self.outputPath = outputPath
    agentPath = paths["--agent"]
    var options = try Self.options(members, verb)
    options.detectsDTMF = detectsDTMF
    options.format = .wav
    self.options = options
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
    var sink = FileSink(
      try SoundFile(writingWAV: outputPath, hz: recorder.rate.hz, channels: recorder.channels))
    recorder.begin(to: &sink)
    while !recorder.hasEnded && sink.failure == nil {
      let callerBlock = try caller.next()
      let agentBlock = try agent?.next() ?? []
      if callerBlock.isEmpty && agentBlock.isEmpty { break }
      recorder.push(caller: callerBlock.span, agent: agentBlock.span, to: &sink)
    }
    recorder.stop(.callEnded, to: &sink)
    if let failure = sink.failure { throw failure }
    report(sink.sums, sink.reason, recorder)
  }

  private func report(_ sums: TimelineSums, _ reason: EndReason?, _ recorder: borrowing Recorder) {
    let rate = recorder.rate
    func seconds(_ samples: Int) -> String {
      let tenths = (rate.seconds(of: samples) * 10).rounded()
      return "\(tenths / 10) s"
    }
    let layout = recorder.channels == 2 ? "stereo" : "mono"
    say("\(outputPath): \(layout) WAV, \(rate.hz) Hz, \(seconds(sums.timeline)) (\(sums.timeline) samples)\n")
    if let reason { say("  ended: \(reason.outcome.rawValue), \(words(reason))\n") }
    say("  speech heard: \(seconds(sums.speech))\n")
    for (leg, its) in [(Leg.caller, sums.caller), (.agent, sums.agent)] where options.legs.contains(leg) {
      say("  \(leg.rawValue): \(seconds(its.real)) recorded, \(seconds(its.filled)) filled with silence\n")
    }
  }

  private func words(_ reason: EndReason) -> String {
    switch reason {
    case .stopped: "stopped"
    case .callEnded: "the call ended"
    case .terminator(let digit): "the key \(digit) was pressed"
    case .endSilence: "silence after speech"
    case .maxLength: "the maximum length was reached"
    case .noInput: "nobody spoke"
    case .failed: "the file could not be written"
    }
  }

  /// `--end-silence-timeout` is `end_silence_timeout` where it is published.
  private static func published(_ option: String) -> String {
    String(option.dropFirst(2).map { $0 == "-" ? "_" : $0 })
  }
}

/// The words of a command line, one after the other.
private struct Words {
  private var rest: ArraySlice<String>

  init(_ words: [String]) {
    rest = words[...]
  }

  mutating func next() -> String? {
    rest.popFirst()
  }

  mutating func value(of option: String) throws -> String {
    guard let value = next() else { throw UsageError(problem: "\(option) is without its value") }
    return value
  }

  mutating func number(of option: String) throws -> Double {
    let text = try value(of: option)
    guard let number = Double(text) else {
      throw UsageError(problem: "\(option) is \(text); allowed: a number")
    }
    return number
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

/// Writes what a recorder makes to a file, and keeps the first thing that goes wrong.
private final class FileSink: RecordingSink {
  private let file: SoundFile
  private(set) var failure: FileError?
  private(set) var sums = TimelineSums()
  private(set) var reason: EndReason?

  init(_ file: consuming SoundFile) {
    self.file = file
  }

  func write(_ samples: Span<Int16>) {
    guard failure == nil else { return }
    do { try file.write(samples) } catch { failure = error }
  }

  func note(_ mark: LedgerMark) {}

  func tell(_ event: RecorderEvent) {
    guard case .ended(let reason, let sums) = event else { return }
    self.reason = reason
    self.sums = sums
  }
}
