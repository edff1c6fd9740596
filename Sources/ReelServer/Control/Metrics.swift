internal import Reel
package import ReelRealtime

/// What the service counts, for `GET /metrics` in the form of Prometheus.
package final class Metrics: Sendable {
  package let calls = Tally()
  package let sessions = Tally()
  package let recordingsBegun = Tally()
  package let mediaConnections = Tally()
  package let mediaMessages = Tally()
  /// Of both legs.
  package let samplesPushed = Tally()
  /// Messages that were no media, or came at the wrong time.
  package let mediaErrors = Tally()
  package let refusedCredentials = Tally()
  /// Transactions in a row that failed; 0 while all is well.
  package let catalogueFailures = Tally()
  package let samplesFilled = Tally()
  /// What the desk took from its door last.
  package let errands = Tally()
  package let commits = Tally()
  package let longestCommitMicroseconds = Tally()

  package init() {}
}

extension Metrics {
  /// Whether what the catalogue is told is written down.
  var isCatalogueWell: Bool { catalogueFailures.value == 0 }

  /// A transaction took so long.
  func noteCommit(_ seconds: Double) {
    commits.add(1)
    longestCommitMicroseconds.raise(to: Int(seconds * 1e6))
  }

  /// A recording has ended.
  func note(_ summary: RecordingSummary) {
    samplesFilled.add(summary.sums.caller.filled + summary.sums.agent.filled)
  }
}

/// One thing that is counted, as Prometheus reads it.
struct Metric {
  enum Kind: String {
    /// Goes up and down.
    case gauge
    /// Goes up.
    case counter
  }

  let name: String
  let kind: Kind
  let value: Double
  let help: String

  static func gauge(_ name: String, _ value: Int, _ help: String) -> Metric {
    Metric(name: name, kind: .gauge, value: Double(value), help: help)
  }

  static func seconds(_ name: String, _ value: Double, _ help: String) -> Metric {
    Metric(name: "\(name)_seconds", kind: .gauge, value: value, help: help)
  }

  static func counter(_ name: String, _ value: Int, _ help: String) -> Metric {
    Metric(name: "\(name)_total", kind: .counter, value: Double(value), help: help)
  }

  /// A line of help, one of kind and one of value.
  var text: String {
    let value = self.value == self.value.rounded() && abs(self.value) < 1e15 ? "\(Int(self.value))" : "\(self.value)"
    return "# HELP reel_\(name) \(help)\n# TYPE reel_\(name) \(kind.rawValue)\nreel_\(name) \(value)\n"
  }
}

extension Metrics {
  /// All there is.
  func text(_ engine: EngineCounters, _ courier: Courier) -> String {
    (own + Self.metrics(of: engine) + Self.metrics(of: courier)).map(\.text).joined()
  }

  private var own: [Metric] {
    [
      .gauge("calls", calls.value, "Calls that go on."),
      .gauge("relay_sessions", sessions.value, "Sessions of RELAY."),
      .gauge("media_connections", mediaConnections.value, "Connections that bring media."),
      .counter("media_messages", mediaMessages.value, "Messages of media."),
      .counter("media_errors", mediaErrors.value, "Messages that were no media."),
      .counter("samples_pushed", samplesPushed.value, "Samples of legs that came."),
      .counter("samples_filled", samplesFilled.value, "Samples that did not come, in recordings that have ended."),
      .counter("recordings_begun", recordingsBegun.value, "Recordings that were begun."),
      .counter("credentials_refused", refusedCredentials.value, "Requests whose credentials were wrong."),
      .gauge("desk_queue", errands.value, "Errands that the desk took at once last."),
      .counter("catalogue_commits", commits.value, "Transactions of the catalogue."),
      .seconds(
        "catalogue_commit_longest", Double(longestCommitMicroseconds.value) / 1e6, "The longest that one has taken."),
      .gauge("catalogue_failures", catalogueFailures.value, "Transactions in a row that failed."),
    ]
  }

  private static func metrics(of engine: EngineCounters) -> [Metric] {
    [
      .gauge("recordings_live", engine.recordings, "Recordings that go on or wait to be closed."),
      .counter("recordings_closed", engine.closed, "Recordings that are what they should be."),
      .counter("recordings_failed", engine.failed, "Recordings that ended in an error."),
      .counter("samples_overrun", engine.overrunSamples, "Samples of legs that found no room in a ring."),
      .counter("samples_dropped", engine.droppedSamples, "Samples that the disk or an encoder cost."),
      .gauge("backlog_bytes", engine.backlogBytes, "Memory of audio that waits for the disk or an encoder."),
      .seconds("disk_wait", engine.diskWaitSeconds, "How long the writer has been waiting for the disk."),
      .seconds("disk_wait_longest", engine.longestDiskWaitSeconds, "The longest that it has waited."),
      .seconds("beat_longest", engine.longestBeatSeconds, "The longest that a worker needed for a beat."),
      .counter("sync_failures", engine.syncFailures, "How often the disk would not take what it was given."),
    ]
  }

  private static func metrics(of courier: Courier) -> [Metric] {
    [
      .gauge("callbacks_pending", courier.pending, "Callbacks that wait for their receivers."),
      .counter("callbacks_delivered", courier.delivered, "Callbacks that were delivered."),
      .counter("callbacks_failed_attempts", courier.failedAttempts, "Attempts that failed."),
      .counter("callbacks_given_up", courier.givenUp, "Callbacks that were given up."),
    ]
  }
}
