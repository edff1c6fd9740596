import Foundation

struct UsageError: Error, CustomStringConvertible {
  let description: String
}

/// What went wrong with the test itself, in words.
struct TestFailure: Error, CustomStringConvertible {
  let description: String

  init(_ description: String) {
    self.description = description
  }
}

/// `--name value` for each.
struct Options {
  private var values: [String: String] = [:]

  init(_ words: some Collection<String>) throws {
    var words = Array(words)
    while !words.isEmpty {
      let name = words.removeFirst()
      guard name.hasPrefix("--"), !words.isEmpty else { throw UsageError(description: "\(name) is not understood") }
      values[String(name.dropFirst(2))] = words.removeFirst()
    }
  }

  mutating func take(_ name: String) -> String? { values.removeValue(forKey: name) }

  mutating func number(_ name: String, _ usual: Int, in range: ClosedRange<Int>) throws -> Int {
    guard let text = take(name) else { return usual }
    guard let number = Int(text), range.contains(number) else {
      throw UsageError(
        description: "--\(name) is \(text); allowed: \(range.lowerBound) to \(range.upperBound)")
    }
    return number
  }

  func refuseTheRest() throws {
    if let name = values.keys.sorted().first { throw UsageError(description: "--\(name) is not known") }
  }
}

/// A folder of this run's own, which stays where something was found in it.
final class Ground {
  let path: String

  init(_ folder: String) throws {
    path = "\(folder)/reel-service-\(getpid())"
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  func clear() {
    try? FileManager.default.removeItem(atPath: path)
  }
}
