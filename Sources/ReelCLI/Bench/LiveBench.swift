internal import Reel
internal import ReelFiles
internal import ReelOffline
internal import ReelRealtime

/// `reel bench live`: a row for each number of calls.
struct LiveBench {
  var load = LiveLoad()
  var calls = [100, 1_000]
  /// In place of numbers: so much of what the bare encoder could do on the same cores.
  var percentOfBare: Int?
  var plot: String?

  func run() async throws {
    Console.write("\(Machine.description)\n")
    if Machine.loadAverage > 1.5 { Console.write("others keep this machine busy: these figures are theirs too\n") }
    var calls = calls
    if let percentOfBare {
      let bare = try BareEncoder(load.format, isStereo: load.isStereo, threads: load.threads).mostRecordings()
      Console.write("the bare encoder, on \(load.threads) threads: \(bare) recordings at real pace\n")
      calls = [bare * percentOfBare / 100]
    }
    var table = Table(
      [
        "recordings", "cores", "of which pushing", "CPU each, %", "KiB each", "longest beat, ms", "disk wait, ms",
        "lost",
      ])
    var points: [(x: Double, y: Double)] = []
    for count in calls {
      var load = load
      load.calls = count
      load.folder = "\(self.load.folder)/\(count)"
      let outcome = try await load.run()
      if !load.keeps { Folder.remove(load.folder) }
      table.add(row(outcome))
      points.append((Double(count), 100 * outcome.cores / Double(count)))
    }
    Console.write("\(load.words)\n\(table.text)")
    if let plot {
      try Plot(
        title: load.words, x: "recordings at once", y: "CPU for each, % of a core", points: points
      ).write(to: plot)
    }
  }

  private func row(_ outcome: LiveLoad.Outcome) -> [String] {
    let counters = outcome.counters
    let lost =
      outcome.failed + outcome.shortRecordings == 0
      ? "nothing"
      : "\(outcome.shortRecordings) short, \(outcome.failed) failed; samples: \(counters.overrunSamples) in rings, "
        + "\(counters.droppedSamples) in memory"
    return [
      "\(outcome.recordings)", outcome.cores.text(2), outcome.producerCores.text(2),
      (100 * outcome.cores / Double(outcome.recordings)).text(4), "\(outcome.bytesPerRecording / 1_024)",
      (counters.longestBeatSeconds * 1e3).text(1), (counters.longestDiskWaitSeconds * 1e3).text(1), lost,
    ]
  }
}

/// What the encoder alone can do: every core encodes, and nothing else is done.
struct BareEncoder {
  private let format: RecordingOptions.Format
  private let isStereo: Bool
  private let threads: Int
  private static let seconds = 3.0

  init(_ format: RecordingOptions.Format, isStereo: Bool, threads: Int) throws {
    self.format = format
    self.isStereo = isStereo
    self.threads = threads
    guard format != .wav else { throw UsageError(problem: "--of-bare needs --format mp3 or mp4") }
  }

  /// How many recordings it could encode as fast as they come.
  func mostRecordings() throws -> Int {
    let work = try (0..<threads).map { _ in try Encoding(format, isStereo: isStereo, seconds: Self.seconds) }
    let running = work.map { BeatThread("bench bare", everySeconds: 0.1, $0) }
    for thread in running { thread.stop() }
    return Int(work.reduce(0) { $0 + $1.timesRealTime })
  }

  static func encoder(_ format: RecordingOptions.Format, isStereo: Bool) throws -> RenditionEncoder {
    let layout = isStereo ? Rendition.Layout.stereo : .mono
    let rendition = Rendition("bare.\(format.rawValue)", format == .mp3 ? .mp3() : .mp4(), layout)
    let identity = RecordingIdentity(callID: "bare", recordingID: "bare", start: .now(), legs: .both)
    return try RenditionEncoder(rendition, RecordingPlan(identity, rate: LiveLoad.rate, [rendition]))
  }

  /// One thread's.
  private final class Encoding: Beating, @unchecked Sendable {
    // Sound to share: the beat's alone, which one thread makes; read when that has ended.
    private(set) var timesRealTime = 0.0
    private let encoder: RenditionEncoder
    private let sounds: [[Int16]]
    private let seconds: Double

    init(_ format: RecordingOptions.Format, isStereo: Bool, seconds: Double) throws {
      encoder = try BareEncoder.encoder(format, isStereo: isStereo)
      let mono = Producers.speech()
      sounds = isStereo ? mono.map { sound in sound.flatMap { [$0, $0] } } : mono
      self.seconds = seconds
    }

    func beat(deadline: MonotonicTime) {
      guard timesRealTime == 0 else { return }
      let began = MonotonicTime.now()
      let end = began.advanced(bySeconds: seconds)
      var packets = 0
      while MonotonicTime.now() < end {
        for sound in sounds { encoder.write(sound.span) }
        packets += sounds.count
        // What it made is not kept.
        _ = encoder.settle()
      }
      let elapsed = MonotonicTime.now().seconds(since: began)
      timesRealTime = Double(packets) * LiveLoad.packetSeconds / elapsed
    }
  }
}
