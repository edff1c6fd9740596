/// Moving samples from place to place in one go, as loops over checked spans don't become memory copies.
///
/// The wall round the pointers that this takes: every range is checked against the span before it is touched.
package enum SampleMemory {
  /// Copies all of `source` into `target`, from `start` on.
  @inlinable
  package static func copy(_ source: Span<Int16>, into target: inout MutableSpan<Int16>, at start: Int = 0) {
    precondition(start >= 0 && start <= target.count && source.count <= target.count - start)
    // Sound: checked above, and a span that can be written overlaps no other.
    unsafe source.withUnsafeBufferPointer { from in
      unsafe target.withUnsafeMutableBufferPointer { to in
        guard let first = from.baseAddress, let place = to.baseAddress else { return }
        unsafe (place + start).update(from: first, count: from.count)
      }
    }
  }

  /// Copies all of `source` into an array, from `start` on.
  @inlinable
  package static func copy(_ source: Span<Int16>, into target: inout [Int16], at start: Int = 0) {
    var memory = target.mutableSpan
    copy(source, into: &memory, at: start)
  }

  /// Moves `count` samples of an array that begin at `start` to its front.
  @inlinable
  package static func moveToFront(_ samples: inout [Int16], from start: Int, count: Int) {
    var memory = samples.mutableSpan
    moveToFront(&memory, from: start, count: count)
  }

  /// Moves `count` samples that begin at `start` to the front of `samples`.
  @inlinable
  package static func moveToFront(_ samples: inout MutableSpan<Int16>, from start: Int, count: Int) {
    precondition(start >= 0 && count >= 0 && start <= samples.count && count <= samples.count - start)
    // Sound: checked above; update(from:) allows overlap.
    unsafe samples.withUnsafeMutableBufferPointer { memory in
      guard let front = memory.baseAddress else { return }
      unsafe front.update(from: front + start, count: count)
    }
  }
}
