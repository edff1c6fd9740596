/// The manual page reel(1) in roff, from the declarations.
enum ManPage {
  static var text: String {
    var page = [".TH REEL 1 \"\(Version.date)\" \"Reel \(Version.number)\" \"Reel\"", ".SH NAME"]
    page.append("reel \\- record calls, and work on recordings")
    page.append(".SH SYNOPSIS")
    for command in Commands.declarations {
      page += [".nf", "\\fBreel \(escaped(command.name))\\fR \(escaped(briefSynopsis(of: command)))", ".fi"]
    }
    page += [".SH DESCRIPTION"]
    page.append(
      escaped(
        "Reel takes the two legs of a call and makes recordings that can be trusted. Messages go to standard error, "
          + "data to standard output; a file named - is standard input or output."))
    for command in Commands.declarations { page += section(of: command) }
    page += [".SH EXIT STATUS", ".TP", "0", "All was done.", ".TP", "1", "Some of it failed; what, was said."]
    page += [".TP", "64", "The command line could not be understood; nothing was touched."]
    page += [".SH ENVIRONMENT", ".TP", "NO_COLOR", "If set to anything, nothing is coloured or bold."]
    return page.joined(separator: "\n") + "\n"
  }

  private static func briefSynopsis(of command: Declaration) -> String {
    let required = command.options.filter(\.isRequired).map(\.synopsis)
    let options = command.options.contains { !$0.isRequired } ? ["[options]"] : []
    let operands = command.operands.map { $0.isRequired ? [$0.placeholder] : ["[\($0.placeholder)]"] } ?? []
    return (required + options + operands).joined(separator: " ")
  }

  private static func section(of command: Declaration) -> [String] {
    var lines = [".SH \"REEL \(escaped(command.name.uppercased()))\"", escaped("\(command.summary.capitalizedFirst).")]
    for paragraph in command.discussion { lines += [".PP", escaped(paragraph)] }
    if let operands = command.operands { lines += item(operands.placeholder, operands.help) }
    for section in command.sections {
      lines.append(".SS \"\(escaped(section.title.capitalizedFirst))\"")
      for option in section.options { lines += item(option.signature, option.help) }
    }
    guard !command.examples.isEmpty else { return lines }
    return lines + [".SS Examples", ".nf"] + command.examples.map(escaped) + [".fi"]
  }

  private static func item(_ term: String, _ meaning: String) -> [String] {
    [".TP", "\\fB\(escaped(term))\\fR", escaped(meaning)]
  }

  /// Text in which nothing is taken for a command of roff's.
  private static func escaped(_ text: String) -> String {
    var escaped = ""
    for character in text {
      switch character {
      case "\\": escaped += "\\e"
      case "-": escaped += "\\-"
      case "…": escaped += "..."
      case "–": escaped += "\\(en"
      case "−": escaped += "\\-"
      case "µ": escaped += "\\(mc"
      default: escaped.append(character)
      }
    }
    return escaped.hasPrefix(".") || escaped.hasPrefix("'") ? "\\&" + escaped : escaped
  }
}
