internal import ReelCore
internal import ReelFiles
internal import ReelRealtime

/// The courier's work, round by round: go on with what is in flight, note what came of it, send what is due, wait.
final class CourierRounds {
  /// An event on its way.
  struct Flight {
    let event: OutboxEvent
    let receiver: String
    var redirects = 0
  }

  /// What came of an event, until the catalogue knows.
  enum Verdict {
    case delivered(status: Int)
    case failed(status: Int?, reason: String, retryAt: WallTime)
    case givenUp(status: Int?, reason: String)
  }

  private let catalogue: Catalogue
  let settings: CourierSettings
  let log: Log
  private let orders: Guarded<CourierOrders>
  let counts: CourierCounts

  private var group: TransferGroup?
  var flights: [Int64: Flight] = [:]
  /// They count as in flight until they are noted, so that nothing goes out twice while the catalogue is busy.
  var verdicts: [Int64: (verdict: Verdict, at: WallTime)] = [:]
  /// Receivers whose last answer was a failure.
  private var failing: Set<String> = []
  /// More would be remembered for nothing: they begin anew with a clean name.
  private static let mostFailing = 4_096

  private var mustLook = true
  private var nextLook = MonotonicTime.now()
  private var noLookBefore = MonotonicTime.now()
  private var nextNote = MonotonicTime.now()
  private var nextCount = MonotonicTime.now()
  private var end: MonotonicTime?
  /// After the catalogue could not be used. It has waited for others by itself before it said so.
  private static let troublePauseSeconds = 1.0
  private static let countSeconds = 1.0

  private init(
    _ catalogue: Catalogue, _ settings: CourierSettings, _ log: Log, _ orders: Guarded<CourierOrders>,
    _ counts: CourierCounts
  ) {
    self.catalogue = catalogue
    self.settings = settings
    self.log = log
    self.orders = orders
    self.counts = counts
  }

  /// Returns when the orders say so.
  static func run(
    _ path: String, _ settings: CourierSettings, _ log: Log, _ orders: Guarded<CourierOrders>, _ counts: CourierCounts
  ) {
    while orders.withLock({ $0.end.map { MonotonicTime.now() < $0 } ?? true }) {
      do {
        let catalogue = try Catalogue(path)
        return CourierRounds(catalogue, settings, log, orders, counts).goOn()
      } catch {
        log.note("courier_without_catalogue", .error, .init("error", .string("\(error)")))
        let again = MonotonicTime.now().advanced(bySeconds: troublePauseSeconds)
        orders.wait(until: { $0.end != nil }, orBy: again) { _ in }
      }
    }
  }

  private func goOn() {
    while true {
      for (sequence, outcome) in group?.advance() ?? [] { land(sequence, outcome) }
      noteVerdicts()
      let now = MonotonicTime.now()
      if now >= (mustLook ? noLookBefore : nextLook) { look() }
      if isOver { break }
      rest()
    }
    nextNote = .now()
    noteVerdicts()
    orders.withLock { $0.group = nil }
  }

  private var isOver: Bool {
    guard let end else { return false }
    return MonotonicTime.now() >= end || (flights.isEmpty && verdicts.isEmpty && !mustLook)
  }

  private func rest() {
    let now = MonotonicTime.now()
    var until = min(nextLook, end ?? nextLook)
    if !verdicts.isEmpty { until = min(until, nextNote) }
    if flights.isEmpty || group == nil {
      orders.wait(until: { $0.isCalled || $0.end != self.end }, orBy: until) { _ in }
    } else {
      let isCalled = orders.withLock { $0.isCalled }
      // A part of a millisecond would be a wait for nothing, over and over.
      if !isCalled { group?.wait(milliseconds: Int((max(0, until.seconds(since: now)) * 1_000).rounded(.up))) }
    }
    orders.withLock { orders in
      if orders.isCalled { mustLook = true }
      orders.isCalled = false
      end = orders.end
    }
  }

  // MARK: What is due

  private func look() {
    let room = settings.places - flights.count - verdicts.count
    let now = MonotonicTime.now()
    nextLook = now.advanced(bySeconds: settings.lookSeconds)
    guard room > 0 else { return }
    do {
      let time = WallTime.now()
      let inFlight = Set(flights.keys).union(verdicts.keys)
      let due = try catalogue.dueEvents(at: time, besides: inFlight, limit: room) { receiver in
        failing.contains(receiver) ? 1 : settings.placesPerReceiver
      }
      for event in due { send(event) }
      mustLook = false
      if let next = try catalogue.nextDue(after: time) {
        nextLook = min(nextLook, now.advanced(bySeconds: Double(next.microseconds - time.microseconds) / 1e6))
      }
      if now >= nextCount {
        nextCount = now.advanced(bySeconds: Self.countSeconds)
        counts.pending.set(try catalogue.pendingEvents())
      }
    } catch {
      trouble(error)
      // A look that failed says nothing of what is due, so one must come, but not at once.
      nextLook = MonotonicTime.now().advanced(bySeconds: Self.troublePauseSeconds)
      noLookBefore = nextLook
    }
  }

  private func trouble(_ error: any Error) {
    log.note("courier_catalogue_trouble", .warning, .init("error", .string("\(error)")))
  }

  // MARK: What came of it

  /// Remembers what came of an event, until it is noted.
  func settle(_ flight: Flight, _ verdict: Verdict, at: WallTime) {
    verdicts[flight.event.sequence] = (verdict, at)
    flights[flight.event.sequence] = nil
    if case .delivered = verdict {
      failing.remove(flight.receiver)
    } else {
      if failing.count >= Self.mostFailing { failing = [] }
      failing.insert(flight.receiver)
    }
  }

  /// All of them in one transaction. Where that can't be they wait, and with them what follows in their lines.
  private func noteVerdicts() {
    guard !verdicts.isEmpty, MonotonicTime.now() >= nextNote else { return }
    do {
      try catalogue.transaction {
        for (sequence, (verdict, at)) in verdicts { try note(sequence, verdict, at) }
      }
    } catch {
      trouble(error)
      nextNote = MonotonicTime.now().advanced(bySeconds: Self.troublePauseSeconds)
      return
    }
    for (verdict, _) in verdicts.values { count(verdict) }
    verdicts = [:]
    mustLook = true
  }

  private func note(_ sequence: Int64, _ verdict: Verdict, _ at: WallTime) throws {
    switch verdict {
    case .delivered(let status): try catalogue.noteDelivered(sequence, status: status, at: at)
    case .failed(let status, let reason, let retryAt):
      try catalogue.noteFailed(sequence, status: status, reason: reason, at: at, retryAt: retryAt)
    case .givenUp(let status, let reason):
      try catalogue.noteGivenUp(sequence, status: status, reason: reason, at: at)
    }
  }

  private func count(_ verdict: Verdict) {
    if case .delivered = verdict { counts.delivered.add(1) } else { counts.failedAttempts.add(1) }
    if case .givenUp = verdict { counts.givenUp.add(1) }
    if case .failed = verdict { return }
    counts.pending.set(max(0, counts.pending.value - 1))
  }

  // MARK: Transfers

  /// Begins a transfer of an event that is in flight.
  func begin(_ transfer: Transfer, _ sequence: Int64) throws(ServiceRefusal) {
    let group = try theGroup()
    guard group.add(transfer, name: sequence) else { throw ServiceRefusal(.failed, "no memory for a transfer") }
  }

  private func theGroup() throws(ServiceRefusal) -> TransferGroup {
    if let group { return group }
    let made = try TransferGroup(connections: settings.places)
    orders.withLock { $0.group = made }
    group = made
    return made
  }
}
