internal import ReelRealtime

/// The thread of a host's or a client's core, which is told once to end.
final class WebThread: Sendable {
  private let thread: Guarded<WorkThread?>

  /// Nil where the system gives none.
  init?(_ name: String, _ body: @escaping @Sendable () -> Void) {
    guard let thread = WorkThread(name, body) else { return nil }
    self.thread = Guarded(thread)
  }

  /// Tells it to end, and returns when it has. A second time it does nothing. Never from the thread itself.
  func end(_ tell: () -> Void) {
    let thread = thread.withLock { thread in
      defer { thread = nil }
      return thread
    }
    guard let thread else { return }
    tell()
    thread.join()
  }
}
