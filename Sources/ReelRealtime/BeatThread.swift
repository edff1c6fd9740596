internal import Glibc
internal import Synchronization

/// What a thread does at each beat.
package protocol Beating: AnyObject, Sendable {
  /// Does what there is to do and returns; `deadline` is the clock's time of the next beat.
  func beat(deadline: MonotonicTime)
}

/// A moment of the clock that only goes forward, in nanoseconds.
package struct MonotonicTime: Hashable, Sendable, Comparable {
  package var nanoseconds: Int64

  package init(nanoseconds: Int64) {
    self.nanoseconds = nanoseconds
  }

  /// This moment.
  package static func now() -> MonotonicTime {
    var time = timespec()
    // Sound: the system fills a value of ours.
    unsafe clock_gettime(CLOCK_MONOTONIC, &time)
    return MonotonicTime(nanoseconds: Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec))
  }

  /// A moment that never comes.
  package static let never = MonotonicTime(nanoseconds: .max)

  /// The moment so many seconds later. Endlessly is 30 years; what is no number, or less than 0, is no time.
  package func advanced(bySeconds seconds: Double) -> MonotonicTime {
    let seconds = seconds.isNaN ? 0 : min(max(seconds, 0), 1e9)
    return MonotonicTime(nanoseconds: nanoseconds + Int64(seconds * 1e9))
  }

  /// The time from an earlier moment to this one.
  package func seconds(since start: MonotonicTime) -> Double {
    Double(nanoseconds - start.nanoseconds) / 1e9
  }

  package static func < (a: MonotonicTime, b: MonotonicTime) -> Bool { a.nanoseconds < b.nanoseconds }
}

/// A thread of its own that wakes on a fixed beat, counted from its start and not from its last waking. A beat that
/// takes longer than its time costs the beats it ran over, and no more.
///
/// Signals go to other threads: a write beyond a file's limit is an error here, and never a death.
package final class BeatThread: Sendable {
  private let shared: Shared
  private let handle: pthread_t

  /// What the thread itself holds on to.
  private final class Shared: Sendable {
    let name: String
    let every: Int64
    let niceness: Int32
    let work: any Beating
    let isStopping = Atomic<Bool>(false)

    init(_ name: String, every: Int64, niceness: Int32, _ work: any Beating) {
      self.name = name
      self.every = every
      self.niceness = niceness
      self.work = work
    }
  }

  /// Starts the thread. `name` is what the system's lists show, 15 bytes at most; a niceness above 0 makes it give way
  /// to others.
  package init(_ name: String, everySeconds: Double, niceness: Int32 = 0, _ work: any Beating) {
    shared = Shared(name, every: Int64(everySeconds * 1e9), niceness: niceness, work)
    var handle = pthread_t()
    // Sound: the thread gets a reference that it alone lets go of, and a function that captures nothing.
    let failure = unsafe pthread_create(
      &handle, nil,
      { argument in
        let shared = unsafe Unmanaged<Shared>.fromOpaque(argument!).takeRetainedValue()
        BeatThread.run(shared)
        return nil
      }, Unmanaged.passRetained(shared).toOpaque())
    precondition(failure == 0, "the system gives no thread: error \(failure)")
    self.handle = handle
  }

  /// Lets the beat in progress end and one more follow.
  package func requestStop() {
    shared.isStopping.store(true, ordering: .releasing)
  }

  /// Does that and waits for it, unless told not to. Comes once.
  package func stop(waiting: Bool = true) {
    requestStop()
    if waiting { pthread_join(handle, nil) } else { pthread_detach(handle) }
  }

  private static func run(_ shared: Shared) {
    var signals = sigset_t()
    // Sound: the system's calls take values of ours for the time of the call.
    unsafe sigfillset(&signals)
    unsafe pthread_sigmask(SIG_BLOCK, &signals, nil)
    setName(shared.name)
    // On Linux a thread has a niceness of its own. A refusal changes nothing that matters.
    if shared.niceness > 0 { setpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0, shared.niceness) }
    var next = MonotonicTime.now()
    while true {
      let isLast = shared.isStopping.load(ordering: .acquiring)
      next.nanoseconds += shared.every
      shared.work.beat(deadline: next)
      if isLast { return }
      let late = MonotonicTime.now().nanoseconds - next.nanoseconds
      if late > 0 { next.nanoseconds += late / shared.every * shared.every }
      sleep(until: next)
    }
  }

  /// For the system's lists of threads; where it can't be, they go without.
  private static func setName(_ name: String) {
    let file = unsafe open("/proc/thread-self/comm", O_WRONLY | O_CLOEXEC)
    guard file >= 0 else { return }
    // Sound: the string outlives the call.
    _ = unsafe write(file, name, name.utf8.count)
    close(file)
  }

  private static func sleep(until moment: MonotonicTime) {
    var time = timespec(
      tv_sec: Int(moment.nanoseconds / 1_000_000_000), tv_nsec: Int(moment.nanoseconds % 1_000_000_000))
    while unsafe clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &time, nil) == EINTR {}
  }
}
