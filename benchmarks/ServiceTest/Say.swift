import Foundation

/// Prints a line at once, for whoever reads at the other end of a pipe.
func say(_ line: String) {
  FileHandle.standardOutput.write(Data("\(line)\n".utf8))
}

/// A line of a table: what, and how much.
func row(_ name: String, _ value: String) {
  say("  \(name.padding(toLength: 34, withPad: " ", startingAt: 0))\(value)")
}

extension Double {
  func text(_ places: Int) -> String { String(format: "%.\(places)f", self) }
}

/// Names some of many.
func some(_ problems: [String], of kind: String = "violations") -> [String] {
  let most = 20
  return Array(problems.prefix(most)) + (problems.count > most ? ["… \(problems.count) \(kind) in all"] : [])
}

/// Asks until it is so; false where it takes too long.
func comes(within seconds: Double, every: Double = 0.02, _ condition: () throws -> Bool) rethrows -> Bool {
  let end = Date.now.addingTimeInterval(seconds)
  while Date.now < end {
    if try condition() { return true }
    usleep(UInt32(every * 1e6))
  }
  return try condition()
}
