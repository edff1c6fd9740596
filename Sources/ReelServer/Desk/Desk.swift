internal import Reel
internal import ReelCore
internal import ReelFiles
internal import ReelRealtime

/// The one thread that decides: what arrives at its door it does in turn, and what it changes of the catalogue goes
/// into one transaction with all else that waited, so that many changes cost one sync of the disk. What is told to
/// anybody is told after that.
///
/// Not Sendable: made, used and let go of on its thread. Media never passes through here.
final class Desk {
  let configuration: ServiceConfiguration
  let services: DeskServices
  let catalogue: Catalogue
  var calls: [String: ServiceCall] = [:]
  var recordings: [String: LiveEntry] = [:]
  var sessions: [String: SessionEntry] = [:]
  /// Sessions by the connections that have them.
  var links: [ObjectIdentifier: String] = [:]
  var agenda = Agenda()
  /// Connections that have no session yet, and when they came.
  var strangers: [ObjectIdentifier: (link: RelayLink, since: MonotonicTime)] = [:]
  /// Whether calls and recordings are refused because the service ends.
  var isDraining = false
  private var isAbandoned = false
  private var partings: [(link: MediaLink, code: Int, reason: String)] = []
  /// Whether every call was told to end: one that arrives now is told at once.
  private(set) var hasEndedAll = false
  /// What the catalogue has yet to be told, in order. Stays where it could not be written.
  private var writes: [CatalogueWrite] = []
  /// What is done when the catalogue has been told.
  private var effects: [() -> Void] = []

  struct SessionEntry {
    var session: RelaySession
    var link: RelayLink?
    var losses = 0
  }

  init(_ configuration: ServiceConfiguration, _ services: DeskServices) throws {
    self.configuration = configuration
    self.services = services
    catalogue = try Catalogue(configuration.catalogueFile)
    agenda.add(.pings, inSeconds: RelaySession.pingSeconds)
  }

  /// Goes on until the service has ended.
  func run() {
    while !isOver && !isAbandoned {
      turn(by: writes.isEmpty ? .never : MonotonicTime.now().advanced(bySeconds: Self.retrySeconds))
    }
    // Only now: who is sent away has heard how its calls ended.
    sendSessionsAway()
    commit()
    let end = MonotonicTime.now().advanced(bySeconds: Self.farewellSeconds)
    while isSomethingUntaken && MonotonicTime.now() < end { turn(by: end) }
    closeSessions()
  }

  /// Does what has come, once something has or the time has.
  private func turn(by end: MonotonicTime) {
    let errands = services.door.take(by: min(agenda.next, end))
    services.metrics.errands.set(errands.count)
    for errand in errands { perform(errand) }
    for appointment in agenda.takeDue() { keep(appointment) }
    commit()
  }

  /// How long clients of RELAY may take to answer what they were told last, when the service ends.
  private static let farewellSeconds = 2.0

  /// How long recordings may take to close, and the catalogue to be written, when the service ends: what can't be until
  /// then waits for the next start's recovery.
  private static let abandonSeconds = 20.0
  /// How soon the catalogue is tried again that could not be written.
  private static let retrySeconds = 0.5

  /// All calls are over and everything of them is written down.
  private var isOver: Bool {
    isDraining && calls.isEmpty && recordings.isEmpty && writes.isEmpty && effects.isEmpty
  }

  /// How long a connection that was refused has for reading why.
  private static let partingSeconds = 0.5

  /// A catalogue that can't be written is told about once a minute.
  private static let failureNoteSeconds = 60.0
  private var nextFailureNote = MonotonicTime(nanoseconds: 0)

  /// Whether what it is told is written down.
  var isCatalogueWell: Bool { services.metrics.isCatalogueWell }

  // MARK: Catalogue

  func write(_ write: CatalogueWrite) {
    writes.append(write)
  }

  /// Does something once all that was written so far is in the catalogue.
  func after(_ effect: @escaping () -> Void) {
    effects.append(effect)
  }

  private func commit() {
    if !writes.isEmpty {
      let begun = MonotonicTime.now()
      let hasEvents = writes.contains { $0.isEvent }
      do {
        try catalogue.transaction { for write in writes { try write.apply(to: catalogue) } }
        writes = []
        services.metrics.catalogueFailures.set(0)
        if hasEvents { services.courier.wake() }
      } catch {
        // What it was to be told stays, and nobody hears of it before it is written.
        return noteFailure("\(error)")
      }
      services.metrics.noteCommit(MonotonicTime.now().seconds(since: begun))
    }
    // Effects may have effects.
    while !effects.isEmpty {
      let some = effects
      effects = []
      for effect in some { effect() }
    }
    services.metrics.calls.set(calls.count)
    services.metrics.sessions.set(sessions.count)
  }

  private func noteFailure(_ reason: String) {
    services.metrics.catalogueFailures.add(1)
    let now = MonotonicTime.now()
    guard nextFailureNote <= now else { return }
    nextFailureNote = now.advanced(bySeconds: Self.failureNoteSeconds)
    services.log.note("catalogue_failed", .error, .init("reason", .string(reason)))
  }

  // MARK: Errands

  private func perform(_ errand: Errand) {
    switch errand {
    case .request(let request, let projectID, let reply): answer(request, projectID, reply)
    case .relayOpened(let link): strangers[ObjectIdentifier(link)] = (link, .now())
    case .relayHeard(let link, let message): heard(link, message)
    case .relayClosed(let link): closed(link)
    case .arrived(let line, let link, let hello): arrived(line, link, hello)
    case .returned(let line, let link): returned(line, link)
    case .mediaStopped(let line, let link):
      if line.isLinked(to: link) { call(of: line).map { hangUp($0, reason: "hangup") } }
    case .mediaLost(let line, let link): mediaLost(line, link)
    case .refused(let link, let code, let reason):
      partings.append((link, code, reason))
      if partings.count == 1 { agenda.add(.partings, inSeconds: Self.partingSeconds) }
    case .recording(let id, let event): heard(id, event)
    case .played(let line, let begun, let finished): played(line, begun: begun, finished: finished)
    case .loaded(let play): loaded(play)
    case .end: drain()
    }
  }

  private func keep(_ appointment: Appointment) {
    switch appointment {
    case .graceOver(let callID, let losses): graceOver(callID, losses)
    case .scriptWakes(let callID, let scriptID): wake(callID, scriptID)
    case .endingOver(let callID): calls[callID].map { finish($0, evenIfOpen: true) }
    case .longEnough(let callID, let since):
      if let call = calls[callID], call.row.createdAt == since { hangUp(call, reason: "max_duration") }
    case .sessionOver(let name, let losses): sessionOver(name, losses)
    case .pings: pingSessions()
    case .partings:
      for (link, code, reason) in partings { link.end(code, reason) }
      partings = []
    case .drainOver: endAll()
    case .abandon:
      isAbandoned = true
      services.log.note("abandoned", .error, .init("recordings", .number(Double(recordings.count))))
    }
  }

  private func call(of line: Line) -> ServiceCall? {
    calls[line.id].flatMap { $0.line === line ? $0 : nil }
  }

  // MARK: The end

  /// Takes nothing new in; calls may go on for as long as was said.
  private func drain() {
    guard !isDraining else { return endAll() }
    isDraining = true
    services.switchboard.close()
    services.log.note("draining", .info, .init("calls", .number(Double(calls.count))))
    if configuration.drainSeconds > 0 && !calls.isEmpty {
      agenda.add(.drainOver, inSeconds: configuration.drainSeconds)
    } else {
      endAll()
    }
  }

  private func endAll() {
    hasEndedAll = true
    agenda.add(.abandon, inSeconds: Self.abandonSeconds)
    for call in calls.values { hangUp(call, reason: "hangup") }
  }
}

/// What the desk works with, and others too.
struct DeskServices: Sendable {
  let door: DeskDoor
  let switchboard: Switchboard
  let engine: RecordingEngine
  let courier: Courier
  let loader: PlayLoader
  let credentials: Credentials
  let metrics: Metrics
  let log: Log
  let publicURL: PublicURL
}

/// A change of the catalogue that waits for its transaction.
enum CatalogueWrite {
  case call(CallRow)
  case recording(RecordingRow)
  case event(recordingID: String, url: String, body: String, WallTime)

  var isEvent: Bool {
    if case .event = self { true } else { false }
  }

  func apply(to catalogue: Catalogue) throws {
    switch self {
    case .call(let row): try catalogue.save(row)
    case .recording(let row): try catalogue.save(row)
    case .event(let recordingID, let url, let body, let time):
      _ = try catalogue.enqueue(recordingID: recordingID, url: url, body: body, at: time)
    }
  }
}
