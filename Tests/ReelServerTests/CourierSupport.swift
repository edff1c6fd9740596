// Strategy: what tests of the courier share: a receiver that is a program of its own and fails on purpose, and a
// courier whose pauses are short.
import Foundation
import ReelCore
import ReelFiles
import ReelRealtime
import ReelServer
import ReelTesting
import Testing

/// `failing_receiver.py` on a port of this machine.
final class FailingReceiver {
  struct Request {
    let path: String
    let body: String
    let id: String
    let json: JSON
    var status: Int { json["status"]?.integer ?? 0 }
  }

  let port: Int
  private let log: String
  private let process = Process()
  private let input = Pipe()

  /// On a port of its own, unless it is to take up where another was.
  init(_ folder: TestFolder, port: Int = 0, log: String = "requests.jsonl") throws {
    self.log = folder[log]
    let script = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .appending(path: "Clients/failing_receiver.py").path
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = ["python3", script, self.log, "\(port)"]
    let output = Pipe()
    process.standardOutput = output
    process.standardInput = input
    try process.run()
    let line = String(decoding: output.fileHandleForReading.availableData, as: UTF8.self)
    self.port = try #require(Int(line.trimmingCharacters(in: .whitespacesAndNewlines)), "the receiver says \(line)")
  }

  deinit {
    end()
  }

  func end() {
    guard process.isRunning else { return }
    // A milder signal may be blocked: it inherited what the thread that started it blocks.
    kill(process.processIdentifier, SIGKILL)
    process.waitUntilExit()
  }

  func url(_ path: String) -> String { "http://127.0.0.1:\(port)\(path)" }

  /// All so far, in the order in which they came.
  var requests: [Request] {
    get throws {
      let text = (try? String(contentsOfFile: log, encoding: .utf8)) ?? ""
      return try text.split(separator: "\n").map { line in
        let json = try JSON(String(line))
        return Request(
          path: json["path"]?.text ?? "", body: json["body"]?.text ?? "", id: json["id"]?.text ?? "", json: json)
      }
    }
  }

  /// The bodies of those to a path, or to all.
  func bodies(_ path: String? = nil) throws -> [String] {
    try requests.filter { path == nil || $0.path == path }.map(\.body)
  }
}

let testSecret = Array("a secret of the tests".utf8)

func quickSettings(_ change: (inout CourierSettings) -> Void = { _ in }) -> CourierSettings {
  var settings = CourierSettings(secret: testSecret)
  (settings.firstPauseSeconds, settings.longestPauseSeconds) = (0.05, 0.2)
  (settings.connectSeconds, settings.totalSeconds) = (1, 5)
  settings.allowsPrivateRedirects = true
  change(&settings)
  return settings
}

/// A catalogue with some recordings, a receiver, and couriers on the same file.
struct CourierPlace {
  let folder = TestFolder()
  let catalogue: Catalogue
  let receiver: FailingReceiver
  let lines = Guarded<[String]>([])

  init(recordings: Int = 1) throws {
    catalogue = try newCatalogue(folder)
    for number in 0..<recordings { try catalogue.save(recordingRow("r\(number)")) }
    receiver = try FailingReceiver(folder)
  }

  func courier(_ change: (inout CourierSettings) -> Void = { _ in }) throws -> Courier {
    let lines = lines
    return try Courier(
      folder["reel.db"], quickSettings(change), Log(least: .debug) { line in lines.withLock { $0.append(line) } })
  }

  /// Puts events of one recording into the outbox.
  func enqueue(_ bodies: [String], to url: String, recording: String = "r0") throws {
    try catalogue.transaction {
      for body in bodies { _ = try catalogue.enqueue(recordingID: recording, url: url, body: body, at: .now()) }
    }
  }

  /// Whether nothing is pending within so many seconds.
  func drains(within seconds: Double = 20) throws -> Bool {
    try comes(within: seconds) { try catalogue.pendingEvents() == 0 }
  }
}

/// Asks until it is so; false where it takes too long.
func comes(within seconds: Double = 10, _ condition: () throws -> Bool) rethrows -> Bool {
  let end = Date.now.addingTimeInterval(seconds)
  while Date.now < end {
    if try condition() { return true }
    usleep(10_000)
  }
  return try condition()
}

/// Without what came again.
func firsts(_ bodies: [String]) -> [String] {
  var known: Set<String> = []
  return bodies.filter { known.insert($0).inserted }
}
