internal import Glibc

/// A value that one thread at a time may touch, and whose changes others may wait for. Whoever wants it waits for the
/// time of a few lines: it is never for media threads.
///
///     let done = Guarded(0)
///     done.withLock { $0 += 1 }                         // on one thread
///     done.wait(until: { $0 == 4 }) { $0 = 0 }          // on another
///
/// The wall round the system's mutex, which the thread sanitizer understands where it does not see into Swift's own.
/// Made and freed here, never moved; the value is touched by the mutex's holder alone.
@safe package final class Guarded<Value>: @unchecked Sendable {
  private let mutex: UnsafeMutablePointer<pthread_mutex_t>
  private let change: UnsafeMutablePointer<pthread_cond_t>
  private var value: Value

  package init(_ value: sending Value) {
    self.value = value
    unsafe mutex = .allocate(capacity: 1)
    unsafe mutex.initialize(to: pthread_mutex_t())
    unsafe change = .allocate(capacity: 1)
    unsafe change.initialize(to: pthread_cond_t())
    var attributes = pthread_condattr_t()
    unsafe pthread_condattr_init(&attributes)
    // Waits end by the clock that only goes forward.
    unsafe pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
    let failure = unsafe pthread_mutex_init(mutex, nil) | pthread_cond_init(change, &attributes)
    unsafe pthread_condattr_destroy(&attributes)
    precondition(failure == 0, "the system gives no mutex: error \(failure)")
  }

  deinit {
    unsafe pthread_cond_destroy(change)
    unsafe pthread_mutex_destroy(mutex)
    unsafe change.deallocate()
    unsafe mutex.deallocate()
  }

  package func withLock<Result, Failure: Error>(_ body: (inout Value) throws(Failure) -> Result) throws(Failure)
    -> Result
  {
    try wait(until: { _ in true }, body)
  }

  /// Waits until the value is as `condition` says, which is asked whenever somebody had it.
  package func wait<Result, Failure: Error>(
    until condition: (Value) -> Bool, _ body: (inout Value) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try wait(until: condition, orBy: .never, body)
  }

  /// The same, but no longer than to a moment: then the value is as it is.
  package func wait<Result, Failure: Error>(
    until condition: (Value) -> Bool, orBy end: MonotonicTime, _ body: (inout Value) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    unsafe pthread_mutex_lock(mutex)
    defer {
      // Where nobody waits this is the look at one number.
      unsafe pthread_cond_broadcast(change)
      unsafe pthread_mutex_unlock(mutex)
    }
    while !condition(value) && waitForChange(until: end) {}
    return try body(&value)
  }

  /// Whether somebody had the value before the moment came.
  private func waitForChange(until end: MonotonicTime) -> Bool {
    guard end != .never else { return unsafe pthread_cond_wait(change, mutex) == 0 }
    var time = timespec(tv_sec: Int(end.nanoseconds / 1_000_000_000), tv_nsec: Int(end.nanoseconds % 1_000_000_000))
    return unsafe pthread_cond_timedwait(change, mutex, &time) == 0
  }
}
