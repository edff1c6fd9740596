/// What a leg without timestamps owes: time that was filled while nothing of it came.
///
/// Audio that comes after such a gap carries no word of where it belongs. Two cases are told apart by how long
/// the leg was absent:
///
/// - Absent long (twice the allowed skew): the party was mute, or joined late. What comes now belongs to now, so
///   the leg rejoins the other where that one is.
/// - Absent briefly: the network stalled and the audio comes in a burst. It goes on where the leg stands; what
///   would then carry it past the other leg is late, for its time was filled already.
///
/// A debt is forgotten once enough has arrived at pace. Counts are samples of the leg's clock.
struct ArrivalDebt {
  private let skew: Int
  private var owed = 0
  private var absent = 0
  private var atPace = 0

  init(skew: Int) {
    self.skew = skew
  }

  var isLongAbsent: Bool { absent > skew }

  mutating func owe(_ count: Int) {
    owed += count
    absent += count
    atPace = 0
  }

  mutating func rejoin(over gap: Int) {
    owed += gap
    absent = 0
    atPace = 0
  }

  /// Gives how many of `count` samples are late, when the leg would pass the other by `excess`.
  mutating func collect(from count: Int, excess: Int) -> Int {
    absent = 0
    guard owed > 0 else { return 0 }
    let late = min(count, owed, max(0, excess))
    owed -= late
    atPace += count - late
    if atPace > 2 * skew { owed = 0 }
    return late
  }
}
