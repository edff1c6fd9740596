// Strategy: what `make install` installs is put into an empty folder and used as strangers do, by compilers and
// programs that know nothing of Swift: what is exported is what the header declares, what is needed is in the
// distribution, and the examples are built against the installed copy alone and run, and what they record is judged by
// `reel verify` and ffprobe.
import Foundation
import ReelTesting
import Testing

/// What is installed, once for all tests.
final class Installation: Sendable {
  let folder = TestFolder()
  var prefix: String { folder["reel"] }
  var library: String { "\(prefix)/lib/libreel.so" }

  static let shared = Result { try Installation() }

  private init() throws {
    let outcome = try run(
      "/usr/bin/make",
      [
        "-s", "-C", repository.path, "link", "install-built", "RELEASE=\(products.path)", "LINKED=\(folder["linked"])",
        "PREFIX=/reel", "DESTDIR=\(folder.path)",
      ])
    try #require(outcome.status == 0, "\(outcome.complaint)")
    // A package is told by its pkg-config file where it will be, and not where it was put meanwhile.
    let file = "\(prefix)/lib/pkgconfig/reel.pc"
    let text = try String(contentsOfFile: file, encoding: .utf8)
    #expect(text.contains("prefix=/reel\n") && text.contains("Version: \(version)\n"))
  }

  var version: String {
    (try? run("\(prefix)/bin/reel", ["--version"]).output.split(separator: " ").last.map { $0.dropLast() })
      .map { String($0) } ?? ""
  }

  /// What the compiler has to be told, as pkg-config has it.
  func flags() throws -> [String] {
    let variables = ["PKG_CONFIG_PATH": "\(prefix)/lib/pkgconfig", "PKG_CONFIG_SYSROOT_DIR": folder.path]
    let outcome = try run("/usr/bin/env", ["pkg-config", "--cflags", "--libs", "reel"], with: variables)
    try #require(outcome.status == 0, "\(outcome.complaint)")
    return outcome.output.split(whereSeparator: \.isWhitespace).map(String.init)
  }

  /// Builds a program of one source, with more libraries than Reel if need be; gives where it is.
  func build(_ source: String, _ compiler: [String], with libraries: [String] = []) throws -> String {
    let program = folder["program-\(UUID().uuidString)"]
    let outcome = try run(
      "/usr/bin/env",
      compiler + ["-Wall", "-Wextra", "-Werror", source, "-o", program] + flags() + libraries + ["-lm", "-pthread"])
    try #require(outcome.status == 0, "\(outcome.complaint)")
    return program
  }

  func runProgram(_ words: [String]) throws -> Outcome {
    try run("/usr/bin/env", words, with: ["LD_LIBRARY_PATH": "\(prefix)/lib", "PATH": "\(prefix)/bin:/usr/bin:/bin"])
  }

  /// Looks at a file as `reel verify` and ffprobe do; gives its rate, channels and length.
  func judge(_ file: String) throws -> String {
    let verified = try runProgram(["reel", "verify", file])
    #expect(verified.status == 0, "\(verified.output)\(verified.complaint)")
    let entries = "stream=sample_rate,channels,duration"
    let probed = try run("/usr/bin/env", ["ffprobe", "-v", "error", "-show_entries", entries, "-of", "csv=p=0", file])
    return probed.output.trimmingCharacters(in: .newlines)
  }
}

let repository = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
  .deletingLastPathComponent()

/// What is built for a sanitizer can be linked only with it.
let canLink = unsafe dlsym(nil, "__asan_init") == nil && dlsym(nil, "__tsan_init") == nil

@Suite(.enabled(if: canLink, "a sanitizer's build gives no library for others"))
struct InstallTests {
  private let c = ["gcc", "-std=c11", "-pedantic", "-D_POSIX_C_SOURCE=200809L"]
  private let example = repository.appending(path: "examples/c/embed.c").path

  @Test func whatIsExportedIsWhatIsDeclared() throws {
    let installation = try Installation.shared.get()
    let header = try String(contentsOfFile: "\(installation.prefix)/include/reel.h", encoding: .utf8)
    let code = header.replacing(#/\/\*(?s:.*?)\*\//#, with: "")
    let declared = Set(code.matches(of: #/\b(reel_\w+)\((?!\*)/#).map { String($0.1) })
    let symbols = try run("/usr/bin/nm", ["-D", "--defined-only", installation.library]).output
    let exported = symbols.split(separator: "\n").map { $0.split(separator: " ").last.map(String.init) ?? "" }
    #expect(declared.count > 30 && Set(exported) == declared)
    #expect(exported.allSatisfy { $0.hasPrefix("reel_") })
  }

  @Test func itNeedsNoSwift() throws {
    let installation = try Installation.shared.get()
    let needed = [
      "libc", "libm", "libstdc++", "libgcc_s", "libmp3lame", "libsndfile", "libspeexdsp", "ld-linux-x86-64",
    ]
    // The service is in the command alone.
    let ofTheService = ["libwebsockets", "libsqlite3", "libcrypto"]
    for (file, needed) in [
      (installation.library, needed), ("\(installation.prefix)/bin/reel", needed + ofTheService),
    ] {
      let table = try run("/usr/bin/readelf", ["-d", file]).output
      for match in table.matches(of: #/\(NEEDED\).*\[(.*)\.so/#) {
        #expect(needed.contains(String(match.1)), "\(match.1)")
      }
      #expect(!table.contains("RUNPATH") && !table.contains("RPATH"))
    }
    let version = installation.version
    let name = try run("/usr/bin/readelf", ["-d", installation.library]).output.firstMatch(of: #/SONAME.*\[(.*)\]/#)
    #expect(name.map { String($0.1) } == "libreel.so.\(version.split(separator: ".").prefix(2).joined(separator: "."))")
    #expect(try run("/usr/bin/readlink", ["-f", installation.library]).output.hasSuffix("libreel.so.\(version)\n"))
    let manual = try String(contentsOfFile: "\(installation.prefix)/share/man/man1/reel.1", encoding: .utf8)
    #expect(manual.hasPrefix(".Dd") || manual.hasPrefix(".TH"))
  }

  @Test func theExampleRecords() throws {
    let installation = try Installation.shared.get()
    let recordings = TestFolder()
    let program = try installation.build(example, c)
    let outcome = try installation.runProgram([program, recordings.path])
    #expect(outcome.status == 0 && outcome.complaint == "")
    let lines = outcome.output.split(separator: "\n")
    try #require(lines.count == 5, "\(outcome.output)")
    #expect(lines[0] == "main records from 0.00 s on" && lines[1].hasPrefix("main rests at 0."))
    #expect(lines[2].hasPrefix("main records from ") && lines[3].hasPrefix("main ended: stopped, 2.00 s"))
    #expect(try installation.judge(String(lines[4].dropFirst(2))) == "8000,2,2.000000")
  }

  @Test func pythonRecords() throws {
    let installation = try Installation.shared.get()
    let recordings = TestFolder()
    let script = repository.appending(path: "examples/python/embed.py").path
    #expect(try String(contentsOfFile: script, encoding: .utf8).split(separator: "\n").count < 40)
    let outcome = try installation.runProgram(["python3", script, recordings.path])
    #expect(outcome.status == 0 && outcome.complaint == "", "\(outcome.complaint)")
    let file = try #require(recordings.names.first { $0.hasSuffix(".wav") })
    #expect(try installation.judge(recordings[file]) == "8000,1,1.000000")
    let refused = try installation.runProgram(["python3", script, "/nowhere"])
    #expect(refused.status == 1 && refused.complaint.hasPrefix("/nowhere"))
  }

  @Test(arguments: ["address", "valgrind"]) func theExampleIsSound(tool: String) throws {
    let installation = try Installation.shared.get()
    let recordings = TestFolder()
    let isValgrind = tool == "valgrind"
    let program = try installation.build(example, c + ["-g"] + (isValgrind ? [] : ["-fsanitize=address,undefined"]))
    let watched = [
      "valgrind", "-q", "--error-exitcode=9", "--leak-check=full", "--errors-for-leak-kinds=definite,indirect",
      "--show-leak-kinds=definite,indirect",
    ]
    let outcome = try installation.runProgram((isValgrind ? watched : []) + [program, recordings.path])
    #expect(outcome.status == 0 && outcome.complaint == "", "\(outcome.complaint)")
    #expect(outcome.output.contains("main ended: stopped"))
  }

  @Test func theHeaderIsForCPlusPlusToo() throws {
    let installation = try Installation.shared.get()
    let source = installation.folder["version.cc"]
    let program = """
      #include <reel.h>
      int main() { return reel_version() == REEL_VERSION_NUMBER ? 0 : 1; }
      """
    try Data(program.utf8).write(to: URL(filePath: source))
    let built = try installation.build(source, ["g++", "-std=c++11", "-pedantic"])
    #expect(try installation.runProgram([built]).status == 0)
  }
}

#if arch(x86_64) && !DEBUG && !TSAN
  private let canWalk = canLink
#else
  private let canWalk = false
#endif

@Suite(.enabled(if: canWalk, "only optimized code of x86-64 can be walked"))
struct CPushWalkTests {
  @Test(arguments: ["reel_call_push", "reel_call_push_at", "reel_call_push_at_stamp", "reel_call_pull"])
  func pushAndPullOnlyCopyAndReturn(name: String) throws {
    let installation = try Installation.shared.get()
    // What is installed has no names of its own any more; it is the same code.
    let library = try #require(
      FileManager.default.contentsOfDirectory(atPath: installation.folder["linked"]).first { $0.hasPrefix("libreel") })
    let walk = try CodeWalk(MachineCode(URL(filePath: installation.folder["linked/\(library)"])), from: name)
    #expect(walk.faults == [])
    #expect(walk.leaves == ["memmove@plt"])
    #expect(walk.walked.contains { $0.hasPrefix("$s4Reel4CallC4pu") })
  }
}
