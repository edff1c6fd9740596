internal import Glibc

/// A value that one thread at a time may touch. Whoever waits for it waits for the time of a few lines: it is never for
/// media threads.
///
///     let messages = Guarded<[Int]>([])
///     messages.withLock { $0.append(1) }
///
/// The wall round the system's mutex, which the thread sanitizer understands where it does not see into Swift's own.
/// Made and freed here, never moved; the value is touched by the mutex's holder alone.
@safe package final class Guarded<Value>: @unchecked Sendable {
  private let mutex: UnsafeMutablePointer<pthread_mutex_t>
  private var value: Value

  package init(_ value: sending Value) {
    self.value = value
    unsafe mutex = .allocate(capacity: 1)
    unsafe mutex.initialize(to: pthread_mutex_t())
    let failure = unsafe pthread_mutex_init(mutex, nil)
    precondition(failure == 0, "the system gives no mutex: error \(failure)")
  }

  deinit {
    unsafe pthread_mutex_destroy(mutex)
    unsafe mutex.deallocate()
  }

  package func withLock<Result, Failure: Error>(_ body: (inout Value) throws(Failure) -> Result) throws(Failure)
    -> Result
  {
    unsafe pthread_mutex_lock(mutex)
    defer { unsafe pthread_mutex_unlock(mutex) }
    return try body(&value)
  }
}
