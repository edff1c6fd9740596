internal import ReelBench

/// `reel bench push`: what a media thread's push takes.
struct PushBenchCommand: Command {
  static let declaration = Declaration(
    name: "bench push", summary: "say how long a media thread's push takes, while the disk hangs too",
    sections: [BenchOptions.section], discussion: BenchOptions.discussion)

  private let options: BenchOptions

  init(_ arguments: Arguments) {
    options = BenchOptions(arguments)
  }

  func run() async throws {
    try await options.run(PushBench())
  }
}

/// `reel bench kernels`: the inner loops, a recorder's step, the encoders.
struct KernelBenchCommand: Command {
  static let declaration = Declaration(
    name: "bench kernels", summary: "time the inner loops beside C, memcpy and the bare encoders",
    sections: [BenchOptions.section], discussion: BenchOptions.discussion)

  private let options: BenchOptions

  init(_ arguments: Arguments) {
    options = BenchOptions(arguments)
  }

  func run() async throws {
    try await options.run(KernelBench())
  }
}

/// `reel bench growth`: what more recordings, longer ones and more cores do.
struct GrowthBenchCommand: Command {
  private static let recordings = CommandOption(
    "--calls", kind: .wholes("N", in: 1...100_000), "how many recordings at once; 100 to 10,000 unless set")
  private static let minutes = CommandOption(
    "--minutes", kind: .wholes("N", in: 1...1_440), "how long the calls on files are; 1 to 240 unless set")
  private static let coresLoad = CommandOption(
    "--cores-load", kind: .wholes("CALLS,MINUTES", in: 1...100_000),
    "what is done on one core, on two and so on: live calls, and minutes to MP3; 2000,60 unless set")
  private static let runs = CommandOption(
    "--runs", kind: .whole("N", in: 1...100), "how often each is done; 3 unless set")
  private static let pictures = CommandOption("--pictures", kind: .folder, "where to draw it as SVG")

  static let declaration = Declaration(
    name: "bench growth", summary: "say how CPU and memory grow with recordings, their length, and cores",
    sections: [
      BenchLegs.section,
      .init(title: "growth", options: [recordings.spec, minutes.spec, coresLoad.spec, runs.spec, pictures.spec]),
      BenchOptions.section,
    ], discussion: BenchOptions.discussion,
    examples: ["reel bench growth --caller caller.wav --agent agent.wav --folder /dev/shm --pictures ."])

  private var bench: GrowthBench
  private let options: BenchOptions

  init(_ arguments: Arguments) throws {
    let legs = try BenchLegs.read(arguments)
    bench = GrowthBench(caller: legs.caller, agent: legs.agent)
    bench.recordings = arguments[Self.recordings] ?? bench.recordings
    bench.minutes = arguments[Self.minutes] ?? bench.minutes
    bench.runs = arguments[Self.runs] ?? bench.runs
    bench.pictures = arguments[Self.pictures]
    if let load = arguments[Self.coresLoad] {
      guard load.count == 2 else { throw UsageError(problem: "--cores-load needs two numbers: calls, minutes") }
      (bench.coreCalls, bench.coreMinutes) = (load[0], load[1])
    }
    options = BenchOptions(arguments)
  }

  func run() async throws {
    try await options.run(bench)
  }
}

/// `reel bench transcode`: the command beside ffmpeg, sox and lame.
struct TranscodeBenchCommand: Command {
  private static let minutes = CommandOption(
    "--minutes", kind: .wholes("N", in: 1...1_440), "how long the calls are that are made of them; 10,120 unless set")
  private static let files = CommandOption(
    "--files", kind: .whole("N", in: 1...100_000), "how many calls are in the folder; 200 unless set")

  static let declaration = Declaration(
    name: "bench transcode", summary: "do the same work as ffmpeg, sox and lame, and say how many times faster",
    sections: [
      BenchLegs.section, .init(title: "work", options: [minutes.spec, files.spec]), BenchOptions.section,
    ],
    discussion: ["Whole processes, turn about, on the same files. A ratio above 1 says that Reel took less time."]
      + BenchOptions.discussion,
    examples: ["reel bench transcode --caller caller.wav --agent agent.wav --minutes 10 --folder /dev/shm"])

  private var bench: TranscodeBench
  private let options: BenchOptions

  init(_ arguments: Arguments) throws {
    let legs = try BenchLegs.read(arguments)
    bench = TranscodeBench(caller: legs.caller, agent: legs.agent)
    bench.minutes = arguments[Self.minutes] ?? bench.minutes
    bench.files = arguments[Self.files] ?? bench.files
    options = BenchOptions(arguments)
  }

  func run() async throws {
    try await options.run(bench)
  }
}

/// `reel bench all`: everything.
struct AllBenchCommand: Command {
  private static let quick = Flag(
    "--quick", help: "so little of everything that it is over in a minute: whether it works, not how fast")
  private static let pictures = CommandOption("--pictures", kind: .folder, "where to draw growth as SVG")

  private static let truth = CommandOption(
    "--truth", kind: .file, "a call whose truth is known, for voice activity; may come several times", repeats: true)

  static let declaration = Declaration(
    name: "bench all", summary: "run every bench, one after the other",
    sections: [
      BenchLegs.section,
      .init(title: "all", options: [quick.spec, pictures.spec, truth.spec, VADBenchCommand.python.spec]),
      BenchOptions.section,
    ],
    discussion: ["Without --truth there is nothing to judge voice activity by, and it is left out."]
      + BenchOptions.discussion)

  private var bench: WholeBench
  private let options: BenchOptions

  init(_ arguments: Arguments) throws {
    let legs = try BenchLegs.read(arguments)
    bench = WholeBench(caller: legs.caller, agent: legs.agent)
    bench.isQuick = arguments.has(Self.quick)
    bench.pictures = arguments[Self.pictures]
    options = BenchOptions(arguments)
    bench.truths = arguments.all(Self.truth)
    bench.python = arguments[VADBenchCommand.python]
  }

  func run() async throws {
    try await options.run(bench)
  }
}
