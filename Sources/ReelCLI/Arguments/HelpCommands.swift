/// Which Reel this is.
enum Version {
  static let number = "0.5.0"
  /// Of this version.
  static let date = "2026-11-21"
}

/// `reel help`: what there is, or all of one command.
struct HelpCommand: Command {
  static let declaration = Declaration(
    name: "help", summary: "tell what commands there are, or all of one",
    operands: .init(
      placeholder: "COMMAND", help: "the command to tell of", isRequired: false,
      completion: .commands))

  private let text: String

  init(_ arguments: Arguments) throws {
    text = try Self.text(of: arguments.operands)
  }

  func run() {
    Console.write(text)
  }

  /// Of all commands whose names begin with the words.
  static func text(of words: [String]) throws -> String {
    let help = HelpText(width: Console.width, isBold: Console.isColoured)
    guard !words.isEmpty else { return help.overview }
    let meant = Commands.declarations.filter { $0.words.starts(with: words) }
    if meant.isEmpty { return help.text(of: try Commands.find(words).command.declaration) }
    return meant.map(help.text).joined(separator: "\n")
  }
}

/// `reel completions`: a script for a shell.
struct CompletionsCommand: Command {
  static let declaration = Declaration(
    name: "completions", summary: "print what makes a shell complete command lines of reel",
    operands: .init(
      placeholder: "bash|zsh|fish", help: "the shell",
      completion: .words(Completions.allCases.map(\.rawValue))),
    examples: [
      "reel completions bash > ~/.local/share/bash-completion/completions/reel",
      "reel completions zsh > ~/.zfunc/_reel",
      "reel completions fish > ~/.config/fish/completions/reel.fish",
    ])

  private let shell: Completions

  init(_ arguments: Arguments) throws {
    guard arguments.operands.count == 1, let shell = Completions(rawValue: arguments.operands[0]) else {
      let given = arguments.operands.joined(separator: " ")
      throw UsageError(problem: "the shell is \(given); allowed: \(Self.declaration.operands!.placeholder)")
    }
    self.shell = shell
  }

  func run() {
    Console.write(shell.script)
  }
}

/// `reel man`: the manual page.
struct ManCommand: Command {
  static let declaration = Declaration(
    name: "man", summary: "print the manual page, for man to show",
    examples: ["reel man | man -l -", "reel man > /usr/local/share/man/man1/reel.1"])

  init(_ arguments: Arguments) {}

  func run() {
    Console.write(ManPage.text)
  }
}
