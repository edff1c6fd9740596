internal import Glibc

/// A moment of the calendar, in UTC, to the microsecond.
///
///     WallTime(microseconds: 0).description    // 1970-01-01T00:00:00.000000Z
public struct WallTime: Hashable, Sendable, CustomStringConvertible {
  /// Since 1970 began.
  public let microseconds: Int64

  /// The moment so many microseconds after 1970 began.
  public init(microseconds: Int64) {
    self.microseconds = microseconds
  }

  /// This moment.
  public static func now() -> WallTime {
    var time = timespec()
    // Sound: the system fills a value of ours.
    unsafe clock_gettime(CLOCK_REALTIME, &time)
    return WallTime(microseconds: Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1_000)
  }

  /// Seconds since 1970 began.
  package var seconds: Double { Double(microseconds) / 1e6 }

  /// The moment as ISO 8601 has it.
  public var description: String {
    let seconds = Self.floored(microseconds, by: 1_000_000)
    let days = Self.floored(seconds.quotient, by: 86_400)
    let (year, month, day) = Self.date(of: days.quotient)
    let clock = [days.rest / 3_600, days.rest / 60 % 60, days.rest % 60].map { digits($0, 2) }
    let fraction = digits(seconds.rest, 6)
    return "\(digits(year, 4))-\(digits(month, 2))-\(digits(day, 2))T\(clock.joined(separator: ":")).\(fraction)Z"
  }

  /// The day of the Gregorian calendar so many days after 1970 began. Years are taken to begin with March, so that the
  /// leap day is the last of its year.
  private static func date(of days: Int64) -> (year: Int64, month: Int64, day: Int64) {
    let era = floored(days + 719_468, by: 146_097)
    let yearOfEra = (era.rest - era.rest / 1_460 + era.rest / 36_524 - era.rest / 146_096) / 365
    let dayOfYear = era.rest - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let monthFromMarch = (5 * dayOfYear + 2) / 153
    let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
    let year = era.quotient * 400 + yearOfEra + (month <= 2 ? 1 : 0)
    return (year, month, dayOfYear - (153 * monthFromMarch + 2) / 5 + 1)
  }

  /// Division that rounds towards the past, so that moments before 1970 come out right too.
  private static func floored(_ value: Int64, by unit: Int64) -> (quotient: Int64, rest: Int64) {
    let quotient = value / unit - (value % unit < 0 ? 1 : 0)
    return (quotient, value - quotient * unit)
  }

  private func digits(_ number: Int64, _ count: Int) -> String {
    let text = "\(number)"
    return String(repeating: "0", count: max(0, count - text.count)) + text
  }
}
