import Foundation
import ReelCore

/// The program that is told of recordings, which is not ours: Python's own server.
final class Receiver {
  private let process = Process()
  private let journal: String
  let url: String

  struct Arrival {
    let event: String
    let recordingID: String
    let state: String
    let isSigned: Bool
  }

  private static let program = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "receiver.py").path

  init(_ folder: String, key: String, seed: UInt64) throws {
    journal = "\(folder)/arrivals"
    let output = Pipe()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = ["python3", Self.program, journal, key, "\(seed)"]
    process.standardOutput = output
    try process.run()
    var text = ""
    while !text.hasSuffix("\n") {
      let data = output.fileHandleForReading.availableData
      guard !data.isEmpty else { throw TestFailure("the receiver does not start") }
      text += String(decoding: data, as: UTF8.self)
    }
    url = "http://127.0.0.1:\(text.dropLast())/events"
  }

  /// It has written down all that it took, and may have been started with signals held back.
  func stop() {
    Foundation.kill(process.processIdentifier, SIGKILL)
    process.waitUntilExit()
  }

  /// All that arrived, in that order.
  func arrivals() throws -> [Arrival] {
    let text = try String(contentsOfFile: journal, encoding: .utf8)
    return try text.split(separator: "\n").map { line in
      let json = try JSON(String(line))
      guard let event = json["event"]?.text, let id = json["params"]?["recording_id"]?.text,
        let state = json["params"]?["state"]?.text
      else { throw TestFailure("the receiver was told \(line)") }
      return Arrival(event: event, recordingID: id, state: state, isSigned: json["signed"] == .bool(true))
    }
  }
}
