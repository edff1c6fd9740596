internal import ReelCore
internal import ReelOffline

/// Where results go: rows of tables that people read, in Markdown, or lines of JSON. Each row as soon as it is known,
/// for a bench takes minutes.
package struct Report: Sendable {
  package enum Style: Sendable {
    case tables, json
  }

  package let style: Style
  private let write: @Sendable (String) -> Void

  package init(_ style: Style, write: @escaping @Sendable (String) -> Void) {
    self.style = style
    self.write = write
  }

  /// Says on what it was measured; comes first.
  package func machine(_ machine: Machine) {
    switch style {
    case .tables: write(machine.words.map { "\($0)\n" }.joined())
    case .json: write("\(JSON.object([.init("machine", machine.json)]))\n")
    }
  }

  /// Something that a reader of the tables should know.
  package func remark(_ text: String) {
    switch style {
    case .tables: write("\n\(text)\n")
    case .json: write("\(JSON.object([.init("remark", .string(text))]))\n")
    }
  }

  /// Begins a table; its rows are all of one shape.
  package func table(_ bench: String, _ title: String, _ columns: [Column]) -> ReportTable {
    if style == .tables {
      let heads = columns.map(\.headCell).joined(separator: " | ")
      let rules = columns.map(\.rule).joined(separator: "|")
      write("\n**\(title)**\n\n| \(heads) |\n|\(rules)|\n")
    }
    return ReportTable(bench: bench, title: title, columns: columns, style: style, write: write)
  }
}

/// A table that is under way.
package struct ReportTable: Sendable {
  fileprivate let bench: String
  fileprivate let title: String
  fileprivate let columns: [Column]
  fileprivate let style: Report.Style
  fileprivate let write: @Sendable (String) -> Void

  /// One cell for each column.
  package func row(_ cells: [Cell]) {
    precondition(cells.count == columns.count, "a row has its table's columns")
    switch style {
    case .tables:
      write("| \(zip(columns, cells).map { $0.padded($1.text) }.joined(separator: " | ")) |\n")
    case .json:
      let own: [JSON.Member] = [.init("bench", .string(bench)), .init("table", .string(title))]
      write("\(JSON.object(own + zip(columns, cells).map { .init($0.key, $1.json) }))\n")
    }
  }
}

/// A column: what people read over it, and its name in JSON.
package struct Column: Sendable {
  let title: String
  let key: String
  /// How many characters it has room for: rows come one by one, so it can't be found from them.
  private let width: Int
  private let isText: Bool

  /// Words, from the left.
  package static func words(_ title: String, _ key: String, width: Int) -> Column {
    Column(title: title, key: key, width: max(width, title.count), isText: true)
  }

  /// Numbers, to the right.
  package static func number(_ title: String, _ key: String, width: Int = 0) -> Column {
    Column(title: title, key: key, width: max(width, title.count), isText: false)
  }

  /// A figure with its range.
  package static func figure(_ title: String, _ key: String) -> Column {
    .number(title, key, width: 22)
  }

  var headCell: String { padded(title) }

  var rule: String {
    isText ? String(repeating: "-", count: width + 2) : String(repeating: "-", count: width + 1) + ":"
  }

  func padded(_ text: String) -> String {
    let space = String(repeating: " ", count: max(0, width - text.count))
    return isText ? text + space : space + text
  }
}

/// What stands in a row's column.
package enum Cell: Sendable {
  case text(String)
  case count(Int)
  /// A number that was not measured over and over: a length, the worst that was seen.
  case number(Double, places: Int)
  case figure(Figure)
  /// What a figure should be at least, and whether it is: `at the mark` where its range goes to either side.
  case goal(Double, Figure)
  case nothing

  var text: String {
    switch self {
    case .text(let text): text
    case .count(let count): "\(count)"
    case .number(let value, let places): value.text(places)
    case .figure(let figure): figure.text
    case .goal(let least, let figure):
      "\(least.text(least == least.rounded() ? 0 : 1)) " + (Self.judge(least, figure)?.rawValue ?? "open")
    case .nothing: "-"
    }
  }

  var json: JSON {
    switch self {
    case .text(let text): return .string(text)
    case .count(let count): return .number(Double(count))
    case .number(let value, _): return .number(value)
    case .figure(let figure):
      // What noise drowned has no median, so that nobody takes it for one.
      return .object([
        .init("median", figure.isMeaningful ? .number(figure.median) : .null), .init("low", .number(figure.low)),
        .init("high", .number(figure.high)), .init("runs", .number(Double(figure.runs))),
      ])
    case .goal(let least, let figure):
      let judgement = Self.judge(least, figure).map { JSON.string($0.rawValue) } ?? .null
      return .object([.init("at_least", .number(least)), .init("is", judgement)])
    case .nothing: return .null
    }
  }

  private enum Judgement: String {
    case reached, missed
    case even = "at the mark"
  }

  /// Nil where noise has drowned the figure.
  private static func judge(_ least: Double, _ figure: Figure) -> Judgement? {
    guard figure.isMeaningful else { return nil }
    return figure.low >= least ? .reached : figure.high < least ? .missed : .even
  }
}
