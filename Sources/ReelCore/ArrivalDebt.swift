import ReelAudio

/// What a leg without timestamps owes: time that was filled while nothing of it came.
///
/// Audio that comes after such a gap carries no word of where it belongs. Two cases are told apart by how much was
/// filled, which begins one skew after the leg fell silent:
///
/// - More than a skew: the party was mute, joined late, or its device sends nothing while it is silent. What comes now
///   belongs to now: the leg rejoins the other where that one is, and owes nothing.
/// - Less: the network stalled and the audio comes in a burst. It goes on where the leg stands, and what would carry it
///   past the other leg is late, for its time was filled already. A packet's worth is let pass, since the legs seldom
///   come in step. The debt is forgotten once enough has arrived at pace, and is never more than a skew.
///
/// A burst after a long stall is therefore taken for new audio: none of it is lost, and the recording grows by it.
/// Only positions could tell better. Counts are samples of the leg's clock.
struct ArrivalDebt {
  private var owed = 0
  private var absent = 0
  private var atPace = 0
  private let skew: Int
  private let packet: Int

  private static let packetSeconds = 0.02

  init(skew: Int, rate: SampleRate) {
    self.skew = skew
    packet = rate.samples(in: Self.packetSeconds)
  }

  /// Whether anything is owed, or has been absent since something came.
  var isOpen: Bool { owed > 0 || absent > 0 }

  var isLongAbsent: Bool { absent > skew }

  mutating func owe(_ count: Int) {
    owed = min(owed + count, skew)
    absent += count
    atPace = 0
  }

  mutating func forgive() {
    owed = 0
    absent = 0
  }

  /// Gives how many of `count` samples are late, when the leg would pass the other by `excess`.
  mutating func collect(from count: Int, excess: Int) -> Int {
    absent = 0
    guard owed > 0 else { return 0 }
    let late = excess > packet ? min(count, owed, excess) : 0
    owed -= late
    atPace += count - late
    if atPace > 2 * skew { owed = 0 }
    return late
  }
}
