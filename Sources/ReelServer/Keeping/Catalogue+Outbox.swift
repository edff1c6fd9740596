internal import ReelCore
package import ReelFiles

/// The outbox. What goes to one address about one recording is a line: it goes out strictly in order, and of each line
/// only the head is ever due.
extension Catalogue {
  /// Puts an event at the end of its line. Its recording must be there.
  package func enqueue(recordingID: String, url: String, body: String, at: WallTime) throws -> OutboxEvent {
    try transaction {
      let line = try line(recordingID: recordingID, url: url)
      let id = UUIDText.random()
      try database.run(
        """
        INSERT INTO event (id, line, body, state, created_at, pending_since, due_at, attempts)
        VALUES (?, ?, ?, 'pending', ?, ?, ?, 0)
        """, [.text(id), .integer(line), .text(body), .time(at), .time(at), .time(at)])
      let sequence = database.lastRow
      // Behind others that wait it changes nothing.
      if try database.number("SELECT head FROM line WHERE id = ?", [.integer(line)]) == nil { try settle(line) }
      return OutboxEvent(
        sequence: sequence, id: id, recordingID: recordingID, url: url, body: body, createdAt: at, pendingSince: at,
        attempts: 0)
    }
  }

  private func line(recordingID: String, url: String) throws -> Int64 {
    let names: [SQLValue] = [.text(recordingID), .text(url)]
    if let line = try database.number("SELECT id FROM line WHERE recording_id = ? AND url = ?", names) { return line }
    let receiver = WebAddress.receiver(of: url)
    try database.run("INSERT INTO receiver (name) VALUES (?) ON CONFLICT DO NOTHING", [.text(receiver)])
    try database.run(
      "INSERT INTO line (recording_id, url, receiver) SELECT ?, ?, id FROM receiver WHERE name = ?",
      names + [.text(receiver)])
    return database.lastRow
  }

  /// Brings a line's head, and when its receiver is next to hear something, up to what its events say.
  private func settle(_ line: Int64) throws {
    try database.run(
      """
      UPDATE line SET (head, due_at) = (
        SELECT sequence, due_at FROM event WHERE line = ?1 AND state = 'pending' ORDER BY sequence LIMIT 1
      ) WHERE id = ?1
      """, [.integer(line)])
    try database.run(
      """
      UPDATE receiver SET next_due = (
        SELECT min(due_at) FROM line WHERE line.receiver = receiver.id AND due_at IS NOT NULL
      ) WHERE id = (SELECT receiver FROM line WHERE id = ?)
      """, [.integer(line)])
  }

  // MARK: What became of an event

  package func noteDelivered(_ sequence: Int64, status: Int, at: WallTime) throws {
    try note(
      sequence, "state = 'delivered', last_status = ?, last_error = NULL, tried_at = ?, ended_at = ?",
      [.count(status), .time(at), .time(at)])
  }

  /// It waits, with all that follows it, until it is tried again.
  package func noteFailed(
    _ sequence: Int64, status: Int? = nil, reason: String, at: WallTime = .now(), retryAt: WallTime
  ) throws {
    try note(
      sequence, "last_status = ?, last_error = ?, tried_at = ?, due_at = ?",
      [.count(status), .text(reason), .time(at), .time(retryAt)])
  }

  /// It is tried no more. What follows in its line goes on.
  package func noteGivenUp(_ sequence: Int64, status: Int? = nil, reason: String, at: WallTime) throws {
    try note(
      sequence, "state = 'given_up', last_status = ?, last_error = ?, tried_at = ?, ended_at = ?",
      [.count(status), .text(reason), .time(at), .time(at)])
  }

  private func note(_ sequence: Int64, _ changes: String, _ values: [SQLValue]) throws {
    try transaction {
      try database.run(
        "UPDATE event SET \(changes), attempts = attempts + 1 WHERE sequence = ?", values + [.integer(sequence)])
      guard let line = try database.number("SELECT line FROM event WHERE sequence = ?", [.integer(sequence)]) else {
        return
      }
      try settle(line)
    }
  }

  /// Makes an event, or all that are left of a recording, pending again, in the order that they had; gives how many.
  package func replay(_ id: String, at: WallTime = .now()) throws -> Int {
    try transaction {
      let lines = try database.rows(
        """
        SELECT DISTINCT line FROM event WHERE id = ?1
        UNION SELECT id FROM line WHERE recording_id = ?1
        """, [.text(id)]
      ) { (row) throws(CatalogueError) in row.integer() ?? 0 }
      try database.run(
        """
        UPDATE event SET state = 'pending', attempts = 0, pending_since = ?2, due_at = ?2, last_status = NULL,
          last_error = NULL, ended_at = NULL
        WHERE id = ?1 OR line IN (SELECT id FROM line WHERE recording_id = ?1)
        """, [.text(id), .time(at)])
      let count = database.changes
      for line in lines { try settle(line) }
      return count
    }
  }

  /// Forgets events that were delivered or given up before a moment, and audit entries from before another. They go by
  /// the thousand, so that others who write need not wait long.
  package func prune(deliveredBefore: WallTime, auditBefore: WallTime? = nil) throws {
    while try pruneSome(before: deliveredBefore) == Self.mostPrunedAtOnce {}
    guard let auditBefore else { return }
    try database.run("DELETE FROM audit WHERE at < ?", [.time(auditBefore)])
  }

  /// Some 10 ms of work.
  private static let mostPrunedAtOnce = 2_000

  /// How long a delivered event can be replayed, unless the service is told otherwise.
  package static let replayableDays = 30.0

  private func pruneSome(before: WallTime) throws -> Int {
    try transaction {
      let lines = try database.rows(
        """
        DELETE FROM event WHERE sequence IN (
          SELECT sequence FROM event WHERE state <> 'pending' AND ended_at < ? ORDER BY ended_at LIMIT ?
        ) RETURNING line
        """, [.time(before), .count(Self.mostPrunedAtOnce)]
      ) { (row) throws(CatalogueError) in row.integer() ?? 0 }
      for line in Set(lines) {
        try database.run(
          "DELETE FROM line WHERE id = ?1 AND NOT EXISTS (SELECT 1 FROM event WHERE line = ?1)", [.integer(line)])
      }
      if !lines.isEmpty {
        try database.run(
          "DELETE FROM receiver WHERE NOT EXISTS (SELECT 1 FROM line WHERE line.receiver = receiver.id)")
      }
      return lines.count
    }
  }
}
