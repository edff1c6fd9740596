import ReelAudio

/// What a leg without timestamps owes: time that was filled while nothing of it came.
///
/// Audio that comes after such a gap carries no word of where it belongs. Two cases are told apart by how much was
/// filled, which begins one skew after the leg fell silent:
///
/// - Longer than a skew: the party was mute, or joined late. What comes now belongs to now, so the leg rejoins the
///   other where that one is.
/// - Less: the network stalled and the audio comes in a burst. It goes on where the leg stands.
///
/// Either way, what would carry the leg past the other one is late, for its time was filled already; a packet's
/// worth is let pass, since the legs seldom come in step. A debt is forgotten once enough has arrived at pace. Counts
/// are samples of the leg's clock.
struct ArrivalDebt {
  private let skew: Int
  private let packet: Int
  private var owed = 0
  private var absent = 0
  private var atPace = 0

  private static let packetSeconds = 0.02

  init(skew: Int, rate: SampleRate) {
    self.skew = skew
    packet = rate.samples(in: Self.packetSeconds)
  }

  var isLongAbsent: Bool { absent > skew }

  mutating func owe(_ count: Int) {
    guard count > 0 else { return }
    owed += count
    absent += count
    atPace = 0
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
