internal import ReelAudio
package import ReelCore

/// What the manifest beside a finished file says of it, for those who only look.
///
///     try RecordedFile("call.mp3")?.state     // "finished"
package struct RecordedFile: Hashable, Sendable {
  /// `finished`, `no_input`, `error` or `recovered`.
  package let state: String
  /// Why the recording ended, in words.
  package let reason: String
  package let identity: RecordingIdentity
  /// The timeline's samples a second, and how many there are.
  package let hz: Int
  package let samples: Int
  /// What every sample of each recorded leg is.
  package let spans: [Leg: [LedgerSpan]]
  /// The file's length and hash when it was closed.
  package let byteCount: Int
  package let sha256: String

  /// Nil where no manifest is beside the file, or it does not name the file; an error where it can't be read.
  package init?(_ path: String) throws(FileError) {
    let format = RecordingOptions.Format(endingOf: path)
    guard let format, let names = FileNames(path, format: format), let manifest = try Manifest(of: names),
      let entry = manifest.files.first(where: { $0.name == names.fileName(format) })
    else { return nil }
    state = manifest.state.rawValue
    reason = manifest.reason
    identity = manifest.identity
    hz = manifest.rate.hz
    samples = manifest.samples
    spans = Dictionary(
      uniqueKeysWithValues: manifest.spans.map { leg, spans in
        (leg, spans.map { LedgerSpan(LedgerMark(leg, $0.kind, start: $0.start, skipped: $0.skipped), count: $0.count) })
      })
    byteCount = entry.byteCount
    sha256 = entry.sha256
  }
}

extension SHA256 {
  /// A file's length in bytes, and its hash in hexadecimal digits.
  package static func digest(ofFile path: String) throws(FileError) -> (byteCount: Int, sha256: String) {
    try Closing.digest(DiskFile(path, .reading))
  }
}
