internal import ReelCore
internal import ReelFiles
internal import ReelRealtime

/// Does what has to be done now and then with what is kept, on a thread of its own: a folder of many recordings takes
/// its time. What it is killed in is ended by the next.
final class Housekeeping: Sendable {
  private let state: Guarded<State>
  private let thread: WorkThread?

  private struct State: Sendable {
    var isOver = false
    var isAtWork = false
  }

  /// How long the end waits for what is being deleted.
  private static let farewellSeconds = 2.0

  /// Begins at once: the first thing is what an earlier service left half done.
  init(_ configuration: ServiceConfiguration, _ log: Log) {
    let state = Guarded(State())
    self.state = state
    thread = WorkThread("reel retention") {
      while state.withLock({ state in
        state.isAtWork = !state.isOver
        return state.isAtWork
      }) {
        Self.run(configuration, log)
        state.withLock { $0.isAtWork = false }
        let next = MonotonicTime.now().advanced(bySeconds: configuration.retentionSeconds)
        state.wait(until: \.isOver, orBy: next) { _ in }
      }
    }
  }

  func stop() {
    state.withLock { $0.isOver = true }
    let end = MonotonicTime.now().advanced(bySeconds: Self.farewellSeconds)
    let isIdle = state.wait(until: { !$0.isAtWork }, orBy: end) { !$0.isAtWork }
    if isIdle { thread?.join() } else { thread?.detach() }
  }

  private static func run(_ configuration: ServiceConfiguration, _ log: Log) {
    do {
      let catalogue = try Catalogue(configuration.catalogueFile)
      let now = WallTime.now()
      let deleted = try Retention.run(
        catalogue, folder: configuration.recordingsFolder, rules: configuration.retention, at: now, isDryRun: false)
      for one in deleted {
        log.note(
          one.failure == nil ? "recording_deleted" : "recording_not_deleted", one.failure == nil ? .info : .error,
          .init("recording_id", .string(one.recordingID)), .init("why", .string(one.failure ?? one.reason)))
      }
      let day = 86_400.0
      try catalogue.prune(
        deliveredBefore: WallTime(microseconds: now.microseconds - Int64(Catalogue.replayableDays * day * 1e6)))
    } catch {
      log.note("retention_failed", .error, .init("reason", .string("\(error)")))
    }
  }
}
