import Foundation
import ReelCore
import ReelFiles
import ReelServer

/// Looks at what many lives and deaths of a service have left: rows, files and what its receiver was told.
struct KillCheck {
  let service: ServiceProcess
  let folder: String
  let told: KillRound.Told
  var problems: [String] = []
  private(set) var counts: [(name: String, count: Int)] = []

  private static let most = 1_000_000

  init(service: ServiceProcess, folder: String, told: KillRound.Told) {
    (self.service, self.folder, self.told) = (service, folder, told)
  }

  mutating func run(_ catalogue: Catalogue, _ arrivals: [Receiver.Arrival]) async throws {
    problems += told.wrong
    let rows = try catalogue.recordings(RecordingFilter(), after: nil, limit: Self.most)
    let known = Set(rows.map(\.id))
    for id in told.recordings where !known.contains(id) {
      problems.append("the recording \(id) was answered for and is not in the catalogue")
    }
    for call in try catalogue.openCalls() { problems.append("the call \(call.id) is \(call.state.rawValue)") }
    checkFolder(rows)
    let filed = rows.filter { $0.byteCount != nil }
    checkRows(rows)
    let files = try await download(filed)
    try checkPlays(filed, files)
    checkVerify(filed)
    let events = try catalogue.events(recordingID: nil, limit: Self.most)
    checkEvents(rows, Array(events.reversed()), arrivals)
    count(rows, events, arrivals)
  }

  private mutating func count(_ rows: [RecordingRow], _ events: [EventRow], _ arrivals: [Receiver.Arrival]) {
    counts = [
      ("recordings", rows.count), ("  recovered", rows.count(where: \.isRecovered)),
      ("  found without a row", rows.count { $0.statusURL == nil }),
      ("  without a file, and in error", rows.count { $0.byteCount == nil }),
      ("  that play and are verified", rows.count { $0.byteCount != nil }), ("events", events.count),
      ("  delivered at the first attempt", events.count { $0.attempts == 1 }),
      ("  that came more than once", arrivals.count - Set(arrivals.map(\.event)).count),
    ]
  }

  // MARK: Rows and files

  private mutating func checkRows(_ rows: [RecordingRow]) {
    for row in rows {
      if !row.state.isLast { problems.append("\(row.id) of \(row.callID) is \(row.state.rawValue)") }
      let hasFile = FileIdentity(of: "\(service.recordings)/\(row.fileName ?? row.id)") != nil
      if row.byteCount == nil {
        if row.state != .error { problems.append("\(row.id) has no file and is \(row.state.rawValue)") }
        if hasFile { problems.append("\(row.id) has a file of which its row knows nothing") }
      } else if !hasFile {
        problems.append("the file of \(row.id) is not there")
      }
    }
  }

  /// Nothing lies in the folder but recordings' files and their manifests.
  private mutating func checkFolder(_ rows: [RecordingRow]) {
    var expected: Set = [".reel.lock"]
    for row in rows where row.byteCount != nil { expected.formUnion([row.fileName ?? "", "\(row.id).reel.json"]) }
    let names = (try? FileManager.default.contentsOfDirectory(atPath: service.recordings)) ?? []
    for name in names where !expected.contains(name) { problems.append("\(name) is no row's") }
  }

  /// Fetches every file as a client does; gives where each is.
  private mutating func download(_ rows: [RecordingRow]) async throws -> [String] {
    let folder = "\(self.folder)/downloads"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    let web = Web(service)
    var files: [String] = []
    for row in rows {
      let answer = await web.ask("/api/v1/recordings/\(row.id)/download")
      let file = "\(folder)/\(row.fileName ?? row.id)"
      let kept = FileManager.default.contents(atPath: "\(service.recordings)/\(row.fileName ?? row.id)")
      if answer?.status != 200 || answer?.body != kept {
        problems.append("\(row.id) does not download: \(answer.map { "\($0.status)" } ?? "no answer")")
      }
      try (answer?.body ?? Data()).write(to: URL(filePath: file))
      files.append(file)
    }
    return files
  }

  /// Whether ffprobe opens each, and finds its format, channels and length.
  private mutating func checkPlays(_ rows: [RecordingRow], _ files: [String]) throws {
    let list = "\(folder)/list"
    try files.map { "\($0)\n" }.joined().write(toFile: list, atomically: true, encoding: .utf8)
    let probe = """
      for file; do
        said=$(ffprobe -v error -show_entries stream=codec_name,sample_rate,channels,duration -of csv=p=0 "$file" 2>&1)
        echo "${file##*/} ${said//$'\\n'/ }"
      done
      """
    let output = try Self.run("xargs", ["-a", list, "-P", "2", "-n", "50", "bash", "-c", probe, "probe"]).output
    var found: [Substring: Substring] = [:]
    for line in output.split(separator: "\n") {
      let parts = line.split(separator: " ", maxSplits: 1)
      found[parts[0]] = parts.count == 2 ? parts[1].prefix { $0 != " " } : ""
    }
    for row in rows {
      let said = found[Substring(row.fileName ?? "")] ?? ""
      let fields = said.split(separator: ",", omittingEmptySubsequences: false)
      let codec = row.format == .wav ? "pcm_s16le" : row.format == .mp3 ? "mp3" : "aac"
      // Of frames so few ffprobe makes nothing; `verify` has judged the file.
      if row.format == .mp3, fields.count < 4, row.durationSeconds ?? 0 < Self.shortestProbedSeconds { continue }
      guard fields.count == 4, fields[0] == codec, fields[1] == "8000", fields[2] == (row.isStereo ? "2" : "1") else {
        problems.append("\(row.id), \(row.durationSeconds ?? -1) s: ffprobe says \(said)")
        continue
      }
      let seconds = Double(fields[3]) ?? 0
      let more = row.format == .wav ? Self.hairSeconds : Self.paddingSeconds
      if !(-Self.hairSeconds...more).contains(seconds - (row.durationSeconds ?? -1)) {
        problems.append("\(row.id) has \(row.durationSeconds ?? -1) s, and ffprobe finds \(seconds)")
      }
    }
  }

  private static let shortestProbedSeconds = 0.1
  /// What an MP3's frames have beside the sound, at 8 kHz: the encoder's delay, and the rest of the last of them.
  private static let paddingSeconds = 0.4
  private static let hairSeconds = 0.001

  private mutating func checkVerify(_ rows: [RecordingRow]) {
    let files = rows.map { "\(service.recordings)/\($0.fileName ?? "")" }
    let some = 500
    for first in stride(from: 0, to: files.count, by: some) {
      let outcome = try? Self.run(
        ServiceProcess.reel.path, ["verify"] + files[first..<min(first + some, files.count)])
      if outcome?.status != 0 { problems.append("reel verify says \(outcome?.output.suffix(2_000) ?? "nothing")") }
    }
  }

  private static func run(_ program: String, _ arguments: [String]) throws -> (status: Int32, output: String) {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = [program] + arguments
    let output = Pipe()
    (process.standardOutput, process.standardError) = (output, output)
    try process.run()
    let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    return (process.terminationStatus, text)
  }

  // MARK: Events

  private mutating func checkEvents(_ rows: [RecordingRow], _ events: [EventRow], _ arrivals: [Receiver.Arrival]) {
    for event in events where event.state != .delivered {
      problems.append("the event \(event.id) of \(event.recordingID) is \(event.state.rawValue)")
    }
    for arrival in arrivals where !arrival.isSigned { problems.append("the event \(arrival.event) is not signed") }
    var seen = Set<String>()
    let first = arrivals.filter { seen.insert($0.event).inserted }
    let arrived = Dictionary(grouping: first, by: \.recordingID)
    let written = Dictionary(grouping: events, by: \.recordingID)
    // Of a recording that nobody was answered for, nobody is told: the service died before it had written it down.
    for row in rows where row.statusURL != nil || told.recordings.contains(row.id) {
      let came = arrived[row.id] ?? []
      if came.map(\.event) != (written[row.id] ?? []).map(\.id) {
        problems.append("\(row.id): its \(written[row.id]?.count ?? 0) events came as \(came.map(\.state))")
      }
      if let problem = Self.problem(came.map(\.state), last: row.state.rawValue) {
        problems.append("\(row.id) of \(row.callID): \(problem): \(came.map(\.state))")
      }
    }
    for id in arrived.keys where !rows.contains(where: { $0.id == id }) {
      problems.append("the receiver was told of \(id), which is in no row")
    }
  }

  /// What is wrong with a recording's states, as they were told.
  static func problem(_ states: [String], last: String) -> String? {
    guard states.last == last else { return "its last state is \(last)" }
    let before = states.dropLast()
    if before.contains(where: { RecordingState(rawValue: $0)?.isLast ?? true }) { return "it goes on after its end" }
    if let first = before.first, first != "recording" { return "it does not begin with recording" }
    for (one, next) in zip(before, before.dropFirst()) where one == next { return "it says \(one) twice" }
    return nil
  }
}
