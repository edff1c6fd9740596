// Strategy: the engine in a process of its own, under load at real pace, that is told to end, killed, or started twice
// in one folder; what it says and what it leaves are judged from outside.
import Foundation
import ReelFiles
import ReelTesting
import Testing

/// `reel bench live` with many calls, in a folder that stays.
private final class LiveProcess {
  let root = TestFolder()
  private let process = Process()
  private let output = Pipe()

  /// Starts it and waits until every call is being recorded.
  init(calls: Int, format: String) throws {
    process.executableURL = products.appending(path: "reel")
    process.arguments = [
      "bench", "live", "--runs", "1", "--calls", "\(calls)", "--seconds", "60", "--format", format,
      "--folder", root.path, "--keep",
    ]
    process.standardOutput = output
    process.standardError = output
    try process.run()
    var count = 0
    for _ in 0..<200 where count < calls {
      usleep(50_000)
      count = names.filter { $0.hasSuffix(".part.\(format)") }.count
    }
    #expect(count == calls)
    usleep(1_500_000)
  }

  /// The benchmark's own folder, and in there one for the number of calls.
  var folder: String {
    let bench = root[root.names.first ?? "none"]
    return "\(bench)/\((try? FileManager.default.contentsOfDirectory(atPath: bench))?.first ?? "none")"
  }
  var names: [String] { (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? [] }

  /// Sends a signal; gives what was printed and how long the end took.
  func end(_ signal: Int32) -> (text: String, seconds: Double) {
    let began = Date()
    kill(process.processIdentifier, signal)
    let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    return (text, Date().timeIntervalSince(began))
  }
}

@Suite(.serialized) struct LiveEngineTests {
  @Test func toldToEndItClosesEverythingAndSaysHowMany() throws {
    let process = try LiveProcess(calls: 300, format: "wav")
    let (text, seconds) = process.end(SIGTERM)
    #expect(text.contains("interrupted: closed 300 recordings in ") && text.contains(", left 0 to"), "\(text)")
    #expect(seconds < 6, "\(seconds)")
    let files = process.names.filter { $0.hasSuffix(".wav") }
    #expect(files.count == 300 && !process.names.contains { $0.contains(".part.") })
    #expect(files.flatMap { problems(of: "\(process.folder)/\($0)") }.prefix(3) == [])
  }

  @Test(arguments: ["wav", "mp3"]) func killedItLeavesWhatCanBeRecovered(format: String) throws {
    let process = try LiveProcess(calls: 40, format: format)
    _ = process.end(SIGKILL)
    let report = try recover(process.folder)
    #expect(report.failures == [] && report.held == [] && report.recovered.count == 40)
    for recording in report.recovered {
      // All went on for a second and a half at the least, of which one may be missing.
      #expect(recording.files[0].samples >= 4_000)
      #expect(problems(of: recording.files[0].path) == [])
    }
  }
}
