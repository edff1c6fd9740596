// Strategy: a real process records while its disk is really taken away: full, removed, forbidden, limited. What it
// says, what it leaves, and that a recording beside it goes on, are judged from outside.
import Foundation
import ReelFiles
import ReelTesting
import Testing

private let formats = ["wav", "mp3", "mp4"]

/// The recording process: two recordings at once, one in a folder that is in for it, one in a safe folder.
private final class Victim {
  let root = FileManager.default.temporaryDirectory.appending(path: "reel-fault-\(UUID().uuidString)").path
  var doomed: String { root + "/doomed" }
  var safe: String { root + "/safe" }
  private let process = Process()
  private let input = Pipe()
  private let output = Pipe()

  init() throws {
    for folder in [doomed, safe] {
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
      try FileManager.default.setAttributes([.posixPermissions: 0o777], ofItemAtPath: folder)
    }
    try FileManager.default.setAttributes([.posixPermissions: 0o777], ofItemAtPath: root)
  }

  deinit {
    try? FileManager.default.setAttributes([.posixPermissions: 0o777], ofItemAtPath: doomed)
    try? FileManager.default.removeItem(atPath: root)
  }

  /// The words of a shell that records so many blocks of 20 ms.
  func recording(_ format: String, blocks: Int, waits: Bool = false) -> String {
    let program = products.appending(path: "FaultTest").path
    return "'\(program)' record '\(doomed):\(safe)' \(format) \(blocks) 0 \(waits ? "wait" : "")"
  }

  /// Runs a shell's line; in the middle, when the recording waits, does `sabotage`. Gives what was printed.
  func run(_ line: String, sabotage: (() throws -> Void)? = nil) throws -> [String] {
    process.executableURL = URL(filePath: "/bin/bash")
    process.arguments = ["-c", line]
    process.standardInput = input
    process.standardOutput = output
    try process.run()
    var text = ""
    if let sabotage {
      while !text.contains("half\n") {
        let data = output.fileHandleForReading.availableData
        guard !data.isEmpty else { break }
        text += String(decoding: data, as: UTF8.self)
      }
      try sabotage()
      input.fileHandleForWriting.write(Data("\n".utf8))
    }
    text += String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    return text.split(separator: "\n").map(String.init)
  }
}

private func opens(_ path: String) throws -> Bool {
  let probe = Process()
  probe.executableURL = URL(filePath: "/usr/bin/env")
  probe.arguments = ["ffmpeg", "-v", "error", "-nostdin", "-i", path, "-f", "null", "-"]
  probe.standardError = FileHandle.nullDevice
  try probe.run()
  probe.waitUntilExit()
  return probe.terminationStatus == 0
}

/// Whether this user may put a small disk somewhere, in a world of its own.
let canMount: Bool = {
  let process = Process()
  process.executableURL = URL(filePath: "/bin/bash")
  process.arguments = ["-c", "unshare -rm mount -t tmpfs -o size=64k none /mnt 2>/dev/null"]
  return (try? process.run()) != nil
    && {
      process.waitUntilExit(); return process.terminationStatus == 0
    }()
}()

@Suite struct FaultTests {
  @Test(.enabled(if: canMount, "this user may mount nothing"), arguments: formats)
  func aFullDiskEndsTheRecordingInAnErrorThatPlays(format: String) throws {
    let victim = try Victim()
    // 300 kB are 9 s of WAV, or 37 s of the others.
    let line =
      "unshare -rm bash -c \"mount -t tmpfs -o size=300k none '\(victim.doomed)' "
      + "&& \(victim.recording(format, blocks: 3_000)); cp -r '\(victim.doomed)' '\(victim.root)/kept'\""
    let said = try victim.run(line)
    #expect(said.contains { $0.hasPrefix("\(victim.doomed) error") }, "\(said)")
    #expect(said.contains { $0.hasPrefix("because") && $0.hasSuffix("No space left on device") }, "\(said)")
    let kept = try FileManager.default.contentsOfDirectory(atPath: "\(victim.root)/kept")
    let file = try #require(kept.first { $0.hasSuffix(".\(format)") }, "\(kept)")
    #expect(try opens("\(victim.root)/kept/\(file)"))
    try expectSafe(victim, said, format, samples: 480_000)
    // With room again, whatever was left open is closed.
    let report = try RecoveryReport(recovering: "\(victim.root)/kept")
    #expect(report.failures == [])
    let verification = try Verification(of: "\(victim.root)/kept/call.\(format)")
    #expect(verification.state == "error" || verification.state == "recovered")
  }

  @Test(arguments: formats) func aFileSizeLimitIsAnErrorLikeAnyOther(format: String) throws {
    let victim = try Victim()
    let blocks = format == "wav" ? 1_000 : 4_000
    let said = try victim.run("ulimit -f 400; \(victim.recording(format, blocks: blocks))")
    #expect(said.filter { $0.hasSuffix("File too large") }.count == 2, "\(said)")
    for folder in [victim.doomed, victim.safe] {
      #expect(said.contains { $0.hasPrefix("\(folder) error") }, "\(said)")
      #expect(try opens("\(folder)/call.\(format)"))
      let verification = try Verification(of: "\(folder)/call.\(format)")
      #expect(verification.state == "error" && verification.problems.count == 1, "\(verification.problems)")
    }
  }

  @Test(arguments: formats) func aFolderThatIsRemovedIsTold(format: String) throws {
    let victim = try Victim()
    let said = try victim.run(victim.recording(format, blocks: 600, waits: true)) {
      try FileManager.default.removeItem(atPath: victim.doomed)
    }
    #expect(said.contains { $0.hasPrefix("\(victim.doomed) error") }, "\(said)")
    #expect(
      said.contains { $0.hasPrefix("because") && ($0.contains("No such file") || $0.contains("was removed")) },
      "\(said)")
    try expectSafe(victim, said, format, samples: 96_000)
  }

  @Test(arguments: formats) func aPermissionThatIsLostLosesNoSound(format: String) throws {
    let victim = try Victim()
    // Root may do anything, so nobody records.
    let said = try victim.run(victim.recording(format, blocks: 600, waits: true) + " nobody") {
      try FileManager.default.setAttributes([.posixPermissions: 0o555], ofItemAtPath: victim.doomed)
    }
    #expect(said.contains { $0.hasPrefix("\(victim.doomed) error") }, "\(said)")
    #expect(said.contains { $0.hasPrefix("because") && $0.hasSuffix("Permission denied") }, "\(said)")
    #expect(try opens("\(victim.doomed)/call.part.\(format)"))
    try expectSafe(victim, said, format, samples: 96_000)
    try FileManager.default.setAttributes([.posixPermissions: 0o777], ofItemAtPath: victim.doomed)
    let report = try RecoveryReport(recovering: victim.doomed)
    #expect(report.failures == [] && report.recovered.first?.files.first?.samples == 96_000)
    #expect(problems(of: "\(victim.doomed)/call.\(format)") == [])
  }

  /// The recording beside the one that failed.
  private func expectSafe(_ victim: Victim, _ said: [String], _ format: String, samples: Int) throws {
    #expect(said.contains("\(victim.safe) finished \(victim.safe)/call.\(format)=\(samples)"), "\(said)")
    #expect(problems(of: "\(victim.safe)/call.\(format)") == [])
  }
}
