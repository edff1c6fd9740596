// Strategy: a ring against a plain array as its model, over random sizes and orders; then two real threads that
// check every sample. `swift test -c release --sanitize=thread -Xswiftc -DTSAN` looks at the same tests for races.
import Glibc
import ReelRealtime
import ReelTesting
import Synchronization
import Testing

/// A packet as the model has it, and as the ring gives it back.
private struct Sent: Equatable {
  var samples: [Int16]
  var position: Int?
  var lostBefore: Int
}

/// Takes the next packet out, if there is one before `limit`.
private func take(_ reader: borrowing PacketReader, upTo limit: Int, _ scratch: inout [Int16]) -> Sent? {
  guard let packet = reader.next(upTo: limit) else { return nil }
  var sent = Sent(samples: [], position: packet.position, lostBefore: packet.lostBefore)
  reader.withSamples(of: packet, scratch: &scratch) { samples in
    for index in samples.indices { sent.samples.append(samples[index]) }
  }
  reader.release(packet)
  return sent
}

@Suite struct PacketRingTests {
  @Test func whatIsPushedComesOutInOrderAndWhatFindsNoRoomIsTold() {
    let seed = UInt64.random(in: 0...UInt64.max)
    var generator = SeededGenerator(seed: seed)
    for round in 0..<200 {
      let ring = PacketRing(samples: Int.random(in: 80...2_000, using: &generator))
      let writer = ring.makeWriter()
      let reader = ring.makeReader()
      var scratch: [Int16] = []
      var expected: [Sent] = []
      var lost = 0
      var sinceLast = 0
      for _ in 0..<300 {
        if Bool.random(using: &generator) {
          let count = Int.random(
            in: 1...ring.mostSamples / Int.random(in: 1...20, using: &generator), using: &generator)
          let samples = (0..<count).map { _ in Int16.random(in: .min ... .max, using: &generator) }
          let position = Bool.random(using: &generator) ? Int.random(in: -9...(.max), using: &generator) : nil
          if writer.push(samples.span, at: position) {
            expected.append(Sent(samples: samples, position: position, lostBefore: sinceLast))
            sinceLast = 0
          } else {
            lost += count
            sinceLast += count
          }
        } else {
          let found = take(reader, upTo: ring.stamp.tail, &scratch)
          let model = expected.isEmpty ? nil : expected.removeFirst()
          #expect(found == model, "seed \(seed), round \(round)")
        }
      }
      #expect(ring.stamp.lost == lost, "seed \(seed), round \(round)")
    }
  }

  @Test func aRingHoldsWhatItWasMadeFor() {
    for samples in [160, 4_000, 24_000] {
      for packet in [160, 320, 960] where packet <= samples {
        let ring = PacketRing(samples: samples)
        let writer = ring.makeWriter()
        let block = [Int16](repeating: 1, count: packet)
        var fitted = 0
        for _ in 0..<samples / packet where writer.push(block.span) { fitted += 1 }
        #expect(fitted == samples / packet)
      }
    }
  }

  @Test func aReaderSeesNoFurtherThanItsLimit() {
    let ring = PacketRing(samples: 1_000)
    let writer = ring.makeWriter()
    let reader = ring.makeReader()
    writer.push([1, 2].span)
    let limit = ring.stamp.tail
    writer.push([3].span)
    var scratch: [Int16] = []
    #expect(take(reader, upTo: limit, &scratch)?.samples == [1, 2])
    #expect(take(reader, upTo: limit, &scratch) == nil)
    #expect(take(reader, upTo: ring.stamp.tail, &scratch)?.samples == [3])
  }

  @Test func nothingIsNoPacket() {
    let ring = PacketRing(samples: 100)
    let writer = ring.makeWriter()
    let reader = ring.makeReader()
    let isTaken = writer.push([Int16]().span)
    #expect(isTaken)
    #expect(reader.next(upTo: ring.stamp.tail) == nil)
  }

  @Test func twoThreadsAgreeOnEverySample() {
    let ring = PacketRing(samples: 2_000)
    let producer = Producer(ring)
    let thread = TestThread { producer.run() }
    let reader = ring.makeReader()
    var scratch: [Int16] = []
    var next = 0
    var lost = 0
    var isRight = true
    while next < Producer.total {
      guard let sent = take(reader, upTo: ring.stamp.tail, &scratch) else {
        if producer.isDone.load(ordering: .acquiring), reader.next(upTo: ring.stamp.tail) == nil { break }
        sched_yield()
        continue
      }
      lost += sent.lostBefore
      next += sent.lostBefore
      isRight = isRight && sent.position == next
      for sample in sent.samples {
        isRight = isRight && sample == Int16(truncatingIfNeeded: next)
        next += 1
      }
    }
    thread.join()
    #expect(isRight)
    // What was lost at the very end no packet tells of; the ring itself does.
    #expect(next + ring.stamp.lost - lost == Producer.total)
    #expect(next > 0)
  }

  #if DEBUG
    @Test func aSecondWriterIsCaught() async {
      let end = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        let ring = PacketRing(samples: 48_000)
        let writer = SharedWriter(ring)
        let threads = (0..<2).map { _ in TestThread { for _ in 0..<100_000 { writer.push() } } }
        for thread in threads { thread.join() }
      }
      let said = String(decoding: end?.standardErrorContent ?? [], as: UTF8.self)
      #expect(said.contains("two threads push the same leg at once"))
    }
  #endif
}

/// Pushes numbered samples as fast as it can, in packets of many sizes.
private final class Producer: Sendable {
  static let total = 3_000_000
  let isDone = Atomic<Bool>(false)
  private let writer: PacketWriter

  init(_ ring: PacketRing) {
    writer = ring.makeWriter()
  }

  func run() {
    var generator = SeededGenerator(seed: 7)
    var next = 0
    while next < Self.total {
      let count = min(Self.total - next, Int.random(in: 1...320, using: &generator))
      let samples = (next..<next + count).map { Int16(truncatingIfNeeded: $0) }
      writer.push(samples.span, at: next)
      next += count
    }
    isDone.store(true, ordering: .releasing)
  }
}

#if DEBUG
  private final class SharedWriter: Sendable {
    private let writer: PacketWriter
    private let block = [Int16](repeating: 0, count: 16_000)

    init(_ ring: PacketRing) {
      writer = ring.makeWriter()
    }

    func push() {
      // A field's span may not outlive the access to the field, which in a debug build ends before the call.
      let block = block
      writer.push(block.span)
    }
  }
#endif
