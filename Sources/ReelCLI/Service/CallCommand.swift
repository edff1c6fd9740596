internal import Glibc
internal import ReelCore
internal import ReelFiles
internal import ReelOffline
internal import ReelRealtime
internal import ReelServer

/// `reel call`: plays a call into a service.
struct CallCommand: Command {
  private let callerPath: String?
  private let agentPath: String?
  private let url: String
  private let callID: String?
  private let context: String?
  private let tag: String?
  private let digits: [DigitPress]
  private let speed: Double
  private let project: String
  private let token: String?
  private let authority: String?

  private static let caller = CommandOption("--caller", kind: .file, "the caller's leg: any sound file of one side")
  private static let agent = CommandOption("--agent", kind: .file, "the agent's leg")
  private static let to = CommandOption(
    "--to", kind: .text("URL"), "the service: ws://… or wss://…, at /media unless it says where", isRequired: true)
  private static let callID = CommandOption("--call-id", kind: .text("ID"), "the call's name; one is made unless set")
  private static let context = CommandOption(
    "--context", kind: .text("NAME"), "whose clients it is offered to; default unless set")
  private static let tag = CommandOption("--tag", kind: .text("TAG"), "what its recordings are kept by")
  private static let speed = CommandOption(
    "--speed", kind: .number("N", in: CallPlan.speeds), "how many times faster than a call; 1 unless set")
  private static let project = CommandOption("--project", kind: .text("ID"), "the project; $REEL_PROJECT, or reel")
  private static let tokenFile = CommandOption(
    "--token-file", kind: .file, "the file whose first line is the token; $REEL_TOKEN is the token itself")
  private static let ca = CommandOption(
    "--ca", kind: .file, "the certificate, as PEM, that wss:// is trusted by; the system's unless set")

  static let declaration = Declaration(
    name: "call", summary: "play a call into a service",
    sections: [
      .init(
        title: "the call",
        options: [
          caller.spec, agent.spec, callID.spec, context.spec, tag.spec, RecordOptions.digit.spec, speed.spec,
        ]),
      .init(title: "the service", options: [to.spec, project.spec, tokenFile.spec, ca.spec]),
    ],
    discussion: [
      "At the pace of a call. It ends when the longer leg does, when the service ends it, or by an interrupt, and says "
        + "which. The exit status is 0 but where the service could not be reached or broke the call off."
    ],
    examples: [
      "reel call --caller caller.wav --agent agent.wav --to ws://127.0.0.1:8443/media --token-file reel-data/token",
      "reel call --caller caller.wav --digit 12.5:# --context support --to wss://records.example.org --ca ca.pem",
    ])

  init(_ arguments: Arguments) throws {
    callerPath = arguments[Self.caller]
    agentPath = arguments[Self.agent]
    guard callerPath != nil || agentPath != nil else {
      throw UsageError(problem: "--caller and --agent are missing; allowed: one of them, or both")
    }
    url = try Self.address(arguments[Self.to] ?? "")
    callID = arguments[Self.callID]
    context = arguments[Self.context]
    tag = arguments[Self.tag]
    digits = arguments.all(RecordOptions.digit)
    speed = arguments[Self.speed] ?? 1
    project = arguments[Self.project] ?? Self.environment("REEL_PROJECT") ?? ServiceConfiguration().projectID
    authority = arguments[Self.ca]
    guard let file = arguments[Self.tokenFile] else {
      guard let token = Self.environment("REEL_TOKEN") else {
        throw UsageError(problem: "the token is missing; allowed: --token-file FILE, or the token in REEL_TOKEN")
      }
      self.token = token
      return
    }
    do { token = try Credentials.token(inFile: file) } catch { throw UsageError(problem: "\(error)") }
  }

  /// Where a service that is called by its name alone has its media; `http` is taken for what it means.
  private static func address(_ text: String) throws -> String {
    guard let end = text.firstRange(of: "://") else {
      throw UsageError(problem: "--to is \(text); allowed: ws://HOST:PORT/media or wss://HOST:PORT/media")
    }
    let scheme = ["ws": "ws", "wss": "wss", "http": "ws", "https": "wss"][text[..<end.lowerBound].lowercased()]
    guard let scheme, end.upperBound != text.endIndex else {
      throw UsageError(problem: "--to is \(text); allowed: ws://HOST:PORT/media or wss://HOST:PORT/media")
    }
    let rest = text[end.upperBound...]
    let path = rest.firstIndex(of: "/").map { rest[$0...] } ?? ""
    return "\(scheme)://\(rest.dropLast(path.count))\(path.isEmpty || path == "/" ? "/media" : path)"
  }

  private static func environment(_ name: String) -> String? {
    // Sound: the text is copied at once, before anybody changes the environment.
    unsafe getenv(name).map { unsafe String(cString: $0) }
  }

  func run() async throws {
    let caller = try callerPath.map { path throws in try CallPlan.Sound(InputFile(path)) }
    let agent = try agentPath.map { path throws in try CallPlan.Sound(InputFile(path)) }
    let keys = digits.map { CallPlan.KeyPress(at: $0.seconds, $0.digit) }
    var plan = try CallPlan(caller: caller, agent: agent, digits: keys, speed: speed)
    plan.callID = callID ?? UUIDText.random()
    plan.context = context
    plan.tag = tag
    Interruption.hold()
    let report = Guarded<CallReport?>(nil)
    let client = try WebClient(Log(least: .warning))
    let player = CallPlayer(client)
    let authorization = Credentials.basic(project: project, token: token ?? "")
    player.play(plan, to: url, headers: [("authorization", authorization)], authority: authority) { ended in
      report.withLock { $0 = ended }
    }
    Console.remark("calling \(url) as \(plan.callID ?? "")\n")
    while !player.wait(orBy: MonotonicTime.now().advanced(bySeconds: Self.lookSeconds)) {
      if Interruption.hasCome { player.hangUp() }
    }
    client.stop()
    guard let report = report.withLock({ $0 }) else { throw Unsound() }
    try tell(report)
  }

  /// How often is looked whether it shall end.
  private static let lookSeconds = 0.05

  private func tell(_ report: CallReport) throws {
    if case .couldNotConnect(let reason) = report.ending {
      Console.complain("could not connect to \(url): \(reason)")
      throw Unsound()
    }
    if case .refused(let reason) = report.ending {
      Console.complain("the service refused the call: \(reason)")
      throw Unsound()
    }
    if case .serverEnded(let reason) = report.ending, !reason.contains("with 1000") {
      Console.complain("the call was broken off: \(reason)")
      throw Unsound()
    }
    let heard = report.audioBytesHeard > 0 ? ", \(report.audioBytesHeard) bytes of sound heard" : ""
    Console.write("\(report.ending) after \(report.seconds.text(1)) s, \(report.framesSent) frames sent\(heard)\n")
  }
}
