#if MP3
  internal import CLame
  internal import ReelAudio

  /// How LAME is to encode: what every state of one file has in common.
  ///
  /// The wall round the making of libmp3lame's states: each that is opened belongs to whoever asked for it.
  struct MP3Settings: Sendable {
    let stream: MP3Stream
    let mode: Codec.MP3Mode
    private let quality: Int
    private let scale: Float
    /// Samples of LAME's before the first that it is given.
    private let delay: Int

    /// Frames of silence before LAME's own, which the tag counts as delay: players take a file for MP3 from two frames
    /// on, and LAME gives its first a quarter of a second late.
    private static let silentFrames = 2

    init(_ stream: MP3Stream, _ mode: Codec.MP3Mode, quality: Int) throws(EncodingError) {
      // LAME's presets make the sound a little softer. An encoder that is asked what it would do tells how much. It
      // also fills LAME's tables, which all states share, before any other thread opens one.
      let asItIs = MP3Settings(stream: stream, mode: mode, quality: quality, scale: 1, delay: 0)
      let probe = try unsafe asItIs.open()
      let scale = unsafe lame_get_scale(probe)
      let delay = unsafe Int(lame_get_encoder_delay(probe))
      unsafe lame_close(probe)
      self.init(stream: stream, mode: mode, quality: quality, scale: 1 / scale, delay: delay)
    }

    private init(stream: MP3Stream, mode: Codec.MP3Mode, quality: Int, scale: Float, delay: Int) {
      self.stream = stream
      self.mode = mode
      self.quality = quality
      self.scale = scale
      self.delay = delay
    }

    /// What a file begins with.
    func head(_ tags: Tags?) -> [UInt8] {
      let tag = MP3InfoTag(delay: delay + Self.silentFrames * stream.samplesPerFrame, mode: mode.tag)
      let kilobits = MP3InfoTag.kilobits(stream, preferred: mode.kilobits)
      let silence = stream.silentFrame(kilobits: kilobits)
      return (tags.map(ID3Tag.bytes) ?? []) + tag.frame(stream, kilobits: kilobits)
        + Array(repeatElement(silence, count: Self.silentFrames).joined())
    }

    /// Gives a state that the caller closes.
    func open() throws(EncodingError) -> OpaquePointer {
      guard let state = unsafe lame_init() else { throw EncodingError(reason: "LAME has no memory") }
      unsafe configure(state)
      guard unsafe lame_init_params(state) == 0 else {
        unsafe lame_close(state)
        throw EncodingError(reason: "LAME refused \(mode) at \(stream.hz) Hz")
      }
      return unsafe state
    }

    private func configure(_ state: OpaquePointer) {
      unsafe lame_set_num_channels(state, Int32(stream.channels))
      unsafe lame_set_in_samplerate(state, Int32(stream.hz))
      unsafe lame_set_out_samplerate(state, Int32(stream.hz))
      unsafe lame_set_mode(state, stream.channels == 2 ? STEREO : MONO)
      unsafe lame_set_quality(state, Int32(quality))
      unsafe lame_set_bWriteVbrTag(state, 0)
      unsafe lame_set_write_id3tag_automatic(state, 0)
      unsafe lame_set_scale(state, scale)
      switch mode {
      case .constant(let kilobits):
        unsafe lame_set_VBR(state, vbr_off)
        unsafe lame_set_brate(state, Int32(kilobits ?? 0))
      case .average(let kilobits):
        unsafe lame_set_VBR(state, vbr_abr)
        unsafe lame_set_VBR_mean_bitrate_kbps(state, Int32(kilobits))
      case .variable(let level):
        unsafe lame_set_VBR(state, vbr_mtrh)
        unsafe lame_set_VBR_q(state, Int32(level))
      }
    }
  }

  extension Codec.MP3Mode {
    fileprivate var tag: MP3InfoTag.Mode {
      switch self {
      case .constant: .constant
      case .average: .average
      case .variable: .variable
      }
    }

    fileprivate var kilobits: Int {
      switch self {
      case .constant(let kilobits): kilobits ?? 0
      case .average(let kilobits): kilobits
      case .variable: 0
      }
    }
  }
#endif
