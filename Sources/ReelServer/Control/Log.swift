internal import Glibc
package import ReelCore
internal import ReelFiles

/// What the service says of itself: a line of JSON for each thing that happened, on standard error.
///
///     log.note("call_arrived", .init("call_id", .string(id)))
///
/// Tokens, keys and samples are never logged; what clients sent only where it names a thing of theirs.
package struct Log: Sendable {
  package enum Level: String, Hashable, Sendable, CaseIterable, Comparable {
    case debug, info, warning, error

    package static func < (a: Level, b: Level) -> Bool {
      allCases.firstIndex(of: a)! < allCases.firstIndex(of: b)!
    }
  }

  private let least: Level
  private let write: @Sendable (String) -> Void

  package init(least: Level = .info, write: @escaping @Sendable (String) -> Void = Log.toStandardError) {
    self.least = least
    self.write = write
  }

  package func note(_ event: String, _ level: Level = .info, _ members: JSON.Member...) {
    guard level >= least else { return }
    let head: [JSON.Member] = [
      .init("time", .string(WallTime.now().description)), .init("level", .string(level.rawValue)),
      .init("event", .string(event)),
    ]
    write("\(JSON.object(head + members))\n")
  }

  /// In one call, so that lines of several threads don't mix.
  package static let toStandardError: @Sendable (String) -> Void = { line in
    var line = line
    // Sound: the text is there for the time of the call. A log that can't be written is no reason to stop.
    _ = line.withUTF8 { text in unsafe Glibc.write(STDERR_FILENO, text.baseAddress, text.count) }
  }
}
