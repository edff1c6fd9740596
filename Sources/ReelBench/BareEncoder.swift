internal import Reel
internal import ReelCore
internal import ReelFiles
internal import ReelRealtime

/// What the encoder alone can do: every core encodes, and nothing else is done.
struct BareEncoder {
  private let format: RecordingOptions.Format
  private let isStereo: Bool
  private let threads: Int
  private static let seconds = 3.0

  init(_ format: RecordingOptions.Format, isStereo: Bool, threads: Int) throws {
    self.format = format
    self.isStereo = isStereo
    self.threads = threads
    guard format != .wav else { throw BenchFailure.impossible("WAV has no encoder; allowed: mp3, mp4") }
  }

  /// How many recordings it could encode as fast as they come.
  func mostRecordings() throws -> Int {
    let work = try (0..<threads).map { _ in try Encoding(format, isStereo: isStereo, seconds: Self.seconds) }
    let running = work.map { BeatThread("bench bare", everySeconds: 0.1, $0) }
    for thread in running { thread.stop() }
    return Int(work.reduce(0) { $0 + $1.timesRealTime })
  }

  /// What a second of a recording takes of the disk, without what a file has but once.
  static func bytesPerSecond(_ format: RecordingOptions.Format, isStereo: Bool) throws -> Double {
    func bytes(packets: Int) throws -> Int {
      let encoder = try encoder(format, isStereo: isStereo)
      let sounds = Encoding.sounds(isStereo: isStereo)
      for packet in 0..<packets {
        let sound = sounds[packet % sounds.count]
        encoder.write(sound.span)
      }
      return encoder.finish().tail.count
    }
    let packets = Int(20 / LiveLoad.packetSeconds)
    return Double(try bytes(packets: 2 * packets) - bytes(packets: packets)) / 20
  }

  static func encoder(_ format: RecordingOptions.Format, isStereo: Bool) throws -> RenditionEncoder {
    let layout = isStereo ? Rendition.Layout.stereo : .mono
    let rendition = Rendition("bare.\(format.rawValue)", format == .mp3 ? .mp3() : .mp4(), layout)
    let identity = RecordingIdentity(callID: "bare", recordingID: "bare", start: .now(), legs: .both)
    return try RenditionEncoder(rendition, RecordingPlan(identity, rate: LiveLoad.rate, [rendition]))
  }

  /// One thread's.
  private final class Encoding: Beating, @unchecked Sendable {
    // Sound to share: the beat's alone, which one thread makes; read when that has ended.
    private(set) var timesRealTime = 0.0
    private let encoder: RenditionEncoder
    private let sounds: [[Int16]]
    private let seconds: Double

    init(_ format: RecordingOptions.Format, isStereo: Bool, seconds: Double) throws {
      encoder = try BareEncoder.encoder(format, isStereo: isStereo)
      sounds = Self.sounds(isStereo: isStereo)
      self.seconds = seconds
    }

    /// Packets of something like speech.
    static func sounds(isStereo: Bool) -> [[Int16]] {
      let mono = Producers.speech()
      return isStereo ? mono.map { sound in sound.flatMap { [$0, $0] } } : mono
    }

    func beat(deadline: MonotonicTime) {
      guard timesRealTime == 0 else { return }
      let began = MonotonicTime.now()
      let end = began.advanced(bySeconds: seconds)
      var packets = 0
      while MonotonicTime.now() < end {
        for sound in sounds { encoder.write(sound.span) }
        packets += sounds.count
        // What it made is not kept.
        _ = encoder.settle()
      }
      let elapsed = MonotonicTime.now().seconds(since: began)
      timesRealTime = Double(packets) * LiveLoad.packetSeconds / elapsed
    }
  }
}
