/// Help for people, from the declarations.
struct HelpText {
  private let width: Int
  private let isBold: Bool

  /// Of `width` columns; headings are bold where the terminal can show it.
  init(width: Int, isBold: Bool) {
    self.width = width
    self.isBold = isBold
  }

  /// What there is.
  var overview: String {
    let commands = Commands.declarations
    let column = (commands.map(\.name.count).max() ?? 0) + 4
    var text = "\(heading("reel")) records calls, and works on recordings.\n\n"
    text += "\(heading("usage:")) reel COMMAND …\n\n\(heading("commands:"))\n"
    for command in commands { text += entry("  \(command.name)", command.summary, column: column) }
    let rest =
      "'reel help COMMAND' has all of a command; 'reel --version' says which Reel this is. Messages go to standard "
      + "error, data to standard output. The exit status is 0 when all was done, 1 when some of it failed, 64 when the "
      + "command line can't be understood."
    return text + "\n" + wrapped(rest) + "\n"
  }

  /// All of one command.
  func text(of command: Declaration) -> String {
    var text = synopsis(of: command) + "\n" + wrapped("\(command.summary.capitalizedFirst).") + "\n"
    for paragraph in command.discussion { text += "\n" + wrapped(paragraph) + "\n" }
    if let operands = command.operands {
      text += "\n" + entry("  \(operands.placeholder)", operands.help, column: Self.column)
    }
    for section in command.sections {
      text += "\n\(heading("\(section.title):"))\n"
      for option in section.options { text += entry("  \(option.signature)", option.help, column: Self.column) }
    }
    guard !command.examples.isEmpty else { return text }
    return text + "\n\(heading("examples:"))\n" + command.examples.map { "  \($0)\n" }.joined()
  }

  /// How the command is written, with every option.
  private func synopsis(of command: Declaration) -> String {
    let start = "usage: reel \(command.name) "
    let parts = command.synopsis
    let indent = String(repeating: " ", count: min(start.count, 24))
    var lines = [start]
    for part in parts {
      if lines[lines.count - 1].count + part.count > width && lines[lines.count - 1] != indent { lines.append(indent) }
      lines[lines.count - 1] += part + " "
    }
    let text = lines.map { $0.trimmedEnd + "\n" }.joined()
    return heading("usage:") + text.dropFirst("usage:".count)
  }

  private static let column = 32

  /// A term, and what it means in a column of its own.
  private func entry(_ term: String, _ meaning: String, column: Int) -> String {
    let lines = wrap(meaning, width - column)
    let indent = String(repeating: " ", count: column)
    let isShort = term.count + 2 <= column
    let first = isShort ? term + String(repeating: " ", count: column - term.count) + (lines.first ?? "") : term
    let rest = isShort ? lines.dropFirst() : lines[...]
    return ([first] + rest.map { indent + $0 }).map { $0 + "\n" }.joined()
  }

  private func wrapped(_ paragraph: String) -> String {
    wrap(paragraph, width).joined(separator: "\n")
  }

  private func wrap(_ text: String, _ width: Int) -> [String] {
    var lines = [""]
    for word in text.split(separator: " ") {
      if !lines[lines.count - 1].isEmpty && lines[lines.count - 1].count + 1 + word.count > width { lines.append("") }
      lines[lines.count - 1] += (lines[lines.count - 1].isEmpty ? "" : " ") + word
    }
    return lines
  }

  private func heading(_ text: String) -> String {
    isBold ? "\u{1B}[1m\(text)\u{1B}[0m" : text
  }
}

extension Declaration {
  /// How the command is written: what must come first, then options, then operands.
  var synopsis: [String] {
    var parts = options.filter(\.isRequired).map(\.synopsis)
    var groups: [String] = []
    for option in options where !option.isRequired {
      guard let group = option.group else {
        parts.append(option.synopsis)
        continue
      }
      guard !groups.contains(group) else { continue }
      groups.append(group)
      parts.append("[" + options.filter { $0.group == group }.map(\.bareSynopsis).joined(separator: " | ") + "]")
    }
    if let operands { parts.append(operands.isRequired ? operands.placeholder : "[\(operands.placeholder)]") }
    return parts
  }
}

extension OptionSpec {
  /// As in a list of options: `-o OUT`.
  var signature: String {
    names.joined(separator: ", ") + (value.map { " \($0.placeholder)" } ?? "")
  }

  var bareSynopsis: String { "\(name)\(value.map { " \($0.placeholder)" } ?? "")" }

  /// As in the line that shows how a command is written: `[--pause SPAN]…`.
  var synopsis: String {
    (isRequired ? bareSynopsis : "[\(bareSynopsis)]") + (repeats ? "…" : "")
  }
}

extension String {
  fileprivate var trimmedEnd: String {
    var text = self
    while text.hasSuffix(" ") { text.removeLast() }
    return text
  }

  var capitalizedFirst: String { prefix(1).uppercased() + dropFirst() }
}
