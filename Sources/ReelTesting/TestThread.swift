internal import ReelRealtime

/// A thread of the system's, for tests that need one that is nobody's task.
package final class TestThread: Sendable {
  private let thread: WorkThread

  /// Starts it.
  package init(_ body: @escaping @Sendable () -> Void) {
    guard let thread = WorkThread("reel-test", body) else { preconditionFailure("the system gives no thread") }
    self.thread = thread
  }

  /// Waits for its end. Comes once.
  package func join() {
    thread.join()
  }
}
