internal import ReelFiles

/// What the service knows of calls, recordings and events, and keeps over its own end.
///
///     let catalogue = try Catalogue("reel.db")
///     try catalogue.transaction {
///       try catalogue.save(recording)
///       _ = try catalogue.enqueue(recordingID: recording.id, url: url, body: body, at: .now())
///     }
///
/// For one thread at a time; each thread and each process opens its own on the same file. What a transaction wrote is
/// on the disk when it returns. Everything throws ``CatalogueError``.
package final class Catalogue {
  let database: Database

  /// Opens it, or makes it. A catalogue of a newer version is refused, for what is in it would be misread.
  package init(_ path: String) throws {
    database = try Database(path)
    let version = try database.number("PRAGMA user_version") ?? 0
    if version != Int64(CatalogueSchema.steps.count) { try migrate() }
  }

  private func migrate() throws {
    try transaction {
      // Another process may have done it meanwhile.
      let version = Int(try database.number("PRAGMA user_version") ?? 0)
      let newest = CatalogueSchema.steps.count
      guard (0...newest).contains(version) else {
        throw CatalogueError(
          "the catalogue \(database.path) is of version \(version); this program knows versions up to \(newest): "
            + "use the newer program that wrote it")
      }
      let tables = try database.number("SELECT count(*) FROM sqlite_schema") ?? 0
      guard version > 0 || tables == 0 else {
        throw CatalogueError("\(database.path) is a database of something else, and no catalogue")
      }
      for step in CatalogueSchema.steps[version...] {
        for statement in step { try database.run(statement) }
      }
      try database.run("PRAGMA application_id = \(CatalogueSchema.application)")
      try database.run("PRAGMA user_version = \(newest)")
    }
  }

  /// All that `body` does, or nothing where it throws. One within another is part of it.
  @discardableResult
  package func transaction<Result>(_ body: () throws -> Result) throws -> Result {
    try database.transaction(body)
  }
}

// MARK: Calls

extension Catalogue {
  private static let callColumns =
    "id, project_id, context, tag, from_address, to_address, state, created_at, answered_at, ended_at, end_reason"

  /// Keeps a call, new or changed.
  package func save(_ call: CallRow) throws {
    try database.run(
      """
      INSERT INTO call (\(Self.callColumns)) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
      ON CONFLICT (id) DO UPDATE SET project_id = excluded.project_id, context = excluded.context, tag = excluded.tag,
        from_address = excluded.from_address, to_address = excluded.to_address, state = excluded.state,
        created_at = excluded.created_at, answered_at = excluded.answered_at, ended_at = excluded.ended_at,
        end_reason = excluded.end_reason
      """,
      [
        .text(call.id), .text(call.projectID), .text(call.context), .text(call.tag), .text(call.from), .text(call.to),
        .text(call.state.rawValue), .time(call.createdAt), .time(call.answeredAt), .time(call.endedAt),
        .text(call.endReason),
      ])
  }

  package func call(_ id: String) throws -> CallRow? {
    try database.first("SELECT \(Self.callColumns) FROM call WHERE id = ?", [.text(id)], Self.readCall)
  }

  /// Those that have not ended, oldest first.
  package func openCalls() throws -> [CallRow] {
    try database.rows(
      "SELECT \(Self.callColumns) FROM call WHERE state <> 'ended' ORDER BY created_at, id", [], Self.readCall)
  }

  private static func readCall(_ row: inout DatabaseRow) throws(CatalogueError) -> CallRow {
    CallRow(
      id: row.string(), projectID: row.string(), context: row.string(), tag: row.string(), from: row.string(),
      to: row.string(), state: try row.word(CallState.self), createdAt: row.time(), answeredAt: row.moment(),
      endedAt: row.moment(), endReason: row.text())
  }
}
