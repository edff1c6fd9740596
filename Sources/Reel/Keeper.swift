internal import ReelFiles
package import ReelRealtime

/// A recording that all was written of, to be closed.
struct KeeperJob: Sendable {
  let port: FilePort
  let ending: RecordingEnding
}

/// Closes recordings: seals, hashes, renames, writes the manifest, and syncs once for all that ended together. Off the
/// live path and of low priority, for it reads whole files.
package final class Keeper: Beating {
  let jobs = Mailbox<KeeperJob>()
  private let lock: FolderLock
  private let syncFailures: Tally

  /// How many are closed together at most: the first of them shall not wait for ever.
  private static let mostAtOnce = 200

  init(_ lock: FolderLock, syncFailures: Tally) {
    self.lock = lock
    self.syncFailures = syncFailures
  }

  package func beat(deadline: MonotonicTime) {
    var rest = jobs.take()[...]
    while !rest.isEmpty {
      close(rest.prefix(Self.mostAtOnce))
      rest = rest.dropFirst(Self.mostAtOnce)
    }
  }

  /// From how many on one sync for all is worth it: it waits for everything that anybody wrote.
  private static let fewestToShare = 8

  private func close(_ jobs: ArraySlice<KeeperJob>) {
    for job in jobs { job.port.seal(job.ending) }
    let isSynced = jobs.count >= Self.fewestToShare && sync()
    for job in jobs { job.port.finish(job.ending, isSynced: isSynced) }
  }

  /// Whether all that was written is on the disk. A failure is told to whoever asks first, and does not say of which
  /// file: once there was one, each file is asked for itself.
  private func sync() -> Bool {
    if (try? lock.sync()) == nil { syncFailures.add(1) }
    return syncFailures.value == 0
  }
}
