// Strategy: the gate on instruction counts is judged itself, with figures made by hand: what it must let pass and what
// it must not. That its counts say the same of the same program, wherever and in whatever environment, is seen by
// counting twice.
import Foundation
import Testing

#if arch(x86_64) && !DEBUG && !TSAN
  private let canCount = true
#else
  private let canCount = false
#endif

@Suite struct GateTests {
  @Test func upToFivePercentMorePass() throws {
    let outcome = try judge("100 push\n2000.0 step", "104 push\n2100.0 step")
    #expect(outcome.status == 0)
    #expect(outcome.output.contains("       100        104   +4.0 %  push\n"))
  }

  @Test func moreThanThatFailsByName() throws {
    let outcome = try judge("100 push, mono\n200 pull\n2000.0 step", "106 push, mono\n200 pull\n2102 step")
    #expect(outcome.status == 1)
    #expect(failures(outcome) == ["push, mono: +6.0 %", "step: +5.1 %"])
  }

  @Test func whatIsCheaperPassesAndShouldBeKept() throws {
    let outcome = try judge("100 push\n100 pull", "90 push\n96 pull")
    #expect(outcome.status == 0)
    #expect(outcome.output.contains("make gate-accept will keep it so: push: -10.0 %\n"))
    #expect(!outcome.output.contains("pull: "))
  }

  @Test(arguments: [
    ("100 push\n100 pull", "100 push", "pull: committed, but not counted any more"),
    ("100 push", "100 push\n100 pull", "pull: no figure is committed; make gate-accept"),
    ("100 push", "100 push\n90 push", "push: twice in now"),
    ("100 push\n0 pull", "100 push", "not a figure, in line 3 of committed: 0 pull"),
    ("100 push\n<<<<<<<", "100 push", "not a figure, in line 3 of committed: <<<<<<<"),
    ("", "", "there are no figures"),
  ])
  func whatCannotBeJudgedFails(committed: String, now: String, why: String) throws {
    let outcome = try judge(committed, now)
    #expect(outcome.status == 1)
    #expect(failures(outcome).contains { $0.hasPrefix(why) }, "\(outcome.output)")
  }

  @Test func figuresOfAnotherArchitectureJudgeNothing() throws {
    let outcome = try judge("100 push", "900 push", on: "# aarch64, Swift 6.3.1")
    #expect(outcome.status == 0)
    #expect(outcome.output == "the committed figures are of x86_64, this is aarch64: not judged\n")
  }

  @Test func figuresOfNoArchitectureFail() throws {
    let outcome = try judge("100 push", "100 push", on: "# Instructions for each time")
    #expect(outcome.status == 1)
    #expect(failures(outcome) == ["not said which processor and tools the figures are of"])
  }

  @Test func otherToolsAreToldAndJudged() throws {
    let outcome = try judge("100 push", "106 push", on: "# x86_64, Swift 6.4")
    #expect(outcome.status == 1)
    #expect(outcome.output.contains("  now       # x86_64, Swift 6.4\n"))
  }

  @Test(.enabled(if: canCount, "only optimized code is worth counting"))
  func theSameProgramHasTheSameCounts() throws {
    let scratch = try Scratch()
    let count = "PROBE=\(products.path)/InstructionProbe \(gate) count"
    let outcome = try shell(
      """
      set -e
      \(count) >here
      export FILLING=$(head -c 5000 /dev/zero | tr '\\0' x) PATH=$PATH:/nowhere/at/all VALGRIND_OPTS=--no-such-option
      (cd / && \(count)) >there
      \(gate) judge here there
      """, in: scratch)
    #expect(outcome.status == 0, "\(outcome.complaint)")
    let rows = outcome.output.split(separator: "\n").dropFirst()
    #expect(rows.count > 20)
    for row in rows { #expect(row.contains(/^ *[\d.]+ +[\d.]+ +[+-]0\.[01] %/), "\(row)") }
  }

  private let gate = "\(testdata)/../benchmarks/gate.sh"

  private func judge(_ committed: String, _ now: String, on tools: String = Self.tools) throws -> Outcome {
    let scratch = try Scratch()
    return try shell(
      """
      printf '%s\\n' '\(Self.tools)' '\(committed)' | sed '/^$/d' >committed
      printf '%s\\n' '\(tools)' '\(now)' | sed '/^$/d' >now
      \(gate) judge committed now
      """, in: scratch)
  }

  private static let tools = "# x86_64, Swift 6.3.1"

  private func failures(_ outcome: Outcome) -> [String] {
    outcome.output.split(separator: "\n").filter { $0.hasPrefix("FAILED: ") }.map { String($0.dropFirst(8)) }
  }
}
