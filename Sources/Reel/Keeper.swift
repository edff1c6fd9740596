internal import ReelFiles
package import ReelRealtime

/// A recording that all was written of, to be closed.
struct KeeperJob: Sendable {
  let port: FilePort
  let ending: RecordingEnding
}

/// Closes recordings: seals, syncs, hashes, renames, and writes the manifest. Off the live path and of low priority,
/// for it reads whole files.
package final class Keeper: Beating {
  let jobs = Mailbox<KeeperJob>()

  package func beat(deadline: MonotonicTime) {
    for job in jobs.take() { job.port.close(job.ending) }
  }
}
