#if MP3
  internal import ReelAudio
  internal import ReelRealtime

  /// One MP3 file by several threads: the same frames in number and in place as ``MP3Encoder`` makes, and the same
  /// bytes on any number of threads.
  ///
  /// The samples are cut into segments of whole frames, each for an encoder of its own. Every encoder goes on into the
  /// next segment, so that some frames are made by two, and the earlier hands over at one of them:
  ///
  ///     segment 0  |=====================...|
  ///     segment 1                        |...=====================...|
  ///     segment 2                                                 |...=====================
  ///
  /// What an encoder hears at first it encodes as though silence had been before; within some frames it decides as one
  /// does that heard all. But it can't know how much room the frames before left free (``MP3Frames``). So the hand-over
  /// is at the latest frame that finds as much free as it borrows, which about half of them do; and each encoder, once
  /// it has heard enough, gives up what it saved, so that there is one frame at least that borrows nothing.
  ///
  /// At average and variable bit rates the two encode the same. At a constant one what a frame may take depends on what
  /// was saved, and for a second or so the two are as good as each other, but not the same.
  ///
  /// Short of one segment the bytes are ``MP3Encoder``'s.
  package final class ParallelMP3Encoder: AudioEncoder {
    private let settings: MP3Settings
    private let tags: Tags?
    private let segmentFrames: Int
    private let line: WorkLine<MP3Segment, Result<MP3Frames, EncodingError>>
    /// The segment that is being filled.
    private var samples: [Int16] = []
    private var isFirst = true
    /// The last segment that is encoded, and from where on its frames are still to be given.
    private var last: MP3Frames?
    private var given = 0

    /// `threads` counts the caller's, which works with the others when they don't keep up. As many segments as threads,
    /// and two more, are in memory at most: each 5.4 MB for stereo at 48 kHz, 1.4 for mono at 8 kHz.
    ///
    /// `segmentFrames` are those from one segment's first frame to the next one's. At 11,025 Hz and its multiples some
    /// frames of a constant bit rate are a byte longer, in a pattern of 49: so that each encoder begins where the
    /// pattern does, they are a multiple of 49.
    package init(
      _ stream: MP3Stream, _ mode: Codec.MP3Mode, quality: Int, tags: Tags?, threads: Int, segmentFrames: Int = 24 * 49
    ) throws(EncodingError) {
      precondition(segmentFrames > MP3Segment.overlap && segmentFrames % 49 == 0)
      let settings = try MP3Settings(stream, mode, quality: quality)
      self.segmentFrames = segmentFrames
      self.settings = settings
      self.tags = tags
      line = WorkLine(threads: threads) { segment in
        Result { () throws(EncodingError) in try segment.encoded(settings) }
      }
    }

    package func begin(into change: inout FileChange) {
      change.tail += settings.head(tags)
    }

    package func encode(_ samples: Span<Int16>, into change: inout FileChange) throws(EncodingError) {
      let whole = MP3Segment.samples(settings.stream, frames: segmentFrames + MP3Segment.overlap)
      var place = 0
      while place < samples.count {
        // Only when more comes: then there is a next segment, and it is long enough for the hand-over.
        if self.samples.count == whole {
          let overlap = MP3Segment.samples(settings.stream, frames: MP3Segment.overlap)
          let next = Array(self.samples.suffix(overlap))
          try put(isLast: false, into: &change)
          self.samples = next
          self.samples.reserveCapacity(whole)
        }
        let count = min(whole - self.samples.count, samples.count - place)
        // Sound: they are copied during the call.
        unsafe samples.extracting(place..<place + count).withUnsafeBufferPointer {
          unsafe self.samples.append(contentsOf: $0)
        }
        place += count
      }
    }

    /// Of what is not given yet some segments are still being encoded.
    package func settle(into change: inout FileChange) {}

    package func finish(into change: inout FileChange) throws(EncodingError) {
      try put(isLast: true, into: &change)
      for result in line.finish() { try join(result.get(), into: &change) }
      guard let last else { return }
      change.tail += last[given..<last.count]
    }

    private func put(isLast: Bool, into change: inout FileChange) throws(EncodingError) {
      let segment = MP3Segment(samples: samples, isFirst: isFirst, isLast: isLast)
      samples = []
      isFirst = false
      for result in line.put(segment) { try join(result.get(), into: &change) }
    }

    /// Gives what is left of the last segment up to where it hands over to this one.
    private func join(_ next: MP3Frames, into change: inout FileChange) throws(EncodingError) {
      if var earlier = last {
        let start = segmentFrames
        guard earlier.count == start + MP3Segment.overlap, next.count > MP3Segment.overlap,
          let place = MP3Splice.place(earlier, next, start: start, in: MP3Segment.drained...MP3Segment.overlap)
        else { throw EncodingError(reason: "LAME's frames can't be joined") }
        MP3Splice.lend(&earlier, next, start: start, at: place)
        change.tail += earlier[given..<start + place]
        given = place
      }
      last = next
    }
  }
#endif
