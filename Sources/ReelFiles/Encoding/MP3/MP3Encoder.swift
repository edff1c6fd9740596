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
    private let settings: MP3Settings
    private let tags: Tags?
    /// What LAME gave and is not a whole frame yet.
    private var pending: [UInt8] = []
    private var output: [UInt8] = []

    package convenience init(
      _ stream: MP3Stream, _ mode: Codec.MP3Mode, quality: Int, tags: Tags?
    ) throws(EncodingError) {
      try self.init(MP3Settings(stream, mode, quality: quality), tags: tags)
    }

    init(_ settings: MP3Settings, tags: Tags?) throws(EncodingError) {
      unsafe state = try unsafe settings.open()
      self.settings = settings
      self.tags = tags
    }

    deinit {
      unsafe lame_close(state)
    }

    package func begin(into change: inout FileChange) {
      change.tail += settings.head(tags)
    }

    package func encode(_ samples: Span<Int16>, into change: inout FileChange) throws(EncodingError) {
      let frames = samples.count / settings.stream.channels
      // LAME's own bound on what one call gives.
      makeRoom(frames + frames / 4 + Self.flushBytes)
      // Sound: LAME takes so many frames of the span and is told how much room the array has; both outlive the call.
      let count = unsafe samples.withUnsafeBufferPointer { source in
        unsafe output.withUnsafeMutableBufferPointer { target in
          if settings.stream.channels == 2 {
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
      unsafe try flush(into: &change) { unsafe lame_encode_flush(state, $0, $1) }
    }

    /// Gives all frames that were begun, filled up: the next borrows no room from them. What LAME looks ahead, less
    /// than a frame, remains to be encoded.
    func drain(into change: inout FileChange) throws(EncodingError) {
      unsafe try flush(into: &change) { unsafe lame_encode_flush_nogap(state, $0, $1) }
    }

    private func flush(
      into change: inout FileChange, _ call: (UnsafeMutablePointer<UInt8>?, Int32) -> Int32
    ) throws(EncodingError) {
      makeRoom(Self.flushBytes)
      // Sound: as above.
      let count = unsafe output.withUnsafeMutableBufferPointer { target in
        unsafe call(target.baseAddress, Int32(target.count))
      }
      try take(count, into: &change)
      guard pending.isEmpty else { throw EncodingError(reason: "LAME left a frame in pieces") }
    }

    private func take(_ count: Int32, into change: inout FileChange) throws(EncodingError) {
      guard count >= 0 else { throw EncodingError(reason: "LAME failed (\(count))") }
      guard count > 0 else { return }
      pending += output[..<Int(count)]
      let run = MP3FrameRun(pending, of: settings.stream)
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
#endif
