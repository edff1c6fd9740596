// A process that records, to be killed or to have its disk taken away.
import Foundation
import ReelAudio
import ReelCore
import ReelFiles
import ReelTesting

/// Records the support call, over and over, into one folder or more, a recording each.
///
/// How many samples of each leg were pushed is kept in a file, so that it can be read after any death. With `waits`, it
/// says so in the middle and goes on when something comes on standard input.
struct RecordingChild {
  let folders: [String]
  let formats: [String]
  let blocks: Int
  let waits: Bool
  /// Whether finished files of the same names are replaced.
  let replaces: Bool
  /// Whether it records with no more rights than anybody, if it may give any up.
  let isNobody: Bool
  /// Pushes a second; 0 for as fast as it can.
  let pace: Int

  static let blockSamples = 160
  private static let nobody: UInt32 = 65_534
  static let progressName = "progress"

  func run() throws {
    // Read while it may be.
    let call = TestCall.support
    if isNobody && getuid() == 0 {
      precondition(setgroups(0, nil) == 0 && setgid(Self.nobody) == 0 && setuid(Self.nobody) == 0)
    }
    let progress = unsafe open("\(folders[0])/\(Self.progressName)", O_WRONLY | O_CREAT, 0o600)
    let recordings = try folders.map { folder in
      Recording(
        files: try RecordingFiles(try plan(folder)),
        recorder: try Recorder(.recordCall(stereo: true), caller: .narrowband, agent: .narrowband))
    }
    for index in recordings.indices { recordings[index].recorder.begin(to: &recordings[index].files) }
    for block in 0..<blocks {
      if waits && block == blocks / 2 {
        say("half")
        _ = readLine()
      }
      var pushed = Int64((block + 1) * Self.blockSamples)
      unsafe pwrite(progress, &pushed, 8, 0)
      let samples = Self.samples(call, block)
      for index in recordings.indices { recordings[index].push(samples) }
      if pace > 0 { usleep(UInt32(1_000_000 / pace)) }
    }
    for (folder, recording) in zip(folders, recordings) { recording.finish(folder) }
  }

  private func plan(_ folder: String) throws -> RecordingPlan {
    let identity = RecordingIdentity(callID: "call", recordingID: UUID().uuidString, start: .now(), legs: .both)
    let renditions = formats.map { format in
      switch format {
      case "mp3": Rendition("\(folder)/call.mp3", .mp3(), .stereo)
      case "mp4": Rendition("\(folder)/call.mp4", .mp4(), .stereo)
      default: Rendition("\(folder)/call.wav", .wav(), .stereo)
      }
    }
    return try RecordingPlan(identity, rate: .narrowband, renditions, replaces: replaces)
  }

  /// What both legs hold at a block, by turns: caller, agent.
  static func samples(_ call: TestCall, _ block: Int) -> (caller: [Int16], agent: [Int16]) {
    func cut(_ samples: [Int16]) -> [Int16] {
      (block * blockSamples..<(block + 1) * blockSamples).map { samples[$0 % samples.count] }
    }
    return (cut(call.caller.samples), cut(call.agent?.samples ?? []))
  }
}

/// A recorder with its files.
private final class Recording {
  var files: RecordingFiles
  var recorder: Recorder

  init(files: RecordingFiles, recorder: consuming Recorder) {
    self.files = files
    self.recorder = recorder
  }

  func push(_ samples: (caller: [Int16], agent: [Int16])) {
    guard !recorder.hasEnded else { return }
    recorder.push(caller: samples.caller.span, agent: samples.agent.span, to: &files)
    if files.hasFailed { recorder.stop(.failed, to: &files) }
  }

  /// Prints how it ended: the folder, then each file's length, then what failed.
  func finish(_ folder: String) {
    recorder.stop(to: &files)
    let closed = files.close()
    let lengths = closed.files.map { "\($0.path)=\($0.samples)" }.joined(separator: " ")
    say("\(folder) \(closed.failure == nil ? "finished" : "error") \(lengths)")
    if let failure = closed.failure { say("because \(failure)") }
  }
}
