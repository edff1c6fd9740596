internal import Reel
internal import ReelFiles
internal import ReelRealtime

/// The calls that have media, by their ids: where a stream finds its call. Any thread may ask.
final class Switchboard: Sendable {
  private let engine: RecordingEngine
  private let limit: Int
  private let metrics: Metrics
  private let state = Guarded(State())

  private struct State: Sendable {
    var lines: [String: Line] = [:]
    var isOpen = true
  }

  /// A connection that was heard within this is not one that was lost: another for its call is a mistake.
  private static let aliveSeconds = 1.0

  init(_ engine: RecordingEngine, limit: Int, _ metrics: Metrics) {
    self.engine = engine
    self.limit = limit
    self.metrics = metrics
  }

  var isOpen: Bool { state.withLock { $0.isOpen } }
  var lines: [Line] { state.withLock { Array($0.lines.values) } }

  /// Takes no new call any more.
  func close() {
    state.withLock { $0.isOpen = false }
  }

  func remove(_ line: Line) {
    state.withLock { state in
      if state.lines[line.id] === line { state.lines[line.id] = nil }
    }
  }

  /// A new call, or one whose media comes back.
  func arrive(
    _ hello: MediaHello, projectID: String, _ link: MediaLink
  ) throws(ServiceRefusal) -> (line: Line, isNew: Bool) {
    let id = hello.callID ?? UUIDText.random()
    // It is part of addresses.
    guard !id.contains("/") else {
      throw ServiceRefusal(.unprocessable, "call_id is \(id); allowed: a name without a slash")
    }
    if let line = state.withLock({ $0.lines[id] }) {
      try resume(line, hello, projectID: projectID, link)
      return (line, false)
    }
    return try state.withLock { state throws(ServiceRefusal) in
      guard state.isOpen else { throw ServiceRefusal(.unavailable, "the service is ending; no call is taken") }
      guard metrics.isCatalogueWell else {
        throw ServiceRefusal(.unavailable, "the catalogue can't be written; no call is taken until it can")
      }
      guard state.lines.count < limit else {
        throw ServiceRefusal(.tooMany, "\(state.lines.count) calls go on; allowed: \(limit)")
      }
      let call = engine.call(id, callerRate: hello.callerRate, agentRate: hello.agentRate)
      let line = Line(id, projectID: projectID, hello, call, link)
      state.lines[id] = line
      return (line, true)
    }
  }

  private func inUse(_ id: String) -> ServiceRefusal {
    ServiceRefusal(.conflict, "call_id is \(id), which is in use; allowed: another one")
  }

  private func resume(
    _ line: Line, _ hello: MediaHello, projectID: String, _ link: MediaLink
  ) throws(ServiceRefusal) {
    guard line.projectID == projectID, !line.hasEnded else { throw inUse(line.id) }
    guard line.callerRate == hello.callerRate, line.agentRate == hello.agentRate else {
      throw ServiceRefusal(.conflict, "the rates of the call \(line.id) were others; allowed: the same")
    }
    if let older = line.link {
      guard older.isClosed || MonotonicTime.now().seconds(since: older.lastHeard) >= Self.aliveSeconds else {
        throw ServiceRefusal(.conflict, "call_id is \(line.id), whose media comes by another connection")
      }
      line.unlink(older)
      older.end(1_001, "another connection brings the call's media")
    }
    guard line.take(link, hello) else { throw inUse(line.id) }
  }
}
