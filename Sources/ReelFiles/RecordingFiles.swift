internal import ReelAudio
package import ReelCore
internal import ReelRealtime

/// Writes what a recorder makes to files, on the recorder's own thread.
///
///     let plan = try RecordingPlan(identity, rate: rate, [Rendition("a.wav", .wav(), .stereo), …])
///     var files = try RecordingFiles(plan)
///     recorder.begin(to: &files)
///     …                                          // if files.hasFailed { recorder.stop(.failed, to: &files) }
///     let closed = files.close()
///
/// What was written up to a quarter of a second ago is in the files and can be played, whatever happens to the process;
/// what was written up to a second before that is on the disk, whatever happens to the machine.
///
/// A file that grows beyond what the process may write brings the signal SIGXFSZ: let the process ignore it, so that it
/// becomes an error like any other.
package final class RecordingFiles: RecordingSink {
  private let plan: RecordingPlan
  private let encoders: [RenditionEncoder]
  private let store: RecordingStore
  private let settleSamples: Int
  private var change: RecordingChange
  private var written = 0
  private var settled = 0
  private var lastSync = MonotonicTime.now()
  private var ended: (reason: EndReason, sums: TimelineSums)?

  /// How much of the timeline may be in memory only. The encoders keep up to two frames more, 260 ms in the worst case,
  /// AAC at 8 kHz; so less than a second is at stake.
  package static let settleSeconds = 0.25
  /// How often, at most, the disk is made to take what it was given.
  package static let syncSeconds = 1.0

  package init(_ plan: RecordingPlan) throws(FileError) {
    self.plan = plan
    var encoders: [RenditionEncoder] = []
    for rendition in plan.renditions { encoders.append(try RenditionEncoder(rendition, plan)) }
    self.encoders = encoders
    store = try RecordingStore(plan, heads: encoders.map { $0.settle() }, .itself)
    settleSamples = plan.rate.samples(in: Self.settleSeconds)
    change = RecordingChange(files: [])
  }

  /// Whether nothing can be written any more: the recording should stop.
  package var hasFailed: Bool { store.hasFailed }

  package func write(_ samples: Span<Int16>) {
    for encoder in encoders { encoder.write(samples) }
    written += samples.count / plan.channels
    if written - settled >= settleSamples { settle() }
  }

  package func note(_ mark: LedgerMark) {
    change.note(mark)
  }

  package func tell(_ event: RecorderEvent) {
    if case .ended(let reason, let sums) = event { ended = (reason, sums) }
  }

  /// Closes the files under their final names, once the recorder has ended.
  package func close() -> ClosedRecording {
    writeTheRest()
    return store.close(ending)
  }

  /// The same, if every file is all that it should be. Else it throws, and ``discard()`` is to follow, by which none is
  /// made and none replaced.
  package func closeWhole() throws(FileError) -> ClosedRecording {
    writeTheRest()
    return try store.closeWhole(ending)
  }

  /// Removes what was written, with no trace.
  package func discard() {
    store.discard()
  }

  private var ending: RecordingEnding { RecordingEnding(ended?.reason, samples: written, sums: ended?.sums) }

  private func writeTheRest() {
    change.files = encoders.map { $0.finish() }
    store.apply(change)
  }

  private func settle() {
    settled = written
    change.files = encoders.map { $0.settle() }
    store.apply(change)
    change = RecordingChange(files: [])
    let now = MonotonicTime.now()
    guard now.seconds(since: lastSync) >= Self.syncSeconds else { return }
    lastSync = now
    store.sync()
  }
}
