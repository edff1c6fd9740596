// What the tests of the web host share: a site that answers with what it was asked, a host for it, and the programs
// that ask.
import Foundation
import ReelCore
import ReelRealtime
import ReelServer
import Testing

/// Answers with what it heard, and counts who listens.
final class MirrorSite: WebSite {
  let folder: String
  let listeners = Tally()
  let heardMessages = Tally()
  let heardBytes = Tally()
  let sockets = Guarded<[any WebSocket]>([])

  init(_ folder: String) {
    self.folder = folder
  }

  func answer(_ request: HTTPRequest, _ reply: any WebReply) {
    switch request.segments.first {
    case "mirror": reply.send(.json(200, mirror(request)))
    case "body": reply.send(HTTPAnswer(200, [("content-type", "application/octet-stream")], .bytes(request.body)))
    case "file": reply.send(HTTPAnswer(200, [], .file(file(String(request.segments[1])))))
    case "nothing": reply.send(HTTPAnswer(204, [("cache-control", "private")], .bytes(Array("no body".utf8))))
    case "never": break
    case "later":
      let thread = WorkThread("later") {
        usleep(20_000)
        reply.send(.text(200, "late"))
        reply.send(.text(200, "twice"))
      }
      thread?.detach()
    case "bent": reply.send(HTTPAnswer(200, [("x-bent\r\nevil", "a\r\nset-cookie: b")], .bytes([])))
    default: reply.send(.text(404, "nothing here"))
    }
  }

  private func file(_ name: String) -> WebFile {
    WebFile(path: "\(folder)/\(name)", contentType: "audio/wav", name: "a \"b\".wav", etag: "tag-1")
  }

  private func mirror(_ request: HTTPRequest) -> JSON {
    .object([
      .init("method", .string(request.method)), .init("path", .string(request.path)),
      .init("query", .array(request.query.map { .string("\($0.name)=\($0.value)") })),
      .init("headers", .object(request.headers.sorted { $0.key < $1.key }.map { .init($0.key, .string($0.value)) })),
      .init("body", .string(String(decoding: request.body, as: UTF8.self))), .init("peer", .string(request.peer)),
      .init("secure", .bool(request.isSecure)), .init("loopback", .bool(request.isLoopback)),
    ])
  }

  func open(_ request: HTTPRequest, _ socket: any WebSocket) -> WebOpening {
    switch request.path {
    case "/refused":
      return .refuse(.json(401, .object([.init("code", .string("401"))]), [("www-authenticate", "Basic")]))
    case "/greeting": socket.send(text: "hello")
    case "/flood": flood(socket)
    default: break
    }
    sockets.withLock { $0.append(socket) }
    return .accept(MirrorListener(self, socket, isSilent: request.path == "/silent"))
  }

  private func flood(_ socket: any WebSocket) {
    for thread in 0..<4 {
      let thread = WorkThread("flood") {
        for number in 0..<250 { socket.send(text: "\(thread) \(number)") }
      }
      thread?.detach()
    }
  }
}

/// Sends back what it hears.
final class MirrorListener: WebSocketListener {
  private let site: MirrorSite
  private let socket: any WebSocket
  private let isSilent: Bool

  init(_ site: MirrorSite, _ socket: any WebSocket, isSilent: Bool) {
    (self.site, self.socket, self.isSilent) = (site, socket, isSilent)
    site.listeners.add(1)
  }

  deinit {
    site.listeners.add(-1)
  }

  func heard(_ message: [UInt8], isText: Bool) {
    site.heardMessages.add(1)
    site.heardBytes.add(message.count)
    guard !isSilent else { return }
    if message == Array("bye".utf8) { return socket.close(4_000, "as you say") }
    if isText { socket.send(text: String(decoding: message, as: UTF8.self)) } else { socket.send(binary: message) }
  }

  func closed() {
    site.sockets.withLock { sockets in sockets.removeAll { $0 === socket } }
  }
}

/// A host with a mirror, for one test.
final class MirrorHost {
  let folder: URL
  let site: MirrorSite
  let host: WebHost
  let authority: String

  init(isSecure: Bool = false, _ change: (inout WebConfiguration) -> Void = { _ in }) throws {
    folder = FileManager.default.temporaryDirectory.appending(path: "reel-web-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    var configuration = WebConfiguration()
    if isSecure { configuration.certificate = try OwnCertificate.kept(in: folder.path) }
    change(&configuration)
    site = MirrorSite(folder.path)
    host = try WebHost(configuration, site, Log(least: .error))
    authority = "\(folder.path)/cert.pem"
  }

  deinit {
    host.stop()
    try? FileManager.default.removeItem(at: folder)
  }

  var http: String { "http://127.0.0.1:\(host.port)" }
  var https: String { "https://localhost:\(host.port)" }

  func curl(_ arguments: String...) throws -> String {
    let outcome = try run("/usr/bin/curl", ["--silent", "--show-error", "--max-time", "60"] + arguments)
    try #require(outcome.status == 0, "\(arguments): \(outcome.complaint)")
    return outcome.output
  }

  /// Runs a program of `web_peer.py`'s against the host, and gives what it says.
  func peer(_ arguments: String..., secure: Bool = false) throws -> String {
    let script = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .appending(path: "Clients/web_peer.py").path
    let outcome = try run(
      "/usr/bin/python3", [script, "\(host.port)", secure ? authority : "-"] + arguments)
    try #require(outcome.status == 0, "\(arguments): \(outcome.complaint)")
    return outcome.output.trimmingCharacters(in: .whitespacesAndNewlines)
  }

  /// Writes a file of so many bytes.
  @discardableResult func file(_ name: String, _ bytes: Int) throws -> Data {
    // A length that no chunk has: so that no two look alike.
    let block = Data((0..<65_537).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 8) })
    var data = Data()
    while data.count < bytes { data.append(block.prefix(bytes - data.count)) }
    try data.write(to: folder.appending(path: name))
    return data
  }
}

struct Outcome {
  let status: Int32
  let output: String
  let complaint: String
}

func run(_ program: String, _ arguments: [String]) throws -> Outcome {
  let process = Process()
  process.executableURL = URL(filePath: program)
  process.arguments = arguments
  let output = Pipe()
  process.standardOutput = output
  // A file, for of two pipes that are read one after the other the second may fill up meanwhile.
  let log = FileManager.default.temporaryDirectory.appending(path: "reel-log-\(UUID().uuidString)")
  try Data().write(to: log)
  defer { try? FileManager.default.removeItem(at: log) }
  process.standardError = try FileHandle(forWritingTo: log)
  try process.run()
  let said = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
  process.waitUntilExit()
  return Outcome(
    status: process.terminationStatus, output: said,
    complaint: String(decoding: try Data(contentsOf: log), as: UTF8.self))
}
