// Strategy: every way to push and pull, with counters under malloc, retain and release. Both are shown to count first.
// Only optimized code is judged: without, the compiler counts references everywhere.
import CAllocationCounter
import Reel
import ReelCore
import ReelTesting
import Testing

#if DEBUG
  private let isOptimized = false
#else
  private let isOptimized = true
#endif

/// What this thread has counted so far.
private struct Counts: Equatable {
  var allocations = reel_allocations()
  var references = reel_references()

  /// Adds what came between two looks.
  mutating func add(from start: Counts, to end: Counts) {
    allocations += end.allocations - start.allocations
    references += end.references - start.references
  }

  static let none = {
    var counts = Counts()
    counts.allocations = 0
    counts.references = 0
    return counts
  }()
}

private final class Thing: Sendable {}
nonisolated(unsafe) private var things: [Thing] = []

/// Out of line, so that its references are really counted.
@inline(never) private func swapThings() {
  unsafe things[0] = things[1]
}

/// Sizes up to half a second, with none at all, with single samples, and with such as fill no slot.
private let sizes = [160, 80, 0, 1, 7, 333, 161, 960, 3_999]

@Suite(.enabled(if: isOptimized && reel_allocations_are_counted()))
struct PushCountTests {
  @Test func theCountersCount() {
    unsafe things = [Thing(), Thing()]
    let before = Counts()
    swapThings()
    let after = Counts()
    #expect(after.references - before.references == 2, "one retained, the other released")
    #expect(after.allocations - before.allocations == 1, "the other was given back")
    let array = [Int](repeating: 1, count: Int.random(in: 100...200))
    #expect(Counts().allocations > after.allocations)
    #expect(array.count >= 100)
  }

  @Test(arguments: [0, 1, 2]) func aPushCountsAndAllocatesNothing(way: Int) throws {
    let engine = try ManualEngine()
    let call = engine.engine.call("abc", rate: 8_000)
    let samples = ramp(4_000)
    let span = samples.span
    var counts = Counts.none
    var number = 0
    // A ring is full after about 25 pushes, and has wrapped at the second round.
    for round in 0..<400 {
      let start = Counts()
      for _ in 0..<round % 60 {
        let leg = number % 2 == 0 ? Leg.caller : .agent
        let block = span.extracting(first: sizes[number % sizes.count])
        switch way {
        case 0: call.push(block, from: leg)
        case 1: call.push(block, from: leg, at: number * 160)
        default: call.push(block, from: leg, at: UInt32(truncatingIfNeeded: number &* 160 &- 80_000))
        }
        number += 1
      }
      counts.add(from: start, to: Counts())
      engine.beat()
    }
    #expect(counts == .none)
    #expect(engine.engine.counters.overrunSamples > 0, "some found no room")
  }

  @Test func aPullCountsAndAllocatesNothing() throws {
    let engine = try ManualEngine()
    let call = engine.engine.call("abc", rate: 8_000)
    var options = RecordingOptions.recordCall()
    options.beep = true
    var counts = Counts.none
    var memory = zeros(160)
    var output = memory.mutableSpan
    var heard = 0
    for _ in 0..<5 {
      try call.record(options)
      engine.beat()
      for _ in 0..<100 {
        let start = Counts()
        heard += call.pull(into: &output)
        counts.add(from: start, to: Counts())
        engine.beat()
      }
    }
    #expect(counts == .none)
    #expect(heard >= 5 * 800, "five beeps of at least a tenth of a second")
    engine.settle()
  }
}
