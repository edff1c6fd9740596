// Strategy: how the service begins and ends: with nothing configured, with what can't be configured, by SIGTERM and by
// kill -9 in the middle of calls, and what the next start makes of what was left.
import Foundation
import ReelTesting
import Testing

@Suite struct ServiceLifeTests {
  // MARK: The end

  @Test(arguments: ["terminated", "killed", "killed_untold"])
  func endedInTheMiddleOfCallsItLosesNothing(_ scene: String) async throws {
    try await withService { service in
      let callers = try service.client("stopping.py", [scene])
      try await waitFor("begun", of: callers)
      if scene == "terminated" { try await service.stop() } else { try await service.kill() }
      try await waitFor("stopped", of: callers)
      try await service.start()
      try await service.expect(callers, played: [scene])
      try await service.play("stopping.py", "anew")
      try await service.stop()
      let temporary = try FileManager.default.contentsOfDirectory(atPath: "\(service.data)/recordings").filter {
        $0.contains(".part.")
      }
      #expect(temporary.isEmpty)
    }
  }

  @Test(.enabled(if: Python.hasSDK, Python.noSDK), arguments: [SIGTERM, SIGKILL])
  func clientsOfRelayGoOnWithItsNextStart(_ signal: Int32) async throws {
    try await withService { service in
      let client = try service.client("relay.py", ["over_restart"], python: Python.sdk)
      try await waitFor("begun", of: client)
      if signal == SIGTERM { try await service.stop() } else { try await service.kill() }
      try await waitFor("stopped", of: client)
      try await service.start()
      try await service.expect(client, played: ["over_restart"])
    }
  }

  /// The client says so when it has come that far.
  private func waitFor(_ word: String, of client: Program) async throws {
    let end = Date.now.addingTimeInterval(30)
    while !client.text.contains(word) && client.isRunning && Date.now < end {
      try await Task.sleep(for: .milliseconds(20))
    }
    #expect(client.text.contains(word), "\(client.text)")
  }

  @Test func callsThatAreUnderWayMayEndByThemselvesIfTheConfigurationSaysSo() async throws {
    try await withService(configuration: #"{"drain_seconds": 20}"#) { service in
      let callers = try service.client("draining.py", ["drained"])
      try await waitFor("begun", of: callers)
      try await service.stop(within: 20)
      try await service.expect(callers, played: ["drained"])
    }
  }

  // MARK: The beginning

  private func serve(_ arguments: String..., in folder: TestFolder, log: String) throws -> Program {
    try Program(
      products.appending(path: "reel").path, ["serve", "--listen", "127.0.0.1:0"] + arguments, in: folder.path,
      log: folder[log])
  }

  @Test func withNothingConfiguredItMakesWhatItNeeds() async throws {
    let folder = TestFolder()
    var made: [Data] = []
    for _ in 0..<2 {
      let service = try serve(in: folder, log: "log")
      try await waitFor("a call:", of: service)
      let data = "\(folder.path)/reel-data"
      #expect(try permissions(data) == 0o700)
      for secret in ["token", "key.pem", "signing-key", "reel.db"] {
        #expect(try permissions("\(data)/\(secret)") == 0o600, "\(secret)")
      }
      made.append(try Data(contentsOf: URL(filePath: "\(data)/token")))
      made.append(try Data(contentsOf: URL(filePath: "\(data)/cert.pem")))
      let token = String(decoding: made[0], as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
      #expect(token.count >= 32 && !service.text.contains(token), "the token is short, or is told")
      try await check(service, token, data)
      service.signal(SIGTERM)
      #expect(try await service.status(within: 15) == 0)
    }
    #expect(made[0] == made[2] && made[1] == made[3], "another start made another token or certificate")
  }

  private func permissions(_ path: String) throws -> Int? {
    try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
  }

  /// What it says of itself works as it stands: the certificate names localhost, and the token opens.
  private func check(_ service: Program, _ token: String, _ data: String) async throws {
    let place = try #require(service.text.firstMatch(of: /serving at http:\/\/127.0.0.1:([0-9]+)/)).1
    for host in ["127.0.0.1", "localhost"] {
      let arguments = [
        "-sS", "--cacert", "\(data)/cert.pem", "-u", "reel:\(token)", "https://\(host):\(place)/api/calls",
      ]
      let asked = try run("/usr/bin/curl", arguments)
      #expect(asked.output.contains("\"data\":[]"), "\(host): \(asked.output)\(asked.complaint)")
    }
  }

  @Test func aFolderIsOneServicesAlone() async throws {
    try await withService { service in
      let second = try Program(
        products.appending(path: "reel").path, ["serve", "--listen", "127.0.0.1:0", "--data", service.data],
        log: service.folder["second.log"])
      #expect(try await second.status(within: 10) == 1)
      #expect(oneLine(second.text).contains(service.data), "\(second.text)")
      let third = try Program(
        products.appending(path: "reel").path,
        ["serve", "--listen", service.ready.http.replacing("http://", with: ""), "--data", service.folder["third"]],
        log: service.folder["third.log"])
      #expect(try await third.status(within: 10) == 1)
      #expect(oneLine(third.text).contains("in use"), "\(third.text)")
      #expect(service.isReady)
      try await service.play("stopping.py", "anew")
    }
  }

  private func oneLine(_ text: String) -> String {
    text.split(separator: "\n").count == 1 ? text : "several lines"
  }

  @Test func whatCannotBeConfiguredIsToldInALine() async throws {
    let folder = TestFolder()
    let files = [
      "unknown": #"{"colour": 1}"#, "torn": "{", "ageless": #"{"retention": [{"tag": "x"}]}"#, "empty": "",
      "none": #"{"limits": {"calls": 0}}"#, "twice": #"{"projects": [{"id": "reel", "token_file": "a"}]}"#, "a": "a",
      "list": "[]", "context": #"{"contexts": {"c": {}}}"#,
    ]
    for (name, text) in files { try text.write(toFile: folder[name], atomically: true, encoding: .utf8) }
    let cases: [(arguments: [String], status: Int32, words: [String])] = [
      (["--config", "unknown"], 64, ["colour", "retention"]), (["--config", "torn"], 64, ["torn", "JSON"]),
      (["--config", "missing"], 64, ["missing", "No such file"]), (["--config", "ageless"], 64, ["days"]),
      (["--config", "none"], 64, ["calls is 0", "1"]), (["--config", "list"], 64, ["an object"]),
      (["--config", "context"], 64, ["context c", "params"]), (["--config", "twice"], 1, ["two projects"]),
      (["--listen", "127.0.0.1:99999"], 64, ["127.0.0.1:99999", "65535"]), (["--listen", "x"], 64, ["HOST:PORT"]),
      (["--listen", "192.0.2.1:0"], 1, ["192.0.2.1"]), (["--tls-cert", "a"], 1, ["--tls-key"]),
      (["--tls-cert", "a", "--tls-key", "a"], 1, ["'a'"]), (["--token-file", "missing"], 1, ["missing"]),
      (["--token-file", "empty"], 1, ["empty"]), (["--token", "x", "--token-file", "a"], 64, ["exclude"]),
      (["--data", "a"], 1, ["a"]), (["--nonsense"], 64, ["--nonsense"]), (["more"], 64, ["more"]),
    ]
    for one in cases {
      let command = products.appending(path: "reel").path
      let usual = one.arguments.contains("--listen") ? [] : ["--listen", "127.0.0.1:0"]
      let program = try Program(command, ["serve"] + usual + one.arguments, in: folder.path, log: folder["log"])
      #expect(try await program.status(within: 10) == one.status, "\(one.arguments): \(program.text)")
      for word in one.words { #expect(oneLine(program.text).contains(word), "\(one.arguments): \(program.text)") }
    }
  }

  // MARK: Limits

  @Test func everyLimitHasItsAnswer() async throws {
    let configuration = """
      {"limits": {"calls": 3, "connections": 40, "recordings": 4, "recordings_per_call": 2, "body_bytes": 4096,
                  "message_bytes": 8192}, "retention": [{"days": 0, "tag": "short"}], "retention_seconds": 1}
      """
    try await withService(configuration: configuration) { service in
      try await service.play("limits.py", "calls")
      try await service.play("limits.py", "sizes", "half_requests", "cleaning")
      try await service.play("limits.py", "connections")
    }
  }

  // MARK: The command that calls

  @Test func aCallIsPlayedByTheCommand() async throws {
    try await withService { service in
      try await service.play("commands.py", "both_legs", "digit", "over_tls", "refused", "interrupted")
    }
  }
}
