package import ReelCore

/// How the service works: what the command line and its configuration file say, and what holds where they don't.
package struct ServiceConfiguration: Sendable {
  package var host = "127.0.0.1"
  /// 0 takes a free one.
  package var port = 8_443
  package var dataFolder = "reel-data"
  package var projectID = "reel"
  /// The token itself, or the file that holds it. Where neither is said, one is made.
  package var token: String?
  package var tokenFile: String?
  /// Further projects, by their ids, with the files of their tokens. None sees another's calls.
  package var projects: [(id: String, tokenFile: String)] = []
  /// Both or none: where there is none, one is made.
  package var certificate: String?
  package var key: String?
  /// Where recordings are fetched from, as clients are told; this service's own address unless set.
  package var publicURL: String?
  package var spaceID = "reel"
  package var nodeID = "reel"
  /// What is done with calls as they arrive, by their context.
  package var arrivals: [String: Arrival] = [:]
  package var recordCallPerspective = Direction.Perspective.agent

  /// Calls at once; more are refused.
  package var callLimit = 2_000
  /// Recordings at once; more are refused.
  package var recordingLimit = 4_000
  /// Recordings of one call at once; more are refused.
  package var recordingsPerCall = 16
  package var web = WebLimits()
  /// How long a call waits for its media's return.
  package var graceSeconds = 10.0
  /// How long calls may go on after the service was told to end.
  package var drainSeconds = 0.0
  package var retention: [RetentionRule] = []
  package var allowsPrivateRedirects = false
  package var logLevel = Log.Level.info
  /// How often retention runs.
  package var retentionSeconds = 3_600.0

  package init() {}

  /// What is done with a call when it arrives.
  package enum Arrival: Sendable {
    /// The `params` form.
    case params([JSON.Member])
    case script(JSON)
  }

  package var recordingsFolder: String { "\(dataFolder)/recordings" }
  package var catalogueFile: String { "\(dataFolder)/reel.db" }
  package var readyFile: String { "\(dataFolder)/ready.json" }
  package var madeTokenFile: String { "\(dataFolder)/token" }
  package var signingKeyFile: String { "\(dataFolder)/signing-key" }
}

/// A configuration that can't be taken: what is wrong with what, in words.
package struct ConfigurationError: Error, Hashable, Sendable, CustomStringConvertible {
  package let description: String

  package init(_ description: String) {
    self.description = description
  }

  init(_ field: String, given: String, allowed: String) {
    description = "\(field) is \(given); allowed: \(allowed)"
  }
}

extension ServiceConfiguration {
  /// `HOST:PORT`, with brackets round an address of version 6.
  package mutating func listen(_ text: String) throws(ConfigurationError) {
    let error = ConfigurationError("--listen", given: text, allowed: "HOST:PORT, with a port from 0 to 65535")
    guard let colon = text.lastIndex(of: ":"), let port = Int(text[text.index(after: colon)...]),
      (0...65_535).contains(port)
    else { throw error }
    var host = text[..<colon]
    if host.hasPrefix("[") && host.hasSuffix("]") { host = host.dropFirst().dropLast() }
    guard !host.isEmpty, !host.contains(where: { $0.isWhitespace || $0 == "/" }) else { throw error }
    self.host = String(host)
    self.port = port
  }

  /// Whether only this machine can reach it.
  package var isLoopback: Bool { host == "localhost" || host == "::1" || host.hasPrefix("127.") }
}
