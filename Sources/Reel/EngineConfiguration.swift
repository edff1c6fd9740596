internal import Glibc

/// How an engine works. Only the folder has to be said.
///
///     var configuration = EngineConfiguration(folder: "/var/recordings")
///     configuration.backlogBytes = 2 << 30
public struct EngineConfiguration: Hashable, Sendable {
  /// Where recordings are made. It must be there; while the engine lives, it is the engine's alone.
  public var folder: String
  /// Threads that run recorders and encoders, 1 to 1,024; as many as there are cores unless set.
  public var workers: Int
  /// How much of a leg may wait for its worker, from four beats to 60 s. The memory is taken for every leg of every
  /// call. It holds that much in packets of 80 samples or more, and less in smaller ones.
  public var ringSeconds = 0.5
  /// How often the workers look, from 0.001 to 0.1 s. What is done once in a beat for each call is then done for
  /// several packets.
  public var beatSeconds = 0.05
  /// The memory, for all recordings together, for audio that waits for the disk or an encoder. It is taken only when it
  /// is needed: a stereo recording at 8 kHz uses 32 kB for each second that the disk hangs. When it is used up, the
  /// oldest of what waits of a recording makes room for its newest, and becomes silence of kind `dropped`.
  public var backlogBytes = 512 << 20
  /// How many recordings that are over may be encoded at once, of those whose encoding was put off: 1 to 1,024.
  public var encodersAfter = 1
  /// How many recordings may go on at once, with those that wait to be closed: 1 to 1,000,000.
  public var recordingLimit = 50_000

  /// The defaults for a folder.
  public init(folder: String) {
    self.folder = folder
    workers = max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN)))
  }

  /// Throws for the first value that can't be taken.
  func validate() throws(OptionError) {
    try check("workers", Double(workers), in: 1...1_024)
    // A beat must come several times while a ring fills, for it may be late.
    try check("beat_seconds", beatSeconds, in: 0.001...0.1)
    try check("ring_seconds", ringSeconds, in: 4 * beatSeconds...60)
    try check("backlog_bytes", Double(backlogBytes), in: 0...Double(1 << 50))
    try check("encoders_after", Double(encodersAfter), in: 1...1_024)
    try check("recording_limit", Double(recordingLimit), in: 1...1_000_000)
  }

  private func check(_ field: String, _ value: Double, in range: ClosedRange<Double>) throws(OptionError) {
    guard range.contains(value) else {
      throw OptionError(field, given: "\(value)", allowed: "\(range.lowerBound) to \(range.upperBound)")
    }
  }
}

/// What an engine has done and is doing.
public struct EngineCounters: Hashable, Sendable {
  /// Recordings that go on or wait to be closed.
  public internal(set) var recordings = 0
  /// Recordings that are closed and are what they should be.
  public internal(set) var closed = 0
  /// Recordings that ended in an error.
  public internal(set) var failed = 0
  /// Samples, of a leg, that found no room in a ring.
  public internal(set) var overrunSamples = 0
  /// Samples, of a timeline, that were lost because the disk or an encoder did not keep up.
  public internal(set) var droppedSamples = 0
  /// Memory in use by audio that waits.
  public internal(set) var backlogBytes = 0
  /// How long the writer has been waiting for the disk; 0 when it is not.
  public internal(set) var diskWaitSeconds = 0.0
  /// The longest that it has waited.
  public internal(set) var longestDiskWaitSeconds = 0.0
  /// The longest that a worker needed for one beat.
  public internal(set) var longestBeatSeconds = 0.0
  /// How often the disk would not take what it had been given.
  public internal(set) var syncFailures = 0

  package init() {}
}
