internal import ReelAudio
internal import ReelCore

/// Makes the files of a recording whose sound was captured without loss while it went on.
///
/// The capture is a recording of its own, closed, with a ledger. It goes when all files that were wanted are closed,
/// and not before: whatever happens in between, the sound is whole in one or the other.
package struct PutOffEncoding {
  private let plan: RecordingPlan
  private let ending: RecordingEnding

  /// How much of the timeline is encoded between two writes.
  private static let stepSeconds = 4.0

  package init(_ plan: RecordingPlan, _ ending: RecordingEnding) {
    self.plan = plan
    self.ending = ending
  }

  /// The capture that stands for the files of a plan until they are made: beside the first of them, as PCM. Throws for
  /// a file that can't be made on this machine, rather than when its sound was captured.
  package static func capture(for plan: RecordingPlan) throws -> RecordingPlan {
    #if MP4
      if let file = plan.renditions.first(where: { $0.codec.format == .mp4 }), let failure = Libav.failure {
        throw FileError(file.path, "MP4 needs \(failure)")
      }
    #endif
    let first = plan.renditions[0]
    let stem = first.path.dropLast(first.codec.format.rawValue.count + 1)
    let rendition = Rendition("\(stem).capture.wav", .wav(), plan.channels == 2 ? .stereo : .mono)
    return try RecordingPlan(plan.identity, rate: plan.rate, [rendition])
  }

  /// Encodes a capture; tells of the files that were wanted, or of the capture where they can't be made.
  package func encode(_ capture: ClosedRecording) -> ClosedRecording {
    guard capture.failure == nil else { return capture }
    do throws(FileError) {
      let closed = try encode(capture.files[0].path, manifest: capture.manifests[0])
      guard closed.failure == nil else { return closed }
      // One that can't be removed is no fault of the files that were wanted.
      try? Disk.remove(capture.files[0].path)
      try? Disk.remove(capture.manifests[0])
      return closed
    } catch {
      return ClosedRecording(files: capture.files, manifests: capture.manifests, failure: error)
    }
  }

  private func encode(_ path: String, manifest: String) throws(FileError) -> ClosedRecording {
    let spans = try spans(manifest)
    let sound = try AudioReader(path)
    var encoders: [RenditionEncoder] = []
    for rendition in plan.renditions { encoders.append(try RenditionEncoder(rendition, plan)) }
    let store = try RecordingStore(plan, heads: encoders.map { $0.settle() }, .folder)
    var change = RecordingChange(files: [])
    for leg in Leg.allCases {
      for span in spans[leg] ?? [] { change.note(LedgerMark(leg, span.kind, start: span.start, skipped: span.skipped)) }
    }
    var block = [Int16](repeating: 0, count: plan.rate.samples(in: Self.stepSeconds) * plan.channels)
    while !store.hasFailed {
      let count = try sound.readFrames(into: &block)
      guard count > 0 else { break }
      for encoder in encoders { encoder.write(block.span.extracting(first: count * plan.channels)) }
      change.files = encoders.map { $0.settle() }
      store.apply(change)
      change = RecordingChange(files: [])
    }
    change.files = encoders.map { $0.finish() }
    store.apply(change)
    return store.close(ending)
  }

  private func spans(_ manifest: String) throws(FileError) -> [Leg: [Manifest.Span]] {
    let bytes = try DiskFile(manifest, .reading).allBytes()
    guard let json = try? JSON(utf8: bytes), let manifest = Manifest(json) else {
      throw FileError(manifest, "is no manifest of Reel's")
    }
    return manifest.spans
  }
}
