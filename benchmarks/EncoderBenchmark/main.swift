// What the encoders cost and how near they come, on the same speech: CPU time against real time, bytes, and the mean
// signal-to-noise ratio over the 20 ms of speech. Each line's cost is also given against WAV's and LAME's quality 5.
import Foundation
import ReelAudio
import ReelFiles
import ReelTesting

private struct Case {
  let name: String
  let make: (MP3Stream, Int) throws -> any AudioEncoder
  let ending: String
}

private let cases = [
  Case(
    name: "WAV",
    make: { stream, _ in
      WAVEncoder(WAVHead(encoding: .pcm16, hz: stream.hz, channels: stream.channels, info: []))
    }, ending: "wav"),
  lame(2), lame(5), lame(7), aac("twoloop"), aac("fast"),
]

private func lame(_ quality: Int) -> Case {
  Case(
    name: "MP3 quality \(quality)",
    make: { stream, kilobits in
      try MP3Encoder(stream, .constant(kilobits: kilobits), quality: quality, tags: nil)
    }, ending: "mp3")
}

private func aac(_ coder: String) -> Case {
  Case(
    name: "AAC \(coder)",
    make: { stream, kilobits in
      try MP4Encoder(hz: stream.hz, channels: stream.channels, kilobits: kilobits, tags: nil, coder: coder)
    }, ending: "mp4")
}

private struct Result {
  var cpuSeconds: Double
  var bytes: Int
  var segmentalDB: Double
}

/// Both legs of a call by turns, or the caller's alone, over and over for so many seconds.
private func sound(_ stream: MP3Stream, seconds: Int) -> [Int16] {
  let call = stream.hz == 8_000 ? TestCall.support : TestCall.survey
  let legs = stream.channels == 2 ? [call.caller.samples, call.agent!.samples] : [call.caller.samples]
  return (0..<seconds * stream.hz).flatMap { index in legs.map { $0[index % $0.count] } }
}

private func cpuSeconds() -> Double {
  var time = timespec()
  unsafe clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
  return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
}

private func measure(_ one: Case, _ stream: MP3Stream, _ samples: [Int16], runs: Int) throws -> Result {
  let kilobits = 32 * stream.channels
  let path = FileManager.default.temporaryDirectory.appending(path: "reel-encoder-\(getpid()).\(one.ending)").path
  defer { try? FileManager.default.removeItem(atPath: path) }
  var best = Double.infinity
  var change = FileChange()
  var headBytes = 0
  for _ in 0..<runs {
    change = FileChange()
    let encoder = try one.make(stream, kilobits)
    try encoder.begin(into: &change)
    headBytes = change.tail.count
    let start = cpuSeconds()
    // As it comes from a recorder: 20 ms at a time.
    let step = stream.hz / 50 * stream.channels
    for place in stride(from: 0, to: samples.count, by: step) {
      let block = samples[place..<min(samples.count, place + step)]
      try encoder.encode(block.span, into: &change)
    }
    try encoder.finish(into: &change)
    best = min(best, cpuSeconds() - start)
    if let patch = change.patch {
      change.tail.replaceSubrange(patch.offset..<patch.offset + patch.bytes.count, with: patch.bytes)
    }
  }
  // Of an MP3 the bare frames: the one before them tells the length of a file that was never closed.
  let sound = one.ending == "mp3" ? Array(change.tail[headBytes...]) : change.tail
  try Data(sound).write(to: URL(filePath: path))
  let decoded = try decode(path, stream)
  return Result(
    cpuSeconds: best, bytes: change.tail.count, segmentalDB: segmentalDB(samples, decoded, stream))
}

private func decode(_ path: String, _ stream: MP3Stream) throws -> [Int16] {
  let reader = try AudioReader(path)
  var samples: [Int16] = []
  var block = [Int16](repeating: 0, count: 8_192)
  while case let count = try reader.readFrames(into: &block), count > 0 {
    samples += block[..<(count * stream.channels)]
  }
  return samples
}

/// The mean over pieces of 20 ms that hold speech, each counted as −10 to 35 dB. Bare streams tell no delay: none,
/// AAC's or MP3's is taken, whichever fits.
private func segmentalDB(_ original: [Int16], _ copy: [Int16], _ stream: MP3Stream) -> Double {
  func mean(shift: Int) -> Double {
    let piece = stream.hz / 50 * stream.channels
    var (sum, count) = (0.0, 0)
    for start in stride(from: 0, to: min(original.count, copy.count - shift) - piece, by: piece) {
      var (signal, noise) = (0.0, 1.0)
      for index in start..<start + piece {
        signal += pow(Double(original[index]), 2)
        noise += pow(Double(original[index]) - Double(copy[index + shift]), 2)
      }
      guard signal / Double(piece) > 10_000 else { continue }
      sum += max(-10, min(35, 10 * log10(signal / noise)))
      count += 1
    }
    return sum / Double(max(1, count))
  }
  return [0, 1_024, 1_105].map { mean(shift: $0 * stream.channels) }.max()!
}

private func padded(_ text: String, _ width: Int) -> String {
  String(repeating: " ", count: max(0, width - text.count)) + text
}

private let seconds = 60
private let streams = [(8_000, 1), (16_000, 1), (16_000, 2)].map { MP3Stream(hz: $0.0, channels: $0.1) }

for stream in streams {
  let layout = stream.channels == 2 ? "stereo" : "mono"
  print("\n\(stream.hz) Hz, \(layout), \(32 * stream.channels) kbit/s, \(seconds) s of speech")
  print("                 x real time   of q5   kB a minute   segmental SNR")
  let samples = sound(stream, seconds: seconds)
  let results = try cases.map { ($0, try measure($0, stream, samples, runs: 3)) }
  let reference = results[2].1.cpuSeconds
  for (one, result) in results {
    let columns = [
      padded(String(format: "%.0f", Double(seconds) / result.cpuSeconds), 12),
      padded(String(format: "%.2f", reference / result.cpuSeconds), 8),
      padded(String(format: "%.0f", Double(result.bytes) / 1_000 * 60 / Double(seconds)), 14),
      padded(String(format: "%.1f dB", result.segmentalDB), 16),
    ]
    print(one.name.padding(toLength: 16, withPad: " ", startingAt: 0) + columns.joined())
  }
}
