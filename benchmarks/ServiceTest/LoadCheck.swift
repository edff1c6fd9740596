import Foundation
import ReelCore
import ReelServer

/// Holds recordings against what was sent: rows, manifests and every sample of every file.
struct LoadCheck {
  let folder: String
  /// Of each leg of each call.
  let samples: Int
  let sound: StreamSound

  struct Found {
    var problems: [String] = []
    var samplesRight = 0
    var filled = 0
    var dropped = 0
  }

  func run(_ catalogue: Catalogue, streams: Int) throws -> Found {
    var found = Found()
    let rows = try catalogue.recordings(RecordingFilter(), after: nil, limit: 2 * streams + 10)
    let calls = Set(rows.map(\.callID))
    if rows.count != streams || calls.count != streams {
      found.problems.append("\(rows.count) recordings of \(calls.count) calls, and not one of each of \(streams)")
    }
    for row in rows {
      if row.state != .finished { found.problems.append("\(row.callID) is \(row.state.rawValue), not finished") }
      checkManifest(row, &found)
      try checkFile(row, &found)
    }
    return found
  }

  private func checkManifest(_ row: RecordingRow, _ found: inout Found) {
    guard let bytes = try? Data(contentsOf: URL(filePath: "\(folder)/\(row.id).reel.json")),
      let json = try? JSON(utf8: Array(bytes))
    else { return found.problems.append("\(row.callID) has no manifest") }
    for leg in ["caller", "agent"] {
      func sum(_ name: String) -> Int { json["sums"]?[leg]?[name]?.integer ?? -1 }
      found.filled += sum("filled")
      found.dropped += sum("dropped")
      if sum("real") != samples || sum("filled") != 0 || sum("dropped") != 0 || sum("paused") != 0 {
        found.problems.append(
          "\(row.callID): of the \(leg)'s \(samples) samples \(sum("real")) are real, \(sum("filled")) filled, "
            + "\(sum("dropped")) dropped, \(sum("paused")) paused")
      }
    }
  }

  /// The file's own head is read, and the caller's sample is the first of each pair.
  private func checkFile(_ row: RecordingRow, _ found: inout Found) throws {
    guard let call = Int(row.callID.dropFirst("load-".count)), let name = row.fileName,
      let data = try? Data(contentsOf: URL(filePath: "\(folder)/\(name)")),
      let mark = data.prefix(4_096).firstRange(of: Data("data".utf8))
    else { return found.problems.append("\(row.callID) has no file of sound") }
    let bytes = [UInt8](data[(mark.upperBound + 4)...])
    var wrong: Int?
    for number in 0..<min(samples, bytes.count / 4) {
      let caller = Int16(bitPattern: UInt16(bytes[4 * number]) | UInt16(bytes[4 * number + 1]) << 8)
      let agent = Int16(bitPattern: UInt16(bytes[4 * number + 2]) | UInt16(bytes[4 * number + 3]) << 8)
      guard caller == sound.sample(call: call, isAgent: false, number),
        agent == sound.sample(call: call, isAgent: true, number)
      else {
        wrong = wrong ?? number
        continue
      }
      found.samplesRight += 2
    }
    if let wrong { found.problems.append("\(row.callID): sample \(wrong) and others are not what was sent") }
    if bytes.count != 4 * samples {
      found.problems.append("\(row.callID): the file has \(bytes.count / 4) samples of \(samples)")
    }
  }
}
