internal import Glibc
package import ReelRealtime

/// Records calls into a folder: thousands at once, on a few threads of its own.
///
///     let engine = try RecordingEngine(EngineConfiguration(folder: "/var/recordings"))
///     let call = engine.call("abc123", rate: 8_000)
///     let recording = try call.record(.recordCall(stereo: true, format: .mp3), controlID: "main")
///     …
///     let closing = await engine.close()
///
/// Media threads push into rings and never wait. Workers, a thread for each core, take the samples out on a fixed beat
/// and run recorders and encoders. One writer touches the disk, and waits for it alone; one keeper closes what has
/// ended; one syncer makes the disk take what was written, once a second for all.
///
/// - What a crash may cost: the last second of each recording. `reel recover` closes what it leaves.
/// - Memory: at most 48 KiB for a recording of two legs at 8 kHz as WAV, beside what is gathered for a write, LAME's or
///   libav's own state more for the other formats; and ``EngineConfiguration/backlogBytes`` for all, while the disk
///   hangs.
/// - An engine that is let go closes, whatever calls there are, and its last owner waits up to ``closingSeconds`` for
///   that.
public final class RecordingEngine: Sendable {
  package let core: EngineCore

  /// How long closing may take unless said otherwise.
  public static let closingSeconds = 5.0

  /// Takes the folder and starts the threads. Throws where the folder is another engine's, or can't be written in
  /// (``FileError``), for a configuration that can't be taken (``OptionError``), and where the system gives too few
  /// threads (``EngineError``).
  public convenience init(_ configuration: EngineConfiguration) throws {
    try self.init(configuration, hasThreads: true)
  }

  /// Without threads, whoever has the ``core`` beats for them.
  package init(
    _ configuration: EngineConfiguration, hasThreads: Bool,
    hear: (@Sendable (Recording, RecordingEvent) -> Void)? = nil
  ) throws {
    core = try EngineCore(configuration, hear: hear)
    if hasThreads { try core.startThreads() }
  }

  deinit {
    guard core.hadThreads else { return core.leaveFolder() }
    guard !core.isStopped else { return }
    closeWaiting(until: MonotonicTime.now().advanced(bySeconds: Self.closingSeconds))
  }

  /// As ``close(withinSeconds:)``, for who has a thread to wait on.
  @discardableResult
  package func closeWaiting(until end: MonotonicTime) -> EngineClosing {
    let count = core.beginClosing()
    end.poll { core.isEmpty ? () : nil }
    return stop(count)
  }

  private func stop(_ count: Int) -> EngineClosing {
    let left = core.recordingsLeft
    core.stopThreads()
    return EngineClosing(closed: count - left, left: left)
  }

  /// A call whose legs have one rate. Nothing is recorded before ``Call/record(_:controlID:as:encode:)``.
  public func call(_ id: String, rate: SampleRate) -> Call {
    call(id, callerRate: rate, agentRate: rate)
  }

  /// A call whose legs have rates of their own. A recording is at the higher one of those that it records, unless
  /// ``RecordingOptions/rate`` says another.
  public func call(_ id: String, callerRate: SampleRate, agentRate: SampleRate) -> Call {
    core.call(id, caller: callerRate, agent: agentRate)
  }

  /// What the engine has done and is doing.
  public var counters: EngineCounters { core.counters }

  /// Ends every call, closes every recording and stops the threads; gives what became of them. What can't be closed in
  /// time stays as after a crash: it plays, and `reel recover` makes it whole once this process is gone.
  @discardableResult
  public func close(withinSeconds seconds: Double = closingSeconds) async -> EngineClosing {
    let count = core.beginClosing()
    let end = MonotonicTime.now().advanced(bySeconds: seconds)
    while !core.isEmpty && MonotonicTime.now() < end {
      // In a task that is cancelled nobody sleeps.
      if (try? await Task.sleep(nanoseconds: UInt64(MonotonicTime.pollMicroseconds) * 1_000)) == nil {
        usleep(MonotonicTime.pollMicroseconds)
      }
    }
    return stop(count)
  }
}

extension RecordingEngine {
  /// Closes what a dead engine left in a folder, and in those within it: nothing is encoded again, all that reached the
  /// disk is kept. Comes before the folder's next engine; it reads the files that it closes, so it takes its time.
  public static func recover(_ folder: String) throws(FileError) -> FolderRecovery {
    let report = try RecoveryReport(recovering: folder)
    return FolderRecovery(
      files: report.recovered.flatMap(\.files).map(RecordingSummary.File.init), held: report.held,
      failures: report.failures + report.recovered.compactMap(\.failure))
  }
}

/// What was found in a folder where recordings may have been cut off.
public struct FolderRecovery: Hashable, Sendable {
  /// The files that were closed now.
  public let files: [RecordingSummary.File]
  /// Parts of recordings that go on in a living process, and folders that one has taken: they were left alone.
  public let held: [String]
  /// What could not be closed, or is not all that it should be.
  public let failures: [FileError]
}

/// What became of the recordings that went on when an engine was closed.
public struct EngineClosing: Hashable, Sendable {
  /// Recordings that were closed.
  public let closed: Int
  /// Recordings that could not be closed in time, and wait for `reel recover`.
  public let left: Int
}
