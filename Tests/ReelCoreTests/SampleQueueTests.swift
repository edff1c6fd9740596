// Strategy: random steps beside a plain array of samples and kinds; then what must be left behind: nothing.
import ReelCore
import ReelTesting
import Testing

@Suite struct SampleQueueTests {
  @Test func itHoldsWhatAnArrayHolds() {
    for seed in UInt64(0)..<300 {
      var generator = SeededGenerator(seed: seed)
      let most = Int.random(in: 1...40, using: &generator)
      var queue = SampleQueue(most: most)
      var plain: [(sample: Int16, kind: SpanKind)] = []
      for step in 0..<200 {
        let room = most - plain.count
        switch Int.random(in: 0..<3, using: &generator) {
        case 0:
          let samples = (0..<Int.random(in: 0...room, using: &generator)).map { Int16(step * 40 + $0) }
          queue.append(samples.span)
          plain += samples.map { ($0, .real) }
        case 1:
          let kind = [SpanKind.filled, .dropped].randomElement(using: &generator)!
          let count = Int.random(in: 0...room, using: &generator)
          queue.appendSilence(count, kind)
          plain += [(Int16, SpanKind)](repeating: (0, kind), count: count)
        default:
          let count = Int.random(in: 0...plain.count, using: &generator)
          queue.removeFirst(count)
          plain.removeFirst(count)
        }
        #expect(isSame(queue, plain), "seed \(seed), step \(step)")
      }
    }
  }

  @Test func whatIsThrownAwayIsOverwritten() {
    var queue = SampleQueue(most: 100)
    queue.append([Int16](repeating: 30_000, count: 90).span)
    queue.removeFirst(50)
    queue.append([Int16](repeating: 30_000, count: 60).span)
    queue.discardAll()
    #expect(queue.count == 0 && queue.cells.allSatisfy { $0 == 0 })
  }

  private func isSame(_ queue: SampleQueue, _ plain: [(sample: Int16, kind: SpanKind)]) -> Bool {
    guard queue.count == plain.count else { return false }
    guard Array(queue.cells[queue.head..<queue.head + queue.count]) == plain.map(\.sample) else { return false }
    guard let first = plain.first else { return true }
    let run = queue.firstRun(upTo: plain.count)
    return run.kind == first.kind && run.count == (plain.firstIndex { $0.kind != first.kind } ?? plain.count)
  }
}
