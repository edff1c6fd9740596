internal import ReelAudio
internal import ReelCore
internal import ReelFiles
internal import ReelRealtime

/// Turns what a recorder makes into changes for the writer, one at a time. The worker's.
///
///     recorder ─write─▶ encoders ─▶ change in the making ─▶ change at the writer ─▶ files
///                  └──▶ backlog ──▲
///
/// A change is handed over when it holds ``gatherSeconds`` and the writer is done with the one before: so however long
/// the disk takes, no more than two changes exist. What comes meanwhile waits in the backlog as it is, and is encoded
/// when its turn comes. Codecs that cost time are always fed from the backlog, where the worker has time for it.
struct RecordingOutput: RecordingSink {
  let port: FilePort
  private let portPlace: Prefetch.Place
  private let plan: RecordingPlan
  private var encoders = Few<RenditionEncoder>()
  private let services: OutputServices
  /// Hears of what the recording's owner should know.
  private let tellOwner: (RecordingNews) -> Void

  private var change = RecordingChange(files: [])
  private var ledger = LossLedger()
  private var backlog: Backlog
  /// Samples of the timeline in the encoders' hands, since the beginning and since the last change.
  private var encoded = 0
  private var gathered = 0
  /// How much the next change has to hold.
  private var gatherSamples: Int
  private let gatherMost: Int
  private let catchUpSamples: Int
  private let encodesAtOnce: Bool
  private var changes = 0
  private var ended: (reason: EndReason, sums: TimelineSums)?
  private var hasStarted = false
  /// How many samples were lost of the run at the backlog's front, and where it began.
  private var loss: (start: Int, count: Int)?

  /// How much of the timeline a write holds: 16 kB of stereo at 8 kHz. With what encoders keep, less than the second
  /// that a crash may cost.
  static let gatherSeconds = 0.5
  /// How much a write may hold when much waits.
  static let catchUpSeconds = 4.0
  /// What is encoded between two looks at the clock.
  static let quantumSeconds = 0.1

  /// Makes the encoders, but no file yet.
  init(
    _ plan: RecordingPlan, _ port: FilePort, _ services: OutputServices, stagger: Double,
    tellOwner: @escaping (RecordingNews) -> Void
  ) throws(FileError) {
    self.plan = plan
    self.services = services
    self.tellOwner = tellOwner
    for rendition in plan.renditions { encoders.append(try RenditionEncoder(rendition, plan)) }
    self.port = port
    portPlace = Prefetch.Place(port)
    backlog = Backlog(channels: plan.channels, services.budget)
    encodesAtOnce = plan.renditions.allSatisfy { $0.isCheap(in: plan) }
    gatherMost = plan.rate.samples(in: Self.gatherSeconds)
    catchUpSamples = plan.rate.samples(in: Self.catchUpSeconds)
    // Recordings that began together shall not write together for ever.
    gatherSamples = plan.rate.samples(in: Self.gatherSeconds * (0.5 + stagger / 2))
  }

  /// Has the files made, when the recording begins.
  private mutating func start() {
    guard !hasStarted else { return }
    hasStarted = true
    services.writer.post(.make(port, heads: encoders.map { $0.settle() }))
  }

  /// Asks for the encoders and for what tells of the writer.
  mutating func fetchParts() {
    portPlace.fetch(64)
    encoders.place.fetch(RenditionEncoder.hotBytes)
  }

  /// Asks for what the encoder will write to, once it is there.
  mutating func fetchEncoders() {
    encoders.withFirst { $0.fetch() }
  }

  /// Whether all was handed to the writer, with the order to close.
  private var isDone = false

  // MARK: From the recorder

  mutating func write(_ samples: Span<Int16>) {
    // What is full goes at once if it can: the backlog is a way round for what has to wait.
    if gathered >= gatherSamples && backlog.isEmpty { handOverChange() }
    if encodesAtOnce && backlog.isEmpty && gathered < gatherSamples {
      encode(samples, samples.count / plan.channels)
    } else {
      if backlog.isEmpty { backlog.restart(at: encoded) }
      let lost = backlog.append(samples)
      if lost > 0 { services.dropped.add(lost) }
    }
  }

  mutating func note(_ mark: LedgerMark) {
    if backlog.isEmpty { ledger.take(mark, into: &change) } else { backlog.note(mark) }
  }

  mutating func tell(_ event: RecorderEvent) {
    switch event {
    case .recording(let place):
      start()
      tellOwner(.recording(at: plan.rate.seconds(of: place)))
    case .paused(let behavior, let place): tellOwner(.paused(behavior, at: plan.rate.seconds(of: place)))
    case .beepNotPlayed: tellOwner(.beepNotPlayed)
    case .ended(let reason, let sums): ended = (reason, sums)
    }
  }

  // MARK: To the writer

  /// What there is to be done after handing over.
  enum Rest {
    case nothing
    /// Work that takes time.
    case encoding
    /// All was handed to the writer, with the order to close.
    case done
  }

  /// Hands over what is ready. Cheap.
  mutating func handOver() -> Rest {
    guard !isDone else { return .done }
    if port.hasFailed { backlog.discard() }
    if ended != nil && backlog.isEmpty {
      close()
      return .done
    }
    handOverChange()
    return backlog.isEmpty ? .nothing : .encoding
  }

  private mutating func handOverChange() {
    guard gathered >= gatherSamples, isWriterReady else { return }
    change.files = encoders.map { $0.settle() }
    post()
    gatherSamples = gatherMost
  }

  /// Encodes what waits, as long as there is time and a change to put it in.
  mutating func encodeBacklog(until deadline: MonotonicTime) {
    let quantum = plan.rate.samples(in: Self.quantumSeconds)
    repeat {
      // A change that can go at once may be a large one. One that has to wait may not: what it holds is in no budget.
      let most = isWriterReady ? max(gatherSamples, min(backlog.count, catchUpSamples)) : gatherSamples
      guard !backlog.isEmpty, gathered < most else { return }
      encodeRun(upTo: quantum)
    } while MonotonicTime.now() < deadline
  }

  private var isWriterReady: Bool { port.changesApplied == changes }

  private mutating func encodeRun(upTo most: Int) {
    takeMarks()
    switch backlog.nextRun(upTo: most) {
    case nil: break
    case .lost(let count):
      loss = (loss?.start ?? encoded, (loss?.count ?? 0) + count)
      encodeSilence(count)
      backlog.pass(count)
    case .kept(let count, let chunk, let range):
      tellLoss()
      encode(chunk.span.extracting(range), count)
      backlog.pass(count)
    }
    // Marks at the very end speak of nothing that is still to come.
    takeMarks()
  }

  private mutating func takeMarks() {
    while let mark = backlog.takeMark() { ledger.take(mark, into: &change) }
  }

  private mutating func encode(_ samples: Span<Int16>, _ count: Int) {
    ledger.account(count, at: encoded, isLost: false, into: &change)
    encoders.forEach { $0.write(samples) }
    encoded += count
    gathered += count
  }

  private mutating func encodeSilence(_ count: Int) {
    ledger.account(count, at: encoded, isLost: true, into: &change)
    let silence = [Int16](repeating: 0, count: count * plan.channels)
    encoders.forEach { $0.write(silence.span) }
    encoded += count
    gathered += count
  }

  private mutating func tellLoss() {
    guard let loss else { return }
    self.loss = nil
    tellOwner(.dropped(seconds: plan.rate.seconds(of: loss.count), at: plan.rate.seconds(of: loss.start)))
  }

  private mutating func post() {
    services.writer.post(.apply(port, change))
    change = RecordingChange(files: [])
    changes += 1
    gathered = 0
  }

  private mutating func close() {
    start()
    tellLoss()
    backlog.discard()
    change.files = encoders.map { $0.finish() }
    post()
    let sums = (ended?.sums).map(ledger.corrected)
    // The owner first: the files may be closed before the next line.
    tellOwner(.written(ended?.reason ?? .failed, sums ?? TimelineSums()))
    services.writer.post(.close(port, RecordingEnding(ended?.reason, samples: encoded, sums: sums)))
    isDone = true
  }
}

/// What a recording's output tells its owner, in seconds of the timeline.
enum RecordingNews {
  case recording(at: Double)
  case paused(PauseBehavior, at: Double)
  case beepNotPlayed
  case dropped(seconds: Double, at: Double)
  /// All is in the writer's hands.
  case written(EndReason, TimelineSums)
}

/// What all outputs of an engine share.
struct OutputServices {
  let writer: Mailbox<WriterJob>
  let budget: BacklogBudget
  /// Samples that were lost because the disk or the encoders did not keep up.
  let dropped: Tally
}

extension Rendition {
  /// Whether making it is little more than a copy.
  fileprivate func isCheap(in plan: RecordingPlan) -> Bool {
    guard case .wav = codec else { return false }
    return rate == nil || rate == plan.rate
  }
}
