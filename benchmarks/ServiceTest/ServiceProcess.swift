import Foundation
import ReelCore
import ReelServer

/// A `reel serve` of its own process, found beside this program.
final class ServiceProcess {
  let folder: String
  let http: String
  let wss: String
  let certificate: String
  let token: String
  /// The value of an Authorization header.
  let authorization: String
  private let process: Process

  static let reel = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
    .appending(path: "reel")
  /// On a machine that does much else, and with a thousand recordings to recover.
  private static let startSeconds = 60.0

  /// Starts it on a folder, which may be an older one's, and returns when it serves.
  init(_ folder: String, _ configuration: [JSON.Member] = []) throws {
    self.folder = folder
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    let file = "\(folder)/config.json"
    let json = JSON.object(configuration + [.init("log_level", .string("warning"))])
    try Data("\(json)".utf8).write(to: URL(filePath: file))
    let ready = "\(folder)/data/ready.json"
    try? FileManager.default.removeItem(atPath: ready)
    process = Process()
    process.executableURL = Self.reel
    process.arguments = ["serve", "--listen", "127.0.0.1:0", "--data", "\(folder)/data", "--config", file]
    process.standardOutput = FileHandle.nullDevice
    process.standardError = try Self.log(folder)
    try process.run()
    let started = process
    let files = FileManager.default
    _ = comes(within: Self.startSeconds, every: 0.002) { files.fileExists(atPath: ready) || !started.isRunning }
    guard let said = files.contents(atPath: ready), let json = try? JSON(utf8: Array(said)),
      let http = json["http"]?.text, let wss = json["wss"]?.text, let certificate = json["ca"]?.text,
      let project = json["project"]?.text, let tokenFile = json["token_file"]?.text
    else {
      if started.isRunning { started.terminate() }
      throw TestFailure("the service did not start; see \(folder)/log")
    }
    (self.http, self.wss, self.certificate) = (http, wss, certificate)
    token = try Credentials.token(inFile: tokenFile)
    authorization = Credentials.basic(project: project, token: token)
  }

  /// What all lives of a folder's services say.
  private static func log(_ folder: String) throws -> FileHandle {
    let path = "\(folder)/log"
    if !FileManager.default.fileExists(atPath: path) { try Data().write(to: URL(filePath: path)) }
    guard let file = FileHandle(forWritingAtPath: path) else { throw TestFailure("no log at \(path)") }
    try file.seekToEnd()
    return file
  }

  var mediaURL: String { "ws\(http.dropFirst("http".count))/media" }
  var recordings: String { "\(folder)/data/recordings" }
  var isRunning: Bool { process.isRunning }
  var use: ProcessUse { ProcessUse(process.processIdentifier) }

  func kill() {
    Foundation.kill(process.processIdentifier, SIGKILL)
    process.waitUntilExit()
  }

  /// Ends it the kind way; gives its exit status.
  func stop() -> Int32 {
    process.terminate()
    process.waitUntilExit()
    return process.terminationStatus
  }

  func catalogue() throws -> Catalogue { try Catalogue("\(folder)/data/reel.db") }
}

/// What a process has used up so far, as the system says.
struct ProcessUse {
  var seconds = 0.0
  var residentBytes = 0
  /// Seconds of each of its threads, those of one name together.
  var threads: [String: Double] = [:]
  /// How long its threads could have gone on and were given no core, together.
  var waitedSeconds = 0.0

  /// The clock in which Linux tells processes' times, on every architecture.
  private static let ticksPerSecond = 100.0

  init(_ id: Int32 = getpid()) {
    let place = "/proc/\(id)"
    seconds = Self.times("\(place)/stat").seconds
    let status = (try? String(contentsOfFile: "\(place)/status", encoding: .utf8)) ?? ""
    for line in status.split(separator: "\n") where line.hasPrefix("VmRSS:") {
      residentBytes = (line.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap { Int($0) } ?? 0) * 1_024
    }
    for task in (try? FileManager.default.contentsOfDirectory(atPath: "\(place)/task")) ?? [] {
      let (name, seconds) = Self.times("\(place)/task/\(task)/stat")
      threads[name, default: 0] += seconds
      let schedule = (try? String(contentsOfFile: "\(place)/task/\(task)/schedstat", encoding: .utf8)) ?? ""
      waitedSeconds += (schedule.split(separator: " ").dropFirst().first.flatMap { Double($0) } ?? 0) / 1e9
    }
  }

  /// The name stands in brackets and may hold anything; user and system time are the 14th and 15th words.
  private static func times(_ path: String) -> (name: String, seconds: Double) {
    guard let text = try? String(contentsOfFile: path, encoding: .utf8), let open = text.firstIndex(of: "("),
      let close = text.lastIndex(of: ")")
    else { return ("", 0) }
    let words = text[close...].split(separator: " ")
    let ticks = words.count > 13 ? (Double(words[12]) ?? 0) + (Double(words[13]) ?? 0) : 0
    return (String(text[text.index(after: open)..<close]), ticks / ticksPerSecond)
  }

  /// The cores that were busy with each thread's work since an earlier look, the busiest first.
  func threads(since before: ProcessUse, over seconds: Double) -> String {
    let cores = threads.map { (name: $0.key, cores: ($0.value - (before.threads[$0.key] ?? 0)) / seconds) }
    return cores.filter { $0.cores >= 0.005 }.sorted { $0.cores > $1.cores }
      .map { "\($0.name) \($0.cores.text(2))" }.joined(separator: ", ")
  }
}

/// What the machine has to do beside this: the load averages.
var machineLoad: String {
  let text = (try? String(contentsOfFile: "/proc/loadavg", encoding: .utf8)) ?? ""
  return text.split(separator: " ").prefix(3).joined(separator: " ")
}
