// Strategy: the command line's habits, each asked of the built command: help, the nearest word, completions in the
// shells that they are for, the manual page under its own linters.
import Foundation
import ReelTesting
import Testing

@Suite struct ArgumentTests {
  private static let commands = [
    "record", "transcode", "recover", "verify", "bench push", "bench kernels", "bench live",
    "bench growth", "bench transcode", "bench vad", "bench all", "serve", "call", "events list",
    "events replay", "retention", "hold", "audit", "completions", "man", "help",
  ]

  private static let benches = ["all", "growth", "kernels", "live", "push", "transcode", "vad"]

  private let scratch: Scratch

  init() throws {
    scratch = try Scratch()
  }

  private func reelHere(_ words: String) throws -> Outcome { try shell("\"$reel\" \(words)", in: scratch) }

  /// The options of a command's help, from the column where they stand.
  private func options(in help: String) -> [String] {
    help.split(separator: "\n").flatMap { line -> [String] in
      guard line.hasPrefix("  -") else { return [] }
      let words = line.split(separator: " ").prefix { $0.hasPrefix("-") }
      return words.map { $0.hasSuffix(",") ? String($0.dropLast()) : String($0) }
    }
  }

  // MARK: Help

  @Test(arguments: commands)
  func helpTellsOfEveryOptionOnceInEveryWayItIsAsked(command: String) throws {
    let help = try reelHere("help \(command)")
    #expect(help.status == 0 && help.complaint.isEmpty && help.output.hasPrefix("usage: reel \(command)"))
    #expect(try reelHere("\(command) --help").output == help.output)
    #expect(try reelHere("\(command) --nonsense -h").output == help.output)
    #expect(!help.output.contains("\u{1B}"))
    let options = options(in: help.output)
    #expect(Set(options).count == options.count)
    let synopsis = help.output.prefix { $0 != "." }
    for option in options where option != "-j" { #expect(synopsis.contains(option), "\(option)") }
    let examples = help.output.range(of: "\nexamples:\n")?.lowerBound ?? help.output.endIndex
    for line in help.output[..<examples].split(separator: "\n") { #expect(line.count <= 80, "\(line)") }
  }

  @Test func recordHasTheWholeContract() throws {
    let contract =
      "--caller --agent -o --preset --format --stereo --mono --direction --legs --terminators --digit --detect-dtmf "
      + "--input-sensitivity --initial-timeout --end-silence-timeout --max-length --beep --pause --rate --bitrate "
      + "--quality --realtime --json --raw"
    #expect(
      try Set(options(in: reelHere("help record").output)) == Set(contract.split(separator: " ").map(String.init)))
    let others = "-o --format --mono --stereo --side --join --jobs -j --skip-existing --shard --json"
    let transcode = try options(in: reelHere("help transcode").output)
    #expect(Set(others.split(separator: " ").map(String.init)).isSubset(of: transcode))
  }

  @Test func theOverviewNamesEveryCommand() throws {
    let overview = try reelHere("help")
    for command in Self.commands { #expect(overview.output.contains("\n  \(command) "), "\(command)") }
    for line in overview.output.split(separator: "\n") { #expect(line.count <= 80, "\(line)") }
    for words in ["--help", "-h"] { #expect(try reelHere(words).output == overview.output) }
    let both = try reelHere("help bench").output
    #expect(both.contains("usage: reel bench live") && both.contains("usage: reel bench push"))
    let version = try reelHere("--version")
    #expect(version.status == 0 && version.output.wholeMatch(of: /reel \d+\.\d+\.\d+\n/) != nil)
  }

  @Test func aTerminalHasItsWidthAndBoldHeadings() throws {
    func onTerminal(_ columns: Int, _ words: String, _ variables: [String: String] = [:]) throws -> String {
      let script = "script -qec 'stty cols \(columns); \"$reel\" \(words)' /dev/null < /dev/null"
      let variables = ["TERM": "xterm"].merging(variables) { $1 }
      return try shell(
        "unset NO_COLOR; \(variables["NO_COLOR"].map { "export NO_COLOR=\($0);" } ?? "") \(script)",
        in: scratch, with: variables
      ).output.replacing("\r\n", with: "\n")
    }
    for columns in [44, 60, 99] {
      let text = try onTerminal(columns, "help recover", ["NO_COLOR": "1"])
      let lines = text.split(separator: "\n")
      #expect(lines.count > 5 && lines.allSatisfy { $0.count <= columns }, "\(text)")
      #expect(lines.contains { $0.count > columns - 16 }, "\(text)")
      #expect(!text.contains("\u{1B}"))
    }
    #expect(try onTerminal(80, "help verify").contains("\u{1B}[1musage:\u{1B}[0m reel verify"))
    #expect(try !onTerminal(80, "help verify", ["TERM": "dumb"]).contains("\u{1B}"))
  }

  // MARK: Mistakes

  @Test(arguments: [
    ("record --agnet x", "record: there is no option --agnet; did you mean --agent?"),
    ("record --steroe", "there is no option --steroe; did you mean --stereo?"),
    ("record --max-lenght=3", "there is no option --max-lenght; did you mean --max-length?"),
    ("record --hlep", "did you mean --help?"), ("record -O x", "did you mean -o?"),
    ("transcode --skip-exsiting x", "did you mean --skip-existing?"), ("transcode --job 2 x", "did you mean --jobs?"),
    ("recrod", "there is no command recrod; did you mean record?"), ("transocde", "did you mean transcode?"),
    ("--verison", "there is no option --verison; did you mean --version?"), ("--hepl", "did you mean --help?"),
    ("bench lvie", "there is no bench lvie; did you mean live?; allowed: push, kernels, live,"),
    ("bench", "bench of what?"),
    ("help recrod", "did you mean record?"), ("completions tcsh", "the shell is tcsh; allowed: bash|zsh|fish"),
    ("completions", "is missing"), ("completions bash zsh", "the shell is bash zsh; allowed"), ("man x", "x is not"),
    ("", "no command was given; allowed: record, transcode"), ("''", "there is no command ;"),
    ("record", "-o is missing"), ("transcode", "is missing"), ("transcode x", "--format is missing"),
    ("$'re\\ncord'", "there is no command re?cord"), ("record $'--\\e[31m'", "there is no option --?[31m"),
  ])
  func mistakesAreOneLine(words: String, says: String) throws {
    let outcome = try reelHere(words)
    #expect(outcome.status == 64 && outcome.output.isEmpty, "\(outcome)")
    #expect(outcome.complaint.hasPrefix("reel: ") && outcome.complaint.contains(says), "\(outcome.complaint)")
    #expect(outcome.complaint.filter { $0 == "\n" }.count == 1 && outcome.complaint.hasSuffix("\n"))
  }

  // MARK: Completions

  /// What bash offers for the last of the words.
  private func bash(_ words: String...) throws -> [String] {
    let script = #"""
      source <("$reel" completions bash); eval "COMP_WORDS=(reel $words)"; COMP_CWORD=$(( ${#COMP_WORDS[@]} - 1 ))
      _reel; printf '%s\n' "${COMPREPLY[@]}"
      """#
    let quoted = words.map { "'\($0)'" }.joined(separator: " ")
    let outcome = try shell(script, in: scratch, with: ["words": quoted])
    #expect(outcome.status == 0 && outcome.complaint.isEmpty, "\(outcome.complaint)")
    return outcome.output.split(separator: "\n").map(String.init).sorted()
  }

  @Test func bashOffersWhatFits() throws {
    #expect(try shell("mkdir 'a folder'; touch 'a file'", in: scratch).status == 0)
    #expect(try bash("re") == ["record", "recover", "retention"] && bash("--v") == ["--version"])
    #expect(
      try bash("bench", "") == Self.benches && bash("completions", "") == ["bash", "fish", "zsh"])
    #expect(try bash("record", "--pre") == ["--preset"] && bash("record", "--he") == ["--help"])
    #expect(try bash("record", "--preset", "") == ["record", "record-call", "relay"])
    #expect(try bash("record", "--caller", "a") == ["a file", "a folder"])
    #expect(try bash("recover", "a") == ["a folder"] && bash("transcode", "a") == ["a file", "a folder"])
    #expect(try bash("help", "rec") == ["record", "recover"])
    #expect(try bash("record", "--max-length", "").isEmpty && bash("record", "").isEmpty)
    #expect(try bash("bench", "live", "--fol") == ["--folder"] && bash("transcode", "--side", "c") == ["caller"])
    for command in Self.commands {
      let offered = try Set(bash(command.split(separator: " ").map(String.init) + ["-"])).subtracting(["--help"])
      #expect(try offered == Set(options(in: reelHere("help \(command)").output)), "\(command)")
    }
    #expect(try shell(#""$reel" completions bash | bash -n"#, in: scratch).status == 0)
  }

  private func bash(_ words: [String]) throws -> [String] {
    switch words.count {
    case 2: try bash(words[0], words[1])
    default: try bash(words[0], words[1], words[2])
    }
  }

  @Test(.enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/fish")))
  func fishOffersWhatFits() throws {
    func fish(_ line: String) throws -> [String] {
      let script = #"HOME=$PWD fish -N -c '"$reel" completions fish | source; complete -C "$line"'"#
      let outcome = try shell(script, in: scratch, with: ["line": line])
      #expect(outcome.status == 0 && outcome.complaint.isEmpty, "\(outcome.complaint)")
      return outcome.output.split(separator: "\n").map { String($0.split(separator: "\t")[0]) }.sorted()
    }
    #expect(try fish("reel re") == ["record", "recover", "retention"] && fish("reel bench ") == Self.benches)
    #expect(try fish("reel record --pre") == ["--preset"])
    #expect(try fish("reel record --preset ") == ["record", "record-call", "relay"])
    #expect(try fish("reel transcode --ski") == ["--skip-existing"] && fish("reel completions z") == ["zsh"])
    #expect(try fish("reel help trans") == ["transcode"])
  }

  /// A shell in a terminal of its own, where somebody presses the tabulator.
  @Test(.enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/zsh")))
  func zshOffersWhatFits() throws {
    let script = #"""
      mkdir functions; "$reel" completions zsh > functions/_reel; zsh -n functions/_reel || exit 1
      cat > probe.zsh <<'END'
      zmodload zsh/zpty
      zpty shell 'PS1=READY TERM=dumb zsh -f -i -o no_beep'
      zpty -w shell 'fpath=($PWD/functions $fpath); autoload -Uz compinit; compinit -u -D; LISTMAX=9999; PS1="<GO>"'
      zpty -r shell said '*<GO>*<GO>*'
      for line in "reel transc" "reel record --pres" "reel record --preset record-" "reel bench pu"; do
        zpty -w -n shell "$line"$'\t#'; zpty -r shell said '*#*'; print -r -- "$said"; zpty -w -n shell $'\x15'
      done
      zpty -d shell
      END
      timeout 20 zsh -f probe.zsh
      """#
    let outcome = try shell(script, in: scratch)
    #expect(outcome.status == 0, "\(outcome)")
    for offered in ["reel transcode ", "reel record --preset ", "--preset record-call ", "reel bench push "] {
      #expect(outcome.output.contains(offered), "\(offered): \(outcome.output)")
    }
  }

  // MARK: Manual

  @Test func theManualPageIsSoundAndWhole() throws {
    let page = try reelHere("man")
    #expect(page.status == 0 && page.output.hasPrefix(".TH REEL 1"))
    for command in Self.commands {
      for option in try options(in: reelHere("help \(command)").output) {
        #expect(page.output.contains(option.replacing("-", with: "\\-")), "\(command) \(option)")
      }
    }
    let script = #""$reel" man > reel.1; if command -v $linter > /dev/null; then $linter $options reel.1; fi"#
    for (linter, options) in [("mandoc", "-Tlint -Wwarning"), ("groff", "-man -ww -Tutf8 -z")] {
      let outcome = try shell(script, in: scratch, with: ["linter": linter, "options": options])
      #expect(outcome.output.isEmpty && outcome.complaint.isEmpty, "\(linter): \(outcome.output)\(outcome.complaint)")
    }
  }
}
