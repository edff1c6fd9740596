internal import ReelFiles
internal import ReelRealtime

/// One recording's files on their way from the worker over the writer to the keeper.
///
/// The store is the writer's, and then the keeper's: each hands it on by its mailbox and does not touch it again, so it
/// is never on two threads at once. What the worker may ask is in tallies.
final class FilePort: @unchecked Sendable {
  // First what the worker asks at every step.
  private let applied = Count()
  private let failed = Count()
  let plan: RecordingPlan
  private var store: RecordingStore?
  private var failure: FileError?

  private let tellOwner: @Sendable (ClosedRecording, RecordingEnding) -> Void

  init(_ plan: RecordingPlan, tellOwner: @escaping @Sendable (ClosedRecording, RecordingEnding) -> Void) {
    self.plan = plan
    self.tellOwner = tellOwner
  }

  /// How many changes the writer is done with. Any thread may ask.
  var changesApplied: Int { applied.value }
  /// Whether nothing can be written any more. Any thread may ask.
  var hasFailed: Bool { failed.value > 0 }

  // MARK: The writer's

  func make(_ heads: [FileChange]) {
    do {
      store = try RecordingStore(plan, heads: heads, .folder)
    } catch {
      failure = error
      failed.increase()
    }
  }

  func apply(_ change: RecordingChange) {
    store?.apply(change)
    if store?.hasFailed == true { failed.increase() }
    applied.increase()
  }

  // MARK: The keeper's

  func seal(_ ending: RecordingEnding) {
    store?.seal(ending)
  }

  /// Ends it, and tells its owner. `isSynced` says whether what was sealed is on the disk.
  func finish(_ ending: RecordingEnding, isSynced: Bool) {
    guard let store else {
      let failure = failure ?? FileError(plan.renditions[0].path, "was never made")
      return tellOwner(ClosedRecording(failing: failure, paths: []), ending)
    }
    self.store = nil
    tellOwner(store.finish(isSynced: isSynced), ending)
  }
}
