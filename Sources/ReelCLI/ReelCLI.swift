// ReelCLI: the command `reel`. It puts words on a command line to the rooms' use and their results into words. It must
// never hold a rule of its own about what a recording is.
internal import Glibc
internal import ReelFiles

/// What the command's exit status says.
enum ExitStatus {
  static let done: Int32 = 0
  static let failed: Int32 = 1
  /// The command line can't be understood; BSD's number for it.
  static let usage: Int32 = 64
}

/// Runs a command line without the command's own name; gives the exit status.
@MainActor func run(_ words: [String]) async -> Int32 {
  do {
    try await runCommand(words)
  } catch let error as UsageError {
    Console.complain(error.problem)
    return ExitStatus.usage
  } catch is Unsound {
    return ExitStatus.failed
  } catch {
    Console.complain("\(error)")
    return ExitStatus.failed
  }
  guard let failure = Console.failure else { return ExitStatus.done }
  // Who closes a pipe has seen enough, and knows.
  if failure != EPIPE { Console.complain("\(FileError("standard output", cannotBe: "written", errno: failure))") }
  return ExitStatus.failed
}

@MainActor private func runCommand(_ words: [String]) async throws {
  switch words.first {
  case "--version": return Console.write("reel \(Version.number)\n")
  case "--help", "-h": return Console.write(try HelpCommand.text(of: []))
  default: break
  }
  let (command, rest) = try Commands.find(words)
  if rest.prefix(while: { $0 != "--" }).contains(where: { $0 == "--help" || $0 == "-h" }) {
    return Console.write(try HelpCommand.text(of: command.declaration.words))
  }
  do {
    try await command.init(Arguments(rest, of: command.declaration)).run()
  } catch let error as UsageError {
    throw UsageError(
      problem: "\(command.declaration.name): \(error.problem) (see 'reel help \(command.declaration.name)')")
  }
}
