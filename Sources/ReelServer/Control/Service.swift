internal import Glibc
internal import Reel
internal import ReelCore
internal import ReelFiles
internal import ReelRealtime

/// The whole service: it serves from when it is made until it is stopped.
///
///     let service = try Service(configuration)
///     …
///     service.stop()
package final class Service: Sendable {
  /// Where it is.
  package let ready: ServiceReady
  private let configuration: ServiceConfiguration
  private let services: DeskServices
  private let web: WebHost
  private let player: BeatThread
  private let desk: WorkThread
  private let lock: FolderLock
  private let housekeeping: Housekeeping

  /// How long the last callbacks may take when it stops: what is not delivered waits for the next start.
  private static let farewellSeconds = 3.0
  /// How much of a leg may wait for its worker: media that was held up somewhere comes all at once.
  private static let ringSeconds = 4.0

  /// Starts it. Throws for what can't be taken or is in use, with nothing left running.
  package init(_ wish: ServiceConfiguration) throws {
    var configuration = wish
    let grounds = try Grounds(&configuration)
    self.configuration = configuration
    lock = grounds.lock
    let log = Log(least: configuration.logLevel)
    let door = DeskDoor()
    let arranged = try Self.arrange(configuration, grounds, door, log)
    services = arranged.services
    web = arranged.web
    ready = ServiceReady(configuration, grounds, port: web.port)
    player = BeatThread("reel player", everySeconds: Player.everySeconds, Player(services.switchboard, door))
    desk = try Self.startDesk(configuration, services)
    housekeeping = Housekeeping(configuration, log)
    try ready.write(to: configuration.readyFile)
    log.note("serving", .info, .init("http", .string(ready.http)), .init("data", .string(configuration.dataFolder)))
  }

  /// Returns when it has begun, or could not.
  private static func startDesk(
    _ configuration: ServiceConfiguration, _ services: DeskServices
  ) throws -> WorkThread {
    let beginning = Guarded<Result<Void, any Error>?>(nil)
    let thread = WorkThread("reel desk") {
      do {
        let desk = try Desk(configuration, services)
        beginning.withLock { $0 = .success(()) }
        desk.run()
      } catch {
        beginning.withLock { $0 = .failure(error) }
      }
    }
    guard let thread else { throw ConfigurationError("the system gives no more threads") }
    try beginning.wait(until: { $0 != nil }) { $0 }?.get()
    return thread
  }

  /// All that the desk works with. The address is known only when the web host listens, and the web host needs a site:
  /// so it listens first, and is answered when the rest is there.
  private static func arrange(
    _ configuration: ServiceConfiguration, _ grounds: Grounds, _ door: DeskDoor, _ log: Log
  ) throws -> (services: DeskServices, web: WebHost) {
    let front = Front()
    var place = WebConfiguration()
    (place.host, place.port, place.limits) = (configuration.host, configuration.port, configuration.web)
    place.certificate = grounds.certificate
    let web = try WebHost(place, front, log)
    do {
      let publicURL = PublicURL(
        base: configuration.publicURL ?? ServiceReady.address(configuration, port: web.port))
      try CrashRecovery(configuration: configuration, publicURL: publicURL, log: log)
        .run(try Catalogue(configuration.catalogueFile))
      var settings = EngineConfiguration(folder: configuration.recordingsFolder)
      settings.ringSeconds = ringSeconds
      settings.recordingLimit = configuration.recordingLimit
      let metrics = Metrics()
      let engine = try RecordingEngine(settings, hasThreads: true) { recording, event in
        if let summary = event.summary { metrics.note(summary) }
        door.post(.recording(id: recording.id, event))
      }
      var manner = CourierSettings(secret: grounds.signingKey)
      manner.allowsPrivateRedirects = configuration.allowsPrivateRedirects
      let courier = try Courier(configuration.catalogueFile, manner, log)
      let services = DeskServices(
        door: door, switchboard: Switchboard(engine, limit: configuration.callLimit, metrics), engine: engine,
        courier: courier, loader: PlayLoader(door, allowsPrivateRedirects: configuration.allowsPrivateRedirects),
        credentials: Credentials(grounds.projects), metrics: metrics,
        log: log,
        publicURL: publicURL)
      front.open(Site(services))
      return (services, web)
    } catch {
      web.stop()
      throw error
    }
  }

  /// Takes nothing new, ends every call, closes every recording, tells what it can, and stops. Comes once.
  package func stop() {
    // Sound: the name outlives the call.
    _ = unsafe unlink(configuration.readyFile)
    services.door.post(.end)
    desk.join()
    web.stopListening()
    player.stop()
    services.loader.stop()
    housekeeping.stop()
    let end = MonotonicTime.now().advanced(bySeconds: Self.farewellSeconds)
    services.courier.stop(drainingUntil: end)
    services.engine.closeWaiting(until: end)
    web.stop()
    lock.letGo()
    services.log.note("stopped")
  }
}

/// Answers for the site while the service is being made.
private final class Front: WebSite {
  private let site = Guarded<(any WebSite)?>(nil)

  func open(_ site: any WebSite) {
    self.site.withLock { $0 = site }
  }

  func refusal(_ head: HTTPRequest) -> HTTPAnswer? { site.withLock { $0 }?.refusal(head) }

  func answer(_ request: HTTPRequest, _ reply: any WebReply) {
    guard let site = site.withLock({ $0 }) else { return reply.send(Self.notYet) }
    site.answer(request, reply)
  }

  func open(_ request: HTTPRequest, _ socket: any WebSocket) -> WebOpening {
    guard let site = site.withLock({ $0 }) else { return .refuse(Self.notYet) }
    return site.open(request, socket)
  }

  private static let notYet = HTTPAnswer(ServiceRefusal(.unavailable, "the service is starting"))
}
