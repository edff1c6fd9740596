package import ReelAudio

/// Makes one file's bytes out of a recording's samples: lays out, resamples, encodes. Touches no disk.
package final class RenditionEncoder {
  // In an order that keeps together what each step needs.
  private let encoder: any AudioEncoder
  private let encoderPlace: Prefetch.Place
  /// The same encoder, if it is one whose steps are so short that finding the way to them would be felt.
  private let wav: WAVEncoder?
  // Sound: one thread at a time, and no encoder that is given it comes back here.
  @safe @exclusivity(unchecked) private var change = FileChange()
  // Where its tail ends, for asking for that without touching it.
  private var tailPlace = Prefetch.Place()
  private var filled = 0
  /// The first thing that went wrong; nothing more is encoded after it.
  private var failure: String?
  /// Whether the samples go into the file as they come.
  private let isAsRecorded: Bool
  private let recordedChannels: Int
  private let resamplers: [Resampler]
  private var left: [Int16] = []
  private var right: [Int16] = []
  private var frames: [Int16] = []
  package let rendition: Rendition

  package convenience init(_ rendition: Rendition, _ plan: RecordingPlan) throws(FileError) {
    let tags = Tags(plan.identity, layout: rendition.layout, isRepeatable: plan.isRepeatable)
    try self.init(rendition, channels: plan.channels, rate: plan.rate, tags)
  }

  /// Of sound that comes with so many channels, 1 or 2, at a rate. With a number of threads it may keep much of it
  /// back, to work on it with so many where the codec can; the bytes are the same for any number.
  package init(
    _ rendition: Rendition, channels: Int, rate soundRate: SampleRate, _ tags: Tags, threads: Int? = nil
  ) throws(FileError) {
    self.rendition = rendition
    recordedChannels = channels
    let rate = rendition.rate(soundRate)
    resamplers =
      rate == soundRate
      ? [] : (0..<rendition.layout.channels).map { _ in Resampler(from: soundRate, to: rate) }
    isAsRecorded = rendition.layout.channels == recordedChannels && resamplers.isEmpty
    do {
      encoder = try Self.encoder(rendition, rate, tags, threads: threads)
      encoderPlace = Prefetch.Place(encoder)
      wav = encoder as? WAVEncoder
      try encoder.begin(into: &change)
    } catch {
      throw FileError(rendition.path, error.reason)
    }
  }

  private static func encoder(
    _ rendition: Rendition, _ rate: SampleRate, _ tags: Tags, threads: Int?
  ) throws(EncodingError) -> any AudioEncoder {
    let channels = rendition.layout.channels
    switch rendition.codec {
    case .wav(let encoding):
      return WAVEncoder(WAVHead(encoding: encoding, hz: rate.hz, channels: channels, info: WAVHead.info(tags)))
    case .mp3(let mode, let quality):
      #if MP3
        let whole = mode == .constant() ? .constant(kilobits: Codec.defaultKilobits(rate, channels: channels)) : mode
        let stream = MP3Stream(hz: rate.hz, channels: channels)
        guard let threads else { return try MP3Encoder(stream, whole, quality: quality, tags: tags) }
        return try ParallelMP3Encoder(stream, whole, quality: quality, tags: tags, threads: threads)
      #else
        throw EncodingError(reason: "this Reel is built without MP3")
      #endif
    case .mp4(let kilobits):
      #if MP4
        let kilobits = kilobits ?? Codec.defaultKilobits(rate, channels: channels)
        return try MP4Encoder(hz: rate.hz, channels: channels, kilobits: kilobits, tags: tags)
      #else
        throw EncodingError(reason: "this Reel is built without MP4")
      #endif
    }
  }

  /// Asks for what the next samples go into, once the encoder itself is there.
  package func fetch() {
    encoderPlace.fetch(Self.encoderBytes)
    tailPlace.fetchElements(from: filled, Self.fetchBytes)
  }

  /// How much of it every step needs.
  package static var hotBytes: Int { 160 }
  private static var encoderBytes: Int { 128 }
  /// What a worker gets of stereo at 8 kHz at once.
  private static var fetchBytes: Int { 1_600 }

  /// Takes samples of the recording, in its own layout.
  package func write(_ samples: Span<Int16>) {
    if isAsRecorded && failure == nil {
      if let wav {
        wav.encode(samples, into: &change)
      } else {
        do { try encoder.encode(samples, into: &change) } catch { return fail(error) }
      }
      noteTail()
      return
    }
    attempt { () throws(EncodingError) in try lay(samples) }
  }

  /// Gives what makes the file whole up to here.
  package func settle() -> FileChange {
    attempt { () throws(EncodingError) in try encoder.settle(into: &change) }
    return take()
  }

  /// Gives the rest.
  package func finish() -> FileChange {
    attempt { () throws(EncodingError) in
      try drainResamplers()
      try encoder.finish(into: &change)
    }
    return take()
  }

  /// Gives what was made so far.
  package func take() -> FileChange {
    change.failure = failure
    let taken = change
    change = FileChange()
    // The next is about as long as this one, and need not grow to it step by step.
    change.tail.reserveCapacity(taken.tail.count)
    noteTail()
    return taken
  }

  @inline(__always)
  private func noteTail() {
    filled = change.tail.count
    tailPlace = Prefetch.Place(headOf: &change.tail)
  }

  private func attempt(_ body: () throws(EncodingError) -> Void) {
    guard failure == nil else { return }
    do { try body() } catch { fail(error) }
  }

  private func fail(_ error: EncodingError) {
    failure = "can't be encoded: \(error.reason)"
  }

  // MARK: Layout

  private func lay(_ samples: Span<Int16>) throws(EncodingError) {
    let count = samples.count / recordedChannels
    if recordedChannels == 1 {
      Self.makeRoom(count, in: &left)
      SampleMemory.copy(samples, into: &left)
    } else {
      Self.split(samples, into: &left, &right)
    }
    if rendition.layout == .mono && recordedChannels == 2 {
      Self.mix(left, right, count, into: &frames)
      swap(&left, &frames)
    } else if rendition.layout == .stereo && recordedChannels == 1 {
      right = left
    }
    try encode(resample(count))
  }

  private func resample(_ count: Int) -> Int {
    guard !resamplers.isEmpty else { return count }
    // Two of the same rates make the same number of the same number.
    if resamplers.count == 2 { _ = Self.convert(&right, count, resamplers[1], by: &frames) }
    return Self.convert(&left, count, resamplers[0], by: &frames)
  }

  private func drainResamplers() throws(EncodingError) {
    while !resamplers.isEmpty {
      if resamplers.count == 2 { _ = Self.drain(resamplers[1], into: &right) }
      let made = Self.drain(resamplers[0], into: &left)
      guard made > 0 else { return }
      try encode(made)
    }
  }

  /// Encodes the first `count` samples of the sides that the file has.
  private func encode(_ count: Int) throws(EncodingError) {
    if rendition.layout == .stereo { Self.interleave(left, right, count, into: &frames) }
    let whole = rendition.layout == .stereo ? frames : left
    try encoder.encode(whole.span.extracting(first: count * rendition.layout.channels), into: &change)
  }

  // MARK: Steps, on the first `count` samples of arrays that grow to what is needed

  private static func split(_ samples: Span<Int16>, into left: inout [Int16], _ right: inout [Int16]) {
    makeRoom(samples.count / 2, in: &left)
    makeRoom(samples.count / 2, in: &right)
    var leftSpan = left.mutableSpan
    var rightSpan = right.mutableSpan
    Mix.split(samples, left: &leftSpan, right: &rightSpan)
  }

  private static func mix(_ a: [Int16], _ b: [Int16], _ count: Int, into output: inout [Int16]) {
    makeRoom(count, in: &output)
    var span = output.mutableSpan
    Mix.saturating(a.span.extracting(first: count), b.span.extracting(first: count), into: &span)
  }

  private static func interleave(_ left: [Int16], _ right: [Int16], _ count: Int, into output: inout [Int16]) {
    makeRoom(2 * count, in: &output)
    var span = output.mutableSpan
    Mix.interleave(left: left.span.extracting(first: count), right: right.span.extracting(first: count), into: &span)
  }

  private static func convert(
    _ side: inout [Int16], _ count: Int, _ resampler: Resampler, by scratch: inout [Int16]
  ) -> Int {
    makeRoom(resampler.mostOutput(of: count), in: &scratch)
    var output = scratch.mutableSpan
    let made = resampler.process(side.span.extracting(first: count), into: &output)
    swap(&side, &scratch)
    return made
  }

  private static func drain(_ resampler: Resampler, into side: inout [Int16]) -> Int {
    // Of one length for both sides, so that they stay in step.
    side = [Int16](repeating: 0, count: drainSamples)
    var output = side.mutableSpan
    return resampler.finish(into: &output)
  }

  private static let drainSamples = 1_024

  private static func makeRoom(_ count: Int, in samples: inout [Int16]) {
    if samples.count < count { samples += [Int16](repeating: 0, count: count - samples.count) }
  }
}
