import ReelRealtime
import ReelServer

/// One stream, on its WebSocket.
final class Stream: WebClientListener {
  let writer: StreamWriter
  private let state = Guarded(State())

  private struct State {
    var socket: (any WebSocket)?
    var framesSent = 0
    /// Why it is over.
    var ending: String?
    var complaints: [String] = []
  }

  init(_ writer: StreamWriter) {
    self.writer = writer
  }

  func opened(_ socket: any WebSocket) {
    for text in writer.greeting { socket.send(text: text) }
    state.withLock { $0.socket = socket }
  }

  func heard(_ message: [UInt8], isText: Bool) {
    guard isText else { return }
    state.withLock { $0.complaints.append(String(decoding: message, as: UTF8.self)) }
  }

  func closed(_ reason: String) {
    state.withLock { $0.ending = reason }
  }

  var framesSent: Int { state.withLock { $0.framesSent } }
  var ending: String? { state.withLock { $0.ending } }
  var complaints: [String] { state.withLock { $0.complaints } }

  /// Sends both legs' frames up to a number, and what ends the stream after its last.
  func send(upTo due: Int, of total: Int) {
    let (socket, frames) = state.withLock { state in
      let frames = state.framesSent..<max(state.framesSent, min(due, total))
      guard state.socket != nil, state.ending == nil else { return (nil as (any WebSocket)?, 0..<0) }
      state.framesSent = frames.upperBound
      return (state.socket, frames)
    }
    guard let socket else { return }
    for frame in frames {
      for isAgent in [false, true] {
        switch writer.form {
        case .binary: socket.send(binary: writer.binary(isAgent: isAgent, frame: frame))
        case .json: socket.send(text: writer.json(isAgent: isAgent, frame: frame))
        }
      }
    }
    if !frames.isEmpty && frames.upperBound == total { socket.send(text: writer.farewell) }
  }
}

/// All streams, sent at the pace of a call: a tenth of them at each beat of two milliseconds, as calls that know
/// nothing of each other come.
final class Streams: Beating {
  let all: [Stream]
  private let totalFrames: Int
  private let state = Guarded(State())

  private struct State {
    var startedAt: MonotonicTime?
    var latestSeconds = 0.0
  }

  static let beatSeconds = 0.002
  private static let groups = 10
  private static let frameSeconds = 0.02

  init(_ all: [Stream], totalFrames: Int) {
    (self.all, self.totalFrames) = (all, totalFrames)
  }

  /// From here on frames are due.
  func start() {
    state.withLock { $0.startedAt = .now() }
  }

  /// How late the sender was at its worst.
  var latestSeconds: Double { state.withLock { $0.latestSeconds } }
  var areOver: Bool { all.allSatisfy { $0.ending != nil } }

  func beat(deadline: MonotonicTime) {
    guard let start = state.withLock({ $0.startedAt }) else { return }
    let now = MonotonicTime.now()
    let late = now.seconds(since: deadline) + Self.beatSeconds
    state.withLock { $0.latestSeconds = max($0.latestSeconds, late) }
    let elapsed = now.seconds(since: start)
    for (index, stream) in all.enumerated() {
      let phase = Double(index % Self.groups) * Self.beatSeconds
      stream.send(upTo: Int(max(0, elapsed - phase) / Self.frameSeconds), of: totalFrames)
    }
  }
}
