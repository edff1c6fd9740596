internal import Glibc
package import Reel
internal import ReelAudio
internal import ReelCore
internal import ReelFiles
internal import ReelOffline
internal import ReelRealtime

/// Calls that are recorded at real pace by an engine, with threads of their own to push them.
package struct LiveLoad: Sendable {
  var calls = 1_000
  var seconds = 10.0
  package var format = RecordingOptions.Format.wav
  package var isStereo = true
  /// How the legs of every other call are: pushed as any, silent, or never pushed at all for one of them.
  package var half = Half.speaking
  package var workers: Int?
  package var beatSeconds: Double?
  /// How long the disk stands still in the middle.
  package var hangSeconds = 0.0
  /// Whether the recordings stay.
  package var keeps = false
  package var encode = EncodingTime.live

  package enum Half: String, CaseIterable, Sendable {
    case speaking, silent, missing
  }

  package init() {}

  /// How many threads the engine works with.
  var threads: Int { workers ?? EngineConfiguration(folder: "").workers }

  var words: String {
    let half =
      switch half {
      case .speaking: ""
      case .silent: ", every other call silent"
      case .missing: ", every other call without its agent"
      }
    let hang = hangSeconds > 0 ? ", the disk hangs for \(Int(hangSeconds)) s" : ""
    let after = encode == .after ? ", captured as WAV and encoded when calls are over, which is not counted" : ""
    return "\(isStereo ? "stereo" : "mono") \(format.rawValue.uppercased()) at 8 kHz\(after)\(half)\(hang)"
  }

  struct Outcome {
    var recordings = 0
    var failed = 0
    /// Cores used while all calls went on, by the process and by the threads that push.
    var cores = 0.0
    var producerCores = 0.0
    /// Memory, beside what the process had before the first call.
    var bytesPerRecording = 0
    /// How much of a recording waited, in the mean, when the last packets came: more with every second where the cores
    /// or the disk don't keep up, until memory for it is used up and sound is lost.
    var waitingSeconds = 0.0
    var counters = EngineCounters()
    var shortRecordings = 0
  }

  /// For `reel bench live`, what makes this load of its own.
  var arguments: [String] {
    var words = ["--format", format.rawValue, "--half", half.rawValue]
    if !isStereo { words.append("--mono") }
    if encode == .after { words.append("--after") }
    if hangSeconds > 0 { words += ["--hang", "\(Int(hangSeconds))"] }
    if let workers { words += ["--workers", "\(workers)"] }
    if let beatSeconds { words += ["--beat", "\(Int(beatSeconds * 1_000))"] }
    if keeps { words.append("--keep") }
    return words
  }

  static let packetSeconds = 0.02
  static let rate = SampleRate.narrowband

  /// What the load takes, by what was measured: the engine's own for each recording and the codec's state, what waits
  /// while the disk hangs, and the files.
  var need: Need {
    let (channels, rate) = (isStereo ? 2 : 1, Self.rate)
    let wavBytesPerSecond = rate.hz * 2 * channels
    let codecBytes =
      switch format {
      case .wav: 0
      case .mp3: 512 << 10
      case .mp4: 1_280 << 10
      }
    let waiting = min(
      Int(hangSeconds * Double(wavBytesPerSecond)), EngineConfiguration(folder: "").backlogBytes / calls)
    let fileBytesPerSecond =
      format == .wav || encode == .after
      ? wavBytesPerSecond : Codec.defaultKilobits(rate, channels: channels) * 1_000 / 8
    return Need(
      memoryBytes: calls * (Self.engineBytes + codecBytes + waiting),
      folderBytes: calls * (Int(seconds * Double(fileBytesPerSecond)) + Self.smallFileBytes))
  }

  /// Throws where the machine has less.
  func checkNeed(in folder: String) throws(BenchFailure) {
    try need.check("\(calls) recordings of \(words) for \(seconds.lengthText)", in: folder)
  }

  /// Rings, recorder and write buffers of one call, at their most.
  private static let engineBytes = 96 << 10
  /// A journal or a manifest takes at least a block.
  private static let smallFileBytes = 8 << 10

  /// What a second of a recording takes of the disk, without what a file has but once.
  func fileBytesPerSecond() throws -> Double {
    func bytes(seconds: Int) throws -> Int {
      let encoder = try encoder()
      let sounds = Producers.speech().map { sound in isStereo ? sound.flatMap { [$0, $0] } : sound }
      for packet in 0..<Int(Double(seconds) / Self.packetSeconds) {
        let sound = sounds[packet % sounds.count]
        encoder.write(sound.span)
      }
      return encoder.finish().tail.count
    }
    return try Double(bytes(seconds: 40) - bytes(seconds: 20)) / 20
  }

  /// As a recording has it.
  private func encoder() throws -> RenditionEncoder {
    let layout = isStereo ? Rendition.Layout.stereo : .mono
    let codec =
      switch format {
      case .wav: Codec.wav()
      case .mp3: Codec.mp3()
      case .mp4: Codec.mp4()
      }
    let tags = Tags(title: nil, artist: nil, date: nil, comment: nil)
    return try RenditionEncoder(
      Rendition("bench.\(format.rawValue)", codec, layout), channels: isStereo ? 2 : 1, rate: Self.rate, tags)
  }

  func run(_ setting: BenchSetting) async throws -> Outcome {
    let folder = setting.folder
    // Sound: the name outlives the call.
    guard unsafe mkdir(folder, 0o700) == 0 else { throw FileError(folder, cannotBe: "created") }
    var configuration = EngineConfiguration(folder: folder)
    if let workers { configuration.workers = workers }
    if let beatSeconds { configuration.beatSeconds = beatSeconds }
    // A codec's library is loaded once, and is no recording's own.
    if format != .wav { _ = try encoder() }
    try checkNeed(in: folder)
    let memoryBefore = Usage.residentBytes()
    let engine = try RecordingEngine(configuration)
    let calls = (0..<calls).map { engine.call("bench-\($0)", rate: Self.rate) }
    let options = RecordingOptions.recordCall(stereo: isStereo, format: format)
    let recordings = try calls.map { try $0.record(options, encode: encode) }
    // Calls don't begin all at once: what is measured is how they go on.
    _ = try await wait(seconds: 60, setting) { engine.core.writer.done.value >= calls.count }
    let producers = Producers(calls, half, seconds: seconds)
    let threads = producers.start()
    var outcome = Outcome(recordings: recordings.count)
    let isWhole = try await measure(engine, producers, memoryBefore, &outcome, setting)
    for thread in threads { thread.stop() }
    guard isWhole else { return try await interrupt(engine, setting.report) }
    await engine.close(withinSeconds: 600)
    outcome.counters = engine.counters
    for recording in recordings { outcome.add(recording.summary, pushed: producers.packets * 160) }
    return outcome
  }

  /// Closes everything as fast as it may be, and says so.
  private func interrupt(_ engine: RecordingEngine, _ report: Report) async throws -> Outcome {
    let began = MonotonicTime.now()
    let closing = await engine.close()
    let seconds = MonotonicTime.now().seconds(since: began).text(1)
    report.remark(
      "interrupted: closed \(closing.closed) recordings in \(seconds) s, left \(closing.left) to reel recover")
    throw BenchFailure.interrupted
  }

  /// Waits until all is pushed; measures the middle of that time, when every call has begun and none has ended.
  /// False where a signal came first.
  private func measure(
    _ engine: RecordingEngine, _ producers: Producers, _ memoryBefore: Int, _ outcome: inout Outcome,
    _ setting: BenchSetting
  ) async throws -> Bool {
    guard try await wait(seconds: seconds * 0.2, setting, { false }) else { return false }
    let (start, began, pushing) = (Usage.cpuSeconds(), MonotonicTime.now(), producers.cpuSeconds)
    if hangSeconds > 0 { engine.core.writer.hang(seconds: hangSeconds) }
    guard try await wait(seconds: seconds * 0.7, setting, { false }) else { return false }
    let elapsed = MonotonicTime.now().seconds(since: began)
    outcome.cores = (Usage.cpuSeconds() - start) / elapsed
    outcome.producerCores = (producers.cpuSeconds - pushing) / elapsed
    let bytesPerSecond = Double(Self.rate.hz * 2 * (isStereo ? 2 : 1))
    outcome.waitingSeconds = Double(engine.counters.backlogBytes) / bytesPerSecond / Double(max(1, calls))
    outcome.bytesPerRecording = (Usage.residentBytes() - memoryBefore) / max(1, calls)
    return try await wait(seconds: .infinity, setting) { producers.areDone }
  }

  /// Waits for so long, or until something holds; false where a signal came first.
  private func wait(seconds: Double, _ setting: BenchSetting, _ isEnough: () -> Bool) async throws -> Bool {
    let end = MonotonicTime.now().advanced(bySeconds: seconds)
    while !isEnough() && MonotonicTime.now() < end {
      if setting.isInterrupted() { return false }
      try await Task.sleep(nanoseconds: 5_000_000)
    }
    return true
  }
}

extension LiveLoad.Outcome {
  /// Takes account of what became of a recording that so many samples were pushed for.
  fileprivate mutating func add(_ summary: RecordingSummary?, pushed: Int) {
    guard let summary, summary.outcome == .finished else {
      failed += 1
      return
    }
    let isWhole = summary.sums.timeline == pushed && summary.sums.caller.dropped + summary.sums.agent.dropped == 0
    if !isWhole { shortRecordings += 1 }
  }
}
