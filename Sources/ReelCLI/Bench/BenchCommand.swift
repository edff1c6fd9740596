internal import Glibc
internal import Reel
internal import ReelFiles

/// What every measurement takes.
private enum BenchOptions {
  static let folder = CommandOption(
    "--folder", kind: .folder, "where to record; a memory-backed one leaves the disk out")

  /// Runs it in a folder of its own, which goes again with all that was recorded unless that shall stay.
  @MainActor static func run(
    in base: String?, keeps: Bool, _ body: @MainActor (_ folder: String) async throws -> Void
  ) async throws {
    let base = base ?? "."
    let scratch = "\(base)/reel-bench-\(getpid())"
    // Sound: the string outlives the call.
    guard unsafe mkdir(scratch, 0o700) == 0 else {
      throw UsageError(problem: "--folder is \(base); allowed: a folder that can be written in")
    }
    Interruption.hold()
    defer { if !keeps { Folder.remove(scratch) } }
    try await body(scratch)
  }
}

/// `reel bench live`: how many recordings at once.
struct LiveBenchCommand: Command {
  private static let calls = CommandOption(
    "--calls", kind: .wholes("N", in: 1...100_000), "how many calls at once, a row for each")
  private static let seconds = CommandOption("--seconds", kind: .whole("S", in: 1...3_600), "how long each row is")
  private static let format = CommandOption("--format", kind: ValueKind<RecordingOptions.Format>.word, "wav unless set")
  private static let mono = Flag("--mono", help: "one mixed side instead of two")
  private static let half = CommandOption(
    "--half", kind: ValueKind<LiveLoad.Half>.word, "what half of the agents do")
  private static let ofBare = CommandOption(
    "--of-bare", kind: .whole("PERCENT", in: 1...200),
    "in place of --calls: this share of what the encoder alone could do on the same cores")
  private static let after = Flag("--after", help: "encode when calls are over")
  private static let hang = CommandOption(
    "--hang", kind: .whole("S", in: 0...600), "make the disk hang so long in the middle")
  private static let workers = CommandOption("--workers", kind: .whole("N", in: 1...1_024), "threads that record")
  private static let beat = CommandOption("--beat", kind: .whole("MS", in: 1...100), "how often they do")
  private static let keep = Flag("--keep", help: "leave what was recorded")
  private static let plot = CommandOption("--plot", kind: .file, "draw the cost of a recording into an SVG file")

  static let declaration = Declaration(
    name: "bench live", summary: "record calls at real pace, and say what that costs and whether anything was lost",
    sections: [
      .init(
        title: "load",
        options: [calls.spec, seconds.spec, format.spec, mono.spec, half.spec, ofBare.spec, after.spec, hang.spec]),
      .init(title: "engine", options: [workers.spec, beat.spec]),
      .init(title: "files", options: [BenchOptions.folder.spec, keep.spec, plot.spec]),
    ])

  private var bench = LiveBench()
  private let folder: String?

  init(_ arguments: Arguments) {
    folder = arguments[BenchOptions.folder]
    bench.calls = arguments[Self.calls] ?? bench.calls
    bench.percentOfBare = arguments[Self.ofBare]
    bench.plot = arguments[Self.plot]
    if let seconds = arguments[Self.seconds] { bench.load.seconds = Double(seconds) }
    bench.load.format = arguments[Self.format] ?? bench.load.format
    if arguments.has(Self.mono) { bench.load.isStereo = false }
    bench.load.half = arguments[Self.half] ?? bench.load.half
    if let workers = arguments[Self.workers] { bench.load.workers = workers }
    if let beat = arguments[Self.beat] { bench.load.beatSeconds = Double(beat) / 1_000 }
    if let hang = arguments[Self.hang] { bench.load.hangSeconds = Double(hang) }
    if arguments.has(Self.after) { bench.load.encode = .after }
    bench.load.keeps = arguments.has(Self.keep)
  }

  func run() async throws {
    try await BenchOptions.run(in: folder, keeps: bench.load.keeps) { folder in
      var bench = bench
      bench.load.folder = folder
      try await bench.run()
    }
  }
}

/// `reel bench push`: how long a media thread's push takes.
struct PushBenchCommand: Command {
  private static let seconds = CommandOption("--seconds", kind: .whole("S", in: 1...3_600), "how long each row is")

  static let declaration = Declaration(
    name: "bench push", summary: "say how long a media thread's push takes, while the disk hangs too",
    sections: [.init(title: "options", options: [seconds.spec, BenchOptions.folder.spec])])

  private var bench = PushBench()
  private let folder: String?

  init(_ arguments: Arguments) {
    folder = arguments[BenchOptions.folder]
    if let seconds = arguments[Self.seconds] { bench.seconds = Double(seconds) }
  }

  func run() async throws {
    try await BenchOptions.run(in: folder, keeps: false) { folder in
      var bench = bench
      bench.folder = folder
      try await bench.run()
    }
  }
}

/// `reel bench transcode`: the command beside ffmpeg, sox and lame.
struct TranscodeBenchCommand: Command {
  private static let caller = CommandOption("--caller", kind: .file, "the caller's leg, mono", isRequired: true)
  private static let agent = CommandOption("--agent", kind: .file, "the agent's leg, mono", isRequired: true)
  private static let minutes = CommandOption(
    "--minutes", kind: .wholes("N", in: 1...1_440), "how long the calls are that are made of them; 10,120 unless set")
  private static let files = CommandOption(
    "--files", kind: .whole("N", in: 1...100_000), "how many calls are in the folder; 200 unless set")
  private static let rounds = CommandOption(
    "--rounds", kind: .whole("N", in: 1...1_000),
    "how often each piece of work is done, unless that takes long; 5 unless set")
  private static let json = Flag("--json", help: "print a line of JSON for each ratio")

  static let declaration = Declaration(
    name: "bench transcode", summary: "do the same work as ffmpeg, sox and lame, and say how many times faster",
    sections: [
      .init(title: "sound", options: [caller.spec, agent.spec, minutes.spec, files.spec]),
      .init(title: "runs", options: [rounds.spec, BenchOptions.folder.spec, json.spec]),
    ],
    discussion: [
      "Whole processes, turn about, on the same files. A ratio above 1 says that Reel took less time: the median of"
        + " the rounds, and the least and the most. Peers that are not installed are named and left out."
    ],
    examples: ["reel bench transcode --caller caller.wav --agent agent.wav --minutes 10 --folder /dev/shm"])

  private var bench = TranscodeBench()
  private let folder: String?

  init(_ arguments: Arguments) throws {
    guard let caller = arguments[Self.caller], let agent = arguments[Self.agent] else {
      throw UsageError(problem: "--caller and --agent are both needed")
    }
    bench.legs = (caller, agent)
    bench.minutes = arguments[Self.minutes] ?? bench.minutes
    bench.files = arguments[Self.files] ?? bench.files
    bench.rounds = arguments[Self.rounds] ?? bench.rounds
    bench.printsJSON = arguments.has(Self.json)
    folder = arguments[BenchOptions.folder]
  }

  func run() async throws {
    try await BenchOptions.run(in: folder, keeps: false) { folder in
      var bench = bench
      bench.folder = folder
      try bench.run()
    }
  }
}
