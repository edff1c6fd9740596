internal import ReelCore
package import ReelFiles

/// Which events go out next, and what is asked about them.
extension Catalogue {
  private static let outboxColumns = """
    event.sequence, event.id, line.recording_id, line.url, event.body, event.created_at, event.pending_since, \
    event.attempts
    """

  private static func readOutbox(_ row: inout DatabaseRow) throws(CatalogueError) -> OutboxEvent {
    OutboxEvent(
      sequence: row.integer() ?? 0, id: row.string(), recordingID: row.string(), url: row.string(), body: row.string(),
      createdAt: row.time(), pendingSince: row.time(), attempts: row.count())
  }

  /// What may be sent now: the heads of lines that are due, none of a line that has something in flight. Each receiver
  /// is given its first before any is given its second, so that none waits behind another's backlog; `room` says how
  /// many a receiver may have at once, those in flight counted.
  ///
  /// It costs as much as there are events in flight and given, however many wait.
  package func dueEvents(
    at: WallTime, besides inFlight: Set<Int64>, limit: Int, room: (_ receiver: String) -> Int = { _ in .max }
  ) throws -> [OutboxEvent] {
    guard limit > 0 else { return [] }
    let busy = try busy(inFlight)
    // Those in flight are due as well, and may be all that is due at their receivers.
    let receivers = try database.rows(
      "SELECT id, name FROM receiver WHERE next_due <= ? ORDER BY next_due, id LIMIT ?",
      [.time(at), .count(limit + inFlight.count)]
    ) { (row) throws(CatalogueError) in (id: row.integer() ?? 0, name: row.string()) }
    var ranked: [(rank: Int, event: OutboxEvent)] = []
    for receiver in receivers {
      let lines = busy.filter { $0.receiver == receiver.id }.map(\.line)
      let most = min(limit, room(receiver.name) - lines.count)
      guard most > 0 else { continue }
      let heads = try heads(of: receiver.id, at: at, limit: most + lines.count)
      for (rank, head) in heads.filter({ !lines.contains($0.line) }).prefix(most).enumerated() {
        ranked.append((rank, head.event))
      }
    }
    // Of equal rank they stay in the order in which their receivers became due.
    let order = ranked.indices.sorted { (ranked[$0].rank, $0) < (ranked[$1].rank, $1) }
    return order.prefix(limit).map { ranked[$0].event }
  }

  private func busy(_ inFlight: Set<Int64>) throws -> [(line: Int64, receiver: Int64)] {
    try inFlight.compactMap { sequence in
      try database.first(
        "SELECT line.id, line.receiver FROM event JOIN line ON line.id = event.line WHERE event.sequence = ?",
        [.integer(sequence)]
      ) { (row) throws(CatalogueError) in (line: row.integer() ?? 0, receiver: row.integer() ?? 0) }
    }
  }

  private func heads(of receiver: Int64, at: WallTime, limit: Int) throws -> [(event: OutboxEvent, line: Int64)] {
    try database.rows(
      """
      SELECT \(Self.outboxColumns), line.id FROM line CROSS JOIN event ON event.sequence = line.head
      WHERE line.receiver = ? AND line.due_at <= ? ORDER BY line.due_at, line.head LIMIT ?
      """, [.integer(receiver), .time(at), .count(limit)]
    ) { (row) throws(CatalogueError) in (event: try Self.readOutbox(&row), line: row.integer() ?? 0) }
  }

  /// When the next head after a moment is due; nil where none waits.
  package func nextDue(after moment: WallTime = WallTime(microseconds: .min)) throws -> WallTime? {
    try database.number("SELECT min(due_at) FROM line WHERE due_at > ?", [.time(moment)])
      .map { WallTime(microseconds: $0) }
  }

  package func pendingEvents() throws -> Int {
    Int(try database.number("SELECT count(*) FROM event WHERE state = 'pending'") ?? 0)
  }

  /// At most so many, newest first, of one recording or of all.
  package func events(recordingID: String?, limit: Int) throws -> [EventRow] {
    let condition = recordingID == nil ? "" : "WHERE line.recording_id = ?"
    return try database.rows(
      """
      SELECT event.sequence, event.id, line.recording_id, line.url, event.body, event.state, event.created_at,
        event.attempts, event.last_status, event.last_error, event.tried_at, event.due_at, event.ended_at
      FROM event JOIN line ON line.id = event.line \(condition) ORDER BY event.sequence DESC LIMIT ?
      """, (recordingID.map { [.text($0)] } ?? []) + [.count(max(0, limit))], Self.readEvent)
  }

  private static func readEvent(_ row: inout DatabaseRow) throws(CatalogueError) -> EventRow {
    var event = EventRow(
      sequence: row.integer() ?? 0, id: row.string(), recordingID: row.string(), url: row.string(),
      body: row.string(), state: try row.word(EventRow.State.self), createdAt: row.time(), attempts: row.count(),
      lastStatus: row.integer().map { Int($0) }, lastError: row.text(), triedAt: row.moment(), dueAt: row.moment(),
      endedAt: row.moment())
    if event.state != .pending { event.dueAt = nil }
    return event
  }
}
