import Reel
import ReelRealtime
import ReelTesting
import Testing

/// An engine without threads, whose beats a test makes itself, in an order of its own.
final class ManualEngine {
  let folder: TestFolder
  let engine: RecordingEngine

  init(workers: Int = 1, _ folder: TestFolder = TestFolder(), change: (inout EngineConfiguration) -> Void = { _ in })
    throws
  {
    self.folder = folder
    var configuration = EngineConfiguration(folder: folder.path)
    configuration.workers = workers
    change(&configuration)
    engine = try RecordingEngine(configuration, hasThreads: false)
  }

  func work() {
    for worker in engine.core.workers { worker.beat(deadline: .never) }
  }

  func write() {
    engine.core.writer.beat(deadline: .never)
  }

  func keep() {
    engine.core.keeper.beat(deadline: .never)
    engine.core.encodings.beat(deadline: .never)
  }

  /// A beat of every thread.
  func beat() {
    work()
    write()
    keep()
  }

  /// Beats until all is done.
  func settle() {
    for _ in 0..<2_000 where engine.counters.recordings > 0 { beat() }
    beat()
  }

  /// Beats until one recording is closed.
  func settle(_ recording: Recording) {
    for _ in 0..<2_000 where recording.summary == nil { beat() }
  }

  /// Ends a call and beats until it has.
  @discardableResult
  func end(_ call: Call) async -> CallSummary {
    async let ended = call.end()
    for _ in 0..<100_000 where engine.counters.recordings > 0 {
      beat()
      await Task.yield()
    }
    return await ended
  }

  /// Pushes both legs in blocks of 20 ms, with a beat after every so many blocks.
  func push(_ call: Call, caller: [Int16], agent: [Int16], block: Int = 160, every: Int = 1) {
    var place = 0
    var blocks = 0
    while place < max(caller.count, agent.count) {
      call.push(caller.span.extracting(min(place, caller.count)..<min(place + block, caller.count)), from: .caller)
      call.push(agent.span.extracting(min(place, agent.count)..<min(place + block, agent.count)), from: .agent)
      place += block
      blocks += 1
      if blocks % every == 0 { beat() }
    }
  }
}

/// The one side of a file's samples, or all of a mono one's.
func samples(_ path: String, side: Int = 0, of sides: Int = 1) throws -> [Int16] {
  let reader = try AudioReader(path)
  #expect(reader.channels == sides)
  var block = [Int16](repeating: 0, count: 4_096 * sides)
  var samples: [Int16] = []
  while case let count = try reader.readFrames(into: &block), count > 0 {
    for frame in 0..<count { samples.append(block[frame * sides + side]) }
  }
  return samples
}

/// `count` samples that differ from their neighbours, so that any shift shows.
func ramp(_ count: Int, from start: Int = 0) -> [Int16] {
  (start..<start + count).map { Int16($0 % 1_000 + 1) }
}

func zeros(_ count: Int) -> [Int16] {
  [Int16](repeating: 0, count: count)
}
