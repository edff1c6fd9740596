/// What is to be done to a file, gathered so that encoding and writing can be on different threads.
package struct FileChange: Sendable {
  /// Bytes for its end.
  package var tail: [UInt8]
  /// Bytes in place of as many that are there, to be written after the tail: they may speak of it.
  package var patch: Patch?

  /// Why nothing more will come, if so.
  package var failure: String?

  package struct Patch: Sendable {
    package var offset: Int
    package var bytes: [UInt8]
  }

  package init(tail: [UInt8] = []) {
    self.tail = tail
  }

  package var isEmpty: Bool { tail.isEmpty && patch == nil && failure == nil }
}

/// Makes bytes of a file out of samples.
///
/// What a file holds after any ``settle(into:)`` plays in ordinary players. The same samples, however cut up, give the
/// same bytes, wherever ``settle(into:)`` was called on the same samples. One owner, on one thread at a time.
package protocol AudioEncoder: AnyObject {
  /// Gives the head of the file. Comes once, before all else.
  func begin(into change: inout FileChange) throws(EncodingError)

  /// Takes samples, mono or left and right by turns.
  func encode(_ samples: Span<Int16>, into change: inout FileChange) throws(EncodingError)

  /// Gives what makes the file whole up to here, as far as the codec can.
  func settle(into change: inout FileChange) throws(EncodingError)

  /// Gives the rest. Comes once, after all else.
  func finish(into change: inout FileChange) throws(EncodingError)
}

/// A codec's refusal, in words.
package struct EncodingError: Error {
  package let reason: String
  /// The system's number for it, where the system said no.
  var errorNumber: Int32?

  init(reason: String, errorNumber: Int32? = nil) {
    self.reason = reason
    self.errorNumber = errorNumber
  }

  init(_ error: FileError) {
    self.init(reason: error.reason, errorNumber: error.errorNumber)
  }
}
