import Testing

import ReelBench

@Suite struct FigureTests {
  @Test func aFigureIsTheMedianAndItsRange() {
    let few = Figure([3, 1, 2])
    #expect(few.median == 2 && few.low == 1 && few.high == 3 && few.runs == 3)
    let many = Figure((1...101).map(Double.init).shuffled())
    #expect(many.median == 51 && many.low == 41 && many.high == 61)
  }
}
