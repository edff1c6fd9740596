internal import Glibc
internal import ReelCore
internal import ReelRealtime

// What the parties of a call are to hear, by RELAY's `calling.play` or a script's `play`.
extension Desk {
  // MARK: RELAY

  func startPlaying(_ call: ServiceCall, _ params: JSON) throws(ServiceRefusal) -> [JSON.Member] {
    let controlID = try controlID(params)
    guard controlID.utf8.count <= Self.longestControlID, call.plays[controlID] == nil else {
      throw ServiceRefusal(.conflict, "control_id is \(controlID), which is in use or too long; allowed: another one")
    }
    let items: [PlayItem]
    do { items = try PlayItem.list(relay: params["play"] ?? .null) } catch { throw ServiceRefusal(error) }
    try startPlay(
      call, controlID: controlID, items, volumeDB: try volume(params["volume"]) ?? 0, loops: try loops(params["loop"]),
      RunningPlay(isTold: true, waitingScript: nil))
    return Self.success("Playing") + [.init("control_id", .string(controlID))]
  }

  func changePlaying(_ call: ServiceCall, _ verb: String, _ params: JSON) throws(ServiceRefusal) -> [JSON.Member] {
    let controlID = try controlID(params)
    guard let play = call.plays[controlID] else {
      throw ServiceRefusal(.notFound, "control_id is \(controlID), and nothing of that name is played")
    }
    switch verb {
    case "play.pause", "play.resume":
      let isPaused = verb == "play.pause"
      if play.isLoaded {
        try call.line.changePlays { plays throws(ServiceRefusal) in
          if isPaused { try plays.pause(controlID) } else { try plays.resume(controlID) }
        }
      }
      call.plays[controlID]?.isPaused = isPaused
      tellPlay(call, controlID, isPaused ? "paused" : "playing")
    case "play.volume":
      guard let volume = try volume(params["volume"]) else {
        throw ServiceRefusal(.badRequest, "volume is missing; allowed: a number from -40 to 40")
      }
      call.plays[controlID]?.volumeDB = volume
      if play.isLoaded {
        try call.line.changePlays { plays throws(ServiceRefusal) in try plays.setVolume(controlID, dB: volume) }
      }
    default:
      if play.isLoaded {
        try call.line.changePlays { plays throws(ServiceRefusal) in try plays.stop(controlID) }
      } else {
        endPlay(call, controlID, failure: nil)
      }
    }
    return Self.success("Done") + [.init("control_id", .string(controlID))]
  }

  private func volume(_ json: JSON?) throws(ServiceRefusal) -> Double? {
    guard let json, json != .null else { return nil }
    guard case .number(let value) = json, PlayQueue.volumesDB.contains(value) else {
      throw ServiceRefusal(.unprocessable, "volume is \(json); allowed: a number from -40 to 40")
    }
    return value
  }

  private func loops(_ json: JSON?) throws(ServiceRefusal) -> Int {
    guard let json, json != .null else { return 1 }
    guard let count = json.integer, (1...PlayQueue.mostLoops).contains(count) else {
      throw ServiceRefusal(.unprocessable, "loop is \(json); allowed: a whole number from 1 to \(PlayQueue.mostLoops)")
    }
    return count
  }

  // MARK: Playing

  /// Has what is wanted fetched and read; it is heard when it is there, after what is being heard.
  func startPlay(
    _ call: ServiceCall, controlID: String, _ items: [PlayItem], volumeDB: Double, loops: Int = 1,
    _ play: RunningPlay
  ) throws(ServiceRefusal) {
    guard !call.isOver else { throw ServiceRefusal(.gone, "the call \(call.row.id) has ended") }
    guard call.plays.count < PlayQueue.mostPlays else {
      throw ServiceRefusal(.tooMany, "\(call.plays.count) plays of the call wait; allowed: \(PlayQueue.mostPlays)")
    }
    let sources = try sources(items, projectID: call.row.projectID)
    call.plays[controlID] = play
    services.loader.load(
      PlayWish(line: call.line, controlID: controlID, items: sources, volumeDB: volumeDB, loops: loops))
  }

  private func sources(_ items: [PlayItem], projectID: String) throws(ServiceRefusal) -> [PlaySource] {
    var sources: [PlaySource] = []
    for item in items { sources.append(try local(item, projectID: projectID)) }
    return sources
  }

  /// Our own recordings are read where they are. Another project's do not exist.
  private func local(_ item: PlayItem, projectID: String) throws(ServiceRefusal) -> PlaySource {
    guard case .audio(let url) = item, let id = services.publicURL.id(ofRecording: url) else { return .item(item) }
    let row: RecordingRow?
    do { row = try catalogue.recording(id) } catch { throw ServiceRefusal(.failed, "\(error)") }
    guard let row, let name = row.fileName, row.projectID == projectID, row.deletedAt == nil else {
      throw ServiceRefusal(.unprocessable, "no recording \(id) is there to be heard")
    }
    return .file("\(configuration.recordingsFolder)/\(name)")
  }

  func loaded(_ loaded: LoadedPlay) {
    guard let call = calls[loaded.wish.line.id], call.line === loaded.wish.line,
      call.plays[loaded.wish.controlID] != nil
    else { return }
    switch loaded.outcome {
    case .failure(let refusal): endPlay(call, loaded.wish.controlID, failure: refusal.message)
    case .success(let sounds):
      let wish = loaded.wish
      let play = call.plays[wish.controlID]
      do {
        try call.line.changePlays { plays throws(ServiceRefusal) in
          try plays.play(
            sounds, controlID: wish.controlID, volumeDB: play?.volumeDB ?? wish.volumeDB, loops: wish.loops)
          if play?.isPaused == true { try plays.pause(wish.controlID) }
        }
        call.plays[wish.controlID]?.isLoaded = true
      } catch {
        endPlay(call, wish.controlID, failure: "\(error)")
      }
    }
  }

  /// What the parties of a call have begun to hear, and have heard.
  func played(_ line: Line, begun: [String], finished: [String]) {
    guard let call = calls[line.id], call.line === line else { return }
    for controlID in begun { tellPlay(call, controlID, "playing") }
    for controlID in finished { endPlay(call, controlID, failure: nil) }
  }

  private func endPlay(_ call: ServiceCall, _ controlID: String, failure: String?) {
    guard let play = call.plays.removeValue(forKey: controlID) else { return }
    if let failure {
      services.log.note(
        "play_failed", .warning, .init("call_id", .string(call.row.id)), .init("reason", .string(failure)))
    }
    if play.isTold { tellEndOfPlay(call, controlID, failure == nil ? "finished" : "error") }
    if let scriptID = play.waitingScript { playEnded(call, scriptID, failure: failure) }
  }

  /// The call ends, and nobody hears anything any more.
  func endPlays(_ call: ServiceCall) {
    for (controlID, play) in call.plays where play.isTold { tellEndOfPlay(call, controlID, "finished") }
    call.plays = [:]
  }

  private func tellPlay(_ call: ServiceCall, _ controlID: String, _ state: String) {
    if call.plays[controlID]?.isTold == true { tellEndOfPlay(call, controlID, state) }
  }

  private func tellEndOfPlay(_ call: ServiceCall, _ controlID: String, _ state: String) {
    let params = JSON.object([
      .init("call_id", .string(call.row.id)), .init("node_id", .string(configuration.nodeID)),
      .init("control_id", .string(controlID)), .init("state", .string(state)),
    ])
    for name in call.sessions.sorted() { tell(name, "calling.call.play", call, params) }
  }
}
