internal import Glibc
internal import ReelAudio
internal import ReelCore
internal import ReelFiles
internal import ReelOffline

/// `reel record`: records two legs that come from files or pipes.
struct RecordCommand: Command {
  private let callerPath: String?
  private let agentPath: String?
  private let rawHz: Int?
  private let verb: RecordingVerb
  private let options: RecordingOptions
  private let renditions: [Rendition]
  private let commands: [OfflineCall.Command]
  private let pace: OfflineCall.Pace
  private let printsJSON: Bool
  /// Where what goes to standard output is made.
  private let spool: SpoolFolder?

  init(_ arguments: Arguments) throws {
    typealias Options = RecordOptions
    callerPath = arguments[Options.caller].map(Input.path)
    agentPath = arguments[Options.agent].map(Input.path)
    guard callerPath != nil || agentPath != nil else {
      throw UsageError(problem: "--caller and --agent are missing; allowed: one of them, or both")
    }
    guard callerPath != Input.standard || agentPath != Input.standard else {
      throw UsageError(problem: "--caller and --agent are both standard input; allowed: one of them")
    }
    rawHz = arguments[Options.raw]
    verb = arguments[Options.preset] ?? .recordCall
    printsJSON = arguments.has(Options.json)
    pace = arguments.has(Options.realtime) ? .real : .full
    var options = try Options.recordingOptions(arguments, verb)
    let outputs = try Outputs(
      arguments.all(Options.output), format: arguments[Options.format], layout: options.stereo ? .stereo : .mono,
      coding: Coding(bitrate: arguments[Options.bitrate], quality: arguments[Options.quality]))
    guard !(outputs.goesToStandardOutput && printsJSON) else {
      throw UsageError(problem: "-o - and --json both want standard output; allowed: one of them")
    }
    spool = outputs.spool
    renditions = outputs.renditions
    options.format = renditions[0].codec.format
    self.options = options
    commands = try Options.commands(arguments, options)
  }

  func run() throws {
    try Input.refuseOutputs(
      renditions.map(\.path).filter { $0 != spool?.path }, among: [callerPath, agentPath].compactMap { $0 })
    let callerFile = try callerPath.map { path throws in try InputFile(path, mayStream: true) }
    let agentFile = try agentPath.map { path throws in try InputFile(path, mayStream: true) }
    let caller = try callerFile.map { file throws in try LegFile(file, rawHz: rawHz) }
    let agent = try agentFile.map { file throws in try LegFile(file, rawHz: rawHz) }
    var call = OfflineCall(caller: caller, agent: agent)
    call.commands = commands
    let name = FileNames.parted(callerPath ?? agentPath ?? "").name
    let identity = RecordingIdentity(
      callID: name, recordingID: UUIDText.random(), start: .now(), legs: options.legs)
    let plan = try plan(identity, call)
    Interruption.hold()
    for file in [callerFile, agentFile] { file?.isUnwanted = { Interruption.hasCome } }
    try spool?.make()
    let outcome = try record(call, to: plan, identity)
    for note in [caller, agent].compactMap({ leg in leg?.note.map { "\(leg!.path): \($0)" } }) {
      Console.complain(note)
    }
    finish(outcome, identity)
    try spool?.copyToStandardOutput()
  }

  /// Whoever was told that it is being recorded is told of its end too, be there a file or none.
  private func record(
    _ call: OfflineCall, to plan: RecordingPlan, _ identity: RecordingIdentity
  ) throws -> OfflineCall.Outcome {
    var isTold = false
    do {
      let outcome = try call.record(options, to: plan, at: pace, isUnwanted: { Interruption.hasCome }) { event in
        guard let state = StatusCallback.State(event) else {
          return Console.complain("nobody fetched the beep: recording began without it")
        }
        isTold = true
        tell(state, identity)
      }
      if let failure = outcome.closed.failure { throw failure }
      return outcome
    } catch {
      let ending = StatusCallback.Ending(
        url: nil, durationSeconds: nil, byteCount: nil, startSeconds: identity.start.seconds,
        endSeconds: WallTime.now().seconds)
      if isTold { tell(.ended(.error, ending), identity) }
      throw error
    }
  }

  private func plan(_ identity: RecordingIdentity, _ call: OfflineCall) throws -> RecordingPlan {
    do {
      return try RecordingPlan(
        identity, rate: call.rate(options), renditions, replaces: true, isRepeatable: true)
    } catch {
      throw UsageError(problem: "\(error)")
    }
  }

  // MARK: Telling

  private func tell(_ state: StatusCallback.State, _ identity: RecordingIdentity) {
    guard printsJSON else { return }
    let callback = StatusCallback(
      state, callID: identity.callID, recordingID: identity.recordingID, controlID: nil, format: options.format,
      direction: Direction(options.legs, for: verb), isStereo: options.stereo,
      timestampSeconds: WallTime.now().seconds)
    Console.write("\(callback.json)\n")
  }

  private func finish(_ outcome: OfflineCall.Outcome, _ identity: RecordingIdentity) {
    let first = outcome.closed.files[0]
    let rate = renditions[0].rate ?? outcome.rate
    let ending = StatusCallback.Ending(
      url: FileURL.text(of: first.path), durationSeconds: rate.seconds(of: first.samples), byteCount: first.byteCount,
      startSeconds: identity.start.seconds, endSeconds: WallTime.now().seconds)
    tell(.ended(outcome.reason.outcome, ending), identity)
    Console.remark(words(outcome))
  }

  private func words(_ outcome: OfflineCall.Outcome) -> String {
    func seconds(_ samples: Int) -> String { "\(outcome.rate.seconds(of: samples).text(1)) s" }
    var text = ""
    for (file, rendition) in zip(outcome.closed.files, renditions) {
      let format = rendition.codec.format.rawValue.uppercased()
      text +=
        "\(rendition.path == spool?.path ? "standard output" : file.path): \(rendition.layout.rawValue) \(format), "
      text += "\(outcome.rate.hz) Hz, \(seconds(file.samples)) (\(file.samples) samples), \(file.byteCount) bytes\n"
    }
    text += "  ended: \(outcome.reason.outcome.rawValue), \(outcome.reason.words)\n"
    text += "  speech heard: \(seconds(outcome.sums.speech))\n"
    for (leg, its) in [(Leg.caller, outcome.sums.caller), (.agent, outcome.sums.agent)]
    where options.legs.contains(leg) {
      text += "  \(leg.rawValue): \(seconds(its.real)) recorded, \(seconds(its.filled)) filled with silence"
      text += its.paused > 0 ? ", \(seconds(its.paused)) paused\n" : "\n"
    }
    return text
  }
}

extension StatusCallback.State {
  /// Nil for what a status callback has no word for.
  fileprivate init?(_ event: RecorderEvent) {
    switch event {
    case .recording: self = .recording
    case .paused(let behavior, _): self = .paused(behavior)
    case .beepNotPlayed, .ended: return nil
    }
  }
}
