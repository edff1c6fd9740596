// Strategy: the service's own load test, small: a real `reel serve`, calls over real sockets in both forms, sessions
// over TLS, and one death with the recovery after it. Whether anything is missing is the program's to say by its exit
// status; here its table is looked at too, so that a test that did nothing does not pass.
import Foundation
import Testing

@Suite(.serialized) struct ServiceLoadTests {
  private func test(_ arguments: String...) throws -> Outcome {
    let scratch = try Scratch()
    let program = products.appending(path: "ServiceTest").path
    return try run(program, arguments + ["--folder", scratch.path])
  }

  /// What stands behind a name in the table.
  private func figure(_ outcome: Outcome, _ name: String) -> String? {
    outcome.output.split(separator: "\n").first { $0.hasPrefix("  \(name)  ") }
      .map { $0.dropFirst(36).trimmingCharacters(in: .whitespaces) }
  }

  @Test(arguments: ["binary", "json"]) func everySampleOfEveryCallIsRecorded(_ form: String) throws {
    let outcome = try test("load", "--streams", "10", "--seconds", "1", "--form", form)
    #expect(outcome.status == 0, "\(outcome.output)\(outcome.complaint)")
    #expect(figure(outcome, "samples recorded as sent") == "160000")
    #expect(figure(outcome, "filled, dropped, overrun") == "0, 0, 0")
  }

  @Test func sessionsStayAndHearOfACall() throws {
    let outcome = try test("idle", "--connections", "20", "--seconds", "1")
    #expect(outcome.status == 0, "\(outcome.output)\(outcome.complaint)")
    #expect(figure(outcome, "violations") == "0")
  }

  @Test func whatAKillLeavesIsWholeAndTold() throws {
    let outcome = try test("kill", "--rounds", "1", "--calls", "10", "--seed", "3")
    #expect(outcome.status == 0, "\(outcome.output)\(outcome.complaint)")
    #expect(figure(outcome, "recordings").flatMap { Int($0) } ?? 0 > 0)
  }

  @Test func whatIsNotUnderstoodIsRefused() throws {
    for words in [["load", "--streams", "0"], ["idle", "--sessions", "5"], ["load", "--form", "xml"], ["rest"]] {
      let outcome = try run(products.appending(path: "ServiceTest").path, words)
      #expect(outcome.status == 64, "\(words): \(outcome.output)")
    }
  }
}
