#if MP3
  internal import CLame
  internal import ReelAudio

  /// Layer III by LAME, in whole frames.
  ///
  /// Left and right are coded apart, so that no leg is ever heard on the other's side.
  ///
  /// The wall round libmp3lame: its state is a pointer that this object alone holds and frees once. A file's first
  /// frame is ours (``MP3InfoTag``) and not LAME's, which would write its only at the end and only while it lives.
  @safe
  package final class MP3Encoder: AudioEncoder {
    private let state: OpaquePointer
    private let stream: MP3Stream
    private let head: [UInt8]
    /// What LAME gave and is not a whole frame yet.
    private var pending: [UInt8] = []
    private var output: [UInt8] = []

    package init(_ stream: MP3Stream, _ mode: Codec.MP3Mode, quality: Int, tags: Tags?) throws(EncodingError) {
      // LAME's presets make the sound a little softer. An encoder that is asked what it would do tells how much.
      let probe = try unsafe Self.open(stream, mode, quality: quality, scale: 1)
      let scale = unsafe lame_get_scale(probe)
      unsafe lame_close(probe)
      unsafe state = try unsafe Self.open(stream, mode, quality: quality, scale: 1 / scale)
      self.stream = stream
      let delay = unsafe Int(lame_get_encoder_delay(state)) + Self.silentFrames * stream.samplesPerFrame
      let tag = MP3InfoTag(delay: delay, mode: mode.tag)
      let kilobits = MP3InfoTag.kilobits(stream, preferred: mode.kilobits)
      let silence = stream.silentFrame(kilobits: kilobits)
      head =
        (tags.map(ID3Tag.bytes) ?? []) + tag.frame(stream, kilobits: kilobits)
        + Array(repeatElement(silence, count: Self.silentFrames).joined())
    }

    deinit {
      unsafe lame_close(state)
    }

    /// Frames of silence before LAME's own, which the tag counts as delay: players take a file for MP3 from two frames
    /// on, and LAME gives its first a quarter of a second late.
    private static let silentFrames = 2

    /// Gives a state that the caller closes.
    private static func open(
      _ stream: MP3Stream, _ mode: Codec.MP3Mode, quality: Int, scale: Float
    ) throws(EncodingError) -> OpaquePointer {
      guard let state = unsafe lame_init() else { throw EncodingError(reason: "LAME has no memory") }
      unsafe configure(state, stream, mode, quality: quality)
      unsafe lame_set_scale(state, scale)
      guard unsafe lame_init_params(state) == 0 else {
        unsafe lame_close(state)
        throw EncodingError(reason: "LAME refused \(mode) at \(stream.hz) Hz")
      }
      return unsafe state
    }

    private static func configure(
      _ state: OpaquePointer, _ stream: MP3Stream, _ mode: Codec.MP3Mode, quality: Int
    ) {
      unsafe lame_set_num_channels(state, Int32(stream.channels))
      unsafe lame_set_in_samplerate(state, Int32(stream.hz))
      unsafe lame_set_out_samplerate(state, Int32(stream.hz))
      unsafe lame_set_mode(state, stream.channels == 2 ? STEREO : MONO)
      unsafe lame_set_quality(state, Int32(quality))
      unsafe lame_set_bWriteVbrTag(state, 0)
      unsafe lame_set_write_id3tag_automatic(state, 0)
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

    package func begin(into change: inout FileChange) {
      change.tail += head
    }

    package func encode(_ samples: Span<Int16>, into change: inout FileChange) throws(EncodingError) {
      let frames = samples.count / stream.channels
      // LAME's own bound on what one call gives.
      makeRoom(frames + frames / 4 + Self.flushBytes)
      // Sound: LAME takes so many frames of the span and is told how much room the array has; both outlive the call.
      let count = unsafe samples.withUnsafeBufferPointer { source in
        unsafe output.withUnsafeMutableBufferPointer { target in
          if stream.channels == 2 {
            // It takes the samples as though they could be written, and does not.
            unsafe lame_encode_buffer_interleaved(
              state, UnsafeMutablePointer(mutating: source.baseAddress), Int32(frames), target.baseAddress,
              Int32(target.count))
          } else {
            unsafe lame_encode_buffer(
              state, source.baseAddress, nil, Int32(frames), target.baseAddress, Int32(target.count))
          }
        }
      }
      try take(count, into: &change)
    }

    /// Whole frames were given as they came.
    package func settle(into change: inout FileChange) {}

    package func finish(into change: inout FileChange) throws(EncodingError) {
      makeRoom(Self.flushBytes)
      // Sound: as above.
      let count = unsafe output.withUnsafeMutableBufferPointer { target in
        unsafe lame_encode_flush(state, target.baseAddress, Int32(target.count))
      }
      try take(count, into: &change)
      guard pending.isEmpty else { throw EncodingError(reason: "LAME left a frame in pieces") }
    }

    private func take(_ count: Int32, into change: inout FileChange) throws(EncodingError) {
      guard count >= 0 else { throw EncodingError(reason: "LAME failed (\(count))") }
      guard count > 0 else { return }
      pending += output[..<Int(count)]
      let run = MP3FrameRun(pending, of: stream)
      guard !run.isBroken else { throw EncodingError(reason: "LAME gave what is no frame") }
      change.tail += pending[..<run.byteCount]
      pending.removeFirst(run.byteCount)
    }

    private func makeRoom(_ count: Int) {
      if output.count < count { output = [UInt8](repeating: 0, count: count) }
    }

    /// What LAME asks for besides, by its manual.
    private static let flushBytes = 7_200
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
