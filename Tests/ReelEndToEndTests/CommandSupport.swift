// What tests of the built command share: running it as a person would, and asking sox what it made.
import Foundation
import ReelTesting
import Testing

struct Outcome {
  let status: Int32
  let output: String
  let complaint: String
}

func run(
  _ program: String, _ arguments: [String], with variables: [String: String] = [:]
) throws -> Outcome {
  let process = Process()
  process.executableURL = URL(filePath: program)
  process.arguments = arguments
  process.environment = ProcessInfo.processInfo.environment.merging(variables) { $1 }
  let output = Pipe()
  let complaint = Pipe()
  process.standardOutput = output
  process.standardError = complaint
  try process.run()
  // What these commands say fits a pipe, so one after the other can be read.
  let said = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
  let complained = String(decoding: complaint.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
  process.waitUntilExit()
  return Outcome(status: process.terminationStatus, output: said, complaint: complained)
}

/// Where what is built lies, the tests and the programs that they run.
let products = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
let testdata = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
  .deletingLastPathComponent().appending(path: "testdata").path

func reel(_ arguments: String..., with variables: [String: String] = [:]) throws -> Outcome {
  try run(products.appending(path: "reel").path, arguments, with: variables)
}

/// A folder that is there for one test.
final class Scratch {
  let path: String

  init() throws {
    path = FileManager.default.temporaryDirectory.appending(path: "reel-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit {
    try? FileManager.default.removeItem(atPath: path)
  }

  func samples(of name: String, channel: Int) throws -> [Int16] {
    let raw = "\(path)/\(name)-\(channel).raw"
    let arguments = ["\(path)/\(name)", "-t", "raw", "-e", "signed", "-b", "16", raw, "remix", "\(channel)"]
    let outcome = try run("/usr/bin/sox", arguments)
    try #require(outcome.status == 0, "\(outcome.complaint)")
    let bytes = try Data(contentsOf: URL(filePath: raw))
    return stride(from: 0, to: bytes.count - 1, by: 2).map {
      Int16(bytes[$0]) | Int16(bitPattern: UInt16(bytes[$0 + 1]) << 8)
    }
  }
}
