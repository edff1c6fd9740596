import ReelBench
import Testing

@Suite struct TurnAboutTests {
  private func setting(isInterrupted: @escaping @Sendable () -> Bool = { false }) -> BenchSetting {
    BenchSetting(folder: "/tmp", report: Report(.tables) { _ in }, isInterrupted: isInterrupted)
  }

  @Test func everyPieceHasItsTurnAndTheFirstIsNotCounted() throws {
    var order = ""
    var calls = 0
    let works: [() throws -> Double] = ["a", "b", "c"].map { name in
      {
        order += name
        calls += 1
        return Double(calls)
      }
    }
    let times = try TurnAbout(seconds: 0, leastTurns: 2).times(works, setting())
    #expect(order == "abcabccba")
    #expect(times.rows == [[4, 9], [5, 8], [6, 7]])
    #expect(times.figure(0, unitSeconds: 2).median == 3.25 && times.ratio(2, to: 0).runs == 2)
  }

  @Test func theTimeEndsItButNotBeforeTheLeastNumberOfTurns() throws {
    let short = try TurnAbout(seconds: 0).times([{ 1 }], setting())
    let long = try TurnAbout(seconds: 60, mostTurns: 9).times([{ 1 }], setting())
    #expect(short.rows[0].count == 5 && long.rows[0].count == 9)
  }

  @Test func itEndsWhenSomebodyWantsThat() {
    #expect(throws: BenchFailure.interrupted) {
      try TurnAbout(seconds: 60).times([{ 1 }], setting(isInterrupted: { true }))
    }
  }
}
