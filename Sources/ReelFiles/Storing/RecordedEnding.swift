package import ReelCore

/// What the manifest of a recording's one file says of its end: for who was not there to hear it.
package struct RecordedEnding: Hashable, Sendable {
  package let callID: String
  package let controlID: String?
  package let outcome: EndReason.Outcome
  package let start: WallTime
  /// As far as the sound goes, where a crash left no other.
  package let end: WallTime
  package let durationSeconds: Double
  package let byteCount: Int
  package let sha256: String
  package let channels: Int
  package let failure: String?
  /// Whether it was closed after a crash.
  package let isRecovered: Bool

  /// Nil where there is no manifest of that name, or one that tells of no file.
  package init?(folder: String, stem: String) {
    guard let names = FileNames(folder: folder, stem: stem), let manifest = try? Manifest(of: names),
      let file = manifest.files.first
    else { return nil }
    let seconds = Double(file.audio.samples) / Double(file.audio.hz)
    callID = manifest.identity.callID
    controlID = manifest.identity.controlID
    start = manifest.identity.start
    end = manifest.end ?? WallTime(microseconds: start.microseconds + Int64(seconds * 1e6))
    durationSeconds = seconds
    byteCount = file.byteCount
    sha256 = file.sha256
    channels = file.audio.channels
    failure = file.failure
    isRecovered = manifest.isRecovered
    // What a crash cut off plays, and is finished as far as anybody can tell.
    outcome =
      switch manifest.state {
      case .finished, .recovered: .finished
      case .noInput: .noInput
      case .error: .error
      }
  }
}
