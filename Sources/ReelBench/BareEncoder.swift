internal import CPeers
internal import ReelAudio
internal import ReelCore
internal import ReelFiles
internal import ReelRealtime

/// What the codec's library alone can do: every core runs a bare loop of C round it, and nothing else is done.
struct BareEncoder {
  private let format: RecordingOptions.Format
  private let stream: peer_stream
  private let threads: Int
  private static let seconds = 3.0
  /// So long a sound at a time that opening the encoder does not count.
  private static let soundSeconds = 20

  init(_ format: RecordingOptions.Format, isStereo: Bool, threads: Int) {
    let channels = isStereo ? 2 : 1
    let kilobits = Codec.defaultKilobits(LiveLoad.rate, channels: channels)
    stream = peer_stream(hz: Int32(LiveLoad.rate.hz), channels: Int32(channels), kilobits: Int32(kilobits))
    self.format = format
    self.threads = threads
  }

  /// How many recordings it could encode as fast as they come.
  func mostRecordings() throws(BenchFailure) -> Int {
    guard format != .wav else { throw .impossible("WAV has no encoder; allowed: mp3, mp4") }
    let sound = Self.sound(isStereo: stream.channels == 2)
    let work = (0..<threads).map { _ in Encoding(format, stream, sound, seconds: Self.seconds) }
    let running = work.map { BeatThread("bench bare", everySeconds: 0.1, $0) }
    for thread in running { thread.stop() }
    guard work.allSatisfy({ $0.timesRealTime > 0 }) else {
      throw .impossible("\(format.rawValue) has no library here")
    }
    return Int(work.reduce(0) { $0 + $1.timesRealTime })
  }

  /// What a live call of the load sounds like, as it reaches the encoder.
  private static func sound(isStereo: Bool) -> [Int16] {
    let legs = Leg.allCases.indices.map { leg in
      (0..<Int(Double(soundSeconds) / LiveLoad.packetSeconds)).flatMap { Producers.packet($0, of: 0, leg: leg) }
    }
    let frames = zip(legs[0], legs[1])
    return isStereo
      ? frames.flatMap { [$0, $1] } : frames.map { Int16(clamping: Int($0) + Int($1)) }
  }

  /// One thread's.
  private final class Encoding: Beating, @unchecked Sendable {
    // Sound to share: the beat's alone, which one thread makes; read when that has ended.
    private(set) var timesRealTime = 0.0
    private var isDone = false
    private let format: RecordingOptions.Format
    private let stream: peer_stream
    private let sound: [Int16]
    private let seconds: Double

    init(_ format: RecordingOptions.Format, _ stream: peer_stream, _ sound: [Int16], seconds: Double) {
      self.format = format
      self.stream = stream
      self.sound = sound
      self.seconds = seconds
    }

    func beat(deadline: MonotonicTime) {
      guard !isDone else { return }
      isDone = true
      let began = MonotonicTime.now()
      let end = began.advanced(bySeconds: seconds)
      var rounds = 0
      while MonotonicTime.now() < end {
        guard encode() > 0 else { return }
        rounds += 1
      }
      timesRealTime = Double(rounds * BareEncoder.soundSeconds) / MonotonicTime.now().seconds(since: began)
    }

    private func encode() -> Int64 {
      let frames = sound.count / Int(stream.channels)
      // Sound: the array has as many frames as is said.
      return format == .mp3 ? unsafe peer_lame(sound, frames, stream, 5) : unsafe peer_aac(sound, frames, stream)
    }
  }
}
