package import ReelFiles

/// What is kept, for how long, and who did what to it.
extension Catalogue {
  // MARK: The audit log

  package func audit(_ entry: AuditEntry) throws {
    try database.run(
      "INSERT INTO audit (at, action, recording_id, actor, peer, detail) VALUES (?, ?, ?, ?, ?, ?)",
      [
        .time(entry.at), .text(entry.action.rawValue), .text(entry.recordingID), .text(entry.actor), .text(entry.peer),
        .text(entry.detail),
      ])
  }

  /// At most so many, newest first, of one recording or of all.
  package func auditEntries(recordingID: String?, limit: Int) throws -> [AuditEntry] {
    let condition = recordingID == nil ? "" : "WHERE recording_id = ?"
    return try database.rows(
      "SELECT at, action, recording_id, actor, peer, detail FROM audit \(condition) ORDER BY id DESC LIMIT ?",
      (recordingID.map { [.text($0)] } ?? []) + [.count(max(0, limit))]
    ) { (row) throws(CatalogueError) in
      AuditEntry(
        at: row.time(), action: try row.word(AuditEntry.Action.self), recordingID: row.string(), actor: row.string(),
        peer: row.string(), detail: row.string())
    }
  }

  // MARK: Holds

  /// Says whether a recording is held; false where there is none of that name, or where it is deleted or about to be.
  package func setHold(_ recordingID: String, _ isHeld: Bool) throws -> Bool {
    try database.run(
      """
      UPDATE recording SET is_held = ?2 WHERE id = ?1 AND deleted_at IS NULL
        AND NOT EXISTS (SELECT 1 FROM deletion WHERE recording_id = ?1)
      """, [.text(recordingID), .bool(isHeld)])
    return database.changes > 0
  }

  /// The same, with its entry in the audit log, which is made where it was done.
  package func hold(_ recordingID: String, _ isHeld: Bool, actor: String, peer: String = "") throws -> Bool {
    try transaction {
      guard try setHold(recordingID, isHeld) else { return false }
      try audit(
        AuditEntry(
          at: .now(), action: isHeld ? .held : .released, recordingID: recordingID, actor: actor, peer: peer))
      return true
    }
  }

  // MARK: Deletion

  package func markDeleted(_ recordingID: String, reason: String, at: WallTime) throws {
    try database.run(
      "UPDATE recording SET deleted_at = ?, deletion_reason = ?, updated_at = ? WHERE id = ?",
      [.time(at), .text(reason), .time(at), .text(recordingID)])
  }

  /// Says that a recording's files are about to be deleted: whoever comes after a crash goes on from here.
  func begin(_ deletion: Deletion) throws {
    try database.run(
      """
      INSERT INTO deletion (recording_id, reason, actor, peer, begun_at) VALUES (?, ?, ?, ?, ?)
      ON CONFLICT DO NOTHING
      """,
      [
        .text(deletion.recordingID), .text(deletion.reason), .text(deletion.actor), .text(deletion.peer),
        .time(deletion.begunAt),
      ])
  }

  /// Those that were begun and not ended, of one recording or of all, oldest first.
  func deletions(of recordingID: String? = nil) throws -> [Deletion] {
    let condition = recordingID == nil ? "" : "WHERE recording_id = ?"
    return try database.rows(
      """
      SELECT recording_id, reason, actor, peer, begun_at FROM deletion \(condition)
      ORDER BY begun_at, recording_id
      """, recordingID.map { [.text($0)] } ?? []
    ) { (row) throws(CatalogueError) in
      Deletion(
        recordingID: row.string(), reason: row.string(), actor: row.string(), peer: row.string(), begunAt: row.time())
    }
  }

  /// Takes a deletion back; gives whether it was still there, and not ended by another process.
  func remove(_ deletion: Deletion) throws -> Bool {
    try database.run("DELETE FROM deletion WHERE recording_id = ?", [.text(deletion.recordingID)])
    return database.changes > 0
  }

  /// Whose files may go at a moment, and by which rule: ended, not held and not deleted. The first rule that a
  /// recording is under names it.
  package func expired(_ rules: [RetentionRule], at: WallTime) throws -> [(recording: RecordingRow, why: String)] {
    var found: [(recording: RecordingRow, why: String)] = []
    var known: Set<String> = []
    for rule in rules {
      var condition =
        "state IN ('finished', 'no_input', 'error') AND is_held = 0 AND deleted_at IS NULL "
        + "AND coalesce(ended_at, updated_at) <= ?"
      var values: [SQLValue] = [.time(rule.latestEnd(at: at))]
      for (column, value) in [("project_id", rule.projectID), ("tag", rule.tag)] {
        guard let value else { continue }
        condition += " AND \(column) = ?"
        values.append(.text(value))
      }
      let some = try recordings(where: "\(condition) ORDER BY coalesce(ended_at, updated_at), id", values)
      for recording in some where known.insert(recording.id).inserted { found.append((recording, rule.description)) }
    }
    return found
  }
}

extension RetentionRule: CustomStringConvertible {
  /// As it stands in the audit log: `ended more than 30 days ago, project p, tag t`.
  package var description: String {
    let days = olderThanSeconds / 86_400
    let age = days.rounded() == days && days >= 1 ? "\(Self.text(days)) days" : "\(Self.text(olderThanSeconds)) s"
    let names = [projectID.map { ", project \($0)" }, tag.map { ", tag \($0)" }].compactMap { $0 }
    return "ended more than \(age) ago\(names.joined())"
  }

  private static func text(_ number: Double) -> String { Int(exactly: number).map { "\($0)" } ?? "\(number)" }

  /// Who ended then or before is old enough. An age that is no number keeps everything.
  fileprivate func latestEnd(at: WallTime) -> WallTime {
    let longest = 1e11
    let seconds = olderThanSeconds.isNaN ? longest : min(max(olderThanSeconds, 0), longest)
    return WallTime(microseconds: at.microseconds - Int64(seconds * 1e6))
  }
}
