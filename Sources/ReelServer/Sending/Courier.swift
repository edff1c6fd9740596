internal import ReelFiles
package import ReelRealtime

/// Takes the events of the catalogue's outbox to their receivers, on a thread of its own.
///
///     let courier = try Courier("reel.db", CourierSettings(secret: secret), log)
///     courier.wake()                               // after a commit that put events into the outbox
///     courier.stop(drainingUntil: .now().advanced(bySeconds: 5))
///
/// The events of one recording that go to one address are sent one after the other, in order: one that fails is tried
/// again after growing pauses, and those behind it wait, until it is delivered or given up. Other lines go on
/// meanwhile. Each event arrives at least once: it is marked after it was delivered, so a crash in between sends it
/// again, with the same id.
package final class Courier: Sendable {
  private let orders = Guarded(CourierOrders())
  private let counts = CourierCounts()
  private let thread: Guarded<WorkThread?>

  /// Starts it on a catalogue, whose file is opened once more.
  package init(_ path: String, _ settings: CourierSettings, _ log: Log) throws {
    // Whoever starts it shall hear what is wrong with the file.
    _ = try Catalogue(path)
    let (orders, counts) = (orders, counts)
    let started = WorkThread("reel-courier") {
      CourierRounds.run(path, settings, log, orders, counts)
    }
    guard let started else { throw ServiceRefusal(.unavailable, "the system gives no thread for events") }
    thread = Guarded(started)
  }

  deinit {
    stop(drainingUntil: .now())
  }

  /// Says that events were put into the outbox, and committed. Any thread may; it does not wait.
  package func wake() {
    orders.withLock { $0.call() }
  }

  /// Sends what is due, until nothing is left of it or the moment has come; returns when the thread has ended. What was
  /// not delivered stays in the outbox. A second call does nothing.
  package func stop(drainingUntil end: MonotonicTime) {
    orders.withLock { orders in
      orders.end = min(orders.end ?? end, end)
      orders.call()
    }
    let thread = thread.withLock { thread in
      defer { thread = nil }
      return thread
    }
    thread?.join()
  }

  /// Events that were neither delivered nor given up, as of the last second.
  package var pending: Int { counts.pending.value }
  /// Since the start, as are the others.
  package var delivered: Int { counts.delivered.value }
  package var failedAttempts: Int { counts.failedAttempts.value }
  package var givenUp: Int { counts.givenUp.value }

  /// Refuses, when a recording is asked for, the address that none of its events could ever be sent to.
  package static func check(url: String) throws(ServiceRefusal) {
    _ = try WebAddress(url)
  }
}

/// What others tell the courier's thread.
struct CourierOrders: Sendable {
  /// Whether somebody called since the thread looked last.
  var isCalled = false
  /// When it is to be through; nil as long as it is to go on.
  var end: MonotonicTime?
  /// What it waits for instead, while anything is in flight.
  var group: TransferGroup?

  mutating func call() {
    isCalled = true
    group?.wake()
  }
}

/// What the courier's thread tells others.
final class CourierCounts: Sendable {
  let pending = Tally()
  let delivered = Tally()
  let failedAttempts = Tally()
  let givenUp = Tally()
}
