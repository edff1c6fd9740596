// Strategy: the rules of the house as tests over the sources themselves: who imports whom, what each room may not
// reach, how long a function and a line may be, and that nothing unsafe stands without its reason.
import Foundation
import Testing

/// One source file, read as lines.
private struct Source {
  let path: String
  let lines: [Substring]
  var room: String { String(path.split(separator: "/")[1]) }

  var imports: [String] {
    lines.compactMap { line in
      guard let match = line.wholeMatch(of: /(?:\w+ )?import (\w+)/) else { return nil }
      return String(match.1)
    }
  }
}

private let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
  .deletingLastPathComponent()

private func sources(in folders: [String]) throws -> [Source] {
  try folders.flatMap { folder in
    let names = try FileManager.default.subpathsOfDirectory(atPath: root.appending(path: folder).path)
    return try names.filter { $0.hasSuffix(".swift") }.map { name in
      let text = try String(contentsOf: root.appending(path: "\(folder)/\(name)"), encoding: .utf8)
      return Source(path: "\(folder)/\(name)", lines: text.split(separator: "\n", omittingEmptySubsequences: false))
    }
  }
}

@Suite struct HouseTests {
  /// The rooms from the ground up, each with the C libraries that are its own.
  private static let rooms: [(name: String, libraries: [String])] = [
    ("ReelAudio", ["CPrefetch", "CSpeexDSP"]), ("ReelCore", []), ("ReelRealtime", []),
    ("ReelFiles", ["CLinux", "CSHA256", "CSndfile", "CLame", "CLibav"]), ("ReelOffline", []), ("Reel", []),
    ("ReelC", ["CReel"]), ("ReelBench", ["CPeers", "CSystem", "CTicks"]),
    ("ReelServer", ["CCertificate", "CCurl", "CSQLite", "CWebSockets"]), ("ReelCLI", ["CSystem"]), ("ReelTesting", []),
  ]

  @Test func aRoomImportsOnlyRoomsBelowItAndItsOwnLibraries() throws {
    for source in try sources(in: ["Sources"]) {
      let place = try #require(Self.rooms.firstIndex { $0.name == source.room }, "\(source.path) is in no known room")
      let allowed =
        Self.rooms[..<place].map(\.name) + Self.rooms[place].libraries + ["Glibc", "Synchronization"]
      for name in source.imports {
        #expect(allowed.contains(name), "\(source.path) imports \(name)")
        #expect(name != "ReelTesting" && name != "ReelCLI", "\(source.path) imports \(name), which is nobody's base")
      }
    }
  }

  @Test func aRoomSaysWhatItIsForInTheFileOfItsName() throws {
    for room in Self.rooms {
      let source = try sources(in: ["Sources/\(room.name)"]).first { $0.path.hasSuffix("/\(room.name).swift") }
      #expect(source?.lines.first?.hasPrefix("// \(room.name): ") == true, "\(room.name)")
    }
  }

  @Test func pureRoomsReachNothingOutside() throws {
    let banned = try Regex(
      #"\b(print|fopen|open|read|write|malloc|clock_gettime|time|getenv|pthread_\w+|Task|Thread|Date)\("#)
    for source in try sources(in: ["Sources/ReelAudio", "Sources/ReelCore"]) {
      for (number, line) in source.lines.enumerated() where !isComment(line) {
        let own = line.contains("sink.write(") || line.contains("func ")
        #expect(own || line.firstMatch(of: banned) == nil, "\(source.path):\(number + 1): \(line)")
      }
    }
  }

  @Test func atomicsAndLocksHaveOneHome() throws {
    for source in try sources(in: ["Sources"]) where source.room != "ReelRealtime" {
      #expect(!source.imports.contains("Synchronization"), "\(source.path) has atomics of its own")
      let calls = source.lines.filter { !isComment($0) && $0.contains("pthread_") && source.room != "ReelTesting" }
      #expect(calls.isEmpty, "\(source.path) has threads or locks of its own: \(calls)")
    }
  }

  @Test func whatIsUnsafeHasItsReason() throws {
    for source in try sources(in: ["Sources"]) {
      let code = source.lines.filter { !isComment($0) }
      guard code.contains(where: { $0.contains("unsafe ") }) else { continue }
      let reasons = source.lines.filter { $0.contains("Sound:") || $0.contains("The wall round") }
      #expect(!reasons.isEmpty, "\(source.path) has unsafe code and no reason why it is sound")
    }
  }

  @Test func functionsAndLinesAreShort() throws {
    for source in try sources(in: ["Sources", "Tests", "benchmarks", "examples"]) {
      for (number, line) in source.lines.enumerated() {
        #expect(line.count <= 120, "\(source.path):\(number + 1) has \(line.count) characters")
        #expect(!line.contains("TO" + "DO") && !line.contains("FIX" + "ME"), "\(source.path):\(number + 1)")
      }
      for function in functions(in: source) {
        #expect(function.length <= 50, "\(source.path):\(function.line) is \(function.length) lines long")
      }
      #expect(source.lines.count <= 450, "\(source.path) has \(source.lines.count) lines")
    }
  }

  private func isComment(_ line: Substring) -> Bool {
    line.drop { $0 == " " }.hasPrefix("//")
  }

  /// Functions and initialisers, found by their first line and the brace that closes at the same depth.
  private func functions(in source: Source) -> [(line: Int, length: Int)] {
    var found: [(line: Int, length: Int)] = []
    for (number, line) in source.lines.enumerated() {
      guard line.contains(/^\s*[\w@() ]*\b(func|init)\b.*[({]/), !isComment(line) else { continue }
      let indent = line.prefix { $0 == " " }
      guard let end = source.lines[number...].firstIndex(where: { $0 == "\(indent)}" }) else { continue }
      found.append((number + 1, end - number + 1))
    }
    return found
  }
}
