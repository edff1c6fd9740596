internal import Reel
internal import ReelCore
internal import ReelRealtime

/// Who answers what comes over the network: looks at whose it is, and hands it on. On the web thread; it never waits.
final class Site: WebSite {
  private let services: DeskServices

  init(_ services: DeskServices) {
    self.services = services
  }

  private static let stranger = HTTPAnswer(
    ServiceRefusal(.unauthorized, "the credentials are missing or wrong; allowed: a project and its token"))

  /// Nothing of a stranger's request is read but its head.
  func refusal(_ head: HTTPRequest) -> HTTPAnswer? {
    guard head.path != "/healthz",
      services.credentials.project(authorization: head.headers["authorization"]) == nil
    else { return nil }
    services.metrics.refusedCredentials.add(1)
    return Self.stranger
  }

  func answer(_ request: HTTPRequest, _ reply: any WebReply) {
    if request.path == "/healthz" && (request.method == "GET" || request.method == "HEAD") {
      return reply.send(health)
    }
    guard let projectID = services.credentials.project(authorization: request.headers["authorization"]) else {
      return reply.send(Self.stranger)
    }
    if request.path == "/metrics" && request.method == "GET" {
      let text = services.metrics.text(services.engine.counters, services.courier)
      return reply.send(.text(200, text, type: "text/plain; version=0.0.4; charset=utf-8"))
    }
    services.door.post(.request(request, projectID: projectID, reply))
  }

  /// Whether new calls can be recorded.
  private var health: HTTPAnswer {
    let isWell = services.metrics.isCatalogueWell
    let isOpen = services.switchboard.isOpen
    let status = !isWell ? "catalogue_failed" : isOpen ? "ok" : "draining"
    return .json(isWell && isOpen ? 200 : 503, .object([.init("status", .string(status))]))
  }

  func open(_ request: HTTPRequest, _ socket: any WebSocket) -> WebOpening {
    switch request.path {
    case "/": return .accept(RelayLink(socket, services.door))
    case "/media":
      let authorization = services.credentials.project(authorization: request.headers["authorization"])
      // Media servers that can't set a header put the token into the address.
      let token = request.parameter("token").flatMap { services.credentials.project(token: $0) }
      guard let projectID = authorization ?? token else {
        services.metrics.refusedCredentials.add(1)
        return .refuse(Self.stranger)
      }
      return .accept(MediaLink(socket, services, projectID: projectID))
    default:
      return .refuse(
        HTTPAnswer(ServiceRefusal(.notFound, "a WebSocket is at / for RELAY and at /media for calls")))
    }
  }
}
