/// The tables of the catalogue, and the steps by which an older one comes to them.
///
///     call ──< recording ──< line >── receiver
///                             └──< event          the outbox
///     deletion    what is being deleted            audit    who did what
///
/// A line is what goes to one address about one recording, in order: its head is the first event that waits. What is
/// due is found by receiver, so that neither the backlog of one nor the number of all makes the next event slow to
/// find. Times are microseconds since 1970.
enum CatalogueSchema {
  /// `Reel`: says whose file it is.
  static let application: Int64 = 0x5265_656C

  /// Each step takes the catalogue to the version after. They are never changed, only added to.
  static let steps: [[String]] = [
    [call, recording] + recordingIndexes + [receiver, line, event] + outboxIndexes + [deletion, audit, auditIndex]
  ]

  private static let call = """
    CREATE TABLE call (
      id TEXT PRIMARY KEY, project_id TEXT NOT NULL, context TEXT NOT NULL, tag TEXT NOT NULL,
      from_address TEXT NOT NULL, to_address TEXT NOT NULL, state TEXT NOT NULL, created_at INTEGER NOT NULL,
      answered_at INTEGER, ended_at INTEGER, end_reason TEXT
    ) STRICT, WITHOUT ROWID
    """

  private static let recording = """
    CREATE TABLE recording (
      id TEXT PRIMARY KEY, call_id TEXT NOT NULL REFERENCES call, control_id TEXT NOT NULL, project_id TEXT NOT NULL,
      tag TEXT NOT NULL, verb TEXT NOT NULL, format TEXT NOT NULL, direction TEXT NOT NULL, is_stereo INTEGER NOT NULL,
      status_url TEXT, webhook_url TEXT, channel TEXT NOT NULL, state TEXT NOT NULL, created_at INTEGER NOT NULL,
      updated_at INTEGER NOT NULL, started_at INTEGER, ended_at INTEGER, duration_seconds REAL, byte_count INTEGER,
      sha256 TEXT, file_name TEXT, failure TEXT, is_recovered INTEGER NOT NULL, is_held INTEGER NOT NULL,
      deleted_at INTEGER, deletion_reason TEXT
    ) STRICT, WITHOUT ROWID
    """

  private static let recordingIndexes = [
    "CREATE INDEX call_open ON call (created_at, id) WHERE state <> 'ended'",
    "CREATE INDEX recording_newest ON recording (created_at, id)",
    "CREATE INDEX recording_of_project ON recording (project_id, created_at, id)",
    "CREATE INDEX recording_of_call ON recording (call_id, created_at, id)",
    """
    CREATE INDEX recording_unfinished ON recording (created_at, id)
      WHERE state NOT IN ('finished', 'no_input', 'error')
    """,
    """
    CREATE INDEX recording_kept ON recording (coalesce(ended_at, updated_at))
      WHERE state IN ('finished', 'no_input', 'error') AND is_held = 0 AND deleted_at IS NULL
    """,
  ]

  /// `next_due` is the earliest of its lines; null where none waits.
  private static let receiver = """
    CREATE TABLE receiver (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, next_due INTEGER) STRICT
    """

  /// `head` is its first event that waits and `due_at` when that is due; both null where none waits.
  private static let line = """
    CREATE TABLE line (
      id INTEGER PRIMARY KEY, recording_id TEXT NOT NULL REFERENCES recording, url TEXT NOT NULL,
      receiver INTEGER NOT NULL REFERENCES receiver, head INTEGER, due_at INTEGER, UNIQUE (recording_id, url)
    ) STRICT
    """

  /// `AUTOINCREMENT`, so that the number of one that was pruned never comes again. `pending_since` is when it was made,
  /// or made to wait again; `ended_at` when it was delivered or given up.
  private static let event = """
    CREATE TABLE event (
      sequence INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, line INTEGER NOT NULL REFERENCES line,
      body TEXT NOT NULL, state TEXT NOT NULL, created_at INTEGER NOT NULL, pending_since INTEGER NOT NULL,
      due_at INTEGER NOT NULL, attempts INTEGER NOT NULL, last_status INTEGER, last_error TEXT, tried_at INTEGER,
      ended_at INTEGER
    ) STRICT
    """

  private static let outboxIndexes = [
    "CREATE INDEX receiver_due ON receiver (next_due) WHERE next_due IS NOT NULL",
    "CREATE INDEX line_due ON line (receiver, due_at, head) WHERE due_at IS NOT NULL",
    "CREATE INDEX line_of_receiver ON line (receiver)",
    "CREATE INDEX line_next ON line (due_at) WHERE due_at IS NOT NULL",
    "CREATE INDEX event_of_line ON event (line, sequence)",
    "CREATE INDEX event_waiting ON event (line, sequence) WHERE state = 'pending'",
    "CREATE INDEX event_over ON event (ended_at) WHERE state <> 'pending'",
  ]

  private static let deletion = """
    CREATE TABLE deletion (
      recording_id TEXT PRIMARY KEY REFERENCES recording, reason TEXT NOT NULL, actor TEXT NOT NULL, peer TEXT NOT NULL,
      begun_at INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID
    """

  /// Refers to no recording, since it may tell of more than is left.
  private static let audit = """
    CREATE TABLE audit (
      id INTEGER PRIMARY KEY, at INTEGER NOT NULL, action TEXT NOT NULL, recording_id TEXT NOT NULL,
      actor TEXT NOT NULL, peer TEXT NOT NULL, detail TEXT NOT NULL
    ) STRICT
    """

  private static let auditIndex = "CREATE INDEX audit_of_recording ON audit (recording_id, id)"
}
