// Strategy: a real process that records is killed, or told no, at every single system call by which it touches the
// disk, one after the other; then it is recovered twice, and everything must be true. strace does the killing.
import Foundation
import ReelCore
import ReelFiles
import ReelTesting
import Testing

private let program = products.appending(path: "FaultTest").path
private let formats = ["wav", "mp3", "mp4"]
/// Two seconds of a call.
private let blocks = 100
private let samples = 16_000

/// Whether this system lets a process be traced.
let canTrace: Bool = {
  let process = Process()
  process.executableURL = URL(filePath: "/usr/bin/env")
  process.arguments = ["strace", "-qq", "-o", "/dev/null", "true"]
  process.standardError = FileHandle.nullDevice
  return (try? process.run()) != nil
    && {
      process.waitUntilExit(); return process.terminationStatus == 0
    }()
}()

/// A folder, and the process that records into it.
private final class Stage {
  let folder = FileManager.default.temporaryDirectory.appending(path: "reel-point-\(UUID().uuidString)").path

  init() throws {
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
  }

  deinit {
    try? FileManager.default.removeItem(atPath: folder)
  }

  subscript(name: String) -> String { "\(folder)/\(name)" }

  /// Records with a fault; gives what was said, and nil when the process was killed.
  func record(_ call: String, _ fault: String, _ words: String...) throws -> String? {
    try trace(["-o", "/dev/null", "-e", "trace=\(call)", "-e", "inject=\(call):\(fault)"], words)
  }

  func trace(_ options: [String], _ words: [String], pace: Int = 0) throws -> String? {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    let recording = [program, "record", folder, formats.joined(separator: "+"), "\(blocks)", "\(pace)"]
    process.arguments = ["strace", "-f", "-qq"] + options + recording + words
    let output = Pipe()
    process.standardOutput = output
    process.standardError = FileHandle.nullDevice
    try process.run()
    let said = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    return process.terminationReason == .exit && process.terminationStatus == 0 ? said : nil
  }

  func names() throws -> Set<String> {
    Set(try FileManager.default.contentsOfDirectory(atPath: folder)).subtracting(["progress"])
  }

  var manifest: JSON? {
    get throws {
      guard FileManager.default.fileExists(atPath: self["call.reel.json"]) else { return nil }
      return try JSON(utf8: readBytes(self["call.reel.json"]))
    }
  }
}

/// What must hold after a death at any point, once it is recovered.
private func expectTruth(_ stage: Stage, _ point: String) throws {
  let report = try recover(stage.folder)
  #expect(report.failures == [], "\(point)")
  #expect(try recover(stage.folder) == RecoveryReport(recovering: stage.folder), "\(point): a second time")
  let left = try stage.names()
  #expect(left.allSatisfy { !$0.contains(".part.") && !$0.hasSuffix(".new") }, "\(point): \(left)")
  // Nothing is what is left where the parts were not all made yet.
  guard let manifest = try stage.manifest else { return #expect(left == [], "\(point)") }
  #expect(manifest["call_id"]?.text == "call", "\(point)")
  for file in manifest["files"]?.array ?? [] where file["failure"] == .null {
    let name = file["name"]?.text ?? ""
    var problems = try Verification(of: stage[name]).problems
    // Where marks could not be written down, that is told, and the ledger lacks them.
    if manifest["reason"]?.text?.hasPrefix("the journal ") == true { problems.removeAll { $0.contains("ledger") } }
    #expect(problems == [], "\(point): \(name)")
  }
}

@Suite(.enabled(if: canTrace, "this system lets nobody trace a process"))
struct CrashPointTests {
  private static let calls = ["link", "unlink", "rename", "fdatasync", "fsync", "ftruncate", "write", "pwrite64"]

  @Test(arguments: calls) func deathAtEverySystemCallIsMended(call: String) throws {
    // Most of the writes are of the process's own count of pushes.
    for index in stride(from: 1, through: 400, by: call == "pwrite64" ? 3 : 1) {
      let stage = try Stage()
      if try stage.record(call, "signal=SIGKILL:when=\(index)") != nil { return #expect(index > 1) }
      try expectTruth(stage, "\(call) \(index)")
    }
    Issue.record("\(call) has no end")
  }

  @Test(arguments: ["link", "unlink", "rename", "fsync"])
  func deathWhileOlderFilesAreReplacedIsMended(call: String) throws {
    for index in 1...60 {
      let stage = try Stage()
      _ = try stage.trace(["-o", "/dev/null", "-e", "trace=none"], [])
      if try stage.record(call, "signal=SIGKILL:when=\(index)", "replace") != nil { return #expect(index > 1) }
      if try recover(stage.folder).failures.first?.reason.contains("is there still") == true {
        // Cut off before its end was known: the older files are whole, and the new ones wait.
        for format in formats {
          #expect(try Verification(of: stage["call.\(format)"]).problems == [], "\(call) \(index): older \(format)")
          try FileManager.default.removeItem(atPath: stage["call.\(format)"])
        }
        #expect(try recover(stage.folder).failures == [], "\(call) \(index)")
      }
      #expect(try recover(stage.folder).recovered == [], "\(call) \(index)")
      let left = try stage.names()
      #expect(left == ["call.wav", "call.mp3", "call.mp4", "call.reel.json"], "\(call) \(index): \(left)")
      for format in formats {
        #expect(try Verification(of: stage["call.\(format)"]).problems == [], "\(call) \(index): \(format)")
      }
    }
  }

  @Test(arguments: ["link", "unlink", "rename", "fdatasync", "fsync", "ftruncate", "pwrite64"])
  func aCallThatFailsIsToldAndNothingIsLost(call: String) throws {
    let error = call == "pwrite64" ? "ENOSPC" : "EIO"
    for index in stride(from: 1, through: 200, by: call == "pwrite64" ? 3 : 1) {
      let stage = try Stage()
      let said = try stage.record(call, "error=\(error):when=\(index)")
      let isFinished = said?.contains(" finished ") == true
      let state = try stage.manifest?["state"]?.text
      #expect(!isFinished || state == "finished", "\(call) \(index)")
      let point = "\(call) \(index), \(isFinished ? "finished" : said == nil ? "not begun" : "failed")"
      if isFinished {
        for format in formats {
          #expect(try Verification(of: stage["call.\(format)"]).problems == [], "\(point): \(format)")
        }
      }
      if try stage.names().isEmpty { continue }
      try expectTruth(stage, point)
      if said != nil, call != "pwrite64", call != "fdatasync" {
        let lengths = try stage.manifest?["files"]?.array?.map { $0["samples"]?.integer }
        #expect(lengths == [samples, samples, samples], "\(point)")
      }
      if isFinished && index > 40 && call != "pwrite64" { return }
    }
  }

  @Test func everythingIsOnTheDiskBeforeItIsNamed() throws {
    let stage = try Stage()
    let log = FileManager.default.temporaryDirectory.appending(path: "reel-trace-\(UUID().uuidString)").path
    defer { try? FileManager.default.removeItem(atPath: log) }
    let calls = "trace=link,unlink,rename,fdatasync,fsync,pwrite64"
    // At 80 pushes a second it lasts long enough for the disk to be made to take what it was given.
    _ = try stage.trace(["-y", "-o", log, "-e", calls], [], pace: 80)
    let lines = String(decoding: readBytes(log), as: UTF8.self).split(separator: "\n").map(String.init)
    func places(_ words: String...) -> [Int] {
      lines.indices.filter { index in words.allSatisfy { lines[index].contains($0) } }
    }
    let firstSound = try #require(places("pwrite64", "call.part.wav").dropFirst().first)
    for format in formats + ["reel.json"] {
      #expect(places("fdatasync", "call.part.\(format)").first.map { $0 < firstSound } == true, "\(format) at once")
      let syncs = places("fdatasync", "call.part.\(format)")
      #expect(syncs.count >= 3, "\(format): at once, in the middle, at the end")
    }
    #expect(places("fsync", "\(stage.folder)>").first.map { $0 < firstSound } == true)
    #expect(places("fdatasync", "part.reel.json")[1] < places("fdatasync", "part.wav")[1], "marks before sound")
    for format in formats {
      let named = try #require(places("link(", "/call.\(format)\"").last)
      #expect(places("fdatasync", "call.part.\(format)").contains { $0 < named && named - $0 < 12 }, "\(format)")
    }
    #expect(places("fdatasync", ".call.part.mp4.new>)").count == 1, "the plain file")
    let manifest = try #require(places("rename(", "/call.reel.json\"").last)
    #expect(places("fdatasync", ".call.reel.json.new").contains { $0 < manifest })
    let folder = try #require(places("fsync", "\(stage.folder)>").last)
    let journal = try #require(places("unlink(", "/call.part.reel.json\"").last)
    #expect(manifest < folder && folder < journal)
  }
}
