internal import ReelCore
internal import ReelFiles

extension Catalogue {
  private static let columns = """
    id, call_id, control_id, project_id, tag, verb, format, direction, is_stereo, status_url, webhook_url, channel, \
    state, created_at, updated_at, started_at, ended_at, duration_seconds, byte_count, sha256, file_name, failure, \
    is_recovered, is_held, deleted_at, deletion_reason
    """

  /// Of a recording's row, all but its name and what others than its maker say of it.
  private static let changing = [
    "call_id", "control_id", "project_id", "tag", "verb", "format", "direction", "is_stereo", "status_url",
    "webhook_url", "channel", "state", "created_at", "updated_at", "started_at", "ended_at", "duration_seconds",
    "byte_count", "sha256", "file_name", "failure", "is_recovered",
  ].map { "\($0) = excluded.\($0)" }.joined(separator: ", ")

  /// Keeps a recording, new or changed; its call must be there. Whether one that is there is held or deleted stays as
  /// it is, since another process may have said so after the row was read: ``setHold(_:_:)`` and
  /// ``markDeleted(_:reason:at:)`` change that.
  package func save(_ recording: RecordingRow) throws {
    let places = Array(repeating: "?", count: 26).joined(separator: ", ")
    try database.run(
      "INSERT INTO recording (\(Self.columns)) VALUES (\(places)) ON CONFLICT (id) DO UPDATE SET \(Self.changing)",
      Self.values(of: recording))
  }

  private static func values(of row: RecordingRow) -> [SQLValue] {
    [
      .text(row.id), .text(row.callID), .text(row.controlID), .text(row.projectID), .text(row.tag),
      .text(row.verb.rawValue), .text(row.format.rawValue), .text(row.direction.rawValue), .bool(row.isStereo),
      .text(row.statusURL), .text(row.webhookURL), .text(row.channel), .text(row.state.rawValue),
      .time(row.createdAt), .time(row.updatedAt), .time(row.startedAt), .time(row.endedAt),
      .real(row.durationSeconds), .count(row.byteCount), .text(row.sha256), .text(row.fileName), .text(row.failure),
      .bool(row.isRecovered), .bool(row.isHeld), .time(row.deletedAt), .text(row.deletionReason),
    ]
  }

  static func readRecording(_ row: inout DatabaseRow) throws(CatalogueError) -> RecordingRow {
    let (id, callID, controlID, projectID, tag) = (row.string(), row.string(), row.string(), row.string(), row.string())
    let verb = try row.word(RecordingVerb.self)
    let format = try row.word(RecordingOptions.Format.self)
    let direction = try row.word(Direction.self)
    var recording = RecordingRow(
      id: id, callID: callID, controlID: controlID, projectID: projectID, tag: tag, verb: verb, format: format,
      direction: direction, isStereo: row.bool(), statusURL: row.text(), webhookURL: row.text(), channel: row.string(),
      state: try row.word(RecordingState.self), createdAt: row.time())
    recording.updatedAt = row.time()
    recording.startedAt = row.moment()
    recording.endedAt = row.moment()
    recording.durationSeconds = row.real()
    recording.byteCount = row.integer().map { Int($0) }
    recording.sha256 = row.text()
    recording.fileName = row.text()
    recording.failure = row.text()
    recording.isRecovered = row.bool()
    recording.isHeld = row.bool()
    recording.deletedAt = row.moment()
    recording.deletionReason = row.text()
    return recording
  }

  /// Those of which a condition with so many values is true.
  func recordings(where condition: String, _ values: [SQLValue]) throws -> [RecordingRow] {
    try database.rows("SELECT \(Self.columns) FROM recording WHERE \(condition)", values, Self.readRecording)
  }

  package func recording(_ id: String) throws -> RecordingRow? {
    try recordings(where: "id = ?", [.text(id)]).first
  }

  /// Those whose last state has not come, oldest first.
  package func unfinishedRecordings() throws -> [RecordingRow] {
    try recordings(where: "state NOT IN ('finished', 'no_input', 'error') ORDER BY created_at, id", [])
  }

  /// At most so many, newest first, that come after a place in that order.
  package func recordings(
    _ filter: RecordingFilter, after: RecordingCursor?, limit: Int
  ) throws -> [RecordingRow] {
    var conditions = ["TRUE"]
    var values: [SQLValue] = []
    func require(_ condition: String, _ some: SQLValue...) {
      conditions.append(condition)
      values += some
    }
    if let projectID = filter.projectID { require("project_id = ?", .text(projectID)) }
    if let callID = filter.callID { require("call_id = ?", .text(callID)) }
    if let from = filter.createdFrom { require("created_at >= ?", .time(from)) }
    if let before = filter.createdBefore { require("created_at < ?", .time(before)) }
    if !filter.includesDeleted { require("deleted_at IS NULL") }
    if let after { require("(created_at, id) < (?, ?)", .time(after.createdAt), .text(after.id)) }
    // Each state once, so that however often a client names one there are few statements.
    let states = RecordingState.allCases.filter(filter.states.contains)
    if !states.isEmpty {
      conditions.append("state IN (\(states.map { _ in "?" }.joined(separator: ", ")))")
      values += states.map { .text($0.rawValue) }
    }
    let condition = conditions.joined(separator: " AND ")
    return try recordings(
      where: "\(condition) ORDER BY created_at DESC, id DESC LIMIT ?", values + [.count(max(0, limit))])
  }
}
