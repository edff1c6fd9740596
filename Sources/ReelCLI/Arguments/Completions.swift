/// Scripts with which shells complete command lines of `reel`, from the Commands.declarations.
enum Completions: String, CaseIterable {
  case bash, zsh, fish

  var script: String {
    switch self {
    case .bash: Self.bashScript
    case .zsh: Self.zshScript
    case .fish: Self.fishScript
    }
  }

  /// The second words of commands, by their first.
  private static var seconds: [(first: String, seconds: [String])] {
    Commands.firstWords.compactMap { first in
      let seconds = Commands.declarations.map(\.words).filter { $0[0] == first }.compactMap { $0.dropFirst().first }
      return seconds.isEmpty ? nil : (first, seconds)
    }
  }

  // MARK: bash

  private static var bashScript: String {
    var lines = [
      "# bash completion for reel", "_reel() {",
      #"  local current="${COMP_WORDS[COMP_CWORD]}" previous="${COMP_WORDS[COMP_CWORD-1]}""#,
      #"  local command="${COMP_WORDS[1]}""#, "  COMPREPLY=()",
      "  if [[ $COMP_CWORD -eq 1 ]]; then",
      "    \(bashReply(.words(Commands.firstWords + ["--version"]))); return",
      "  fi", #"  case "$command" in"#,
    ]
    for (first, seconds) in seconds {
      lines += [
        "    \(first))", "      if [[ $COMP_CWORD -eq 2 ]]; then",
        "        \(bashReply(.words(seconds))); return", "      fi",
        #"      command="$command ${COMP_WORDS[2]}" ;;"#,
      ]
    }
    lines += ["  esac", #"  case "$command" in"#]
    for declaration in Commands.declarations { lines += bashCase(declaration) }
    lines += ["  esac", "}", "complete -o filenames -F _reel reel"]
    return lines.joined(separator: "\n") + "\n"
  }

  private static func bashCase(_ declaration: Declaration) -> [String] {
    var lines = ["    '\(declaration.name)')", #"      case "$previous" in"#]
    for option in declaration.options {
      guard let value = option.value else { continue }
      lines.append("        \(option.names.joined(separator: "|"))) \(bashReply(value.completion)); return ;;")
    }
    lines.append("      esac")
    let names = declaration.options.flatMap(\.names) + ["--help"]
    lines += ["      if [[ $current == -* ]]; then \(bashReply(.words(names))); return; fi"]
    if let operands = declaration.operands { lines.append("      \(bashReply(operands.completion))") }
    return lines + ["      ;;"]
  }

  private static func bashReply(_ completion: Completion) -> String {
    let mapfile = "local IFS=$'\\n'; COMPREPLY=($(compgen"
    return switch completion {
    case .nothing: ":"
    case .files: mapfile + #" -f -- "$current"))"#
    case .folders: mapfile + #" -d -- "$current"))"#
    case .commands: bashReply(.words(Commands.firstWords))
    case .words(let words): #"COMPREPLY=($(compgen -W "\#(words.joined(separator: " "))" -- "$current"))"#
    }
  }

  // MARK: zsh

  private static var zshScript: String {
    var lines = ["#compdef reel", "", "_reel() {", "  local -a commands=("]
    lines += Commands.firstWords.map { first in
      let one = Commands.declarations.first { $0.name == first }
      return
        "    '\(first):\(quoted(one?.summary ?? seconds.first { $0.first == first }!.seconds.joined(separator: ", ")))'"
    }
    lines += [
      "  )", "  if (( CURRENT == 2 )); then _describe command commands; return; fi", #"  local command="${words[2]}""#,
      #"  case "$command" in"#,
    ]
    for (first, seconds) in seconds {
      lines += [
        "    \(first))", "      if (( CURRENT == 3 )); then compadd \(seconds.joined(separator: " ")); return; fi",
        #"      command="$command ${words[3]}" ;;"#,
      ]
    }
    lines += ["  esac", #"  case "$command" in"#]
    for declaration in Commands.declarations {
      let skipped = declaration.words.count
      lines.append("    '\(declaration.name)')")
      lines.append("      shift \(skipped) words; (( CURRENT -= \(skipped) ))")
      let specs = declaration.options.flatMap(zshSpecs) + (declaration.operands.map { [zshOperands($0)] } ?? [])
      lines.append("      _arguments " + specs.map { "\\\n        \($0)" }.joined(separator: " ") + " ;;")
    }
    return (lines + ["  esac", "}", "", #"_reel "$@""#]).joined(separator: "\n") + "\n"
  }

  private static func zshSpecs(_ option: OptionSpec) -> [String] {
    option.names.map { name in
      let mark = option.repeats ? "*" : ""
      guard let value = option.value else { return "'\(mark)\(name)[\(quoted(option.help))]'" }
      let start = "'\(mark)\(name)[\(quoted(option.help))]:\(quoted(value.placeholder)):"
      return start + zshAction(value.completion) + "'"
    }
  }

  private static func zshOperands(_ operands: Declaration.Operands) -> String {
    "'*:\(quoted(operands.placeholder)):\(zshAction(operands.completion))'"
  }

  private static func zshAction(_ completion: Completion) -> String {
    switch completion {
    case .nothing: " "
    case .files: "_files"
    case .folders: "_files -/"
    case .commands: zshAction(.words(Commands.firstWords))
    case .words(let words): "(\(words.joined(separator: " ")))"
    }
  }

  /// Between single quotes and brackets of zsh's.
  private static func quoted(_ text: String) -> String {
    text.map { "[]:".contains($0) ? "\\\($0)" : $0 == "'" ? "'\\''" : "\($0)" }.joined()
  }

  // MARK: fish

  private static var fishScript: String {
    var lines = ["# fish completion for reel", "complete -c reel -f"]
    let firsts = Commands.firstWords.joined(separator: " ")
    for first in Commands.firstWords {
      let summary = Commands.declarations.first { $0.name == first }?.summary ?? ""
      lines.append(
        "complete -c reel -n 'not __fish_seen_subcommand_from \(firsts)' -a \(first) -d '\(fished(summary))'")
    }
    for (first, seconds) in seconds {
      let words = seconds.joined(separator: " ")
      let condition = "__fish_seen_subcommand_from \(first); and not __fish_seen_subcommand_from \(words)"
      lines.append("complete -c reel -n '\(condition)' -a '\(words)'")
    }
    for declaration in Commands.declarations { lines += fishLines(declaration) }
    return lines.joined(separator: "\n") + "\n"
  }

  private static func fishLines(_ declaration: Declaration) -> [String] {
    let words = declaration.words.map { "__fish_seen_subcommand_from \($0)" }.joined(separator: "; and ")
    let start = "complete -c reel -n '\(words)'"
    var lines = declaration.options.map { option in
      let names = option.names.map { $0.hasPrefix("--") ? "-l \($0.dropFirst(2))" : "-s \($0.dropFirst())" }
      return
        "\(start) \(names.joined(separator: " ")) \(fishValue(option.value?.completion))-d '\(fished(option.help))'"
    }
    switch declaration.operands?.completion {
    case .files: lines.append("\(start) -F")
    case .folders: lines.append("\(start) -a '(__fish_complete_directories)'")
    case .words(let offered): lines.append("\(start) -a '\(offered.joined(separator: " "))'")
    case .commands: lines.append("\(start) -a '\(Commands.firstWords.joined(separator: " "))'")
    case .nothing, nil: break
    }
    return lines
  }

  private static func fishValue(_ completion: Completion?) -> String {
    switch completion {
    case nil: ""
    case .nothing?: "-x "
    case .files?: "-r -F "
    case .folders?: "-x -a '(__fish_complete_directories)' "
    case .commands?: fishValue(.words(Commands.firstWords))
    case .words(let words)?: "-x -a '\(words.joined(separator: " "))' "
    }
  }

  private static func fished(_ text: String) -> String {
    text.map { $0 == "'" || $0 == "\\" ? "\\\($0)" : "\($0)" }.joined()
  }
}
