public import ReelAudio
public import ReelCore

/// One file to make from a recording: where, in which codec and layout.
///
///     Rendition("/var/recordings/abc123.mp3", .mp3(), .mono)
public struct Rendition: Hashable, Sendable {
  /// The finished file.
  public var path: String
  /// How the sound is written.
  public var codec: Codec
  /// Mono, or caller left and agent right.
  public var layout: Layout
  /// Samples a second; the recording's own unless set. Every codec holds every rate there is.
  public var rate: SampleRate?

  /// The sides of a file.
  public enum Layout: String, Hashable, Sendable, CaseIterable {
    /// Both legs in one: `clamp(caller + agent)`.
    case mono
    /// Caller left, agent right.
    case stereo

    var channels: Int { self == .stereo ? 2 : 1 }
  }

  /// A file to make at `path`, whose ending is the codec's container.
  public init(_ path: String, _ codec: Codec, _ layout: Layout, rate: SampleRate? = nil) {
    self.path = path
    self.codec = codec
    self.layout = layout
    self.rate = rate
  }
}

/// How sound is written, and in which container.
public enum Codec: Hashable, Sendable {
  /// WAV, and RF64 beyond 4 GiB.
  case wav(WAVEncoding = .pcm16)
  /// MPEG layer III by LAME. Of LAME's quality 0 is the best and 9 the fastest.
  case mp3(MP3Mode = .constant(), quality: Int = 5)
  /// AAC-LC in MP4; the bit rate is the default's unless set.
  case mp4(kilobits: Int? = nil)

  /// How a WAV file holds samples.
  public enum WAVEncoding: String, Hashable, Sendable, CaseIterable {
    /// 16 bits a sample, linear.
    case pcm16
    /// 8 bits a sample, as the telephone network of North America and Japan has it: G.711.
    case muLaw = "mulaw"
    /// 8 bits a sample, as the telephone network elsewhere has it: G.711.
    case aLaw = "alaw"
  }

  /// What LAME holds constant. Bit rates are thousands of bits a second, of all channels together.
  public enum MP3Mode: Hashable, Sendable {
    /// The bit rate of every frame; the default's unless set.
    case constant(kilobits: Int? = nil)
    /// The bit rate in the mean.
    case average(kilobits: Int)
    /// The quality, of which 0 is the best and 9 the smallest file.
    case variable(Int)
  }

  /// The container, which also ends the file's name.
  public var format: RecordingOptions.Format {
    switch self {
    case .wav: .wav
    case .mp3: .mp3
    case .mp4: .mp4
    }
  }

  /// The defaults of a format.
  package init(_ format: RecordingOptions.Format) {
    switch format {
    case .wav: self = .wav()
    case .mp3: self = .mp3()
    case .mp4: self = .mp4()
    }
  }

  /// The default bit rate: 32 for each channel up to 16 kHz, 64 above. Ten minutes of a mono call are 2.4 MB.
  package static func defaultKilobits(_ rate: SampleRate, channels: Int) -> Int {
    (rate.hz <= 16_000 ? 32 : 64) * channels
  }
}
