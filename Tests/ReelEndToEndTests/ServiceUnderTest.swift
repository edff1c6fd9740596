// Strategy: what tests of the service share: `reel serve` as a process of its own, and programs of Tests/Clients,
// written against the published SDK or against the standard library, that use it and judge what it made.
import Foundation
import ReelTesting
import Testing

/// Pythons that the programs run in.
enum Python {
  /// Has the published SDK; `make sdk` makes it.
  static let sdk = root.appending(path: ".build/sdk/bin/python").path
  static let plain = "/usr/bin/python3"
  static let hasSDK = FileManager.default.isExecutableFile(atPath: sdk)
  static let noSDK: Comment = "signalwire-sdk is not in .build/sdk: make sdk"

  private static let root = URL(filePath: testdata).deletingLastPathComponent()
  static let clients = root.appending(path: "Tests/Clients").path
}

/// A program that runs beside the test, and is gone with it.
final class Program: @unchecked Sendable {
  // Sound: it is started in init and asked only for what Process lets any thread ask.
  private let process = Process()
  private let said: FileHandle
  private let path: String

  init(
    _ path: String, _ arguments: [String], _ variables: [String: String] = [:], in folder: String? = nil, log: String
  ) throws {
    self.path = log
    try Data().write(to: URL(filePath: log))
    said = try FileHandle(forWritingTo: URL(filePath: log))
    process.executableURL = URL(filePath: path)
    process.arguments = arguments
    process.environment = ProcessInfo.processInfo.environment.merging(variables) { $1 }
    if let folder { process.currentDirectoryURL = URL(filePath: folder) }
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = said
    process.standardError = said
    try process.run()
  }

  deinit {
    end(SIGKILL)
  }

  /// All that it said so far.
  var text: String { (try? String(contentsOfFile: path, encoding: .utf8)) ?? "" }
  var isRunning: Bool { process.isRunning }
  var id: Int32 { process.processIdentifier }

  func signal(_ signal: Int32) {
    if process.isRunning { kill(process.processIdentifier, signal) }
  }

  /// Its status, or nil where it had to be killed because it took too long. Holds no thread meanwhile.
  func status(within seconds: Double) async throws -> Int32? {
    let end = Date.now.addingTimeInterval(seconds)
    while process.isRunning {
      guard Date.now < end else {
        self.end(SIGKILL)
        return nil
      }
      try await Task.sleep(for: .milliseconds(20))
    }
    return process.terminationReason == .exit ? process.terminationStatus : -process.terminationStatus
  }

  private func end(_ signal: Int32) {
    guard process.isRunning else { return }
    kill(process.processIdentifier, signal)
    process.waitUntilExit()
  }
}

/// Lets few tests run at once: a service whose callers do not get to speak judges nothing.
private actor Turns {
  static let shared = Turns()
  private var free = 3
  private var waiting: [CheckedContinuation<Void, Never>] = []

  func take() async {
    if free > 0 { free -= 1 } else { await withCheckedContinuation { waiting.append($0) } }
  }

  func give() {
    if waiting.isEmpty { free += 1 } else { waiting.removeFirst().resume() }
  }
}

/// What a test does with a service that serves, when its turn has come. Then the service is told to end, which it must
/// do well, unless the test has ended it. Whatever happens it is gone afterwards.
func withService(
  configuration: String = ServiceUnderTest.configuration, sourceLocation: SourceLocation = #_sourceLocation,
  _ body: (ServiceUnderTest) async throws -> Void
) async throws {
  await Turns.shared.take()
  do {
    let service = try ServiceUnderTest(configuration: configuration)
    try await service.start()
    try await body(service)
    if service.isServing { try await service.stop(sourceLocation: sourceLocation) }
  } catch {
    await Turns.shared.give()
    throw error
  }
  await Turns.shared.give()
}

/// `reel serve` on a free port and, unless it is given one, in a folder of its own.
final class ServiceUnderTest: @unchecked Sendable {
  // Sound: changed by `start` alone, which a test calls in turn with all else.
  private(set) var program: Program?
  private(set) var ready = Ready()
  let folder: TestFolder
  private var starts = 0

  struct Ready: Decodable {
    var http = ""
    var wss = ""
    var ca = ""
    var project = ""
    var token_file = ""
    var pid = 0
  }

  /// What the tests' configuration says unless they say another.
  static let configuration = """
    {"grace_seconds": 1, "log_level": "debug", "projects": [{"id": "other", "token_file": "OTHER"}],
     "contexts": {"always": {"params": {"record_call": true, "record_format": "mp3", "record_stereo": true}},
                  "wav": {"params": {"record_call": true, "record_stereo": true}},
                  "voicemail": {"swml": {"version": "1.0.0", "sections": {"main": [
                    {"record": {"end_silence_timeout": 2}}, {"hangup": {}}]}}}}}
    """

  init(configuration: String = configuration) throws {
    folder = TestFolder()
    try "token of the other\n".write(toFile: folder["other-token"], atomically: true, encoding: .utf8)
    try configuration.replacing("OTHER", with: folder["other-token"])
      .write(toFile: folder["config.json"], atomically: true, encoding: .utf8)
    try FileManager.default.createDirectory(atPath: scratch, withIntermediateDirectories: true)
  }

  var data: String { folder["data"] }
  var scratch: String { folder["scratch"] }
  var log: String { program?.text ?? "" }
  var isServing: Bool { program?.isRunning == true }
  var isReady: Bool { FileManager.default.fileExists(atPath: "\(data)/ready.json") }

  /// On a free port; again, on the same one.
  func start(within seconds: Double = 20) async throws {
    starts += 1
    let place = starts == 1 ? "127.0.0.1:0" : ready.http.replacing("http://", with: "")
    let arguments = ["serve", "--listen", place, "--data", data, "--config", folder["config.json"]]
    let program = try Program(
      products.appending(path: "reel").path, arguments, log: folder["serve-\(starts).log"])
    self.program = program
    let end = Date.now.addingTimeInterval(seconds)
    // One that was killed leaves its own behind.
    while told()?.pid != Int(program.id) {
      try #require(program.isRunning && Date.now < end, "the service does not serve: \(program.text)")
      try await Task.sleep(for: .milliseconds(10))
    }
    ready = try #require(told())
  }

  private func told() -> Ready? {
    (try? Data(contentsOf: URL(filePath: "\(data)/ready.json"))).flatMap {
      try? JSONDecoder().decode(Ready.self, from: $0)
    }
  }

  /// By SIGTERM, upon which it ends well and takes ready.json away.
  func stop(within seconds: Double = 15, sourceLocation: SourceLocation = #_sourceLocation) async throws {
    let program = try #require(program)
    program.signal(SIGTERM)
    let status = try await program.status(within: seconds)
    #expect(status == 0 && !isReady, "status \(String(describing: status)): \(log)", sourceLocation: sourceLocation)
    let trouble = log.split(separator: "\n").filter { $0.contains("\"level\":\"error\"") }
    #expect(trouble.isEmpty, "\(trouble)", sourceLocation: sourceLocation)
  }

  func kill() async throws {
    program?.signal(SIGKILL)
    _ = try await program?.status(within: 5)
  }

  /// What programs of Tests/Clients look for.
  var variables: [String: String] {
    get throws {
      let token = try String(contentsOfFile: ready.token_file, encoding: .utf8)
      return [
        "REEL_HTTP": ready.http, "REEL_WSS": ready.wss, "REEL_CA": ready.ca, "REEL_PROJECT": ready.project,
        "REEL_TOKEN": token.trimmingCharacters(in: .whitespacesAndNewlines), "REEL_OTHER_TOKEN": "token of the other",
        "REEL_DATA": data, "REEL_SCRATCH": scratch, "REEL_COMMAND": products.appending(path: "reel").path,
        "SIGNALWIRE_SPACE": ready.http.replacing("http://", with: ""), "SIGNALWIRE_RELAY_CA_FILE": ready.ca,
        "PYTHONDONTWRITEBYTECODE": "1",
      ]
    }
  }

  /// A program of Tests/Clients that plays its scenes beside the test.
  func client(_ program: String, _ scenes: [String], python: String = Python.plain) throws -> Program {
    try Program(
      python, ["\(Python.clients)/\(program)"] + scenes, try variables,
      log: folder["\(program)-\(scenes.first ?? "").log"])
  }

  /// Has a program of Tests/Clients play its scenes, all at once; it must end well.
  func play(
    _ program: String, _ scenes: String..., python: String = Python.plain, within seconds: Double = 60,
    sourceLocation: SourceLocation = #_sourceLocation
  ) async throws {
    try await expect(
      try client(program, scenes, python: python), played: scenes, within: seconds, sourceLocation: sourceLocation)
  }

  func expect(
    _ client: Program, played scenes: [String], within seconds: Double = 60,
    sourceLocation: SourceLocation = #_sourceLocation
  ) async throws {
    let status = try await client.status(within: seconds)
    #expect(
      status == 0 && client.text.contains("played \(scenes.joined(separator: " "))"),
      "status \(String(describing: status)): \(client.text)\nthe service: \(log.suffix(4_000))",
      sourceLocation: sourceLocation)
  }
}
