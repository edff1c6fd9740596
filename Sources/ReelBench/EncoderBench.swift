internal import CPeers
internal import Glibc
internal import ReelAudio
internal import ReelFiles
internal import ReelRealtime

/// What our encoders cost beside the bare loops round the same libraries, on the same sound at the same settings.
struct EncoderBench {
  private static let seconds = 5.0
  /// So long a sound is encoded at a time.
  private static let soundSeconds = 20

  func run(_ setting: BenchSetting) throws {
    let table = setting.report.table(
      "kernels",
      "encoders, beside bare loops round the same library (\(Self.soundSeconds) s of sound in pieces of 20 ms)",
      [
        .words("encoder", "encoder", width: 34), .number("times real time", "times_real_time", width: 22),
        .figure("bare loop / ours", "bare_ratio"),
      ])
    for stream in Self.streams {
      try row(Self.mp3, stream, table, setting)
      try row(Self.aac, stream, table, setting)
    }
  }

  private struct Library {
    let name: String
    let codec: @Sendable (_ kilobits: Int) -> Codec
    /// The bytes that a bare loop gives; -1 where the library is not there.
    let bare: @Sendable ([Int16], peer_stream) -> Int64
  }

  private static let mp3 = Library(
    name: "MP3, LAME's quality 5", codec: { .mp3(.constant(kilobits: $0), quality: 5) },
    // Sound: the array has as many frames as is said.
    bare: { unsafe peer_lame($0, $0.count / Int($1.channels), $1, 5) })
  private static let aac = Library(
    name: "AAC, coder fast", codec: { .mp4(kilobits: $0) },
    bare: { unsafe peer_aac($0, $0.count / Int($1.channels), $1) })

  private static let streams = [
    peer_stream(hz: 8_000, channels: 1, kilobits: 32), peer_stream(hz: 16_000, channels: 1, kilobits: 32),
    peer_stream(hz: 16_000, channels: 2, kilobits: 64),
  ]

  private func row(
    _ library: Library, _ stream: peer_stream, _ table: ReportTable, _ setting: BenchSetting
  ) throws {
    let name = "\(library.name), \(stream.hz / 1_000) kHz \(stream.channels == 2 ? "stereo" : "mono")"
    let sound = Self.sound(stream)
    guard library.bare(sound, stream) > 0 else {
      return setting.report.remark("\(library.name): this library is not here: its rows are left out")
    }
    let works: [() throws -> Double] = [
      { try Self.encode(sound, library, stream) },
      { secondsEach(of: 1) { _ = library.bare(sound, stream) } },
    ]
    let times = try TurnAbout(seconds: setting.seconds ?? Self.seconds).times(works, setting)
    let speeds = Figure(times.rows[0].map { Double(Self.soundSeconds) / $0 })
    table.row([.text(name), .figure(speeds), .figure(times.ratio(1, to: 0))])
  }

  /// As a recording does it, but for the file.
  private static func encode(_ sound: [Int16], _ library: Library, _ stream: peer_stream) throws -> Double {
    let (channels, hz) = (Int(stream.channels), Int(stream.hz))
    guard let rate = SampleRate(hz: hz) else { throw BenchFailure.failed("\(hz) Hz is no rate of a call") }
    let rendition = Rendition("bare", library.codec(Int(stream.kilobits)), channels == 2 ? .stereo : .mono)
    let tags = Tags(title: nil, artist: nil, date: nil, comment: nil)
    // The bare loop opens its encoder too.
    let start = MonotonicTime.now()
    let encoder = try RenditionEncoder(rendition, channels: channels, rate: rate, tags)
    let step = hz / 50 * channels
    for place in stride(from: 0, to: sound.count - step + 1, by: step) {
      encoder.write(sound[place..<place + step].span)
      // A beat's worth at a time goes to the file.
      if place / step % 50 == 49 { _ = encoder.take() }
    }
    let change = encoder.finish()
    if let failure = change.failure { throw BenchFailure.failed("\(failure)") }
    return MonotonicTime.now().seconds(since: start)
  }

  private static func sound(_ stream: peer_stream) -> [Int16] {
    let second = Noise.likeSpeech()
    return (0..<soundSeconds * Int(stream.hz * stream.channels)).map { second[$0 % second.count] }
  }
}
