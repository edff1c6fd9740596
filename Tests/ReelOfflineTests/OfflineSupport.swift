// For the tests of work on files: sound files of known samples, a recording of known gaps, and other people's programs.
import Foundation
import ReelAudio
import ReelCore
import ReelFiles
import ReelOffline
import ReelTesting
import Testing

extension TestFolder {
  /// Makes a WAV of 16 bits, or with `muLaw` one of that law's bytes; gives its path.
  func wav(_ name: String, hz: Int = 8_000, _ channels: [Int16]...) -> String {
    let frames = channels[0].indices.map { frame in channels.map { $0[frame] } }
    let bytes = frames.joined().flatMap { sample in
      [UInt8(truncatingIfNeeded: sample), UInt8(truncatingIfNeeded: sample >> 8)]
    }
    return make(name, format: 1, hz: hz, channels: channels.count, bytesPerSample: 2, bytes)
  }

  func muLaw(_ name: String, _ bytes: [UInt8]) -> String {
    make(name, format: 7, hz: 8_000, channels: 1, bytesPerSample: 1, bytes)
  }

  private func make(
    _ name: String, format: Int, hz: Int, channels: Int, bytesPerSample: Int, _ bytes: [UInt8]
  ) -> String {
    func little(_ value: Int, _ count: Int) -> [UInt8] {
      (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
    }
    let block = channels * bytesPerSample
    let form = little(format, 2) + little(channels, 2) + little(hz, 4) + little(hz * block, 4) + little(block, 2)
    let head = Array("WAVEfmt ".utf8) + little(16, 4) + form + little(8 * bytesPerSample, 2)
    let body = head + Array("data".utf8) + little(bytes.count, 4) + bytes
    write(name, Array("RIFF".utf8) + little(body.count, 4) + body)
    return self[name]
  }

  func write(_ name: String, _ bytes: [UInt8]) {
    _ = FileManager.default.createFile(atPath: self[name], contents: Data(bytes))
  }

  /// A call of testdata as one stereo file.
  func stereo(_ call: TestCall) -> String {
    wav(call.name + ".wav", hz: call.rate.hz, call.caller.samples, call.agent!.samples)
  }
}

/// What a program prints to where it is asked, with its exit status.
func run(_ program: String, _ arguments: [String]) throws -> (output: Data, status: Int32) {
  let process = Process()
  process.executableURL = URL(filePath: "/usr/bin/env")
  process.arguments = [program] + arguments
  let pipe = Pipe()
  process.standardOutput = pipe
  process.standardError = pipe
  try process.run()
  let output = pipe.fileHandleForReading.readDataToEndOfFile()
  process.waitUntilExit()
  return (output, process.terminationStatus)
}

/// A recorder's way into files.
struct FilingSink: RecordingSink {
  let files: RecordingFiles

  mutating func write(_ samples: Span<Int16>) { files.write(samples) }
  mutating func note(_ mark: LedgerMark) { files.note(mark) }
  mutating func tell(_ event: RecorderEvent) { files.tell(event) }
}

/// The support call with everything that can go wrong with it: 3 s of both legs, 2 s of pause in silence, 4 s of both,
/// 1 s without the agent, 1 s of both, 0.5 s that both lost, 2 s of both, 1.5 s taken out by a pause, and 2 s of both.
func recordGaps(_ path: String, _ layout: Rendition.Layout = .stereo, callID: String = "abc") throws {
  let call = TestCall.support
  let identity = RecordingIdentity(
    callID: callID, recordingID: "6f1c1d0e-9d5e-4f43-a7b5-1f0f5b9c2d11",
    start: WallTime(microseconds: 1_795_248_000_250_000), legs: .both)
  let plan = try RecordingPlan(identity, rate: .narrowband, [Rendition(path, .wav(), layout)])
  var sink = FilingSink(files: try RecordingFiles(plan))
  var recorder = try Recorder(.recordCall(stereo: layout == .stereo), caller: .narrowband, agent: .narrowband)
  recorder.begin(to: &sink)
  var place = 0
  func push(_ seconds: Double, agent hasAgent: Bool = true, _ recorder: inout Recorder, _ sink: inout FilingSink) {
    let end = place + Int(seconds * 8_000)
    while place < end {
      let packet = place..<place + 80
      recorder.push(call.caller.samples.span.extracting(packet), from: .caller, at: place, to: &sink)
      if hasAgent { recorder.push(call.agent!.samples.span.extracting(packet), from: .agent, at: place, to: &sink) }
      place += 80
    }
  }
  push(3, &recorder, &sink)
  try recorder.pause(.silence, to: &sink)
  push(2, &recorder, &sink)
  try recorder.resume(to: &sink)
  push(4, &recorder, &sink)
  push(1, agent: false, &recorder, &sink)
  push(1, &recorder, &sink)
  for _ in 0..<50 {
    for leg in Leg.allCases { recorder.lose(80, from: leg, to: &sink) }
  }
  place += 4_000
  push(2, &recorder, &sink)
  try recorder.pause(.skip, to: &sink)
  push(1.5, &recorder, &sink)
  try recorder.resume(to: &sink)
  push(2, &recorder, &sink)
  recorder.stop(to: &sink)
  let closed = sink.files.close()
  try #require(closed.failure == nil)
}
