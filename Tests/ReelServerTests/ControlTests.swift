// Strategy: what the service is told at its start, whole and in every way wrong; who may use it; times as clients write
// them.
import ReelCore
import ReelFiles
import ReelServer
import Testing

@Suite struct ConfigurationTests {
  private func read(_ text: String) throws -> ServiceConfiguration {
    var configuration = ServiceConfiguration()
    try configuration.read(try JSON(text))
    return configuration
  }

  @Test func everyMemberIsRead() throws {
    let configuration = try read(
      #"""
      {"listen": "[::1]:9000", "data": "/d", "project": "p", "token_file": "t", "tls_cert": "c", "tls_key": "k",
       "public_url": "https://r.example.org/", "space_id": "s", "node_id": "n", "log_level": "warning",
       "record_call_perspective": "party", "allow_private_redirects": true, "grace_seconds": 2.5, "drain_seconds": 60,
       "retention_seconds": 10, "limits": {"connections": 5, "calls": 6, "recordings": 7, "recordings_per_call": 2,
       "body_bytes": 2048, "message_bytes": 4096}, "projects": [{"id": "q", "token_file": "u"}],
       "retention": [{"days": 30, "project": "p", "tag": "g"}, {"days": 0.5}],
       "contexts": {"a": {"params": {"record_call": true}}, "b": {"swml": {"sections": {"main": []}}}}}
      """#)
    #expect(configuration.host == "::1" && configuration.port == 9_000 && configuration.isLoopback)
    #expect(configuration.publicURL == "https://r.example.org")
    #expect(configuration.recordCallPerspective == .party && configuration.allowsPrivateRedirects)
    #expect(configuration.web.connections == 5 && configuration.callLimit == 6 && configuration.recordingLimit == 7)
    #expect(configuration.recordingsPerCall == 2 && configuration.web.bodyBytes == 2_048)
    #expect(configuration.projects.map(\.id) == ["q"])
    #expect(
      configuration.retention == [
        RetentionRule(olderThanSeconds: 2_592_000, projectID: "p", tag: "g"), RetentionRule(olderThanSeconds: 43_200),
      ])
    #expect(configuration.arrivals.keys.sorted() == ["a", "b"])
  }

  @Test(arguments: [
    (#"[]"#, "the configuration is []"), (#"{"lisen": "x"}"#, "has lisen"), (#"{"listen": "x"}"#, "--listen is x"),
    (#"{"listen": "h:70000"}"#, "0 to 65535"), (#"{"limits": {"calls": 0}}"#, "calls is 0"),
    (#"{"limits": {"cals": 1}}"#, "has cals"), (#"{"retention": [{"tag": "x"}]}"#, "without days"),
    (#"{"retention": [{"days": -1}]}"#, "days is -1"), (#"{"retention": {}}"#, "allowed: a list"),
    (#"{"contexts": {"a": {}}}"#, "the context a"), (#"{"projects": [{"id": "x"}]}"#, "without token_file"),
    (#"{"log_level": "loud"}"#, "debug, info, warning, error"), (#"{"grace_seconds": 1e9}"#, "grace_seconds is"),
    (#"{"public_url": "ftp://x"}"#, "public_url is ftp://x"), (#"{"drain_seconds": "1"}"#, "drain_seconds is"),
  ])
  func whatIsWrongIsNamed(_ text: String, _ words: String) throws {
    let error = #expect(throws: ConfigurationError.self) { try read(text) }
    #expect(error?.description.contains(words) == true, "\(error?.description ?? "")")
  }

  @Test(arguments: ["", "host", ":1", "host:", "host:-1", "host:x", "a b:1", "a/b:1"])
  func aPlaceThatIsNoneIsRefused(_ text: String) {
    var configuration = ServiceConfiguration()
    #expect(throws: ConfigurationError.self) { try configuration.listen(text) }
  }
}

@Suite struct CredentialTests {
  private let credentials = Credentials([("p", "secret"), ("q", "other")])

  @Test func aProjectHasItsOwnToken() {
    #expect(credentials.areRight(project: "p", token: "secret"))
    #expect(credentials.areRight(project: "q", token: "other"))
    for (project, token) in [
      ("p", "other"), ("p", "secre"), ("p", ""), ("", "secret"), ("P", "secret"), ("r", "secret"),
    ] {
      #expect(!credentials.areRight(project: project, token: token), "\(project) \(token)")
    }
  }

  @Test func headersAreReadAsClientsSendThem() {
    #expect(credentials.project(authorization: Credentials.basic(project: "q", token: "other")) == "q")
    #expect(credentials.project(authorization: "basic cDpzZWNyZXQ=") == "p")
    #expect(credentials.project(authorization: "Bearer secret") == "p")
    for wrong in [
      nil, "", "Basic", "Basic ", "Basic !!!!", "Basic cA==", "Bearer", "Bearer x", "Digest secret", "secret",
      "Basic cDpzZWNyZXQ=x",
    ] {
      #expect(credentials.project(authorization: wrong) == nil, "\(wrong ?? "none")")
    }
  }
}

@Suite struct TimeTextTests {
  @Test(arguments: [
    ("0", 0), ("1.5", 1_500_000), ("1970-01-01", 0), ("1970-01-02T00:00:00Z", 86_400_000_000),
    ("2000-02-29T12:30:15.25Z", 951_827_415_250_000), ("2026-11-21 08:00", 1_795_248_000_000_000),
  ])
  func timesAreRead(_ text: String, _ microseconds: Int64) {
    #expect(WallTime(text)?.microseconds == microseconds)
  }

  @Test func whatWallTimeWritesItReads() {
    for seed in 0..<2_000 {
      let time = WallTime(microseconds: Int64(seed) * 1_234_567_891_011 % 4_000_000_000_000_000)
      #expect(WallTime(time.description) == time, "\(time)")
    }
  }

  @Test(arguments: ["", "x", "nan", "1e300", "2026", "2026-13-01", "2026-1", "2026-01-01T25:00:00Z", "2026-01-01T1"])
  func whatIsNoTimeIsRefused(_ text: String) {
    // A year alone is so many seconds.
    #expect(text == "2026" || WallTime(text) == nil, "\(text)")
  }
}
