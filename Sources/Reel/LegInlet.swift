internal import ReelAudio
internal import ReelCore
internal import ReelRealtime

/// One leg's way in: what comes out of its ring, sample by sample accounted for. The worker's.
final class LegInlet {
  let leg: Leg
  let rate: SampleRate
  private let ring: PacketRing
  private let reader: PacketReader
  /// Where the leg's own clock stands, if a position has told.
  private(set) var clock: Int?
  /// How many samples that found no room have been told of.
  private var lost = 0
  /// How many of them belong to the run in hand.
  private var run = 0
  private var scratch: [Int16] = []

  /// What comes next.
  enum Step {
    /// Samples that found no room; with the last of a run, how many it were in all.
    case loss(count: Int, run: Int?)
    case packet(Packet)
  }

  init(_ leg: Leg, _ rate: SampleRate, _ ring: PacketRing) {
    self.leg = leg
    self.rate = rate
    self.ring = ring
    reader = ring.makeReader()
  }

  /// About how much lies before `tail`, in slots of the ring's: what was lost counts as if it were there.
  func left(upTo tail: Int) -> Int {
    tail - reader.head + (ring.lost - lost) / PacketRing.slotSamples
  }

  /// Whether a packet lies before `tail`.
  func hasPacket(upTo tail: Int) -> Bool { reader.head < tail }

  /// What lies next before `tail`. A loss comes in slices of 10 ms, so that the other leg can be kept in step.
  func next(upTo tail: Int) -> Step? {
    guard let packet = reader.next(upTo: tail) else { return nil }
    let missing = packet.lostBefore - run
    return missing > 0 ? loss(missing) : .packet(packet)
  }

  /// What was lost after the last packet of all.
  func lastLoss() -> Step? {
    let missing = ring.lost - lost
    return missing > 0 ? loss(missing) : nil
  }

  private func loss(_ missing: Int) -> Step {
    let count = min(missing, rate.hz / 100)
    return .loss(count: count, run: count == missing ? run + count : nil)
  }

  /// A loss has been dealt with.
  func pass(_ count: Int) {
    lost += count
    run += count
    clock = clock.map { $0 &+ count }
  }

  /// Hands out a packet's samples and gives its memory back.
  func take(_ packet: Packet, _ body: (Span<Int16>) -> Void) {
    reader.withSamples(of: packet, scratch: &scratch, body)
    reader.release(packet)
    run = 0
    clock = (packet.position ?? clock).map { $0 &+ packet.count }
  }
}
