internal import Reel
internal import ReelCore

/// A call as the desk knows it. The desk's own: no other thread touches it.
final class ServiceCall {
  var row: CallRow
  let line: Line
  /// The sessions that it was offered to, by their names: they hear what happens to it.
  var sessions: Set<String> = []
  /// The recordings whose last event has not come, by their ids, in the order in which they were begun.
  var recordings: [String] = []
  /// How often its media was lost: an appointment for an earlier loss means nothing any more.
  var losses = 0
  var scripts: [Int: RunningScript] = [:]
  var nextScriptID = 0
  /// What scripts set, for whoever asks.
  var variables: [String: JSON] = [:]
  /// What is being played, by control id.
  var plays: [String: RunningPlay] = [:]

  init(_ row: CallRow, _ line: Line) {
    self.row = row
    self.line = line
  }

  var variablesJSON: JSON {
    .object(variables.sorted { $0.key < $1.key }.map { JSON.Member($0.key, $0.value) })
  }

  var isOver: Bool { row.state == .ending || row.state == .ended }
}

/// A recording whose last event has not come.
struct LiveEntry {
  var row: RecordingRow
  let recording: Recording
  let call: ServiceCall
  /// The script that waits for its end.
  var waitingScript: Int?
  /// Whether its parties may have to hear a beep.
  let hasBeep: Bool
  /// Whether it was told to stop.
  var isStopping = false
}

/// Something that the parties of a call are to hear.
struct RunningPlay {
  /// The sessions are told of those that RELAY asked for.
  let isTold: Bool
  /// The script that waits for its end.
  let waitingScript: Int?
  /// Whether it is there to be heard, and what was asked of it before it was.
  var isLoaded = false
  var isPaused = false
  var volumeDB: Double?
}
