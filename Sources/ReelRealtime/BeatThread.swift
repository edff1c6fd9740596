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

  /// Returns when it has come.
  package func wait() {
    var time = timespec(tv_sec: Int(nanoseconds / 1_000_000_000), tv_nsec: Int(nanoseconds % 1_000_000_000))
    // Sound: the system reads a value of ours.
    while unsafe clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &time, nil) == EINTR {}
  }

  /// Asks now and then until it gives something; nil where it gave nothing until this moment. Never for media threads.
  package func poll<Value>(_ look: () -> Value?) -> Value? {
    while true {
      if let value = look() { return value }
      guard MonotonicTime.now() < self else { return nil }
      usleep(Self.pollMicroseconds)
    }
  }

  /// How often is looked whether what is waited for has come.
  package static let pollMicroseconds: UInt32 = 2_000

  package static func < (a: MonotonicTime, b: MonotonicTime) -> Bool { a.nanoseconds < b.nanoseconds }
}

/// A thread of its own that wakes on a fixed beat, counted from its start and not from its last waking. A beat that
/// takes longer than its time costs the beats it ran over, and no more.
package final class BeatThread: Sendable {
  private let shared: Shared
  private let thread: WorkThread

  /// What the thread itself holds on to.
  private final class Shared: Sendable {
    let every: Int64
    let niceness: Int32
    let work: any Beating
    let isStopping = Atomic<Bool>(false)

    init(every: Int64, niceness: Int32, _ work: any Beating) {
      self.every = every
      self.niceness = niceness
      self.work = work
    }
  }

  /// Starts the thread. `name` is what the system's lists show, 15 bytes at most; a niceness above 0 makes it give way
  /// to others.
  package convenience init(_ name: String, everySeconds: Double, niceness: Int32 = 0, _ work: any Beating) {
    self.init(ifGiven: name, everySeconds: everySeconds, niceness: niceness, work)!
  }

  /// The same; nil where the system gives no more threads.
  package init?(ifGiven name: String, everySeconds: Double, niceness: Int32 = 0, _ work: any Beating) {
    let shared = Shared(every: Int64(everySeconds * 1e9), niceness: niceness, work)
    guard let thread = WorkThread(name, { BeatThread.run(shared) }) else { return nil }
    self.shared = shared
    self.thread = thread
  }

  /// Lets the beat in progress end and one more follow.
  package func requestStop() {
    shared.isStopping.store(true, ordering: .releasing)
  }

  /// Does that and waits for it, unless told not to. Comes once.
  package func stop(waiting: Bool = true) {
    requestStop()
    if waiting { thread.join() } else { thread.detach() }
  }

  private static func run(_ shared: Shared) {
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
      next.wait()
    }
  }
}
