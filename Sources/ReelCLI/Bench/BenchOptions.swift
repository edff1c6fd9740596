internal import Glibc
internal import ReelBench
internal import ReelFiles

/// What every measurement takes.
struct BenchOptions {
  private static let folder = CommandOption(
    "--folder", kind: .folder, "where to work; a memory-backed one leaves the disk out")
  private static let json = Flag("--json", help: "print a line of JSON for each row")
  private static let seconds = CommandOption(
    "--seconds", kind: .number("S", in: 0.01...3_600), "how long each figure may take")

  private static let noMachine = Flag("--no-machine", help: "leave out what machine it is")

  static let section = Declaration.Section(
    title: "runs", options: [seconds.spec, folder.spec, json.spec, noMachine.spec])

  /// What all of them say of themselves.
  static let discussion = [
    "A figure is the median of several runs, with the range that holds it. Where the range is wider than a quarter of"
      + " the median the figure is left out, and noise stands in its place. Others do the same work in the same run,"
      + " turn about; whoever is not installed is named and left out."
  ]

  private let base: String
  private let report: Report
  private let seconds: Double?
  private let tellsMachine: Bool
  private let keeps: Bool

  init(_ arguments: Arguments, keeps: Bool = false) {
    base = arguments[Self.folder] ?? "."
    report = Report(arguments.has(Self.json) ? .json : .tables) { Console.write($0) }
    seconds = arguments[Self.seconds]
    tellsMachine = !arguments.has(Self.noMachine)
    self.keeps = keeps
  }

  /// Runs a bench in a folder of its own, which goes again with all that was recorded unless that shall stay.
  @MainActor func run(_ bench: any Bench) async throws {
    let scratch = "\(try absoluteBase())/reel-bench-\(getpid())"
    // Sound: the string outlives the call.
    guard unsafe mkdir(scratch, 0o700) == 0 else { throw refusal }
    Interruption.hold()
    defer { if !keeps { Folder.remove(scratch) } }
    if tellsMachine { report.machine(Machine(folder: scratch)) }
    let setting = BenchSetting(folder: scratch, report: report, seconds: seconds) { Interruption.hasCome }
    do {
      try await bench.run(setting)
    } catch BenchFailure.interrupted {
      throw Unsound()
    }
  }

  /// Other programs are started in folders of their own.
  private func absoluteBase() throws -> String {
    // Sound: the system's text is copied, then freed.
    guard let path = unsafe realpath(base, nil) else { throw refusal }
    defer { unsafe free(path) }
    return unsafe String(cString: path)
  }

  private var refusal: UsageError {
    UsageError(problem: "--folder is \(base); allowed: a folder that can be written in")
  }
}

/// The two legs that calls on files are made of.
enum BenchLegs {
  private static let caller = CommandOption("--caller", kind: .file, "the caller's leg, mono", isRequired: true)
  private static let agent = CommandOption("--agent", kind: .file, "the agent's leg, mono", isRequired: true)

  static let section = Declaration.Section(title: "sound", options: [caller.spec, agent.spec])

  static func read(_ arguments: Arguments) throws -> (caller: String, agent: String) {
    guard let caller = arguments[caller], let agent = arguments[agent] else {
      throw UsageError(problem: "--caller and --agent are both needed")
    }
    return (caller, agent)
  }
}
