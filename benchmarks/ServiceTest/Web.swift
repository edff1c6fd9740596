import Foundation
import FoundationNetworking
import ReelCore

/// A client of the REST interface that is not ours.
final class Web: Sendable {
  private let session: URLSession
  private let base: String
  private let authorization: String

  struct Answer: Sendable {
    var status: Int
    var body: Data

    var json: JSON? { try? JSON(utf8: Array(body)) }
    var text: String { String(decoding: body, as: UTF8.self) }
  }

  private static let timeoutSeconds = 30.0
  private static let connections = 64

  init(_ service: ServiceProcess) {
    let configuration = URLSessionConfiguration.ephemeral
    configuration.timeoutIntervalForRequest = Self.timeoutSeconds
    configuration.httpMaximumConnectionsPerHost = Self.connections
    session = URLSession(configuration: configuration)
    (base, authorization) = (service.http, service.authorization)
  }

  /// Nil where there is no answer.
  func ask(_ path: String, _ body: JSON? = nil) async -> Answer? {
    guard let url = URL(string: base + path) else { return nil }
    var request = URLRequest(url: url)
    request.setValue(authorization, forHTTPHeaderField: "authorization")
    if let body {
      request.httpMethod = "POST"
      request.httpBody = Data("\(body)".utf8)
    }
    return await withCheckedContinuation { goOn in
      let task = session.dataTask(with: request) { data, response, _ in
        let status = (response as? HTTPURLResponse)?.statusCode
        goOn.resume(returning: status.map { Answer(status: $0, body: data ?? Data()) })
      }
      task.resume()
    }
  }

  /// The same for who has nothing else to do meanwhile.
  func wait(_ path: String) -> Answer? {
    let done = DispatchSemaphore(value: 0)
    let found = Found()
    Task { [self] in
      found.answer = await ask(path)
      done.signal()
    }
    done.wait()
    return found.answer
  }

  /// Written by the task before the signal, read after it.
  private final class Found: @unchecked Sendable {
    var answer: Answer?
  }

  /// The service's own figures, by their names.
  func metrics() throws -> [String: Double] {
    guard let answer = wait("/metrics"), answer.status == 200 else { throw TestFailure("/metrics gives nothing") }
    var figures: [String: Double] = [:]
    for line in answer.text.split(separator: "\n") where !line.hasPrefix("#") {
      let parts = line.split(separator: " ")
      if parts.count == 2 { figures[String(parts[0])] = Double(parts[1]) }
    }
    return figures
  }
}
