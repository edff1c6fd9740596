package import ReelFiles

extension WallTime {
  /// Seconds since 1970, or what ISO 8601 has: a day, or a day and a time with seconds, in UTC. Nil for anything else.
  package init?(_ text: String) {
    if let seconds = Double(text) {
      guard seconds.isFinite, abs(seconds) < Self.farthestSeconds else { return nil }
      self.init(microseconds: Int64(seconds * 1e6))
      return
    }
    let parts = text.split(whereSeparator: { $0 == "T" || $0 == " " })
    guard (1...2).contains(parts.count), let days = Self.days(parts[0]) else { return nil }
    guard let seconds = parts.count == 1 ? 0 : Self.seconds(parts[1]) else { return nil }
    self.init(microseconds: Int64(days) * 86_400_000_000 + Int64((seconds * 1e6).rounded()))
  }

  /// The year 5138.
  private static let farthestSeconds = 1e11

  /// Days since 1970 of a day of the Gregorian calendar.
  private static func days(_ text: Substring) -> Int? {
    let numbers = text.split(separator: "-", omittingEmptySubsequences: false).map { whole($0) }
    guard numbers.count == 3, let year = numbers[0], let month = numbers[1], let day = numbers[2],
      (1970...4_999).contains(year), (1...12).contains(month), (1...31).contains(day)
    else { return nil }
    // Years are taken to begin with March, so that the leap day is the last of its year.
    let shifted = month <= 2 ? year - 1 : year
    let yearOfEra = shifted % 400
    let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
    let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
    return shifted / 400 * 146_097 + dayOfEra - 719_468
  }

  /// Seconds of a day: `08:00:00`, with a fraction or without, with `Z` or without.
  private static func seconds(_ text: Substring) -> Double? {
    let text = text.hasSuffix("Z") ? text.dropLast() : text
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    guard (2...3).contains(parts.count), let hour = whole(parts[0]), let minute = whole(parts[1]), hour < 24,
      minute < 60
    else { return nil }
    guard parts.count == 3 else { return Double(hour * 3_600 + minute * 60) }
    guard let second = Double(parts[2]), (0..<61).contains(second) else { return nil }
    return Double(hour * 3_600 + minute * 60) + second
  }

  private static func whole(_ text: Substring) -> Int? {
    text.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) } ? Int(text) : nil
  }
}
