internal import Reel
internal import ReelCore

/// A script that runs on a call.
struct RunningScript {
  var run: ScriptRun
  /// What it had set when that was looked at last.
  var names: Set<String> = []
  /// What went wrong, so far as it was told.
  var failuresTold = 0
}

// Scripts: SWML documents and what SWAIG functions answer, run verb by verb.
extension Desk {
  /// What all scripts of a call may leave for whoever looks.
  private static let mostVariables = 2 * Script.mostVariables
  /// More than one agent has under way at once.
  private static let mostScripts = 16

  /// Begins a script that came over HTTP; gives what is told of it.
  func runScript(_ json: JSON, for id: String, _ projectID: String) throws(ServiceRefusal) -> JSON {
    let call = try liveCall(.string(id), projectID: projectID)
    guard !isDraining else { throw ServiceRefusal(.unavailable, "the service is ending; no script is begun") }
    let script = try Script(json)
    let scriptID = try start(script, for: call)
    let running = call.scripts[scriptID]
    return .object(
      Self.success(running == nil ? "Done" : "Running") + [
        .init("call_id", .string(call.row.id)), .init("variables", call.variablesJSON),
        .init("ignored", .array(script.ignored.map { .string($0) })),
      ])
  }

  @discardableResult
  func start(_ script: Script, for call: ServiceCall) throws(ServiceRefusal) -> Int {
    guard !call.isOver else { throw ServiceRefusal(.gone, "the call \(call.row.id) has ended") }
    guard call.scripts.count < Self.mostScripts else {
      throw ServiceRefusal(.tooMany, "\(call.scripts.count) scripts of the call run; allowed: \(Self.mostScripts)")
    }
    let facts = ScriptCall(
      id: call.row.id, projectID: call.row.projectID, from: call.row.from, to: call.row.to, state: call.row.state)
    let id = call.nextScriptID
    call.nextScriptID += 1
    let run = ScriptRun(script, call: facts, recordCallPerspective: configuration.recordCallPerspective)
    call.scripts[id] = RunningScript(run: run)
    advance(call, id)
    return id
  }

  /// Goes on until the script waits or is over.
  private func advance(_ call: ServiceCall, _ id: Int) {
    while call.scripts[id] != nil {
      call.scripts[id]?.run.call.state = call.row.state
      guard let step = call.scripts[id]?.run.next() else { return }
      switch step {
      case .wait: return note(call, id)
      case .done:
        note(call, id)
        call.scripts[id] = nil
        return
      case .sleep(nil): return note(call, id)
      case .sleep(let milliseconds?):
        agenda.add(.scriptWakes(callID: call.row.id, scriptID: id), inSeconds: Double(milliseconds) / 1_000)
      case .answer(let seconds): answer(call, atMostSeconds: seconds)
      case .hangup(let reason):
        note(call, id)
        hangUp(call, reason: reason.rawValue)
      case .record(let request): foreground(call, id, request)
      case .recordCall(let request):
        background(call, id, Wish(request, verb: .recordCall, channel: "swml:\(call.row.id)"))
      case .recordByParams(let params):
        background(call, id, Wish(params, channel: "swml:\(call.row.id)"))
      case .stopRecordCall(let controlID): stop(call, id, controlID)
      case .play(let play): self.play(call, id, play)
      }
    }
  }

  /// Tells what the script could not do, and keeps what it set and did not unset.
  private func note(_ call: ServiceCall, _ id: Int) {
    guard let script = call.scripts[id] else { return }
    for name in script.names where script.run.variables[name] == nil { call.variables[name] = nil }
    for (name, value) in script.run.variables
    where call.variables[name] != nil || call.variables.count < Self.mostVariables { call.variables[name] = value }
    call.scripts[id]?.names = Set(script.run.variables.keys)
    for failure in script.run.failures.dropFirst(script.failuresTold) {
      services.log.note(
        "script_failure", .warning, .init("call_id", .string(call.row.id)), .init("reason", .string(failure)))
    }
    call.scripts[id]?.failuresTold = script.run.failures.count
  }

  // MARK: Steps

  private func foreground(_ call: ServiceCall, _ id: Int, _ request: RecordingRequest) {
    do {
      let row = try record(call, Wish(request, verb: .record, channel: "swml:\(call.row.id)"))
      recordings[row.id]?.waitingScript = id
    } catch {
      call.scripts[id]?.run.failed("\(error)")
    }
  }

  private func background(_ call: ServiceCall, _ id: Int, _ wish: Wish) {
    do {
      let row = try record(call, wish)
      call.scripts[id]?.run.started(url: url(of: row.id), controlID: row.controlID)
    } catch {
      call.scripts[id]?.run.failed("\(error)")
    }
  }

  private func stop(_ call: ServiceCall, _ id: Int, _ controlID: String?) {
    do {
      let entry = try backgroundEntry(call, controlID)
      try stop(entry)
    } catch {
      services.log.note(
        "script_failure", .warning, .init("call_id", .string(call.row.id)), .init("reason", .string("\(error)")))
    }
  }

  /// Without a name, the background recording that was begun last and goes on.
  private func backgroundEntry(_ call: ServiceCall, _ controlID: String?) throws(ServiceRefusal) -> LiveEntry {
    if let controlID { return try entry(call, controlID) }
    let open = call.recordings.compactMap { recordings[$0] }.filter { $0.row.verb == .recordCall && !$0.isStopping }
    guard let last = open.last else {
      throw ServiceRefusal(.notFound, "no background recording of the call \(call.row.id) goes on")
    }
    return last
  }

  private func play(_ call: ServiceCall, _ id: Int, _ play: ScriptPlay) {
    if play.answersCall { answer(call) }
    do {
      let items = play.items
      try startPlay(
        call, controlID: "swml:\(id):\(call.nextScriptID):\(call.plays.count)", items,
        volumeDB: play.volumeDB, RunningPlay(isTold: false, waitingScript: id))
    } catch {
      call.scripts[id]?.run.failed("\(error)")
    }
  }

  // MARK: Reports

  func wake(_ callID: String, _ scriptID: Int) {
    guard let call = calls[callID], call.scripts[scriptID] != nil else { return }
    call.scripts[scriptID]?.run.slept()
    advance(call, scriptID)
  }

  /// The recording in a script's foreground has ended.
  func recordEnded(_ call: ServiceCall, _ scriptID: Int, _ row: RecordingRow) {
    guard call.scripts[scriptID] != nil else { return }
    let succeeded = row.state != .error
    call.scripts[scriptID]?.run.ended(url: succeeded ? url(of: row.id) : nil, succeeded: succeeded)
    advance(call, scriptID)
  }

  /// What a script wanted to be heard was, or could not be.
  func playEnded(_ call: ServiceCall, _ scriptID: Int, failure: String?) {
    guard call.scripts[scriptID] != nil else { return }
    if let failure { call.scripts[scriptID]?.run.failed(failure) } else { call.scripts[scriptID]?.run.played() }
    advance(call, scriptID)
  }
}
