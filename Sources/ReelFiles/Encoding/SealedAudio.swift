internal import ReelAudio

/// What a closed file holds, as found in the file itself.
struct SealedAudio: Hashable {
  var hz: Int
  var channels: Int
  /// Of each side, after the codec's delay and padding.
  var samples: Int
  /// Samples before and after them that are the codec's.
  var delay: Int
  var padding: Int
  /// Whether players are told of the delay and the padding: there may have been no room for a file that tells.
  var tellsDelay = true

  /// A year at the highest rate: far more than any recording, far less than what overflows. Whoever tells of more lies.
  static let mostSamples = 31_536_000 * 48_000

  /// Whether a file of Reel's may be so. What comes from a file or a manifest is asked before it is reckoned with.
  var isPossible: Bool {
    SampleRate(hz: hz) != nil && (1...2).contains(channels)
      && [samples, delay, padding].allSatisfy { (0...Self.mostSamples).contains($0) }
  }
}
