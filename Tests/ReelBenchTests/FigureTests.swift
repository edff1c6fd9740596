import ReelBench
import ReelTesting
import Testing

@Suite struct FigureTests {
  @Test func aFigureIsTheMedianAndItsRange() {
    let few = Figure([3, 1, 2])
    #expect(few.median == 2 && few.low == 1 && few.high == 3 && few.runs == 3)
    #expect(Figure([4, 1]).median == 2.5)
    let many = Figure((1...101).map(Double.init).shuffled())
    #expect(many.median == 51 && many.low == 41 && many.high == 61)
  }

  /// The range is said to hold the true median with 95 %, of whatever distribution: here one with a long tail.
  @Test(arguments: [6, 11, 31, 101]) func theRangeHoldsTheMedianAsOftenAsIsSaid(runs: Int) {
    var generator = SeededGenerator(seed: UInt64(runs))
    let trials = 2_000
    var held = 0
    for _ in 0..<trials {
      // Of x² the median is that of x, squared.
      let figure = Figure(
        (0..<runs).map { _ in
          let x = Double.random(in: 0...1, using: &generator)
          return x * x
        })
      if figure.low <= 0.25 && 0.25 <= figure.high { held += 1 }
    }
    #expect(Double(held) >= 0.94 * Double(trials), "\(held) of \(trials)")
  }

  @Test func manyRunsAreManyToo() {
    let many = Figure((0...4_000).map(Double.init))
    #expect(many.median == 2_000 && many.low <= many.median && many.median <= many.high)
    #expect(Figure([1, 1, 1, 1, 1, 1]).text == "1.00 (1.00 to 1.00)")
  }

  @Test func noiseIsNoFigure() {
    #expect(Figure([100, 110, 120]).isMeaningful && Figure([100, 110, 120]).text == "110 (100 to 120 of 3)")
    #expect(!Figure([100, 110, 130]).isMeaningful && Figure([100, 110, 130]).text == "noise (100 to 130 of 3)")
    #expect(Figure([0.5, 0.6, 0.61]).text == "0.60 (0.50 to 0.61 of 3)" && Figure([7]).text == "7.00")
    #expect(!Figure([0, 1]).isMeaningful && Figure([0, 0]).isMeaningful && Figure([-1, -1.1]).isMeaningful)
    // A clock of steps of ten can't show less than a step.
    #expect(Figure([10, 10, 20], step: 10).isMeaningful && !Figure([10, 10, 30], step: 10).isMeaningful)
  }

  /// What slows both down in a turn does not move the ratio.
  @Test func ratiosAreTakenTurnByTurn() {
    let ratio = Figure(ratiosOf: [2, 20, 4], to: [1, 10, 2])
    #expect(ratio.median == 2 && ratio.low == 2 && ratio.high == 2)
  }

  @Test func aRangeOfOneStepIsNoNoise() {
    #expect(Figure([10, 20], step: 10).text == "15.0 (10.0 to 20.0 of 2)")
    #expect(
      Figure([10, 20]).text == "noise (10.0 to 20.0 of 2)" && Figure([10, 21], step: 10).text.hasPrefix("noise"))
    #expect(Figure([0, 0], step: 10).text == "0 (0 to 0 of 2)")
  }
}
