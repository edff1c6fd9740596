/// Sound out of a file of any kind that Reel reads, as 16-bit samples.
///
///     let reader = try AudioReader("call.m4a")
///     var block = [Int16](repeating: 0, count: 4_096 * reader.channels)
///     while case let count = try reader.readFrames(into: &block), count > 0 {
///       use(block[..<(count * reader.channels)])
///     }
///
/// - libsndfile decodes what it knows. libavformat has what libsndfile refuses, and MP3, of which libsndfile tells
///   neither that the rate changes nor that sound follows what the header states. For these alone it is loaded; where
///   it can't be, libsndfile reads MP3 too.
/// - It streams: memory is bounded by the block and the libraries' own buffers, some 10 MB, whatever the length. (The
///   one thing that grows is libav's index of an MP4: 1 to 2 MB for each hour.)
/// - Sound wider than 16 bits is rounded and clamped. Nothing is resampled, mixed or levelled.
/// - A WAV whose sizes are torn is read for what is there, and ``note`` says so. What is no sound, or changes its rate
///   or channels on the way, is refused with an error that names the file and the reason.
///
/// Not `Sendable`: it has one owner, on one thread at a time.
package final class AudioReader {
  /// The rates that are believed, in Hz. Nothing records sound below, and no interface above.
  package static let rates = 1_000...384_000
  package static let channelCounts = 1...8

  package let path: String
  package let hz: Int
  package let channels: Int
  /// The kind of file, in the short words that people use: `WAV`, `MP4`.
  package let container: String
  /// How the samples are coded: `PCM 16 bit`, `AAC`.
  package let codec: String
  /// How many frames the file states, less the delay and padding it states; nil when it states none.
  package let frameCount: Int?
  package let tags: [AudioTag]
  private let source: any AudioSource
  private var notes: [String]
  private var framesRead = 0
  private var hasEnded = false

  /// Whether it comes by a pipe and is read as it comes.
  package let isStream: Bool

  /// Opens a file. With `raw` its bytes are samples of that layout from the first on, and it may be a pipe, a device
  /// or `/dev/stdin`. With `mayStream` any sound may come by a pipe: a WAV is read as it comes, and what can't be read
  /// without going back when all of it has come.
  package convenience init(_ path: String, raw: RawLayout? = nil, mayStream: Bool = false) throws(FileError) {
    try self.init(InputFile(path, mayStream: raw != nil || mayStream), raw: raw)
  }

  /// Reads the head of a file that is open already, and that nobody else reads.
  package init(_ file: InputFile, raw: RawLayout? = nil) throws(FileError) {
    let path = file.path
    let (source, note, isStream) = try Self.open(file, raw)
    self.isStream = isStream
    let facts = source.facts
    let (rates, counts) = (Self.rates, Self.channelCounts)
    guard counts ~= facts.channels else {
      throw FileError(path, "has \(facts.channels) channels; allowed: \(counts.lowerBound) to \(counts.upperBound)")
    }
    guard rates ~= facts.hz else {
      throw FileError(path, "is \(facts.hz) Hz; allowed: \(rates.lowerBound) to \(rates.upperBound)")
    }
    self.path = path
    self.source = source
    hz = facts.hz
    channels = facts.channels
    container = facts.container
    codec = facts.codec
    frameCount = facts.frameCount
    tags = facts.tags
    notes = note.map { [$0] } ?? []
  }

  /// What was wrong with the file and how it was read nevertheless; nil for a whole one. What is found on the way
  /// comes to it, so it is complete at the end.
  package var note: String? {
    let all = notes + (source.note.map { [$0] } ?? [])
    return all.isEmpty ? nil : all.joined(separator: "; ")
  }

  /// Reads frames to the front of `samples`, as many as there are and fit; gives how many, 0 at the end.
  ///
  /// `samples` has room for one frame or more.
  package func readFrames(into samples: inout [Int16]) throws(FileError) -> Int {
    precondition(samples.count >= channels, "no room for a frame")
    let count = try source.readFrames(samples.count / channels, into: &samples)
    framesRead += count
    if count == 0 && !hasEnded {
      hasEnded = true
      noteLength()
    }
    return count
  }

  private func noteLength() {
    guard let frameCount, frameCount != framesRead else { return }
    notes.append("the file states \(frameCount) samples a channel and has \(framesRead)")
  }

  /// Finds who can decode the file, and what was healed to make it so.
  private static func open(
    _ file: InputFile, _ raw: RawLayout?
  ) throws(FileError) -> (source: any AudioSource, note: String?, isStream: Bool) {
    if let raw { return (try SndfileSource(file, raw), nil, file.byteCount == nil) }
    guard file.byteCount != nil else {
      if let stream = try WAVStream(file) {
        return (try SndfileSource(file, stream.layout, frames: stream.frames), nil, true)
      }
      let (source, note) = try openWhole(try file.spooled())
      return (source, note, false)
    }
    let (source, note) = try openWhole(file)
    return (source, note, false)
  }

  private static func openWhole(_ file: InputFile) throws(FileError) -> (source: any AudioSource, note: String?) {
    guard let byteCount = file.byteCount, byteCount > 0 else { throw FileError(file.path, "is empty") }
    let layout = try WAVLayout.find(in: file)
    let patches = layout?.patches ?? []
    let sndfile = try SndfileSource(file, patches, stated: layout?.frames)
    #if MP4
      if sndfile == nil || sndfile?.isMPEG == true {
        let libav = try LibavSource(file, patches, stated: sndfile?.facts.frameCount)
        if let libav { return (libav, layout?.note) }
      }
    #endif
    if let failure = file.failure { throw failure }
    guard let sndfile else { throw FileError(file.path, refusal) }
    return (sndfile, layout?.note)
  }

  /// Why a file can't be read that nobody knew.
  private static var refusal: String {
    #if MP4
      if let failure = Libav.failure { return "is no audio that libsndfile can read; all else needs \(failure)" }
    #endif
    return "is no audio that Reel can read"
  }
}
