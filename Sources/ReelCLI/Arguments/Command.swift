/// A command of `reel`.
protocol Command {
  static var declaration: Declaration { get }
  /// Throws a ``UsageError`` for what can't be understood; touches nothing yet.
  init(_ arguments: Arguments) throws
  /// On the thread that the process began with: a system that gives no more threads is no reason to wait for one.
  @MainActor func run() async throws
}

/// What a command is called, takes and does: all that is said of it anywhere comes from here.
struct Declaration: Sendable {
  /// One word, or two where commands belong together: `bench live`.
  let name: String
  /// What it does, in a few words that follow its name.
  let summary: String
  var operands: Operands?
  var sections: [Section] = []
  /// Paragraphs that say what the options don't.
  var discussion: [String] = []
  var examples: [String] = []

  struct Operands: Sendable {
    let placeholder: String
    let help: String
    var isRequired = true
    let completion: Completion
  }

  /// Options under a heading.
  struct Section: Sendable {
    let title: String
    let options: [OptionSpec]
  }

  var words: [String] { name.split(separator: " ").map(String.init) }
  var options: [OptionSpec] { sections.flatMap(\.options) }
}

/// A command line that can't be understood.
struct UsageError: Error {
  let problem: String
}

/// Part of the work failed, and which part has been said.
struct Unsound: Error {}

/// All there is.
enum Commands {
  static var all: [any Command.Type] {
    [
      RecordCommand.self, TranscodeCommand.self, InspectCommand.self, RecoverCommand.self, VerifyCommand.self,
      PushBenchCommand.self, KernelBenchCommand.self, LiveBenchCommand.self, GrowthBenchCommand.self,
      TranscodeBenchCommand.self, VADBenchCommand.self, AllBenchCommand.self,
      ServeCommand.self, CallCommand.self, EventsListCommand.self, EventsReplayCommand.self, RetentionCommand.self,
      HoldCommand.self, AuditCommand.self,
      CompletionsCommand.self, ManCommand.self, HelpCommand.self,
    ]
  }

  static var declarations: [Declaration] { all.map { $0.declaration } }

  /// The command that the words begin with, and what follows its name.
  static func find(_ words: [String]) throws -> (command: any Command.Type, rest: [String]) {
    guard let first = words.first else {
      throw UsageError(problem: "no command was given; allowed: \(firstWords.joined(separator: ", "))")
    }
    for command in all where words.starts(with: command.declaration.words) {
      return (command, Array(words.dropFirst(command.declaration.words.count)))
    }
    let seconds = declarations.map(\.words).filter { $0.first == first }.compactMap { $0.dropFirst().first }
    guard seconds.isEmpty else {
      let given = words.dropFirst().first
      let wrong = given.map { "there is no \(first) \($0)" + Nearest.hint($0, among: seconds) }
      throw UsageError(problem: "\(wrong ?? "\(first) of what?"); allowed: \(seconds.joined(separator: ", "))")
    }
    guard !first.hasPrefix("-") else {
      throw UsageError(problem: "there is no option \(first)" + Nearest.hint(first, among: ["--help", "--version"]))
    }
    throw UsageError(problem: "there is no command \(first)" + Nearest.hint(first, among: firstWords))
  }

  /// Each once, in order.
  static var firstWords: [String] {
    var words: [String] = []
    for declaration in declarations where !words.contains(declaration.words[0]) { words.append(declaration.words[0]) }
    return words
  }
}
