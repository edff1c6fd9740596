internal import ReelAudio
internal import ReelCore
internal import ReelRealtime

/// The memory that all recordings of an engine may use for audio that waits for the disk or an encoder.
final class BacklogBudget: Sendable {
  let limitBytes: Int
  private let used = Tally()

  init(limitBytes: Int) {
    self.limitBytes = limitBytes
  }

  var usedBytes: Int { used.value }

  func take(_ byteCount: Int) -> Bool { used.add(byteCount, upTo: limitBytes) }
  func giveBack(_ byteCount: Int) { used.add(-byteCount) }
}

/// What a recorder made and no encoder has had yet, in order.
///
///     start ──▶ lost lost lost │ chunk │ chunk │ chu…      with marks along it
///
/// When the budget is used up, the oldest chunk makes room for the newest samples, and only how many they were is kept:
/// so what is lost is always one run at the front.
struct Backlog {
  /// Where on the timeline the first sample is.
  private(set) var start = 0
  /// How many samples of the timeline at the front are lost.
  private(set) var lost = 0
  /// How many samples of the timeline wait, with the lost ones.
  private(set) var count = 0
  private var chunks: [[Int16]] = []
  /// How much of the first chunk is gone already, in samples of all channels.
  private var taken = 0
  private var marks: [LedgerMark] = []
  /// The memory of the last chunk that went, for the next: an encoder that keeps up needs no new memory.
  private var spare: [Int16]?
  private let channels: Int
  private let budget: BacklogBudget

  /// Samples of all channels in a chunk.
  static let chunkSamples = 2_048
  static let chunkBytes = chunkSamples * MemoryLayout<Int16>.size

  init(channels: Int, _ budget: BacklogBudget) {
    self.channels = channels
    self.budget = budget
  }

  var isEmpty: Bool { count == 0 && marks.isEmpty }

  mutating func note(_ mark: LedgerMark) {
    marks.append(mark)
  }

  /// Appends samples, of all channels by turns; gives how many samples of the timeline were lost for it.
  mutating func append(_ samples: Span<Int16>) -> Int {
    let lostBefore = lost
    var rest = samples
    while !rest.isEmpty {
      guard hasRoom() else {
        // Not one chunk is to be had: the newest is the oldest.
        lost += rest.count / channels
        break
      }
      let last = chunks.count - 1
      let fitting = min(rest.count, Self.chunkSamples - chunks[last].count)
      Self.append(rest.extracting(first: fitting), to: &chunks[last])
      rest = rest.extracting(droppingFirst: fitting)
    }
    count += samples.count / channels
    return lost - lostBefore
  }

  /// Goes on from `start` with nothing waiting.
  mutating func restart(at start: Int) {
    self.start = start
  }

  /// Empties it and gives its memory back.
  mutating func discard() {
    budget.giveBack(max(0, chunkCount - 1) * Self.chunkBytes)
    chunks = []
    spare = nil
    marks = []
    start += count
    (count, lost, taken) = (0, 0, 0)
  }

  /// The next mark, if its place has been reached.
  mutating func takeMark() -> LedgerMark? {
    guard let mark = marks.first, mark.start <= start else { return nil }
    return marks.removeFirst()
  }

  /// Samples of one sort, without a mark among them.
  enum Run {
    /// So many of the timeline, of which there is but the count.
    case lost(Int)
    /// So many of the timeline, in this part of a chunk.
    case kept(Int, chunk: [Int16], Range<Int>)
  }

  /// What comes next, at most `most` of the timeline. It stays until ``pass(_:)``.
  func nextRun(upTo most: Int) -> Run? {
    var run = min(most, count)
    if let mark = marks.first { run = min(run, mark.start - start) }
    guard run > 0 else { return nil }
    guard lost == 0 else { return .lost(min(run, lost)) }
    run = min(run, (chunks[0].count - taken) / channels)
    return .kept(run, chunk: chunks[0], taken..<taken + run * channels)
  }

  /// The next `run` of the timeline are dealt with.
  mutating func pass(_ run: Int) {
    start += run
    count -= run
    guard lost == 0 else {
      lost -= run
      return
    }
    taken += run * channels
    if taken == chunks[0].count { letFirstChunkGo() }
  }

  /// The first chunk is the recording's own and in no budget: what an encoder that keeps up needs is always there.
  private var chunkCount: Int { chunks.count + (spare == nil ? 0 : 1) }

  /// Whether the last chunk has room, or could be given some.
  private mutating func hasRoom() -> Bool {
    if let last = chunks.last, last.count < Self.chunkSamples { return true }
    if let chunk = spare {
      spare = nil
      chunks.append(chunk)
      return true
    }
    if chunkCount == 0 || budget.take(Self.chunkBytes) {
      var chunk: [Int16] = []
      chunk.reserveCapacity(Self.chunkSamples)
      chunks.append(chunk)
      return true
    }
    guard !chunks.isEmpty else { return false }
    lost += (chunks[0].count - taken) / channels
    letFirstChunkGo()
    return hasRoom()
  }

  private mutating func letFirstChunkGo() {
    taken = 0
    var chunk = chunks.removeFirst()
    if chunks.isEmpty {
      chunk.removeAll(keepingCapacity: true)
      spare = chunk
    } else {
      budget.giveBack(Self.chunkBytes)
    }
  }

  private static func append(_ samples: Span<Int16>, to chunk: inout [Int16]) {
    // Sound: the span's memory is there for the time of the call.
    unsafe samples.withUnsafeBufferPointer { unsafe chunk.append(contentsOf: $0) }
  }
}
