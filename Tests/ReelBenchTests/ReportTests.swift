import ReelBench
import ReelCore
import ReelRealtime
import Testing

@Suite struct ReportTests {
  private final class Said: Sendable {
    let text = Guarded("")
  }

  private func rows(_ style: Report.Style) -> String {
    let said = Said()
    let report = Report(style) { text in said.text.withLock { $0 += text } }
    let table = report.table(
      "push", "title",
      [
        .words("work", "work", width: 6), .figure("ratio", "ratio"), .words("goal", "goal", width: 4),
        .number("n", "n"),
      ])
    table.row([.text("calm"), .figure(Figure([2, 2.1, 2.2])), .goal(2, Figure([2, 2.1, 2.2])), .count(3)])
    table.row([.text("wild"), .figure(Figure([1, 2, 9])), .goal(1, Figure([1, 2, 9])), .nothing])
    table.row([.text("near"), .figure(Figure([1.9, 2.1])), .goal(2, Figure([1.9, 2.1])), .number(1.25, places: 1)])
    table.row([.text("slow"), .figure(Figure([1.2, 1.3])), .goal(1.8, Figure([1.2, 1.3])), .nothing])
    return said.text.withLock { $0 }
  }

  @Test func peopleReadMarkdown() {
    let lines = rows(.tables).split(separator: "\n").map(String.init)
    #expect(lines[0] == "**title**" && lines[2].hasPrefix("|--------|-") && lines[2].contains(":|"))
    #expect(lines.dropFirst().allSatisfy { $0.filter { $0 == "|" }.count == 5 })
    #expect(lines[3].contains("| calm   |") && lines[3].contains(" 2.10 (2.00 to 2.20 of 3) | 2 reached | 3 |"))
    #expect(lines[4].contains(" noise (1.00 to 9.00 of 3) | 1 open | - |"))
    #expect(lines[5].contains("| 2 at the mark | 1.3 |") || lines[5].contains("| 2 at the mark | 1.2 |"))
    #expect(lines[6].contains("| 1.8 missed | - |"))
  }

  @Test func machinesReadLinesOfJSON() throws {
    let rows = try rows(.json).split(separator: "\n").map { try JSON(String($0)) }
    #expect(rows.count == 4 && rows.allSatisfy { $0["bench"]?.text == "push" && $0["table"]?.text == "title" })
    #expect(rows[0]["ratio"]?["median"] == .number(2.1) && rows[0]["ratio"]?["runs"] == .number(3))
    #expect(rows[0]["goal"]?["is"] == .string("reached") && rows[0]["n"] == .number(3))
    // What noise has drowned is no number that anybody could take for one.
    #expect(rows[1]["ratio"]?["median"] == .null && rows[1]["ratio"]?["high"] == .number(9))
    #expect(rows[1]["goal"]?["is"] == .null && rows[1]["n"] == .null)
    #expect(rows[2]["goal"]?["is"] == .string("at the mark") && rows[3]["goal"]?["is"] == .string("missed"))
  }

  @Test func aPlotIsWellFormedAndHoldsItsPoints() throws {
    let points = [(100.0, Figure([2, 3, 4])), (1_000, Figure([5]))].map { (x: $0.0, y: $0.1) }
    let svg = Plot(
      title: "a < b & c", origin: "here", x: "calls",
      charts: [.init(y: "cores", series: [.init(name: "one", points: points)])]
    ).svg
    #expect(svg.contains("a &lt; b &amp; c") && svg.contains(">calls<") && svg.contains(">1000<"))
    #expect(svg.split(separator: "<polyline").count == 4, "a line, and a range for each point")
    #expect([0.3, 1, 1.1, 2.5, 61, 0].map(Plot.ceiling) == [0.4, 1, 2, 4, 80, 1])
  }
}
