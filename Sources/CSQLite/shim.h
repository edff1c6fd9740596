#include <sqlite3.h>

// A macro that Swift does not import: SQLite copies what it is given.
static inline int reel_sqlite3_bind_text(sqlite3_stmt *statement, int index, const char *text, int bytes) {
  return sqlite3_bind_text(statement, index, text, bytes, SQLITE_TRANSIENT);
}
