package import ReelAudio
package import ReelCore

/// What files a recording makes, checked before the first of them is made.
package struct RecordingPlan: Sendable {
  package let identity: RecordingIdentity
  /// Samples a second of the recording.
  package let rate: SampleRate
  /// Of the recording: 2 where any file is stereo. Mono is mixed from it, exactly as the recorder would.
  package let channels: Int
  package let renditions: [Rendition]
  /// Whether finished files of the same names are replaced; else they are an error.
  package let replaces: Bool
  /// Whether the files say nothing that differs from one run to the next: when it was and the recording's own name are
  /// in the manifest alone. The same sound then gives the same bytes.
  package let isRepeatable: Bool

  package init(
    _ identity: RecordingIdentity, rate: SampleRate, _ renditions: [Rendition], replaces: Bool = false,
    isRepeatable: Bool = false
  ) throws(OptionError) {
    guard !renditions.isEmpty else { throw OptionError("output", given: "none", allowed: "at least one file") }
    var paths: Set<String> = []
    for rendition in renditions {
      try rendition.validate(recordingRate: rate)
      guard paths.insert(rendition.path).inserted else {
        throw OptionError("output", given: "\(rendition.path) twice", allowed: "each file once")
      }
    }
    self.identity = identity
    self.rate = rate
    self.renditions = renditions
    self.replaces = replaces
    self.isRepeatable = isRepeatable
    channels = renditions.contains { $0.layout == .stereo } ? 2 : 1
  }
}

extension Rendition {
  /// Throws for the first thing that can't be taken.
  package func validate(recordingRate: SampleRate) throws(OptionError) {
    guard FileNames(path, format: codec.format) != nil else {
      throw OptionError("output", given: FileNames.printable(path), allowed: FileNames.rule(codec.format))
    }
    #if !MP3
      if codec.format == .mp3 {
        throw OptionError("format", given: "mp3", allowed: "wav: this Reel is built without MP3")
      }
    #endif
    #if !MP4
      if codec.format == .mp4 {
        throw OptionError("format", given: "mp4", allowed: "wav: this Reel is built without MP4")
      }
    #endif
    switch codec {
    case .wav: break
    case .mp3(let mode, let quality):
      try Self.check("quality", quality, in: 0...9)
      try check(mode, recordingRate)
    case .mp4(let kilobits):
      guard let kilobits else { return }
      // AAC's frames hold 6,144 bits a channel at most; below 8 nothing can be understood.
      let most = 6_144 * rate(recordingRate).hz / 1_024 / 1_000 * layout.channels
      try Self.check("bitrate", kilobits, in: 8 * layout.channels...most)
    }
  }

  private func check(_ mode: Codec.MP3Mode, _ recordingRate: SampleRate) throws(OptionError) {
    let stream = MP3Stream(hz: rate(recordingRate).hz, channels: layout.channels)
    switch mode {
    case .constant(nil): break
    case .constant(let kilobits?):
      guard !stream.kilobits.contains(kilobits) else { return }
      let allowed = stream.kilobits.map { "\($0)" }.joined(separator: ", ")
      throw OptionError("bitrate", given: "\(kilobits)", allowed: "\(allowed) at \(stream.hz) Hz")
    case .average(let kilobits):
      try Self.check("bitrate", kilobits, in: stream.kilobits.first!...stream.kilobits.last!)
    case .variable(let level): try Self.check("vbr", level, in: 0...9)
    }
  }

  /// Samples a second of the file.
  func rate(_ recordingRate: SampleRate) -> SampleRate { rate ?? recordingRate }

  private static func check(_ field: String, _ value: Int, in range: ClosedRange<Int>) throws(OptionError) {
    guard range.contains(value) else {
      throw OptionError(
        field, given: "\(value)", allowed: "a whole number from \(range.lowerBound) to \(range.upperBound)")
    }
  }
}
