internal import Reel
internal import ReelBench

/// `reel bench live`: how many recordings at once.
struct LiveBenchCommand: Command {
  private static let calls = CommandOption(
    "--calls", kind: .wholes("N", in: 1...100_000), "how many calls at once, a row for each")
  private static let runs = CommandOption(
    "--runs", kind: .whole("N", in: 1...100),
    "how often, each in a process of its own; a single run is in this one; 3 unless set")
  private static let plan = Flag(
    "--plan", help: "say what the one number of --calls needs, from what fewer cost on this machine in a minute")
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

  static let declaration = Declaration(
    name: "bench live", summary: "record calls at real pace, and say what that costs and whether anything was lost",
    sections: [
      .init(
        title: "load",
        options: [
          calls.spec, plan.spec, format.spec, mono.spec, half.spec, ofBare.spec, after.spec, hang.spec, runs.spec,
        ]),
      .init(title: "engine", options: [workers.spec, beat.spec, keep.spec]),
      BenchOptions.section,
    ],
    discussion: [
      "--seconds is how long the calls of a run are. What a load needs of memory and disk is looked for"
        + " before it begins."
    ] + BenchOptions.discussion,
    examples: [
      "reel bench live --calls 100,1000 --folder /dev/shm",
      "reel bench live --plan --calls 5000 --format mp3 --mono --folder /dev/shm",
    ])

  private let bench: any Bench
  private let options: BenchOptions

  init(_ arguments: Arguments) throws {
    var load = LiveLoad()
    load.format = arguments[Self.format] ?? load.format
    if arguments.has(Self.mono) { load.isStereo = false }
    load.half = arguments[Self.half] ?? load.half
    if let workers = arguments[Self.workers] { load.workers = workers }
    if let beat = arguments[Self.beat] { load.beatSeconds = Double(beat) / 1_000 }
    if let hang = arguments[Self.hang] { load.hangSeconds = Double(hang) }
    if arguments.has(Self.after) { load.encode = .after }
    load.keeps = arguments.has(Self.keep)
    options = BenchOptions(arguments, keeps: load.keeps)
    bench = arguments.has(Self.plan) ? try Self.plan(load, arguments) : try Self.rows(load, arguments)
  }

  private static func rows(_ load: LiveLoad, _ arguments: Arguments) throws -> any Bench {
    var bench = LiveBench()
    bench.load = load
    bench.calls = arguments[calls] ?? bench.calls
    bench.runs = arguments[runs] ?? bench.runs
    bench.percentOfBare = arguments[ofBare]
    if bench.percentOfBare != nil {
      guard load.format != .wav else { throw UsageError(problem: "--of-bare needs --format mp3 or mp4") }
      guard arguments[calls] == nil else { throw UsageError(problem: "--of-bare comes in place of --calls") }
    }
    return bench
  }

  private static func plan(_ load: LiveLoad, _ arguments: Arguments) throws -> any Bench {
    guard let calls = arguments[calls], calls.count == 1 else {
      throw UsageError(problem: "--plan needs --calls with one number")
    }
    guard arguments[ofBare] == nil, arguments[runs] == nil, arguments[hang] == nil, !load.keeps, load.encode == .live
    else { throw UsageError(problem: "--plan takes no --of-bare, --runs, --hang, --keep and --after") }
    var plan = LivePlan()
    plan.load = load
    plan.calls = calls[0]
    return plan
  }

  func run() async throws {
    try await options.run(bench)
  }
}
