import CRealtime
import Reel
import ReelCore
import ReelRealtime

/// A call of an engine that has no threads, and every way to push and pull.
struct Pushes {
  private let engine: RecordingEngine
  private let call: Call
  private let samples = [Int16](repeating: 7, count: 960)

  init(folder: String, beeps: Bool = false) throws {
    engine = try RecordingEngine(EngineConfiguration(folder: folder), hasThreads: false)
    call = engine.call("probe", rate: 8_000)
    guard beeps else { return }
    var options = RecordingOptions.recordCall()
    options.beep = true
    try call.record(options)
    // The beep is ordered before the first push: who pushes seconds without a beat has outrun its patience.
    beat()
  }

  /// What the engine's threads would do.
  func beat() {
    for worker in engine.core.workers { worker.beat(deadline: .never) }
    engine.core.writer.beat(deadline: .never)
  }

  /// Samples that found no room, once a beat has seen them.
  var lost: Int { engine.counters.overrunSamples }

  /// Pushes so many times, in every way and many sizes, whether there is room or not, and pulls after each; gives how
  /// many samples of a beep came. With each push comes a plant, if there is one.
  @discardableResult
  func run(_ count: Int, _ plant: Plant? = nil) -> Int {
    var heard = 0
    var memory = [Int16](repeating: 0, count: 160)
    var output = memory.mutableSpan
    let sizes = [160, 80, 0, 1, 333, 960, 7, 161]
    for number in 0..<count {
      let block = samples.span.extracting(first: sizes[number % sizes.count])
      let leg = number % 2 == 0 ? Leg.caller : .agent
      reel_realtime_enter()
      switch number % 3 {
      case 0: call.push(block, from: leg)
      case 1: call.push(block, from: leg, at: number &* 160)
      default: call.push(block, from: leg, at: UInt32(truncatingIfNeeded: number &* 160))
      }
      heard += call.pull(into: &output)
      plant?.run()
      reel_realtime_exit()
    }
    return heard
  }
}
