extension Double {
  /// With so many digits after the point; a number that is none, or beyond what tables have room for, in words.
  package func text(_ digits: Int) -> String {
    guard isFinite, abs(self) < 1e15 else { return isNaN ? "?" : self < 0 ? "-inf" : "inf" }
    var power = 1.0
    for _ in 0..<digits { power *= 10 }
    guard abs(self) * power < 9e18 else { return "\(self)" }
    let scaled = Int((abs(self) * power).rounded())
    let whole = "\(scaled / Int(power))"
    let sign = self < 0 && scaled > 0 ? "-" : ""
    guard digits > 0 else { return sign + whole }
    let rest = "\(scaled % Int(power))"
    return "\(sign)\(whole).\(String(repeating: "0", count: digits - rest.count))\(rest)"
  }

  /// So many seconds as a clock shows them: `0:20`, `1:02:07`; with so many digits after the point.
  package func clockText(_ digits: Int = 0) -> String {
    var power = 1
    for _ in 0..<digits { power *= 10 }
    guard isFinite, self >= 0, self < 1e12 else { return text(digits) }
    let parts = Int((self * Double(power)).rounded())
    let (seconds, rest) = parts.quotientAndRemainder(dividingBy: power)
    func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
    let (hours, minutes) = (seconds / 3_600, seconds / 60 % 60)
    let whole = (hours > 0 ? "\(hours):\(two(minutes))" : "\(minutes)") + ":" + two(seconds % 60)
    guard digits > 0 else { return whole }
    let digitsText = "\(rest)"
    return "\(whole).\(String(repeating: "0", count: digits - digitsText.count))\(digitsText)"
  }

  /// A length in seconds as people read it: `5.5 s`, and from a minute on as a clock shows it.
  package var lengthText: String { self < 60 ? text(1) + " s" : clockText() }
}
