internal import ReelAudio
internal import ReelCore
internal import ReelFiles

/// The sound of a conversion's inputs, as one or two channels.
protocol ConversionSource: AnyObject {
  var channels: Int { get }
  var rate: SampleRate { get }
  /// How many frames there are, if the files say so.
  var frameCount: Int? { get }
  var tags: [AudioTag] { get }
  /// What was wrong and how it was read nevertheless.
  var notes: [String] { get }
  /// The next frames, channel by turns; nothing at the end.
  func next() throws(FileError) -> ArraySlice<Int16>
}

/// How many frames are dealt with at once: enough that nothing but samples costs time, and in a second cache.
private let blockFrames = 16_384

/// One file, or one side of it.
final class FileSource: ConversionSource {
  let channels: Int
  let rate: SampleRate
  private let reader: AudioReader
  private let side: Mix.Channel?
  private var block: [Int16]
  private var sideBlock: [Int16] = []

  init(_ path: String, side: Mix.Channel? = nil) throws {
    reader = try AudioReader(path, mayStream: true)
    guard reader.channels <= 2 else {
      throw FileError(path, "has \(reader.channels) channels; allowed: 1 or 2")
    }
    guard side == nil || reader.channels == 2 else {
      throw FileError(path, "has 1 channel, and so no sides to choose from")
    }
    rate = try SampleRate.checked(hz: reader.hz, field: "the rate of \(path)")
    channels = side == nil ? reader.channels : 1
    self.side = side
    block = [Int16](repeating: 0, count: blockFrames * reader.channels)
    if side != nil { sideBlock = [Int16](repeating: 0, count: blockFrames) }
  }

  var frameCount: Int? { reader.frameCount }
  var tags: [AudioTag] { reader.tags }
  var notes: [String] { reader.note.map { ["\(reader.path): \($0)"] } ?? [] }

  func next() throws(FileError) -> ArraySlice<Int16> {
    let count = try reader.readFrames(into: &block)
    guard let side else { return block[..<(count * channels)] }
    for index in 0..<count { sideBlock[index] = block[2 * index + side.rawValue] }
    return sideBlock[..<count]
  }
}

/// Two mono files as caller left and agent right; the shorter is followed by silence, the slower brought to the other's
/// rate.
final class PairSource: ConversionSource {
  let channels = 2
  let rate: SampleRate
  private let caller: PairSide
  private let agent: PairSide
  private var frames: [Int16] = []

  init(caller callerPath: String, agent agentPath: String) throws {
    let caller = try FileSource(callerPath)
    let agent = try FileSource(agentPath)
    for (source, path) in [(caller, callerPath), (agent, agentPath)] where source.channels != 1 {
      throw FileError(path, "has 2 channels; allowed: 1, for a leg is one party's sound")
    }
    rate = max(caller.rate, agent.rate)
    self.caller = PairSide(caller, at: rate)
    self.agent = PairSide(agent, at: rate)
  }

  var frameCount: Int? {
    guard let caller = caller.frameCount, let agent = agent.frameCount else { return nil }
    return max(caller, agent)
  }

  var tags: [AudioTag] { [] }
  var notes: [String] { caller.notes + agent.notes }

  func next() throws(FileError) -> ArraySlice<Int16> {
    try caller.fill()
    try agent.fill()
    // A side that is over has silence for as long as the other goes on.
    let count = caller.isOver ? agent.count : agent.isOver ? caller.count : min(caller.count, agent.count)
    if frames.count < 2 * count { frames = [Int16](repeating: 0, count: 2 * count) }
    let (left, right) = (caller.take(count), agent.take(count))
    var span = frames.mutableSpan
    Mix.interleave(left: left.span, right: right.span, into: &span)
    return frames[..<(2 * count)]
  }
}

/// One side of a pair: what was read and not used yet.
private final class PairSide {
  private let source: FileSource
  private let resampler: Resampler?
  private var samples: [Int16] = []
  private var used = 0
  private(set) var isOver = false

  init(_ source: FileSource, at rate: SampleRate) {
    self.source = source
    resampler = source.rate == rate ? nil : Resampler(from: source.rate, to: rate)
  }

  var count: Int { samples.count - used }
  var notes: [String] { source.notes }

  var frameCount: Int? {
    source.frameCount.map { count in
      resampler.map { SampleRate.converted(count, fromHz: $0.from.hz, toHz: $0.to.hz) } ?? count
    }
  }

  /// Reads until something is there, or all is over.
  func fill() throws(FileError) {
    while count == 0 && !isOver {
      let block = try source.next()
      used = 0
      guard let resampler else {
        samples = Array(block)
        isOver = block.isEmpty
        continue
      }
      let room = block.isEmpty ? Self.drainSamples : resampler.mostOutput(of: block.count)
      samples = [Int16](repeating: 0, count: room)
      var output = samples.mutableSpan
      let made = block.isEmpty ? resampler.finish(into: &output) : resampler.process(block.span, into: &output)
      samples.removeLast(room - made)
      isOver = block.isEmpty && made == 0
    }
  }

  private static let drainSamples = 1_024

  /// So many samples; what is not there is silence.
  func take(_ wanted: Int) -> ArraySlice<Int16> {
    if count < wanted {
      samples.removeFirst(used)
      used = 0
      samples += [Int16](repeating: 0, count: wanted - count)
    }
    used += wanted
    return samples[(used - wanted)..<used]
  }
}
