internal import Glibc
internal import ReelAudio
internal import ReelCore
internal import ReelFiles
internal import ReelRealtime

/// What an engine's owner, its calls and its threads share.
package final class EngineCore: Sendable {
  let configuration: EngineConfiguration
  package let workers: [Worker]
  package let writer: Writer
  package let keeper: Keeper
  package let syncer: Syncer
  package let encodings = EncodingPool()
  /// Who hears every event of every recording, on the thread that tells it: it must be as quick as an append.
  let hear: (@Sendable (Recording, RecordingEvent) -> Void)?
  private let lock: FolderLock
  private let budget: BacklogBudget
  private let services: OutputServices
  private let live = Tally()
  /// The recordings whose last event has not been told, by their ids.
  private let recordings = Guarded<[String: LiveEntry]>([:])
  private let closed = Tally()
  private let failed = Tally()
  private let dropped = Tally()
  private let overrun = Tally()
  private let begun = Tally()
  private let syncFailures = Tally()
  private let isClosing = Tally()
  private let started = Tally()
  /// The threads, until they are stopped.
  private let threads = Guarded<Threads?>(nil)

  /// The beep at each rate that a call had.
  private let beeps = Guarded<[SampleRate: ToneSamples]>([:])

  private struct LiveEntry {
    let recording: Recording
    let plan: RecordingPlan
  }

  private struct Threads {
    let workers: [BeatThread]
    let disk: [BeatThread]
  }

  /// How often the disk's threads look for work.
  static let diskBeatSeconds = 0.01
  /// They give way to workers and media threads.
  static let keeperNiceness: Int32 = 10
  static let encodingNiceness: Int32 = 15

  init(
    _ configuration: EngineConfiguration, hear: (@Sendable (Recording, RecordingEvent) -> Void)? = nil
  ) throws {
    try configuration.validate()
    self.configuration = configuration
    self.hear = hear
    lock = try FolderLock(configuration.folder)
    keeper = Keeper(lock, syncFailures: syncFailures)
    writer = Writer(keeper.jobs)
    syncer = Syncer(lock, writes: writer.done, failures: syncFailures)
    budget = BacklogBudget(limitBytes: configuration.backlogBytes)
    services = OutputServices(writer: writer.jobs, budget: budget, dropped: dropped)
    workers = (0..<configuration.workers).map { _ in Worker() }
  }

  /// Throws where the system gives fewer threads than are needed; then there are none.
  func startThreads() throws(EngineError) {
    let workers = try start(
      workers.enumerated().map { ("reel worker \($0)", configuration.beatSeconds, 0, $1) }, beside: [])
    var disk: [(String, Double, Int32, any Beating)] = [
      ("reel writer", Self.diskBeatSeconds, 0, writer),
      ("reel keeper", Self.diskBeatSeconds, Self.keeperNiceness, keeper),
      ("reel syncer", Syncer.everySeconds, 0, syncer),
    ]
    for index in 0..<configuration.encodersAfter {
      disk.append(("reel encoder \(index)", Self.diskBeatSeconds, Self.encodingNiceness, encodings))
    }
    let others = try start(disk, beside: workers)
    threads.withLock { $0 = Threads(workers: workers, disk: others) }
    started.set(1)
  }

  /// Starts all of a list, or stops those that it started and those beside them.
  private func start(
    _ list: [(name: String, everySeconds: Double, niceness: Int32, work: any Beating)], beside others: [BeatThread]
  ) throws(EngineError) -> [BeatThread] {
    var threads: [BeatThread] = []
    for (name, everySeconds, niceness, work) in list {
      guard let thread = BeatThread(ifGiven: name, everySeconds: everySeconds, niceness: niceness, work) else {
        for thread in threads + others { thread.stop() }
        throw .tooManyThreads(workers: workers.count)
      }
      threads.append(thread)
    }
    return threads
  }

  // MARK: Calls

  func call(_ callID: String, caller: SampleRate, agent: SampleRate) -> Call {
    let link = CallLink(callID, caller: caller, agent: agent, self)
    let call = Call(link)
    // The least busy worker keeps it; one that is a call off is as good.
    let worker = workers.min { $0.load.value < $1.load.value }!
    // Nobody beats for a call that comes too late.
    if isClosing.value == 0 {
      worker.load.add(1)
      worker.messages.post(.adopt(LiveCall(link)))
    }
    if isClosing.value > 0 { link.end() }
    return call
  }

  func beep(at rate: SampleRate) -> ToneSamples {
    beeps.withLock { beeps in
      if let beep = beeps[rate] { return beep }
      var player = TonePlayer(.beep, rate: rate)
      var tone = [Int16](repeating: 0, count: player.count)
      var memory = tone.mutableSpan
      _ = player.read(into: &memory)
      let beep = ToneSamples(tone)
      beeps[rate] = beep
      return beep
    }
  }

  func record(
    _ link: CallLink, _ options: RecordingOptions, controlID: String?, _ renditions: [Rendition]?,
    _ time: EncodingTime, id: String = UUIDText.random(), tag: UInt = 0
  ) throws -> Recording {
    guard isClosing.value == 0 else { throw EngineError.isClosed }
    guard live.add(1, upTo: configuration.recordingLimit) else {
      throw EngineError.tooManyRecordings(limit: configuration.recordingLimit)
    }
    do {
      return try begin(link, options, controlID: controlID, renditions, time, id: id, tag: tag)
    } catch {
      live.add(-1)
      throw error
    }
  }

  private func begin(
    _ link: CallLink, _ options: RecordingOptions, controlID: String?, _ renditions: [Rendition]?,
    _ time: EncodingTime, id: String, tag: UInt
  ) throws -> Recording {
    var options = options
    if let renditions { options.stereo = renditions.contains { $0.layout == .stereo } }
    let recorder = try Recorder(options, caller: link.callerRate, agent: link.agentRate)
    let identity = RecordingIdentity(
      callID: link.callID, recordingID: id, controlID: controlID, start: .now(), legs: options.legs)
    let files = try renditions ?? [Self.rendition("\(Self.name(link.callID))-\(id)", options)]
    let plan = try RecordingPlan(identity, rate: recorder.rate, try files.map(inFolder))
    let recording = Recording(id: id, controlID: controlID ?? id, tag: tag, link)
    // What is WAV all through gains nothing by being put off.
    let isPutOff = time == .after && plan.renditions.contains { $0.codec.format != .wav }
    let livePlan = try isPutOff ? PutOffEncoding.capture(for: plan) : plan
    let port = FilePort(livePlan) { [self] closed, ending in
      guard isPutOff else { return close(recording, plan, closed) }
      let job = EncodingPool.Job(capture: closed, encoding: PutOffEncoding(plan, ending)) { [self] encoded in
        close(recording, plan, encoded)
      }
      encodings.post(job)
    }
    let output = try RecordingOutput(livePlan, port, services, stagger: stagger()) { recording.hear($0) }
    let live = LiveRecording(recording, recorder, output)
    if !options.beep { recording.begin() }
    recordings.withLock { $0[id] = LiveEntry(recording: recording, plan: plan) }
    do {
      try link.add(recording) { live }
    } catch {
      recordings.withLock { _ = $0.removeValue(forKey: id) }
      throw error
    }
    return recording
  }

  /// A call's id as the front of a file's name, where a UUID follows it.
  private static func name(_ callID: String) throws(OptionError) -> String {
    let longest = RecordingName.longestBytes - "-".utf8.count - UUIDText.length - ".capture".utf8.count
    guard callID.utf8.count <= longest else {
      throw OptionError(
        "call_id", given: "\(callID.utf8.count) bytes", allowed: "at most \(longest), or files of a given name")
    }
    return try RecordingName(callID).text
  }

  private static func rendition(_ name: String, _ options: RecordingOptions) -> Rendition {
    Rendition("\(name).\(options.format.rawValue)", Codec(options.format), options.stereo ? .stereo : .mono)
  }

  /// The folder is the engine's alone, and none beside it.
  private func inFolder(_ rendition: Rendition) throws(OptionError) -> Rendition {
    guard !rendition.path.utf8.contains(UInt8(ascii: "/")) else {
      throw OptionError("output", given: rendition.path, allowed: "a name within the engine's folder, without a slash")
    }
    var rendition = rendition
    rendition.path = "\(configuration.folder)/\(rendition.path)"
    return rendition
  }

  /// A share of the time between two writes, another for each recording.
  private func stagger() -> Double {
    // The golden ratio's multiples fall apart evenly.
    (Double(begun.add(1)) * 0.618_033_988_75).truncatingRemainder(dividingBy: 1)
  }

  /// On the keeper's thread.
  private func close(_ recording: Recording, _ plan: RecordingPlan, _ closing: ClosedRecording) {
    guard recordings.withLock({ $0.removeValue(forKey: recording.id) }) != nil else { return }
    (closing.failure == nil ? closed : failed).add(1)
    live.add(-1)
    recording.close { reason, sums in
      RecordingSummary(
        recordingID: recording.id, controlID: recording.controlID, callID: recording.callID,
        outcome: closing.failure == nil ? reason.outcome : .error, reason: reason, start: plan.identity.start,
        end: .now(), durationSeconds: plan.rate.seconds(of: sums.timeline), rate: plan.rate, sums: sums,
        files: closing.files.map(RecordingSummary.File.init), manifests: closing.manifests, failure: closing.failure)
    }
  }

  // MARK: Closing

  /// Takes nothing more in and ends every call; gives how many recordings have to be closed.
  func beginClosing() -> Int {
    isClosing.set(1)
    for worker in workers { worker.messages.post(.endAll) }
    return live.value
  }

  var isEmpty: Bool { live.value == 0 }
  var recordingsLeft: Int { live.value }
  var hadThreads: Bool { started.value > 0 }
  var isStopped: Bool { threads.withLock { $0 == nil } }

  /// Stops the threads and leaves the folder to others. Threads that wait for a disk that hangs are left to it, and
  /// keep the folder.
  func stopThreads() {
    let threads = threads.withLock { threads in
      defer { threads = nil }
      return threads
    }
    guard let threads else { return }
    for thread in threads.workers { thread.requestStop() }
    for thread in threads.workers { thread.stop() }
    let left = recordings.withLock { Array($0.values) }
    for thread in threads.disk { thread.stop(waiting: left.isEmpty) }
    if left.isEmpty { leaveFolder() }
    for entry in left { abandon(entry.recording, entry.plan) }
  }

  /// Tells the last event of a recording that could not be closed in time.
  private func abandon(_ recording: Recording, _ plan: RecordingPlan) {
    let failure = FileError(plan.renditions[0].path, "was not closed before the engine was; recover it")
    close(recording, plan, ClosedRecording(failing: failure, paths: []))
  }

  /// Leaves the folder to others; nothing is recorded any more.
  func leaveFolder() { lock.letGo() }

  var counters: EngineCounters {
    var counters = EngineCounters()
    counters.recordings = live.value
    counters.closed = closed.value
    counters.failed = failed.value
    counters.overrunSamples = overrun.value
    counters.droppedSamples = dropped.value
    counters.backlogBytes = budget.usedBytes
    counters.diskWaitSeconds = Double(writer.watch.waitingNanoseconds) / 1e9
    counters.longestDiskWaitSeconds = Double(writer.watch.longestNanoseconds) / 1e9
    counters.longestBeatSeconds = Double(workers.map(\.longestBeat.value).max() ?? 0) / 1e9
    counters.syncFailures = syncFailures.value
    return counters
  }

  func noteOverrun(_ samples: Int) { overrun.add(samples) }
}

extension RecordingSummary.File {
  init(_ file: ClosedRecording.File) {
    self.init(
      path: file.path, byteCount: file.byteCount, samples: file.samples, sha256: file.sha256, failure: file.failure)
  }
}
