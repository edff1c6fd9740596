internal import ReelAudio
internal import ReelCore
internal import ReelRealtime

/// One leg's way in: what comes out of its ring, sample by sample accounted for. The worker's.
struct LegInlet: ~Copyable {
  let leg: Leg
  let rate: SampleRate
  private let reader: PacketReader
  /// Where the leg's own clock stands, if a position has told.
  private(set) var clock: Int?
  /// How many samples that found no room have been dealt with: in all, and of those before the next packet.
  private var lost = 0
  private var lostBeforeNext = 0
  /// How many of them nobody has been told of.
  private var untold = 0
  private var scratch: [Int16] = []

  /// What comes next.
  enum Step {
    /// Samples that found no room, in slices of 10 ms; with the last of a run, how many it were in all.
    case loss(count: Int, run: Int?)
    case packet(Packet)
  }

  init(_ leg: Leg, _ rate: SampleRate, _ ring: PacketRing) {
    self.leg = leg
    self.rate = rate
    reader = ring.makeReader()
  }

  /// Asks for the ring's account of itself, and then for what waits in it.
  func fetchState() { reader.fetchState() }
  func fetchSlots() { reader.fetchSlots() }

  /// How far the leg has been pushed.
  var stamp: RingStamp { reader.stamp }

  /// About how much lies before `stamp`, in slots of the ring's: what was lost counts as if it were there. Nil where
  /// nothing does.
  func left(upTo stamp: RingStamp) -> Int? {
    let waiting = max(0, stamp.tail - reader.head)
    let missing = max(0, stamp.lost - lost)
    return waiting > 0 || missing > 0 ? waiting + missing / PacketRing.slotSamples : nil
  }

  /// What lies next before `stamp`. A loss comes in slices, so that the other leg can be kept in step.
  func next(upTo stamp: RingStamp) -> Step? {
    guard let packet = reader.next(upTo: stamp.tail) else {
      return stamp.lost > lost ? loss(stamp.lost - lost) : nil
    }
    let missing = packet.lostBefore - lostBeforeNext
    return missing > 0 ? loss(missing) : .packet(packet)
  }

  private func loss(_ missing: Int) -> Step {
    let count = min(missing, rate.hz / 100)
    return .loss(count: count, run: count == missing ? untold + count : nil)
  }

  /// A loss has been dealt with.
  mutating func pass(_ count: Int, isLast: Bool) {
    lost += count
    lostBeforeNext += count
    untold = isLast ? 0 : untold + count
    clock = clock.map { $0 &+ count }
  }

  /// Hands out a packet's samples and gives its memory back.
  mutating func take(_ packet: Packet, _ body: (Span<Int16>) -> Void) {
    reader.withSamples(of: packet, scratch: &scratch, body)
    reader.release(packet)
    // What was lost after the packet may have been seen, and dealt with, before the packet itself was.
    lostBeforeNext = max(0, lostBeforeNext - packet.lostBefore)
    clock = (packet.position ?? clock).map { $0 &+ packet.count }
  }
}
