// Strategy: the header is read as C compilers read it. A program made from its own text prints the size and the offsets
// of every struct and the value of every constant, as gcc has them in C and in C++; Swift's must be the same. Functions
// are compared by the compiler, and their export by `Tests/ReelEndToEndTests/InstallTests.swift`.
import CReel
import Foundation
import ReelC
import ReelTesting
import Testing

let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
  .deletingLastPathComponent()
private let headerFolder = root.appending(path: "Sources/CReel").path

@Suite struct HeaderTests {
  @Test(arguments: [["gcc", "-std=c11", "-xc"], ["g++", "-std=c++11", "-xc++"]])
  func swiftHasWhatCHas(compiler: [String]) throws {
    let header = try String(contentsOfFile: "\(headerFolder)/reel.h", encoding: .utf8)
    let said = try outcome(of: program(for: header), compiler)
    #expect(said["constant"] == constants)
    for (name, layout) in layouts { #expect(said[name] == layout, "\(name)") }
    #expect(Set(said.keys) == Set(layouts.keys).union(["constant"]))
  }

  /// A C program that prints `STRUCT FIELD OFFSET` and `constant NAME VALUE` for all that a header declares.
  private func program(for header: String) -> String {
    let code = header.replacing(/\/\*(?s:.*?)\*\//, with: "")
    var lines: [String] = []
    for match in code.matches(of: /typedef struct (\w+) \{(?s:(.*?))\n\} \w+;/) {
      lines.append(#"P("\#(match.1) sizeof", sizeof(\#(match.1)));"#)
      for field in match.2.split(separator: ";") {
        guard let name = field.firstMatch(of: /\(\*(\w+)\)|(\w+)(?:\[\d+\])?\s*$/) else { continue }
        let field = name.1 ?? name.2 ?? ""
        lines.append(#"P("\#(match.1) \#(field)", offsetof(\#(match.1), \#(field)));"#)
      }
    }
    let names = code.matches(of: #/(REEL_\w+) =/#).map(\.1) + header.matches(of: ##/#define (REEL_\w+) \S/##).map(\.1)
    for name in names { lines.append(#"P("constant \#(name)", \#(name));"#) }
    return """
      #include "reel.h"
      #include <stdio.h>
      #define P(name, value) printf("%s %lld\\n", name, (long long)(value))
      int main(void) {
      \(lines.joined(separator: "\n"))
      return 0;
      }
      """
  }

  private func outcome(of program: String, _ compiler: [String]) throws -> [String: [String: Int]] {
    let folder = TestFolder()
    try Data(program.utf8).write(to: URL(filePath: folder["print.c"]))
    let flags = ["-Wall", "-Wextra", "-pedantic", "-Werror", "-I", headerFolder]
    try run(compiler + flags + [folder["print.c"], "-o", folder["print"]])
    var found: [String: [String: Int]] = [:]
    for line in try run([folder["print"]]).split(separator: "\n") {
      let words = line.split(separator: " ")
      found[String(words[0]), default: [:]][String(words[1])] = Int(words[2])
    }
    return found
  }

  @discardableResult
  private func run(_ command: [String]) throws -> String {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = command
    let output = Pipe()
    process.standardOutput = output
    try process.run()
    let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    try #require(process.terminationStatus == 0, "\(command)")
    return text
  }

  @Test func everyStatusHasItsWords() {
    let statuses = constants.filter { $0.key.hasPrefix("REEL_ERROR_") || $0.key == "REEL_OK" }.values
    let words = statuses.map { String(cString: reel_strerror(reel_status($0))) }
    #expect(Set(words).count == statuses.count)
    let unknown = String(cString: reel_strerror(1))
    #expect(!words.contains(unknown) && unknown == String(cString: reel_strerror(.min)))
  }
}
