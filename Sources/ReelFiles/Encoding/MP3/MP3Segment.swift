#if MP3
  internal import ReelAudio

  /// Samples for one encoder, and what is to be made of them.
  struct MP3Segment: Sendable {
    /// Of whole frames and as much as LAME looks ahead, unless it is the last.
    let samples: [Int16]
    let isFirst: Bool
    let isLast: Bool

    /// The frames that two encoders make.
    static let overlap = 30
    /// After so many the later of the two gives up what it saved. By then its psychoacoustic model has forgotten how it
    /// began, and what is left of the overlap lets it save anew: the longer, the nearer the two come at a constant bit
    /// rate, and the more is encoded twice.
    static let drained = 12

    /// So many for each frame, and one frame more: LAME looks ahead, by less than half a frame.
    static func samples(_ stream: MP3Stream, frames: Int) -> Int {
      (frames + 1) * stream.samplesPerFrame * stream.channels
    }

    /// LAME copies what it is given at once.
    private static let blockFrames = 16

    func encoded(_ settings: MP3Settings) throws(EncodingError) -> MP3Frames {
      let encoder = try MP3Encoder(settings, tags: nil)
      var change = FileChange()
      let drained = isFirst ? 0 : Self.samples(settings.stream, frames: Self.drained)
      try encode(0..<drained, encoder, settings.stream, into: &change)
      if !isFirst { try encoder.drain(into: &change) }
      try encode(drained..<samples.count, encoder, settings.stream, into: &change)
      if isLast { try encoder.finish(into: &change) } else { try encoder.drain(into: &change) }
      guard let frames = MP3Frames(change.tail, of: settings.stream) else {
        throw EncodingError(reason: "LAME gave what is no frame")
      }
      return frames
    }

    private func encode(
      _ range: Range<Int>, _ encoder: MP3Encoder, _ stream: MP3Stream, into change: inout FileChange
    ) throws(EncodingError) {
      let block = Self.blockFrames * stream.samplesPerFrame * stream.channels
      for place in stride(from: range.lowerBound, to: range.upperBound, by: block) {
        let part = samples.span.extracting(place..<min(place + block, range.upperBound))
        try encoder.encode(part, into: &change)
      }
    }
  }
#endif
