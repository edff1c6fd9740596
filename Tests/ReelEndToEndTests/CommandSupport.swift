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
  _ program: String, _ arguments: [String], with variables: [String: String] = [:], in folder: String? = nil
) throws -> Outcome {
  let process = Process()
  process.executableURL = URL(filePath: program)
  process.arguments = arguments
  process.environment = ProcessInfo.processInfo.environment.merging(variables) { $1 }
  if let folder { process.currentDirectoryURL = URL(filePath: folder) }
  let output = Pipe()
  process.standardOutput = output
  // A file, for of two pipes that are read one after the other the second may fill up meanwhile.
  let log = FileManager.default.temporaryDirectory.appending(path: "reel-log-\(UUID().uuidString)")
  try Data().write(to: log)
  defer { try? FileManager.default.removeItem(at: log) }
  process.standardError = try FileHandle(forWritingTo: log)
  try process.run()
  let said = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
  process.waitUntilExit()
  let complained = String(decoding: try Data(contentsOf: log), as: UTF8.self)
  return Outcome(status: process.terminationStatus, output: said, complaint: complained)
}

/// Where what is built lies, the tests and the programs that they run.
let products = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
let testdata = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
  .deletingLastPathComponent().appending(path: "testdata").path

func reel(_ arguments: String..., with variables: [String: String] = [:]) throws -> Outcome {
  try run(products.appending(path: "reel").path, arguments, with: variables)
}

/// What bash makes of a script in which `$reel` is the command and `$testdata` the folder of that name.
func shell(_ script: String, in scratch: Scratch, with variables: [String: String] = [:]) throws -> Outcome {
  let own = ["reel": products.appending(path: "reel").path, "testdata": testdata]
  return try run("/bin/bash", ["-c", script], with: own.merging(variables) { $1 }, in: scratch.path)
}

/// Asks until it is so; false where it takes too long.
func comes(within seconds: Double = 10, _ condition: () throws -> Bool) rethrows -> Bool {
  let end = Date.now.addingTimeInterval(seconds)
  while Date.now < end {
    if try condition() { return true }
    usleep(5_000)
  }
  return try condition()
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
    defer { try? FileManager.default.removeItem(atPath: raw) }
    let arguments = ["\(path)/\(name)", "-t", "raw", "-e", "signed", "-b", "16", raw, "remix", "\(channel)"]
    let outcome = try run("/usr/bin/sox", arguments)
    try #require(outcome.status == 0, "\(outcome.complaint)")
    let bytes = try Data(contentsOf: URL(filePath: raw))
    return stride(from: 0, to: bytes.count - 1, by: 2).map {
      Int16(bytes[$0]) | Int16(bitPattern: UInt16(bytes[$0 + 1]) << 8)
    }
  }

  /// The names of all that is in it, hidden or not, in order.
  var names: [String] {
    get throws { try FileManager.default.contentsOfDirectory(atPath: path).sorted() }
  }

  func bytes(_ name: String) throws -> Data { try Data(contentsOf: URL(filePath: "\(path)/\(name)")) }

  /// 0 for a file that is not there.
  func size(_ name: String) -> Int {
    (try? FileManager.default.attributesOfItem(atPath: "\(path)/\(name)")[.size] as? Int) ?? 0
  }

  func write(_ bytes: Data, _ name: String) throws {
    try bytes.write(to: URL(filePath: "\(path)/\(name)"))
  }

  /// Samples without a head.
  func writeRaw(_ samples: [Int16], _ name: String) throws {
    try write(Data(samples.flatMap { [UInt8(truncatingIfNeeded: $0), UInt8(truncatingIfNeeded: $0 >> 8)] }), name)
  }

  /// A WAV of one channel, or of two by turns, made by sox.
  func writeWAV(_ samples: [Int16], hz: Int, channels: Int = 1, _ name: String) throws {
    try writeRaw(samples, "\(name).raw")
    let form = ["-t", "raw", "-e", "signed", "-b", "16", "-r", "\(hz)", "-c", "\(channels)"]
    let made = try run("/usr/bin/sox", form + ["\(path)/\(name).raw", "\(path)/\(name)"])
    try #require(made.status == 0, "\(made.complaint)")
    try FileManager.default.removeItem(atPath: "\(path)/\(name).raw")
  }

  /// What ffprobe says of a sound stream's field.
  func probe(_ name: String, _ field: String) throws -> String {
    let arguments = ["-v", "error", "-show_entries", "stream=\(field)", "-of", "csv=p=0", "\(path)/\(name)"]
    return try run("/usr/bin/ffprobe", arguments).output.trimmingCharacters(in: .whitespacesAndNewlines)
  }
}
