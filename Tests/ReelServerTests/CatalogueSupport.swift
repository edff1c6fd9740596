// Strategy: what tests of the catalogue share: rows of which only what matters differs.
import Foundation
import ReelCore
import ReelFiles
import ReelServer
import ReelTesting
import Testing

/// A moment so many seconds into the tests' own time.
func at(_ seconds: Double) -> WallTime {
  WallTime(microseconds: 1_700_000_000_000_000 + Int64((seconds * 1e6).rounded()))
}

func callRow(_ id: String, state: CallState = .answered) -> CallRow {
  CallRow(
    id: id, projectID: "p", context: "office", tag: "", from: "+1555", to: "+1666", state: state, createdAt: at(0))
}

func recordingRow(
  _ id: String, call: String = "call", project: String = "p", tag: String = "", state: RecordingState = .finished,
  createdAt: WallTime = at(0), endedAt: WallTime? = nil, file: String? = nil
) -> RecordingRow {
  var row = RecordingRow(
    id: id, callID: call, controlID: "control", projectID: project, tag: tag, verb: .relay, format: .wav,
    direction: .both, isStereo: true, statusURL: nil, webhookURL: nil, channel: "channel", state: state,
    createdAt: createdAt)
  row.endedAt = endedAt
  row.fileName = file
  return row
}

/// A catalogue with one call, in a folder of its own.
func newCatalogue(_ folder: TestFolder) throws -> Catalogue {
  let catalogue = try Catalogue(folder["reel.db"])
  try catalogue.save(callRow("call"))
  return catalogue
}
