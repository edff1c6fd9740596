// For the tests of reading: other people's programs, a folder to work in, and comparing what comes out.
import Foundation
import ReelFiles
import ReelTesting
import Testing

let testdata = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
  .deletingLastPathComponent().appending(path: "testdata").path

/// A folder that is there for one test, and the programs that make files in it.
final class SoundFolder {
  let path: String

  init() throws {
    path = FileManager.default.temporaryDirectory.appending(path: "reel-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit {
    try? FileManager.default.removeItem(atPath: path)
  }

  subscript(name: String) -> String { "\(path)/\(name)" }

  /// Runs a program in the folder, by a line whose words have no spaces in them.
  func run(_ line: String) throws {
    let words = line.split(separator: " ").map(String.init)
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/\(words[0])")
    process.arguments = Array(words.dropFirst())
    process.currentDirectoryURL = URL(filePath: path)
    process.standardInput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    try #require(process.terminationStatus == 0, "\(line)")
  }

  func sox(_ line: String) throws { try run("sox -D \(line)") }

  func ffmpeg(_ line: String) throws { try run("ffmpeg -v error -nostdin -y \(line)") }

  /// Writes a file and gives its path.
  @discardableResult
  func write(_ bytes: [UInt8], to name: String) throws -> String {
    try Data(bytes).write(to: URL(filePath: self[name]))
    return self[name]
  }

  func bytes(of name: String) -> [UInt8] { readBytes(self[name]) }
}

/// All of a file's samples, channels interleaved, read in blocks of so many frames.
func readAll(_ reader: AudioReader, frames: Int = 4_096) throws -> [Int16] {
  var block = [Int16](repeating: 0, count: frames * reader.channels)
  var samples: [Int16] = []
  while case let count = try reader.readFrames(into: &block), count > 0 {
    samples += block[..<(count * reader.channels)]
  }
  return samples
}

func readAll(_ path: String) throws -> [Int16] { try readAll(AudioReader(path)) }

/// How far `copy` is from `original`, as a ratio of powers in decibels: the more, the nearer.
func signalToNoise(_ original: [Int16], _ copy: [Int16]) -> Double {
  let noise = zip(original, copy).reduce(0.0) { $0 + pow(Double($1.0) - Double($1.1), 2) }
  let signal = original.reduce(0.0) { $0 + pow(Double($1), 2) }
  return 10 * log10(signal / max(noise, 1))
}

/// The reason a file is refused for; nil when it isn't.
func refusal(_ path: String, raw: RawLayout? = nil) -> String? {
  do {
    _ = try readAll(AudioReader(path, raw: raw))
    return nil
  } catch let error as FileError {
    return error.path == path ? error.reason : "names \(error.path)"
  } catch {
    return "\(error)"
  }
}

/// A number's bytes, the lowest first.
func bytes<Number: FixedWidthInteger>(_ number: Number) -> [UInt8] {
  (0..<Number.bitWidth / 8).map { UInt8(truncatingIfNeeded: number >> ($0 * 8)) }
}
