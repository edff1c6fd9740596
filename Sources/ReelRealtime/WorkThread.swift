internal import Glibc

/// A thread of the system's own that does one thing and ends.
///
/// Signals go to other threads: a write beyond a file's limit is an error here, and never a death.
package final class WorkThread: Sendable {
  private let handle: pthread_t

  private final class Work: Sendable {
    let name: String
    let body: @Sendable () -> Void

    init(_ name: String, _ body: @escaping @Sendable () -> Void) {
      self.name = name
      self.body = body
    }
  }

  /// Starts it; nil where the system gives no more threads. `name` is what the system's lists show, 15 bytes at most.
  package init?(_ name: String, _ body: @escaping @Sendable () -> Void) {
    var handle = pthread_t()
    let work = unsafe Unmanaged.passRetained(Work(name, body))
    // Sound: the thread gets a reference that it alone lets go of, and a function that captures nothing.
    let failure = unsafe pthread_create(
      &handle, nil,
      { argument in
        let work = unsafe Unmanaged<Work>.fromOpaque(argument!).takeRetainedValue()
        WorkThread.blockSignals()
        WorkThread.setName(work.name)
        work.body()
        return nil
      }, work.toOpaque())
    guard failure == 0 else {
      unsafe work.release()
      return nil
    }
    self.handle = handle
  }

  /// Waits for its end. Either this or ``detach()`` comes, and once.
  package func join() {
    pthread_join(handle, nil)
  }

  /// Lets it end by itself.
  package func detach() {
    pthread_detach(handle)
  }

  /// Whether it is what runs this.
  package var isCurrent: Bool { pthread_equal(pthread_self(), handle) != 0 }

  private static func blockSignals() {
    var signals = sigset_t()
    // Sound: the system's calls take values of ours for the time of the call.
    unsafe sigfillset(&signals)
    unsafe pthread_sigmask(SIG_BLOCK, &signals, nil)
  }

  /// For the system's lists of threads; where it can't be, they go without.
  private static func setName(_ name: String) {
    let file = unsafe open("/proc/thread-self/comm", O_WRONLY | O_CLOEXEC)
    guard file >= 0 else { return }
    // Sound: the string outlives the call.
    _ = unsafe write(file, name, name.utf8.count)
    close(file)
  }
}

/// Threads that share one piece of work.
///
///     let next = Tally(-1)
///     Crew.run(4) { while case let index = next.add(1), index < files.count { convert(files[index]) } }
package enum Crew {
  /// Calls `body` on so many threads at once, of which the caller's is one, and returns when all have. Where the system
  /// gives fewer threads there are fewer: so each takes of the work that is left, and none has a share of its own.
  package static func run(_ count: Int, _ body: @escaping @Sendable () -> Void) {
    let others = (1..<max(1, count)).compactMap { _ in WorkThread("reel-crew", body) }
    body()
    for other in others { other.join() }
  }
}
