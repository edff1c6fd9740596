internal import CPeers
internal import Glibc
internal import Reel
internal import ReelCore
internal import ReelRealtime
internal import ReelTesting

/// Two rings of the same size, ours behind a call of an engine without threads.
@safe private final class PushBench {
  /// Fits the first cache.
  static let ringSeconds = 1.0
  static let block = 160
  /// As many as a ring takes.
  static let pushes = 50
  let call: Call
  let ring: OpaquePointer
  let source = [Int16](repeating: 7, count: block)
  private let folder = TestFolder()
  private let engine: RecordingEngine
  private var copy = [Int16](repeating: 0, count: 2 * pushes * block)

  init() throws {
    var configuration = EngineConfiguration(folder: folder.path)
    configuration.ringSeconds = Self.ringSeconds
    configuration.workers = 1
    engine = try RecordingEngine(configuration, hasThreads: false)
    call = engine.call("bench", rate: 8_000)
    unsafe ring = peer_ring_make(8_000)
  }

  deinit {
    unsafe peer_ring_free(ring)
  }

  /// What comes between two rounds, and is not timed.
  func empty() {
    for worker in engine.core.workers { worker.beat(deadline: .never) }
    let count = unsafe peer_ring_empty(ring)
    precondition(count == 0 || count == Self.pushes, "every push finds room")
  }

  func pushToOurs() {
    let source = source
    let samples = source.span
    for _ in 0..<Self.pushes { call.push(samples, from: .caller) }
  }

  func pushToOursWithStamps() {
    let source = source
    let samples = source.span
    for number in 0..<Self.pushes { call.push(samples, from: .caller, at: UInt32(number * Self.block)) }
  }

  func pushToPeer() {
    unsafe source.withUnsafeBufferPointer { samples in
      for _ in 0..<Self.pushes { _ = unsafe peer_ring_push(ring, samples.baseAddress, samples.count, .min) }
    }
  }

  /// The same copies, to as many places.
  func copyOnly() {
    unsafe source.withUnsafeBytes { samples in
      unsafe copy.withUnsafeMutableBytes { target in
        for number in 0..<Self.pushes {
          let place = unsafe target.baseAddress! + number * (samples.count + 16)
          _ = unsafe memcpy(place, samples.baseAddress!, samples.count)
        }
      }
    }
  }
}

/// Prints what a push of 20 ms costs the thread that makes it, where the ring is warm and has room.
func benchmarkPushes() {
  guard let bench = try? PushBench() else { return }
  let works = [bench.pushToOurs, bench.pushToOursWithStamps, bench.pushToPeer, bench.copyOnly]
  var rows = [[Double]](repeating: [], count: works.count)
  for _ in 0..<101 {
    var sums = [UInt64](repeating: 0, count: works.count)
    for _ in 0..<200 {
      for (index, work) in works.enumerated() {
        bench.empty()
        let begin = Stopwatch.now()
        work()
        sums[index] += Stopwatch.now() - begin
      }
    }
    for index in works.indices { rows[index].append(Double(sums[index]) / Double(200 * PushBench.pushes)) }
  }
  print("\na push of 160 samples         ns   C / ours")
  for (name, row) in zip(["call, no position", "call, RTP stamp", "C11 ring", "memcpy alone"], rows) {
    print(column(name, 26), column(median(row), 5, 1), column(medianRatio(rows[2], over: row), 10, 2))
  }
}
