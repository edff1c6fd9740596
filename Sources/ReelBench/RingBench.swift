internal import CPeers
internal import Glibc
internal import Reel
internal import ReelCore
internal import ReelRealtime

/// What 20 ms cost the thread that pushes them into a warm ring with room, beside a C11 ring and a memcpy.
struct RingBench {
  private static let seconds = 4.0

  func run(_ setting: BenchSetting) throws {
    let table = setting.report.table(
      "push", "a push of 160 samples into a warm ring with room",
      [
        .words("push", "push", width: 26), .figure("ns", "ns"), .figure("C11 ring / it", "c_ratio"),
        .figure("memcpy / it", "memcpy_ratio"),
      ])
    let rings = try WarmRings(in: setting.folder)
    let works = WarmRings.works.map { work in { rings.secondsEach(work.body) } }
    let times = try TurnAbout(seconds: setting.seconds ?? Self.seconds).times(works, setting)
    rings.checkRoom()
    for (index, work) in WarmRings.works.enumerated() {
      table.row([
        .text(work.name), .figure(times.figure(index, unitSeconds: 1e-9)), .figure(times.ratio(2, to: index)),
        .figure(times.ratio(3, to: index)),
      ])
    }
  }
}

/// Two rings of the same size, ours behind a call of an engine without threads.
///
/// Sound: the C ring is this object's alone, which one thread uses, and goes with it.
@safe package final class WarmRings {
  /// Fits the first cache.
  private static let ringSeconds = 1.0
  private static let block = 160
  /// As many as a ring takes.
  package static let pushes = 50
  /// So often for each figure, the rings emptied in between.
  private static let fillings = 200
  private let call: Call
  private let engine: RecordingEngine
  private let ring: OpaquePointer
  private let source = [Int16](repeating: 7, count: block)
  private var copy = [UInt8](repeating: 0, count: pushes * (2 * block + 16))

  static let works: [(name: String, body: @Sendable (WarmRings) -> Void)] = [
    ("to a call", { $0.pushToOurs() }),
    ("to a call, with RTP stamp", { $0.pushToOursWithStamps() }),
    ("C11 ring", { $0.pushToPeer() }),
    ("memcpy alone", { $0.copyOnly() }),
  ]

  package init(in folder: String) throws {
    var configuration = EngineConfiguration(folder: folder)
    configuration.ringSeconds = Self.ringSeconds
    configuration.workers = 1
    engine = try RecordingEngine(configuration, hasThreads: false)
    call = engine.call("bench", rate: 8_000)
    unsafe ring = peer_ring_make(8_000)
  }

  deinit {
    unsafe peer_ring_free(ring)
  }

  /// A push's, without what empties the rings.
  func secondsEach(_ body: (WarmRings) -> Void) -> Double {
    var seconds = 0.0
    for _ in 0..<Self.fillings {
      empty()
      let start = MonotonicTime.now()
      body(self)
      seconds += MonotonicTime.now().seconds(since: start)
    }
    return seconds / Double(Self.fillings * Self.pushes)
  }

  /// A push that finds no room is cheaper.
  func checkRoom() {
    precondition(engine.counters.overrunSamples == 0, "every push finds room")
  }

  package func empty() {
    for worker in engine.core.workers { worker.beat(deadline: .never) }
    let count = unsafe peer_ring_empty(ring)
    precondition(count == 0 || count == Self.pushes, "every push finds room")
  }

  /// Fills the ring.
  package func pushToOurs() {
    let source = source
    let samples = source.span
    for _ in 0..<Self.pushes { call.push(samples, from: .caller) }
  }

  package func pushToOursWithStamps() {
    let source = source
    let samples = source.span
    for number in 0..<Self.pushes { call.push(samples, from: .caller, at: UInt32(number * Self.block)) }
  }

  private func pushToPeer() {
    // Sound: the array outlives the calls, which copy as many samples as it has.
    unsafe source.withUnsafeBufferPointer { samples in
      for _ in 0..<Self.pushes { _ = unsafe peer_ring_push(ring, samples.baseAddress, samples.count, .min) }
    }
  }

  /// The same copies, to as many places.
  private func copyOnly() {
    unsafe source.withUnsafeBytes { samples in
      unsafe copy.withUnsafeMutableBytes { target in
        for number in 0..<Self.pushes {
          // Sound: the array has so many bytes for each push.
          let place = unsafe target.baseAddress! + number * (samples.count + 16)
          _ = unsafe memcpy(place, samples.baseAddress!, samples.count)
        }
      }
    }
  }
}
