internal import Glibc

/// A thread of the system's, for tests that need one that is nobody's task.
package final class TestThread: Sendable {
  private let handle: pthread_t

  private final class Work: Sendable {
    let body: @Sendable () -> Void

    init(_ body: @escaping @Sendable () -> Void) {
      self.body = body
    }
  }

  /// Starts it.
  package init(_ body: @escaping @Sendable () -> Void) {
    var handle = pthread_t()
    // Sound: the thread gets a reference that it alone lets go of, and a function that captures nothing.
    let failure = unsafe pthread_create(
      &handle, nil,
      { argument in
        unsafe Unmanaged<Work>.fromOpaque(argument!).takeRetainedValue().body()
        return nil
      }, Unmanaged.passRetained(Work(body)).toOpaque())
    precondition(failure == 0)
    self.handle = handle
  }

  /// Waits for its end. Comes once.
  package func join() {
    pthread_join(handle, nil)
  }
}
