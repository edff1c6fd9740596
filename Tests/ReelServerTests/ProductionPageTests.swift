// Strategy: what the page for operators says is held against what is there: its sample configuration is read, every
// member and no other is explained, its metrics are counted, and its check of signatures is run on ours.
import Foundation
import ReelCore
import ReelServer
import ReelTesting
import Testing

struct ProductionPageTests {
  private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()
  private let folder = TestFolder()
  private let page: String

  init() throws { page = try Self.text("examples/service/Production.md") }

  private static func text(_ path: String) throws -> String {
    try String(contentsOf: root.appending(path: path), encoding: .utf8)
  }

  @Test func theSampleIsAConfiguration() throws {
    var configuration = ServiceConfiguration()
    try configuration.read(JSON(try Self.text("examples/service/reel.json")))
    #expect(configuration.dataFolder == "/var/lib/reel" && configuration.arrivals.count == 2)
    for case .script(let json) in configuration.arrivals.values { _ = try Script(json) }
    for case .params(let members) in configuration.arrivals.values { #expect(try RecordParams(members) != nil) }
  }

  @Test func everyMemberIsExplained() throws {
    let source = try Self.text("Sources/ReelServer/Control/ConfigurationFile.swift")
    let members = Set(
      source.matches(of: #/reader\.(?:text|word|bool|number|whole|list|value|required)\("(\w+)"/#).map {
        String($0.1)
      })
    #expect(members.count > 20)
    for member in members { #expect(page.contains("`\(member)`") || page.contains("\"\(member)\""), "\(member)") }
    // The first column of the table, which names nothing else.
    let table = try #require(page.firstMatch(of: #/\| member \|(?s:.*?)\n\n/#)).output
    for row in table.matches(of: #/\n\| (`[^|]*`) \|/#) {
      for name in row.1.matches(of: #/\w+/#) { #expect(members.contains(String(name.0)), "\(name.0)") }
    }
  }

  @Test func itsMetricsAreCounted() throws {
    let source = try Self.text("Sources/ReelServer/Control/Metrics.swift")
    let names = page.matches(of: #/`reel_(\w+)`/#).map { String($0.1) }
    #expect(names.count >= 10)
    for name in names {
      let stem = name.replacing(#/_(total|seconds)$/#, with: "")
      #expect(source.contains("\"\(stem)\""), "\(name)")
    }
  }

  @Test func itsCheckKnowsOurSignatures() throws {
    let code = try #require(page.firstMatch(of: #/    import hashlib(?s:.*?)< 300\n/#)).output
      .replacing(#/(?m:^) {4}/#, with: "")
    let now = "\(Int(Date().timeIntervalSince1970))"
    let header = Signature.header(secret: Array("secret".utf8), timestamp: now, body: "{\"a\": \"ä\"}")
    try Data("secret\n".utf8).write(to: URL(filePath: folder["signing-key"]))
    let program = """
      \(code)
      headers = {"X-Reel-Timestamp": "\(now)", "X-Reel-Signature": "\(header)"}
      for body in '{"a": "ä"}', '{"a": "o"}': print(is_ours("\(folder["signing-key"])", headers, body.encode()))
      headers["X-Reel-Timestamp"] = "1700000000"
      print(is_ours("\(folder["signing-key"])", headers, '{"a": "ä"}'.encode()))
      """
    let (python, output) = (Process(), Pipe())
    python.executableURL = URL(filePath: "/usr/bin/python3")
    python.arguments = ["-c", program]
    python.standardOutput = output
    try python.run()
    python.waitUntilExit()
    let said = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    #expect(said == "True\nFalse\nFalse\n")
  }
}
