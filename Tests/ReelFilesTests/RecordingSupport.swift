// For the tests of what is written: recordings made of known samples, and other people's programs as judges.
import Foundation
import ReelAudio
import ReelCore
import ReelFiles
import ReelTesting
import Testing

/// A recording's files being made of samples that a test chooses, as a recorder would hand them over.
struct TestRecording {
  let plan: RecordingPlan
  let files: RecordingFiles

  static let identity = RecordingIdentity(
    callID: "Zoë's call", recordingID: "6f1c1d0e-9d5e-4f43-a7b5-1f0f5b9c2d11",
    start: WallTime(microseconds: 1_795_248_000_250_000), legs: .both)

  init(
    _ renditions: Rendition..., rate: SampleRate = .narrowband, legs: Legs = .both, replaces: Bool = false
  ) throws {
    var identity = Self.identity
    identity.legs = legs
    plan = try RecordingPlan(identity, rate: rate, renditions, replaces: replaces)
    files = try RecordingFiles(plan)
    for leg in Leg.allCases where legs.contains(leg) { files.note(LedgerMark(leg, .real, start: 0)) }
  }

  /// Hands over equally long legs, in pieces of so many frames.
  func write(_ caller: [Int16], _ agent: [Int16], pieces: Int = 80) {
    var place = 0
    while place < caller.count {
      let end = min(caller.count, place + pieces)
      var frames: [Int16] = []
      for index in place..<end {
        if plan.channels == 2 {
          frames += [caller[index], agent[index]]
        } else {
          frames.append(Int16(clamping: Int(caller[index]) + Int(agent[index])))
        }
      }
      files.write(frames.span)
      place = end
    }
  }

  /// Ends and closes it, as stopped after so many samples.
  @discardableResult
  func close(samples: Int) -> ClosedRecording {
    var sums = TimelineSums()
    sums.timeline = samples
    if plan.identity.legs.contains(.caller) { sums.caller.real = samples }
    if plan.identity.legs.contains(.agent) { sums.agent.real = samples }
    files.tell(.ended(.stopped, sums))
    return files.close()
  }

  /// All of it in one go.
  @discardableResult
  static func make(
    _ renditions: Rendition..., rate: SampleRate = .narrowband, caller: [Int16], agent: [Int16], pieces: Int = 80
  ) throws -> ClosedRecording {
    let plan = try RecordingPlan(identity, rate: rate, renditions)
    let recording = TestRecording(plan: plan, files: try RecordingFiles(plan))
    for leg in Leg.allCases { recording.files.note(LedgerMark(leg, .real, start: 0)) }
    recording.write(caller, agent, pieces: pieces)
    return recording.close(samples: caller.count)
  }

  private init(plan: RecordingPlan, files: RecordingFiles) {
    self.plan = plan
    self.files = files
  }
}

/// Both legs of a call of testdata, `count` samples of them at a rate.
func speech(_ count: Int, at rate: SampleRate = .narrowband) -> (caller: [Int16], agent: [Int16]) {
  let call = TestCall.support
  func leg(_ samples: [Int16]) -> [Int16] {
    let enough = Array(samples.prefix(count * call.rate.hz / rate.hz + 100))
    return Array(Signals.resampled(enough, from: call.rate, to: rate).prefix(count))
  }
  return (leg(call.caller.samples), leg(call.agent?.samples ?? []))
}

extension SoundFolder {
  /// What a program prints, with its exit status.
  func output(_ words: String...) throws -> (text: String, status: Int32) {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = words
    process.currentDirectoryURL = URL(filePath: path)
    let output = Pipe()
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = output
    process.standardError = output
    try process.run()
    let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    return (text, process.terminationStatus)
  }

  /// The samples that ffmpeg decodes, channels by turns.
  func decoded(_ name: String) throws -> [Int16] {
    try ffmpeg("-i \(name) -f s16le \(name).raw")
    let bytes = bytes(of: "\(name).raw")
    return stride(from: 0, to: bytes.count - 1, by: 2).map {
      Int16(bitPattern: UInt16(bytes[$0]) | UInt16(bytes[$0 + 1]) << 8)
    }
  }

  /// What ffprobe says of one thing, such as `stream=duration_ts`.
  func probe(_ name: String, _ entry: String) throws -> String {
    try output("ffprobe", "-v", "error", "-show_entries", entry, "-of", "default=nw=1:nk=1", name).text
      .trimmingCharacters(in: .whitespacesAndNewlines)
  }
}

func recover(_ folder: SoundFolder) throws -> RecoveryReport { try recover(folder.path) }

/// One side of interleaved stereo.
func side(_ samples: [Int16], _ side: Int) -> [Int16] {
  stride(from: side, to: samples.count, by: 2).map { samples[$0] }
}

func sum(_ a: [Int16], _ b: [Int16]) -> [Int16] {
  zip(a, b).map { Int16(clamping: Int($0) + Int($1)) }
}
