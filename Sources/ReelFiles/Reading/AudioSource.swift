/// What a decoder knows of a file when it has opened it.
struct AudioFacts {
  var hz: Int
  var channels: Int
  var container: String
  var codec: String
  var frameCount: Int?
  var tags: [AudioTag] = []
}

/// A name and what it stands for, as a file carries them: title, artist, date, comment, software.
package struct AudioTag: Hashable, Sendable {
  package let name: String
  package let value: String

  /// Longer values are cut: a tag is for people to read.
  private static let longest = 1_000

  init?(_ name: String, _ value: String) {
    guard !value.isEmpty else { return nil }
    self.name = name
    self.value = String(value.prefix(Self.longest))
  }
}

/// One file's sound, decoded by one library.
protocol AudioSource: AnyObject {
  var facts: AudioFacts { get }
  /// What was left out because it was damaged, if anything so far.
  var note: String? { get }
  /// Writes at most `most` frames to the front of `samples`, which has room for them; gives how many, 0 at the end.
  func readFrames(_ most: Int, into samples: inout [Int16]) throws(FileError) -> Int
}

extension Int16 {
  /// The nearest sample to `value`, of which 1 is full scale; the loudest one beyond it, and silence for no number.
  init(fullScale value: Float) {
    let scaled = (value * 32_768).rounded()
    self = scaled >= 32_767 ? .max : scaled > -32_768 ? Int16(scaled) : scaled <= -32_768 ? .min : 0
  }
}
