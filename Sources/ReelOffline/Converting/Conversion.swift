package import ReelAudio
package import ReelFiles

/// What is made of a sound file, or of the two legs of a call.
package struct Conversion: Hashable, Sendable {
  package var codec: Codec
  package var sides: Sides
  /// Samples a second; the sound's own unless set.
  package var rate: SampleRate?

  /// Which sides the sound has afterwards.
  package enum Sides: Hashable, Sendable {
    /// As before.
    case same
    /// Both sides in one: `clamp(left + right)`.
    case mono
    /// Two; of one it is the same sound on both.
    case stereo
    /// One of two: the caller is on the left.
    case only(Mix.Channel)
  }

  package init(_ codec: Codec, _ sides: Sides = .same, rate: SampleRate? = nil) {
    self.codec = codec
    self.sides = sides
    self.rate = rate
  }
}

/// One file to make.
package struct ConversionJob: Hashable, Sendable {
  /// One file, or the caller's and the agent's.
  package let inputs: [String]
  package let output: String

  package init(_ inputs: [String], to output: String) {
    self.inputs = inputs
    self.output = output
  }

  package enum Outcome: Sendable {
    case made(seconds: Double, byteCount: Int, notes: [String])
    case skipped
    case failed(any Error & Sendable)
  }
}
