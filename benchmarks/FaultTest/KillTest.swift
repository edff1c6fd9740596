// Kills recording processes at random moments and looks at what they leave, with other people's eyes and with ours.
import Foundation
import ReelFiles
import ReelTesting

/// What became of the recordings of one kind.
struct KillTally {
  var kills = 0
  var closedInTime = 0
  var openedBefore = 0
  var openedAfter = 0
  var worstLossSeconds = 0.0
  var problems: [String] = []
}

struct KillTest {
  let kills: Int
  let seed: UInt64
  private let executable = CommandLine.arguments[0]
  private let root = FileManager.default.temporaryDirectory.appending(path: "reel-kill-\(getpid())").path

  static let kinds = ["wav", "mp3", "mp4", "wav+mp3+mp4"]

  /// Prints a table; gives whether everything held.
  func run() throws -> Bool {
    say("seed \(seed)")
    defer { try? FileManager.default.removeItem(atPath: root) }
    say("files         kills  closed first  open before  open after  worst loss")
    var isGood = true
    for (index, kind) in Self.kinds.enumerated() {
      let share = kills / Self.kinds.count + (index < kills % Self.kinds.count ? 1 : 0)
      var generator = SeededGenerator(seed: seed &+ UInt64(index))
      var tally = KillTally()
      for round in 0..<share { try kill(kind, round, &generator, &tally) }
      let loss = String(format: "%8.3f s", tally.worstLossSeconds)
      let counts = [tally.kills, tally.closedInTime, tally.openedBefore, tally.openedAfter]
      let columns = zip(counts, [7, 14, 13, 12]).map { String("\($0)".reversed()).padded(to: $1) }
      say(kind.padding(toLength: 12, withPad: " ", startingAt: 0) + columns.joined() + "  " + loss)
      for problem in tally.problems { say("  \(problem)") }
      isGood = isGood && tally.problems.isEmpty
    }
    return isGood
  }

  /// One process: started, killed, judged.
  private func kill(
    _ kind: String, _ round: Int, _ generator: inout SeededGenerator, _ tally: inout KillTally
  ) throws {
    let folder = "\(root)/\(kind)-\(round)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    let paces = [0, 0, 1_000, 4_000]
    let pace = paces.randomElement(using: &generator)!
    let blocks = Int.random(in: 20...(pace == 0 ? 6_000 : 1_000), using: &generator)
    let child = Process()
    child.executableURL = URL(filePath: executable)
    child.arguments = ["record", folder, kind, "\(blocks)", "\(pace)"]
    child.standardOutput = FileHandle.nullDevice
    try child.run()
    // Nothing is learnt from a process that has not begun. From there on the moment is random, past the end too.
    while !Self.hasBegun(folder) && child.isRunning { usleep(200) }
    let life = pace == 0 ? Double(blocks) * 40e-6 : Double(blocks) / Double(pace)
    usleep(UInt32(Double.random(in: 0...1.3 * life, using: &generator) * 1e6))
    Foundation.kill(child.processIdentifier, SIGKILL)
    child.waitUntilExit()
    tally.kills += 1
    if child.terminationReason == .exit { tally.closedInTime += 1 }
    try judge(folder, kind, "round \(round)", &tally)
    try FileManager.default.removeItem(atPath: folder)
  }

  private static func hasBegun(_ folder: String) -> Bool {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    return names.contains { $0.hasPrefix("call.") }
  }

  private func judge(_ folder: String, _ kind: String, _ round: String, _ tally: inout KillTally) throws {
    func wrong(_ problem: String) { tally.problems.append("\(round): \(problem)") }
    let formats = kind.split(separator: "+").map(String.init)
    let before = try FileManager.default.contentsOfDirectory(atPath: folder)
    // Killed before the first file was there under any name: nothing was recorded, nothing is there to open.
    let sounds = before.filter { name in formats.contains { name.hasSuffix("." + $0) } }
    let opened = sounds.filter { Self.opens("\(folder)/\($0)") }
    if opened.count == sounds.count { tally.openedBefore += 1 } else { wrong("of \(sounds) only \(opened) open") }

    let report = try RecoveryReport(recovering: folder)
    for failure in report.failures { wrong("not recovered: \(failure)") }
    if !report.held.isEmpty { wrong("held by the dead: \(report.held)") }
    let after = try contents(folder)
    if try !RecoveryReport(recovering: folder).recovered.isEmpty || contents(folder) != after {
      wrong("a second recovery changed something")
    }
    let left = after.keys.filter { $0.contains(".part.") || $0.hasSuffix(".new") }
    if !left.isEmpty { wrong("left over: \(left)") }
    var isOpen = true
    for name in after.keys.filter({ name in formats.contains { name.hasSuffix("." + $0) } }) {
      if !Self.opens("\(folder)/\(name)") {
        isOpen = false
        wrong("\(name) does not open")
      }
      let problems = try Verification(of: "\(folder)/\(name)").problems
      if !problems.isEmpty { wrong("\(name): \(problems)") }
    }
    if isOpen { tally.openedAfter += 1 }
    measureLoss(folder, report, after, &tally)
  }

  private func measureLoss(
    _ folder: String, _ report: RecoveryReport, _ after: [String: String], _ tally: inout KillTally
  ) {
    var pushed: Int64 = 0
    let progress = unsafe open("\(folder)/\(RecordingChild.progressName)", O_RDONLY)
    unsafe pread(progress, &pushed, 8, 0)
    close(progress)
    for file in report.recovered.flatMap(\.files) {
      let loss = Double(Int(pushed) - file.samples) / 8_000
      tally.worstLossSeconds = max(tally.worstLossSeconds, loss)
      if loss > 1 { tally.problems.append("\(file.path) lacks \(loss) s") }
    }
  }

  /// Names and bytes of a folder.
  private func contents(_ folder: String) throws -> [String: String] {
    var contents: [String: String] = [:]
    for name in try FileManager.default.contentsOfDirectory(atPath: folder) {
      let attributes = try FileManager.default.attributesOfItem(atPath: "\(folder)/\(name)")
      let data = try Data(contentsOf: URL(filePath: "\(folder)/\(name)"))
      contents[name] = "\(attributes[.modificationDate] ?? 0) \(data.hashValue)"
    }
    return contents
  }

  private static func opens(_ path: String) -> Bool {
    let probe = Process()
    probe.executableURL = URL(filePath: "/usr/bin/env")
    probe.arguments = ["ffprobe", "-v", "error", "-show_entries", "stream=codec_name,sample_rate,channels", path]
    let output = Pipe()
    probe.standardOutput = output
    probe.standardError = output
    guard (try? probe.run()) != nil else { return false }
    let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    probe.waitUntilExit()
    return probe.terminationStatus == 0 && text.contains("sample_rate=8000") && text.contains("channels=2")
  }
}

extension String {
  /// Turned round again, with spaces in front.
  fileprivate func padded(to count: Int) -> String {
    String(padding(toLength: count, withPad: " ", startingAt: 0).reversed())
  }
}
