internal import Reel
internal import ReelCore
internal import ReelFiles

/// What a service does before it serves: closes what an earlier one left when it died, finishes their rows, and puts
/// what was not told of them into the outbox.
struct CrashRecovery {
  let configuration: ServiceConfiguration
  let publicURL: PublicURL
  let log: Log

  /// Throws where the folder is another's, or the catalogue can't be written.
  func run(_ catalogue: Catalogue) throws {
    let found = try RecordingEngine.recover(configuration.recordingsFolder)
    guard found.held.isEmpty else {
      throw ConfigurationError("\(found.held[0]) is in use by another process; allowed: a folder of this service's own")
    }
    for failure in found.failures { log.note("recovery_failed", .error, .init("reason", .string("\(failure)"))) }
    let now = WallTime.now()
    try catalogue.transaction {
      for row in try catalogue.unfinishedRecordings() { try finish(row, catalogue, now) }
      for file in found.files { try adopt(file.path, catalogue) }
      for call in try catalogue.openCalls() { try end(call, catalogue, now) }
    }
  }

  private func end(_ call: CallRow, _ catalogue: Catalogue, _ now: WallTime) throws {
    var call = call
    call.state = .ended
    call.endedAt = call.endedAt ?? now
    call.endReason = call.endReason ?? "error"
    try catalogue.save(call)
  }

  /// Of a recording whose last event was not written down: its manifest tells the end, whether it came before the crash
  /// or the recovery made it.
  private func finish(_ row: RecordingRow, _ catalogue: Catalogue, _ now: WallTime) throws {
    var row = row
    let outcome: EndReason.Outcome
    if let ending = RecordedEnding(folder: configuration.recordingsFolder, stem: row.id) {
      row.take(ending)
      outcome = ending.outcome
    } else {
      row.failure = "nothing of it was on the disk when the service died"
      outcome = .error
    }
    row.state = RecordingState(outcome)
    row.endedAt = row.endedAt ?? now
    row.updatedAt = now
    try catalogue.save(row)
    try tell(row, outcome, catalogue, now)
    log.note(
      "recording_recovered", .warning, .init("recording_id", .string(row.id)),
      .init("state", .string(row.state.rawValue)))
  }

  private func tell(_ row: RecordingRow, _ outcome: EndReason.Outcome, _ catalogue: Catalogue, _ now: WallTime) throws {
    let url = publicURL.recording(row.id)
    let callback = row.callback(.ended(outcome, row.ending(url)), configuration, url: url, now)
    for (url, body) in row.notes(callback) {
      _ = try catalogue.enqueue(recordingID: row.id, url: url, body: body, at: now)
    }
  }

  /// No project has this id.
  private static let nobody = ""

  /// A recording that was closed now and is in no catalogue: the service died between its first sample and its first
  /// row, so that nobody was told that it had begun.
  private func adopt(_ path: String, _ catalogue: Catalogue) throws {
    let name = FileNames.parted(path).name
    guard let dot = name.lastIndex(of: "."), let format = RecordingOptions.Format(endingOf: path) else { return }
    let id = String(name[..<dot])
    guard let ending = RecordedEnding(folder: configuration.recordingsFolder, stem: id) else { return }
    if var row = try catalogue.recording(id) {
      // It could not be closed while its service lived, and was told to have failed: now it can be fetched.
      guard row.state == .error, row.byteCount ?? 0 == 0 else { return }
      let failure = row.failure
      row.take(ending)
      row.failure = failure
      return try catalogue.save(row)
    }
    // Without its call nobody can tell whose it is: then it is shown to none.
    let call = try catalogue.call(ending.callID)
    if call == nil {
      try catalogue.save(
        CallRow(
          id: ending.callID, projectID: Self.nobody, context: MediaHello.defaultContext, tag: "", from: "",
          to: "", state: .ended, createdAt: ending.start, endedAt: ending.end, endReason: "error"))
    }
    var row = RecordingRow(
      id: id, callID: ending.callID, controlID: ending.controlID ?? id, projectID: call?.projectID ?? Self.nobody,
      tag: call?.tag ?? "",
      verb: .relay, format: format, direction: .both, isStereo: ending.channels == 2, statusURL: nil, webhookURL: nil,
      channel: "call:\(ending.callID)", state: RecordingState(ending.outcome), createdAt: ending.start)
    row.fileName = name
    row.take(ending)
    try catalogue.save(row)
  }
}

extension RecordingRow {
  mutating func take(_ ending: RecordedEnding) {
    startedAt = startedAt ?? ending.start
    endedAt = ending.end
    durationSeconds = ending.durationSeconds
    byteCount = ending.byteCount
    sha256 = ending.sha256
    failure = ending.failure
    isRecovered = ending.isRecovered
  }
}
