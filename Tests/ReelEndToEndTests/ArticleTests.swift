// Strategy: the articles for embedders are programs. Their code blocks are compared, line by line, with programs that
// are built, and run: that in Swift here, at real pace, and told to stop as the article says a server is; that in C by
// InstallTests. The article of options names every one that the header and the command have.
import Foundation
import ReelFiles
import ReelTesting
import Testing

private let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
  .deletingLastPathComponent()

/// The lines of a file of the repository, without the space round them.
private func lines(_ path: String) throws -> [String] {
  try String(contentsOf: root.appending(path: path), encoding: .utf8).split(
    separator: "\n", omittingEmptySubsequences: false
  ).map { $0.trimmingCharacters(in: .whitespaces) }
}

@Suite struct ArticleTests {
  /// The lines of an article's blocks in a language.
  private func blocks(_ article: String, _ language: String) throws -> [String] {
    var blocks: [String] = []
    var isInBlock = false
    for line in try lines("Sources/Reel/Reel.docc/\(article).md") {
      if line.hasPrefix("```") {
        isInBlock = line == "```\(language)"
      } else if isInBlock && !line.isEmpty {
        blocks.append(line)
      }
    }
    return blocks
  }

  @Test func theArticleOfCIsTheProgramInC() throws {
    let blocks = try blocks("EmbedInC", "c")
    let program = try lines("examples/c/embed.c").drop { !$0.hasPrefix("#include") }.filter { !$0.isEmpty }
    #expect(blocks.count > 50)
    #expect(blocks == program)
  }

  @Test func theArticleOfOptionsNamesThemAll() throws {
    let article = try lines("Sources/Reel/Reel.docc/Options.md").joined(separator: "\n")
    let header = try lines("Sources/CReel/reel.h").joined(separator: "\n")
    let start = try #require(header.range(of: "typedef struct reel_record_options {"))
    let end = try #require(header.range(of: "} reel_record_options;"))
    let members = header[start.upperBound..<end.lowerBound].split(separator: "\n").compactMap { line in
      line.firstMatch(of: #/^[\w* ]+[ *](\w+);/#).map { String($0.1) }
    }
    #expect(members.count == 20)
    for member in members where !["size", "reserved"].contains(member) {
      #expect(article.contains("`\(member)`"), "\(member)")
    }
    let help = try reel("help", "record").output
    for match in article.matches(of: #/`(--[a-z-]+)`/#) { #expect(help.contains("  \(match.1)"), "\(match.1)") }
  }

  @Test func theArticlesBlocksAreTheProgram() throws {
    let blocks = try blocks("EmbedReel", "swift")
    let program = try lines("examples/EmbedReel/EmbedReel.swift").drop { $0.hasPrefix("//") }.filter { !$0.isEmpty }
    #expect(blocks.count > 50)
    #expect(blocks == program)
  }

  @Test func theProgramRecordsAndClosesOnSIGTERM() throws {
    let folder = TestFolder()
    let process = Process()
    process.executableURL = products.appending(path: "EmbedReel")
    process.arguments = [folder.path]
    let output = Pipe()
    process.standardOutput = output
    try process.run()
    var said = ""
    while !said.contains("waiting\n"), case let data = output.fileHandleForReading.availableData, !data.isEmpty {
      said += String(decoding: data, as: UTF8.self)
    }
    kill(process.processIdentifier, SIGTERM)
    let told = Date()
    said += String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    #expect(process.terminationReason == .exit && process.terminationStatus == 0, "\(said)")
    #expect(Date().timeIntervalSince(told) < 6)
    #expect(said.contains("main records from 0.0 s on") && said.contains("main rests at"), "\(said)")
    #expect(said.contains("main is finished: the call ended") && said.contains("whole had 2 recordings"), "\(said)")
    #expect(said.hasSuffix("closed 1, left 0\n"), "\(said)")
    try judge(folder)
  }

  /// Three recordings: of the whole call, in two files; of its caller, until a key was pressed; and of the call that
  /// was cut short.
  private func judge(_ folder: TestFolder) throws {
    let files = folder.names.filter { !$0.hasSuffix(".json") }
    #expect(files.count == 4 && !folder.names.contains { $0.contains(".part.") }, "\(folder.names)")
    for file in files { #expect(problems(of: folder[file]) == []) }
    let reader = try AudioReader(folder["whole.wav"])
    #expect(reader.channels == 2 && reader.hz == 16_000)
    var block = [Int16](repeating: 0, count: 2 * 4_096)
    var sums = [0, 0]
    var frames = 0
    while case let count = try reader.readFrames(into: &block), count > 0 {
      for place in 0..<2 * count { sums[place % 2] += Int(block[place].magnitude) }
      frames += count
    }
    // A second and a half, less the beep and the pause, on a machine that may be slow; a ramp to 8,000 on both sides.
    #expect((12_000..<48_000).contains(frames), "\(frames)")
    #expect(sums.allSatisfy { (3_000..<4_500).contains($0 / frames) }, "\(sums.map { $0 / frames })")
    let message = try #require(files.first { $0.hasPrefix("whole-") })
    let short = try AudioReader(folder[message])
    #expect(short.channels == 1 && short.hz == 8_000)
  }
}
