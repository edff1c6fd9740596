internal import Reel
internal import ReelCore
internal import ReelFiles
internal import ReelRealtime

/// A recording that somebody wants.
struct Wish {
  var options: RecordingOptions
  /// In whose words it was asked for.
  var verb: RecordingVerb
  var controlID: String?
  var statusURL: String?
  var webhookURL: String?
  /// `event_channel` of what is told of it.
  var channel: String
}

extension Wish {
  init(_ request: RecordingRequest, verb: RecordingVerb, channel: String) {
    self.init(
      options: request.options, verb: verb, controlID: request.controlID, statusURL: request.statusURL,
      webhookURL: nil, channel: channel)
  }

  init(_ params: RecordParams, channel: String) {
    self.init(options: params.options, verb: .recordCall, webhookURL: params.webhookURL, channel: channel)
  }
}

// Recordings: how they begin, what they tell, and how they end.
extension Desk {
  /// Longer than any name that a client makes up.
  static let longestControlID = 128

  /// Begins a recording, and writes it down.
  func record(_ call: ServiceCall, _ wish: Wish) throws(ServiceRefusal) -> RecordingRow {
    try refuse(wish, for: call)
    let id = UUIDText.random()
    let format = wish.options.format
    var row = RecordingRow(
      id: id, callID: call.row.id, controlID: wish.controlID ?? id, projectID: call.row.projectID, tag: call.row.tag,
      verb: wish.verb, format: format,
      direction: Direction(
        wish.options.legs, for: wish.verb, recordCallPerspective: configuration.recordCallPerspective),
      isStereo: wish.options.stereo, statusURL: wish.statusURL, webhookURL: wish.webhookURL, channel: wish.channel,
      state: .starting, createdAt: .now())
    let name = "\(id).\(format.rawValue)"
    row.fileName = name
    let file = Rendition(name, Codec(format), wish.options.stereo ? .stereo : .mono)
    let recording: Recording
    do {
      // The engine knows it by its own id: the client's name is free again once the recording was told to stop.
      recording = try call.line.call.record(wish.options, id: id, controlID: id, as: [file])
    } catch {
      throw ServiceRefusal(error)
    }
    call.recordings.append(id)
    if wish.options.beep { call.line.expectTones() }
    recordings[id] = LiveEntry(
      row: row, recording: recording, call: call, waitingScript: nil, hasBeep: wish.options.beep)
    write(.recording(row))
    services.metrics.recordingsBegun.add(1)
    services.log.note(
      "recording_begun", .info, .init("call_id", .string(call.row.id)), .init("recording_id", .string(id)),
      .init("control_id", .string(row.controlID)))
    return row
  }

  private func refuse(_ wish: Wish, for call: ServiceCall) throws(ServiceRefusal) {
    guard !isDraining else { throw ServiceRefusal(.unavailable, "the service is ending; nothing more is recorded") }
    guard isCatalogueWell else {
      throw ServiceRefusal(.unavailable, "the catalogue can't be written; nothing is recorded until it can")
    }
    guard !call.isOver else { throw ServiceRefusal(.gone, "the call \(call.row.id) has ended") }
    if let controlID = wish.controlID {
      guard !controlID.isEmpty, controlID.utf8.count <= Self.longestControlID,
        FileNames.printable(controlID) == controlID
      else {
        throw ServiceRefusal(
          .unprocessable,
          "control_id is \(FileNames.printable(controlID)); allowed: 1 to "
            + "\(Self.longestControlID) bytes without control characters")
      }
    }
    if let controlID = wish.controlID, isInUse(controlID, call) {
      throw ServiceRefusal(
        .conflict, "control_id is \(controlID), which goes on in this call; allowed: another one")
    }
    guard call.recordings.count < configuration.recordingsPerCall else {
      throw ServiceRefusal(
        .tooMany, "\(call.recordings.count) recordings of the call go on; allowed: \(configuration.recordingsPerCall)")
    }
    for url in [wish.statusURL, wish.webhookURL].compactMap({ $0 }) { try Courier.check(url: url) }
  }

  private func isInUse(_ controlID: String, _ call: ServiceCall) -> Bool {
    call.recordings.contains { id in
      recordings[id].map { $0.row.controlID == controlID && !$0.isStopping } ?? false
    }
  }

  /// The recording of a control id; where several have had it, that which was begun last.
  func entry(_ call: ServiceCall, _ controlID: String) throws(ServiceRefusal) -> LiveEntry {
    let open = call.recordings.compactMap { recordings[$0] }
    if let found = open.last(where: { $0.row.controlID == controlID }) { return found }
    let known = open.map(\.row.controlID).joined(separator: ", ")
    throw ServiceRefusal(
      .notFound, "control_id is \(controlID); allowed: \(open.isEmpty ? "none, for nothing goes on" : known)")
  }

  /// Does one of the commands that a recording takes.
  func command(_ body: () throws -> Void) throws(ServiceRefusal) {
    do { try body() } catch { throw ServiceRefusal(error) }
  }

  func url(of id: String) -> String { services.publicURL.recording(id) }

  // MARK: What it tells

  func heard(_ id: String, _ event: RecordingEvent) {
    guard var entry = recordings[id] else { return }
    let now = WallTime.now()
    switch event {
    case .recording:
      entry.row.state = .recording
      entry.row.startedAt = entry.row.startedAt ?? now
      change(&entry, now, .recording)
    case .paused(let behavior, _):
      entry.row.state = .paused
      change(&entry, now, .paused(behavior))
    case .beepNotPlayed, .dropped, .overrun: return noteLoss(event, entry)
    case .finished(let summary), .noInput(let summary), .error(let summary): return end(&entry, summary)
    }
    recordings[id] = entry
  }

  private func noteLoss(_ event: RecordingEvent, _ entry: LiveEntry) {
    services.log.note(
      "recording_lost_sound", .warning, .init("recording_id", .string(entry.row.id)),
      .init("what", .string("\(event)")))
  }

  private func change(_ entry: inout LiveEntry, _ time: WallTime, _ state: StatusCallback.State) {
    entry.row.updatedAt = time
    write(.recording(entry.row))
    tell(entry.row, state, entry.call, time)
  }

  private func end(_ entry: inout LiveEntry, _ summary: RecordingSummary) {
    // One that could not be closed has no bytes that could be fetched.
    let file = summary.files.first.flatMap { $0.byteCount > 0 ? $0 : nil }
    entry.row.state = RecordingState(summary.outcome)
    entry.row.startedAt = entry.row.startedAt ?? summary.start
    entry.row.endedAt = summary.end
    entry.row.durationSeconds = summary.durationSeconds
    entry.row.byteCount = file?.byteCount
    entry.row.sha256 = file?.sha256
    entry.row.failure = summary.failure?.reason
    change(&entry, summary.end, .ended(summary.outcome, entry.row.ending(url(of: entry.row.id))))
    services.log.note(
      "recording_ended", entry.row.failure == nil ? .info : .error, .init("recording_id", .string(entry.row.id)),
      .init("state", .string(entry.row.state.rawValue)), .init("reason", .string(summary.reason.words)),
      .init("duration", .number(summary.durationSeconds)))
    let call = entry.call
    recordings[entry.row.id] = nil
    if entry.hasBeep { call.line.forgetTones() }
    call.recordings.removeAll { $0 == entry.row.id }
    if let scriptID = entry.waitingScript { recordEnded(call, scriptID, entry.row) }
    finish(call)
  }

  /// Tells everybody who asked.
  private func tell(_ row: RecordingRow, _ state: StatusCallback.State, _ call: ServiceCall, _ time: WallTime) {
    let callback = row.callback(state, configuration, url: url(of: row.id), time)
    for (url, body) in row.notes(callback) { write(.event(recordingID: row.id, url: url, body: body, time)) }
    for name in call.sessions.sorted() {
      tell(name, "calling.call.record", call, callback.relayParams, channel: row.channel)
      // The published client waits for `finished` or `no_input` alone: after an error it would wait for ever.
      guard case .ended(.error, let ending) = state else { continue }
      var last = callback
      last.state = .ended(.finished, ending)
      tell(name, "calling.call.record", call, last.relayParams, channel: row.channel)
    }
  }
}

extension RecordingState {
  init(_ outcome: EndReason.Outcome) {
    switch outcome {
    case .finished: self = .finished
    case .noInput: self = .noInput
    case .error: self = .error
    }
  }
}

extension ServiceRefusal {
  /// What the engine says, in the service's numbers.
  init(_ error: any Error) {
    switch error {
    case let refusal as ServiceRefusal: self = refusal
    case let error as OptionError: self.init(.unprocessable, "\(error)")
    case let error as RecorderError: self.init(.conflict, "\(error)")
    case let error as EngineError:
      switch error {
      case .isClosed: self.init(.unavailable, "\(error)")
      case .callHasEnded: self.init(.gone, "\(error)")
      case .controlIDInUse: self.init(.conflict, "\(error)")
      case .unknownControlID, .noRecording: self.init(.notFound, "\(error)")
      case .tooManyRecordings, .tooManyThreads: self.init(.tooMany, "\(error)")
      }
    default: self.init(.failed, "\(error)")
    }
  }
}
