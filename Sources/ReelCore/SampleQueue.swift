import ReelAudio

/// Samples of one leg that are placed on the timeline and wait for the other leg, each with its kind.
///
///     cells   . . . . [ s s s s s s s ] . . . .
///     kinds   . . . . [ k k k k k k k ] . . . .
///                     head            tail        capacity
///
/// Contiguous, so that a kernel takes it in one piece: what is left is moved to the front when the end is reached,
/// which twice the room that is needed makes rare, also where the other leg stays away. Allocates only when made; more
/// than `most` samples at once is a mistake of ours and traps. Samples of a pause are overwritten.
package struct SampleQueue {
  package private(set) var cells: [Int16]
  /// Real but where a queued sample is not: what leaves is made real again, so that real samples, nearly all
  /// there are, need no kind written.
  private var kinds: [SpanKind]
  package private(set) var head = 0
  private var tail = 0
  private let most: Int
  /// How many samples in the queue are not real: with none, kinds need no look.
  private var unreal = 0

  package init(most: Int) {
    self.most = most
    let capacity = 2 * most
    cells = [Int16](repeating: 0, count: capacity)
    kinds = [SpanKind](repeating: .real, count: capacity)
  }

  package var count: Int { tail - head }

  /// Asks for the memory that the next 20 ms at 8 kHz go to.
  mutating func fetch() {
    Prefetch.elements(of: cells, from: tail, 320)
  }

  package mutating func append(_ samples: Span<Int16>) {
    makeRoom(for: samples.count)
    SampleMemory.copy(samples, into: &cells, at: tail)
    tail += samples.count
  }

  mutating func append(first count: Int, of samples: [Int16]) {
    append(samples.span.extracting(first: count))
  }

  package mutating func appendSilence(_ count: Int, _ kind: SpanKind) {
    makeRoom(for: count)
    for index in tail..<tail + count { cells[index] = 0 }
    for index in tail..<tail + count { kinds[index] = kind }
    tail += count
    if kind != .real { unreal += count }
  }

  /// How many of the first `limit` samples are of one kind, and which: the first run.
  package func firstRun(upTo limit: Int) -> (kind: SpanKind, count: Int) {
    guard unreal > 0 else { return (.real, limit) }
    let kind = kinds[head]
    var count = 1
    while count < limit && kinds[head + count] == kind { count += 1 }
    return (kind, count)
  }

  package mutating func removeFirst(_ count: Int) {
    precondition(count <= self.count, "only what is queued can leave")
    if unreal > 0 { forgetKinds(head..<head + count) }
    head += count
    if head == tail {
      head = 0
      tail = 0
    }
  }

  /// Empties the queue and writes over what was in it.
  package mutating func discardAll() {
    for index in cells.indices { cells[index] = 0 }
    forgetKinds(head..<tail)
    head = 0
    tail = 0
  }

  private mutating func forgetKinds(_ range: Range<Int>) {
    for index in range where kinds[index] != .real {
      kinds[index] = .real
      unreal -= 1
    }
  }

  private mutating func makeRoom(for count: Int) {
    precondition(self.count + count <= most, "the other leg is never so far behind")
    guard tail + count > cells.count else { return }
    let kept = self.count
    SampleMemory.moveToFront(&cells, from: head, count: kept)
    if unreal > 0 { moveKindsToFront(kept) }
    head = 0
    tail = kept
  }

  private mutating func moveKindsToFront(_ count: Int) {
    for index in 0..<count { kinds[index] = kinds[head + index] }
    for index in max(count, head)..<tail { kinds[index] = .real }
  }
}

// The layouts of what is written.
extension SampleQueue {
  static func mix(
    _ a: borrowing SampleQueue, _ b: borrowing SampleQueue, _ count: Int, into output: inout MutableSpan<Int16>
  ) {
    Mix.saturating(
      a.cells.span.extracting(a.head..<a.head + count), b.cells.span.extracting(b.head..<b.head + count),
      into: &output)
  }

  static func interleave(
    _ left: borrowing SampleQueue, _ right: borrowing SampleQueue, _ count: Int,
    into output: inout MutableSpan<Int16>
  ) {
    Mix.interleave(
      left: left.cells.span.extracting(left.head..<left.head + count),
      right: right.cells.span.extracting(right.head..<right.head + count), into: &output)
  }

  func copy(_ count: Int, into output: inout MutableSpan<Int16>) {
    SampleMemory.copy(cells.span.extracting(head..<head + count), into: &output)
  }

  func place(_ count: Int, on channel: Mix.Channel, into output: inout MutableSpan<Int16>) {
    Mix.place(cells.span.extracting(head..<head + count), on: channel, into: &output)
  }
}
