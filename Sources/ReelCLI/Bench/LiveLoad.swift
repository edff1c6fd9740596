internal import Glibc
internal import Reel
internal import ReelOffline
internal import ReelRealtime

/// Calls that are recorded at real pace by an engine, with threads of their own to push them.
struct LiveLoad {
  var calls = 1_000
  var seconds = 10.0
  var format = RecordingOptions.Format.wav
  var isStereo = true
  /// How the legs of every other call are: pushed as any, silent, or never pushed at all for one of them.
  var half = Half.speaking
  var folder = ""
  var workers: Int?
  var beatSeconds: Double?
  /// How long the disk stands still in the middle.
  var hangSeconds = 0.0
  /// Whether the recordings stay.
  var keeps = false
  var encode = EncodingTime.live

  enum Half: String, CaseIterable {
    case speaking, silent, missing
  }

  /// How many threads the engine works with.
  var threads: Int { workers ?? EngineConfiguration(folder: folder).workers }

  var words: String {
    let half =
      switch half {
      case .speaking: ""
      case .silent: ", every other call silent"
      case .missing: ", every other call without its agent"
      }
    let hang = hangSeconds > 0 ? ", the disk hangs for \(Int(hangSeconds)) s" : ""
    return "\(isStereo ? "stereo" : "mono") \(format.rawValue.uppercased()) at 8 kHz\(half)\(hang)"
  }

  struct Outcome {
    var recordings = 0
    var failed = 0
    /// Cores used while all calls went on, by the process and by the threads that push.
    var cores = 0.0
    var producerCores = 0.0
    /// Memory, beside what the process had before the first call.
    var bytesPerRecording = 0
    var counters = EngineCounters()
    var shortRecordings = 0
  }

  static let packetSeconds = 0.02
  static let rate = SampleRate.narrowband

  func run() async throws -> Outcome {
    guard unsafe mkdir(folder, 0o700) == 0 else { throw UsageError(problem: "\(folder) can't be made") }
    var configuration = EngineConfiguration(folder: folder)
    if let workers { configuration.workers = workers }
    if let beatSeconds { configuration.beatSeconds = beatSeconds }
    // A codec's library is loaded once, and is no recording's own.
    if format != .wav { _ = try BareEncoder.encoder(format, isStereo: isStereo) }
    let memoryBefore = Usage.residentBytes()
    let engine = try RecordingEngine(configuration)
    let calls = (0..<calls).map { engine.call("bench-\($0)", rate: Self.rate) }
    let options = RecordingOptions.recordCall(stereo: isStereo, format: format)
    let recordings = try calls.map { try $0.record(options, encode: encode) }
    // Calls don't begin all at once: what is measured is how they go on.
    _ = try await wait(seconds: 60) { engine.core.writer.done.value >= calls.count }
    let producers = Producers(calls, half, seconds: seconds)
    let threads = producers.start()
    var outcome = Outcome(recordings: recordings.count)
    let isWhole = try await measure(engine, producers, memoryBefore, &outcome)
    for thread in threads { thread.stop() }
    guard isWhole else { return try await interrupt(engine) }
    await engine.close(withinSeconds: 600)
    outcome.counters = engine.counters
    for recording in recordings { outcome.add(recording.summary, pushed: producers.packets * 160) }
    return outcome
  }

  /// Closes everything as fast as it may be, and says so.
  private func interrupt(_ engine: RecordingEngine) async throws -> Outcome {
    let began = MonotonicTime.now()
    let closing = await engine.close()
    let seconds = MonotonicTime.now().seconds(since: began).text(1)
    Console.write(
      "interrupted: closed \(closing.closed) recordings in \(seconds) s, left \(closing.left) to reel recover\n")
    throw Unsound()
  }

  /// Waits until all is pushed; measures the middle of that time, when every call has begun and none has ended.
  /// False where a signal came first.
  private func measure(
    _ engine: RecordingEngine, _ producers: Producers, _ memoryBefore: Int, _ outcome: inout Outcome
  ) async throws -> Bool {
    guard try await wait(seconds: seconds * 0.2, { false }) else { return false }
    let (start, began, pushing) = (Usage.cpuSeconds(), MonotonicTime.now(), producers.cpuSeconds)
    if hangSeconds > 0 { engine.core.writer.hang(seconds: hangSeconds) }
    guard try await wait(seconds: seconds * 0.7, { false }) else { return false }
    let elapsed = MonotonicTime.now().seconds(since: began)
    outcome.cores = (Usage.cpuSeconds() - start) / elapsed
    outcome.producerCores = (producers.cpuSeconds - pushing) / elapsed
    outcome.bytesPerRecording = (Usage.residentBytes() - memoryBefore) / max(1, calls)
    return try await wait(seconds: .infinity) { producers.areDone }
  }

  /// Waits for so long, or until something holds; false where a signal came first.
  private func wait(seconds: Double, _ isEnough: () -> Bool) async throws -> Bool {
    let end = MonotonicTime.now().advanced(bySeconds: seconds)
    while !isEnough() && MonotonicTime.now() < end {
      if Interruption.hasCome { return false }
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

/// Threads that push both legs of many calls, one for the callers and one for the agents, a few calls every
/// millisecond as packets come from a network.
final class Producers: Sendable {
  let packets: Int
  private let calls: [Call]
  private let half: LiveLoad.Half
  private let sounds: [[Int16]]
  private let done = Tally()
  private let cpuNanoseconds = [Tally(), Tally()]

  /// Into so many parts the packets of 20 ms are spread.
  private static let groups = 20

  init(_ calls: [Call], _ half: LiveLoad.Half, seconds: Double) {
    self.calls = calls
    self.half = half
    packets = Int((seconds / LiveLoad.packetSeconds).rounded())
    sounds = Self.speech()
  }

  var areDone: Bool { done.value == Leg.allCases.count }
  var cpuSeconds: Double { Double(cpuNanoseconds.reduce(0) { $0 + $1.value }) / 1e9 }

  func start() -> [BeatThread] {
    Leg.allCases.enumerated().map { index, leg in
      BeatThread("bench \(leg.rawValue)", everySeconds: 0.001, Pusher(leg, index, self))
    }
  }

  /// Two seconds of something like speech: noise in syllables, with pauses between the words.
  static func speech() -> [[Int16]] {
    var state: UInt32 = 12_345
    return (0..<100).map { packet in
      let isSpeaking = packet % 25 < 17
      return (0..<160).map { index in
        state = state &* 1_664_525 &+ 1_013_904_223
        let noise = Int(Int32(bitPattern: state) >> 16)
        let syllable = abs(Int((packet * 160 + index) % 1_600) - 800)
        return Int16(clamping: noise * (isSpeaking ? syllable : 4) / 3_200)
      }
    }
  }

  /// One leg's thread, a millisecond at a time.
  private final class Pusher: Beating, @unchecked Sendable {
    // Sound to share: the beat's alone, which one thread makes.
    private var turn = 0
    private var began: Int64 = 0
    private let leg: Leg
    private let index: Int
    private let owner: Producers
    private let silence = [Int16](repeating: 0, count: 160)

    init(_ leg: Leg, _ index: Int, _ owner: Producers) {
      self.leg = leg
      self.index = index
      self.owner = owner
    }

    func beat(deadline: MonotonicTime) {
      if began == 0 { began = MonotonicTime.now().nanoseconds }
      // What was missed is made up for: calls keep their pace however late this thread is.
      while turn < owner.packets * Producers.groups, MonotonicTime.now().nanoseconds >= began + Int64(turn) * 1_000_000
      {
        push()
        turn += 1
        if turn == owner.packets * Producers.groups { owner.done.add(1) }
      }
      owner.cpuNanoseconds[index].set(Int(Usage.threadCPUSeconds() * 1e9))
    }

    private func push() {
      let packet = turn / Producers.groups
      let group = turn % Producers.groups
      let count = owner.calls.count
      for number in count * group / Producers.groups..<count * (group + 1) / Producers.groups {
        let isOdd = number % 2 == 1
        if isOdd && owner.half == .missing && leg == .agent { continue }
        let isSilent = isOdd && owner.half == .silent
        let sound = isSilent ? silence : owner.sounds[(packet + 7 * number + 50 * index) % owner.sounds.count]
        owner.calls[number].push(sound.span, from: leg)
      }
    }
  }
}

/// What the process has used.
enum Usage {
  static func cpuSeconds() -> Double { seconds(CLOCK_PROCESS_CPUTIME_ID) }
  static func threadCPUSeconds() -> Double { seconds(CLOCK_THREAD_CPUTIME_ID) }

  private static func seconds(_ clock: clockid_t) -> Double {
    var time = timespec()
    // Sound: the system fills a value of ours.
    unsafe clock_gettime(clock, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }

  static func residentBytes() -> Int {
    guard let file = unsafe fopen("/proc/self/statm", "r") else { return 0 }
    defer { unsafe fclose(file) }
    var line = [CChar](repeating: 0, count: 128)
    guard unsafe fgets(&line, 128, file) != nil else { return 0 }
    let text = String(decoding: line.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    let pages = text.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
    return pages * sysconf(Int32(_SC_PAGESIZE))
  }
}
