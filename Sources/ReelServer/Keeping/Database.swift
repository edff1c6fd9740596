internal import CSQLite
internal import Glibc
internal import ReelFiles
internal import ReelRealtime

/// What the catalogue can't do, and why.
package struct CatalogueError: Error, Hashable, Sendable, CustomStringConvertible {
  /// Names the thing, its value and what is allowed; or what SQLite said.
  package let message: String
  /// Whether another process had the file for longer than ``Database/busySeconds``: the same may be tried again.
  package let isBusy: Bool

  package init(_ message: String, isBusy: Bool = false) {
    self.message = message
    self.isBusy = isBusy
  }

  package var description: String { message }
}

/// What SQLite holds in a column, as far as the catalogue needs it.
enum SQLValue {
  case null
  case integer(Int64)
  case real(Double)
  case text(String)
}

/// A file of SQLite, for one thread at a time; several processes may have it open.
///
///     try database.run("UPDATE recording SET is_held = ? WHERE id = ?", [.integer(1), .text(id)])
///
/// A commit is on the disk when it returns. Values go in as parameters only: no text of anybody's becomes SQL.
///
/// The wall round SQLite: connection and statements are this object's, made and ended here; texts are copied on the way
/// in and on the way out.
@safe final class Database {
  /// How long a call waits for another process that writes. A transaction is of some rows, and takes milliseconds.
  static let busySeconds = 5.0
  /// The journal is cut back to this when it has grown beyond, so that one burst does not stay on the disk for ever.
  private static let journalBytes = 16 << 20
  /// More than there are texts of statements here, so that none is made twice; listings have a few forms each.
  private static let mostStatements = 256

  let path: String
  private let connection: OpaquePointer
  private var statements: [String: Prepared] = [:]
  private var depth = 0

  /// Opens it, or makes it, for its owner alone to read: it tells who called whom.
  init(_ path: String) throws(CatalogueError) {
    // Made here, and otherwise left alone: to close any descriptor of it would let go of the locks that this process's
    // other connections have, and the next process to leave would take their journal away.
    let descriptor = unsafe open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard descriptor >= 0 || errno == EEXIST else {
      throw CatalogueError("\(FileError(path, cannotBe: "opened"))")
    }
    if descriptor >= 0 { close(descriptor) }
    var opened: OpaquePointer?
    let flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE
    let result = unsafe sqlite3_open_v2(path, &opened, flags, nil)
    guard let connection = unsafe opened else { throw CatalogueError("\(path): no memory for a catalogue") }
    self.path = path
    unsafe self.connection = connection
    guard result == SQLITE_OK else { throw failure("opened") }
    unsafe sqlite3_busy_timeout(connection, Int32(Self.busySeconds * 1_000))
    try setUp()
  }

  deinit {
    statements = [:]
    unsafe sqlite3_close_v2(connection)
  }

  private func setUp() throws(CatalogueError) {
    // To change over to the journal takes a lock for which SQLite does not always wait.
    let end = MonotonicTime.now().advanced(bySeconds: Self.busySeconds)
    while true {
      do {
        try run("PRAGMA journal_mode = WAL")
        break
      } catch {
        guard error.isBusy, MonotonicTime.now() < end else { throw error }
        MonotonicTime.now().advanced(bySeconds: 0.01).wait()
      }
    }
    try run("PRAGMA synchronous = FULL")
    try run("PRAGMA foreign_keys = ON")
    try run("PRAGMA trusted_schema = OFF")
    try run("PRAGMA journal_size_limit = \(Self.journalBytes)")
  }

  // MARK: Statements

  /// Runs a statement of which no rows are wanted.
  func run(_ sql: String, _ values: [SQLValue] = []) throws(CatalogueError) {
    _ = try rows(sql, values) { _ in }
  }

  /// All that a statement gives. `read` must use nothing but the row.
  func rows<Result>(
    _ sql: String, _ values: [SQLValue] = [], _ read: (inout DatabaseRow) throws(CatalogueError) -> Result
  ) throws(CatalogueError) -> [Result] {
    let prepared = try prepared(sql)
    let statement = unsafe prepared.statement
    defer {
      unsafe sqlite3_reset(statement)
      unsafe sqlite3_clear_bindings(statement)
    }
    for (place, value) in values.enumerated() {
      guard unsafe bind(value, to: statement, at: Int32(place + 1)) == SQLITE_OK else { throw failure("asked") }
    }
    var results: [Result] = []
    while true {
      switch unsafe sqlite3_step(statement) {
      case SQLITE_ROW:
        var row = unsafe DatabaseRow(statement)
        results.append(try read(&row))
      case SQLITE_DONE: return results
      default: throw failure("used")
      }
    }
  }

  /// The first of what a statement gives.
  func first<Result>(
    _ sql: String, _ values: [SQLValue] = [], _ read: (inout DatabaseRow) throws(CatalogueError) -> Result
  ) throws(CatalogueError) -> Result? {
    try rows(sql, values, read).first
  }

  /// A whole number that a statement gives; nil where it gives none.
  func number(_ sql: String, _ values: [SQLValue] = []) throws(CatalogueError) -> Int64? {
    try first(sql, values) { (row) throws(CatalogueError) in row.integer() } ?? nil
  }

  /// How many rows the last statement changed.
  var changes: Int { unsafe Int(sqlite3_changes64(connection)) }

  /// The number that the last row was given.
  var lastRow: Int64 { unsafe sqlite3_last_insert_rowid(connection) }

  private func prepared(_ sql: String) throws(CatalogueError) -> Prepared {
    if let known = statements[sql] { return known }
    var made: OpaquePointer?
    guard unsafe sqlite3_prepare_v3(connection, sql, -1, UInt32(SQLITE_PREPARE_PERSISTENT), &made, nil) == SQLITE_OK,
      let statement = unsafe made
    else { throw failure("asked") }
    if statements.count >= Self.mostStatements { statements = [:] }
    let prepared = unsafe Prepared(statement)
    statements[sql] = prepared
    return prepared
  }

  private func bind(_ value: SQLValue, to statement: OpaquePointer, at place: Int32) -> Int32 {
    switch value {
    case .null: return unsafe sqlite3_bind_null(statement, place)
    case .integer(let number): return unsafe sqlite3_bind_int64(statement, place, number)
    case .real(let number): return unsafe sqlite3_bind_double(statement, place, number)
    case .text(let text): return unsafe reel_sqlite3_bind_text(statement, place, text, Int32(text.utf8.count))
    }
  }

  private func failure(_ verb: String) -> CatalogueError {
    let code = unsafe sqlite3_errcode(connection) & 0xFF
    let words = unsafe String(cString: sqlite3_errmsg(connection))
    return CatalogueError(
      "the catalogue \(path) can't be \(verb): \(words)", isBusy: code == SQLITE_BUSY || code == SQLITE_LOCKED)
  }

  // MARK: Transactions

  /// All that `body` does, or nothing where it throws. One within another is part of it, and is undone by itself.
  func transaction<Result>(_ body: () throws -> Result) throws -> Result {
    // It waits for other writers here, and never later, where what was read might no longer be so.
    try run(depth == 0 ? "BEGIN IMMEDIATE" : "SAVEPOINT within")
    depth += 1
    do {
      let result = try body()
      try run(depth == 1 ? "COMMIT" : "RELEASE within")
      depth -= 1
      return result
    } catch {
      depth -= 1
      undo()
      throw error
    }
  }

  private func undo() {
    // Where the disk is full or gone, SQLite has undone everything itself.
    guard unsafe sqlite3_get_autocommit(connection) == 0 else { return }
    if depth == 0 {
      try? run("ROLLBACK")
    } else {
      try? run("ROLLBACK TO within")
      try? run("RELEASE within")
    }
  }
}

/// A statement that SQLite has read, to be used again. Sound: it is ended once, when nobody has it any more, and before
/// its connection.
@safe private final class Prepared {
  let statement: OpaquePointer

  init(_ statement: OpaquePointer) {
    unsafe self.statement = statement
  }

  deinit {
    unsafe sqlite3_finalize(statement)
  }
}

/// A row that a statement gave, whose columns are read in their order.
///
/// Sound: made and used within ``Database/rows(_:_:_:)``, while the statement stands at this row.
@safe struct DatabaseRow {
  private let statement: OpaquePointer
  private var place: Int32 = -1

  fileprivate init(_ statement: OpaquePointer) {
    unsafe self.statement = statement
  }

  /// Goes on to the next column; gives whether it holds anything.
  private mutating func advance() -> Bool {
    place += 1
    return unsafe sqlite3_column_type(statement, place) != SQLITE_NULL
  }

  mutating func integer() -> Int64? {
    advance() ? unsafe sqlite3_column_int64(statement, place) : nil
  }

  mutating func real() -> Double? {
    advance() ? unsafe sqlite3_column_double(statement, place) : nil
  }

  mutating func text() -> String? {
    guard advance(), let start = unsafe sqlite3_column_text(statement, place) else { return nil }
    let count = unsafe Int(sqlite3_column_bytes(statement, place))
    return unsafe String(decoding: UnsafeBufferPointer(start: start, count: count), as: UTF8.self)
  }
}
