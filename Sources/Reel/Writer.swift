internal import Glibc
internal import ReelFiles
package import ReelRealtime

/// What the writer is asked to do.
enum WriterJob: Sendable {
  case make(FilePort, heads: [FileChange])
  case apply(FilePort, RecordingChange)
  case close(FilePort, RecordingEnding)
  /// Nothing, for so many seconds: what a disk that hangs looks like from here.
  case hang(seconds: Double)
}

/// Writes what workers hand over, in order: alone on the live path it touches the disk, and alone it waits for it.
package final class Writer: Beating {
  let jobs = Mailbox<WriterJob>()
  private let keeper: Mailbox<KeeperJob>
  /// How many things it has done.
  package let done = Tally()
  let watch = DiskWatch()

  init(_ keeper: Mailbox<KeeperJob>) {
    self.keeper = keeper
  }

  /// For measuring what a disk that hangs does to everybody else.
  package func hang(seconds: Double) {
    jobs.post(.hang(seconds: seconds))
  }

  package func beat(deadline: MonotonicTime) {
    for job in jobs.take() {
      watch.begin()
      switch job {
      case .make(let port, let heads): port.make(heads)
      case .apply(let port, let change): port.apply(change)
      case .hang(let seconds): usleep(UInt32(seconds * 1e6))
      case .close(let port, let ending): keeper.post(KeeperJob(port: port, ending: ending))
      }
      watch.end()
      done.add(1)
    }
  }
}

/// Knows how long the writer has been at one thing, so that a disk that hangs is seen while it hangs.
final class DiskWatch: Sendable {
  private let began = Tally()
  private let longest = Tally()

  func begin() {
    began.set(Int(MonotonicTime.now().nanoseconds))
  }

  func end() {
    longest.raise(to: waitingNanoseconds)
    began.set(0)
  }

  /// How long the writer has waited for the write in hand; 0 between writes.
  var waitingNanoseconds: Int {
    let since = began.value
    return since == 0 ? 0 : max(0, Int(MonotonicTime.now().nanoseconds) - since)
  }

  var longestNanoseconds: Int { max(longest.value, waitingNanoseconds) }
}

/// Makes the disk take what it was given, once for all files.
///
/// Sound to share: what is not constant is the beat's, which one thread makes.
package final class Syncer: Beating, @unchecked Sendable {
  private let lock: FolderLock
  private let writes: Tally
  private let failures: Tally
  private var synced = 0

  static let everySeconds = 1.0

  init(_ lock: FolderLock, writes: Tally, failures: Tally) {
    self.lock = lock
    self.writes = writes
    self.failures = failures
  }

  package func beat(deadline: MonotonicTime) {
    let count = writes.value
    guard count != synced else { return }
    synced = count
    do { try lock.sync() } catch { failures.add(1) }
  }
}
