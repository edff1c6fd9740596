internal import CWebSockets
internal import ReelCore

extension WebConnection {
  /// A request's head is there.
  func headArrived() -> Bool {
    guard phase == .idle else { return false }
    // The library gives every request the time of a head; from here on the time is this object's.
    wire.cancelTimeout()
    let reader = RequestReader(wire)
    guard let request = read(reader) else { return false }
    requestID = AnswerHead.requestID(request.headers["x-request-id"])
    keepsAlive = reader.keepsAlive
    self.request = request
    if hasBody(reader, request.method), let readBytes, readBytes == wire.readBytes { return false }
    if let refusal = refusal(of: request) ?? core.site.refusal(request) {
      refuseBody(refusal, hasBody(reader, request.method))
      return true
    }
    takeBody(reader, request.method)
    return true
  }

  /// As the library sees it.
  private func hasBody(_ reader: RequestReader, _ method: String) -> Bool {
    switch reader.contentLength {
    case .none: mayHaveBody(method)
    case .bytes(let bytes): bytes > 0
    case .wrong: true
    }
  }

  private func mayHaveBody(_ method: String) -> Bool { ["POST", "PUT", "PATCH"].contains(method) }

  func read(_ reader: RequestReader) -> HTTPRequest? {
    guard let (method, path) = reader.methodAndPath() else { return nil }
    return HTTPRequest(
      method: method, path: path, query: reader.query(), headers: reader.headers(), peer: peer,
      isLoopback: PeerAddress.isLoopback(peer), isSecure: wire.isSecure)
  }

  /// Why it is not even asked.
  func refusal(of request: HTTPRequest) -> HTTPAnswer? {
    if isSurplus {
      return .refusal(
        503, "\(core.limits.connections) connections are open, more than that are not allowed", [("retry-after", "5")])
    }
    guard request.isSecure || request.isLoopback else {
      return .refusal(403, "this is answered through TLS, and to this machine alone without it")
    }
    return nil
  }

  private func takeBody(_ reader: RequestReader, _ method: String) {
    let mayHaveBody = mayHaveBody(method)
    if reader.has(WSI_TOKEN_HTTP_TRANSFER_ENCODING) {
      refuseBody(.refusal(411, "the body's length is missing: 'transfer-encoding' is not understood"), mayHaveBody)
      return
    }
    switch reader.contentLength {
    case .wrong(let text):
      refuseBody(.refusal(400, "content-length '\(text)': allowed is a number of bytes"), false)
    case .none, .bytes(0):
      // Without a length the library waits for a body until the connection ends.
      if mayHaveBody && !reader.has(WSI_TOKEN_HTTP_CONTENT_LENGTH) { keepsAlive = false }
      requestArrived()
    case .bytes(let bytes) where bytes > core.limits.bodyBytes:
      refuseBody(
        .refusal(413, "a body of \(bytes) bytes: at most \(core.limits.bodyBytes) are allowed"), true)
    case .bytes(let bytes):
      phase = .receiving
      request?.body.reserveCapacity(bytes)
      setTimer(seconds: WebPace.bodySeconds)
    }
  }

  private func refuseBody(_ refusal: HTTPAnswer, _ discarding: Bool) {
    keepsAlive = false
    if discarding { discardedBytes = 0 }
    answer(refusal)
  }

  func bodyArrived(_ input: UnsafeMutableRawPointer?, _ length: Int) -> Bool {
    if let discarded = discardedBytes {
      discardedBytes = discarded + length
      return discarded + length <= WebPace.discardBytes
    }
    guard phase == .receiving, length > 0 else { return true }
    // Sound: the library's bytes are there for the time of the callback, as many as it says.
    unsafe request?.body.append(contentsOf: UnsafeRawBufferPointer(start: input, count: length))
    return true
  }

  /// The library says so again when more comes behind the body.
  func bodyEnded() -> Bool {
    if discardedBytes != nil {
      isDiscarded = true
      return sending != nil
    }
    if phase == .receiving { requestArrived() }
    return true
  }

  private func requestArrived() {
    guard let request else { return }
    self.request?.body = []
    phase = .waiting
    wire.cancelTimeout()
    wire.read(false)
    setTimer(seconds: WebPace.lookSeconds)
    serial = core.newSerial(for: self)
    core.site.answer(request, core.reply(serial))
  }

  /// While nothing is read, nobody says that the other side is gone.
  func continueWaiting() -> Bool {
    guard !core.isStopping, !wire.isPeerGone else { return false }
    setTimer(seconds: WebPace.lookSeconds)
    return true
  }

  /// An upgrade is asked for. True where it may be; else an answer was sent and the connection ends.
  func upgradeAsked() -> Bool {
    let reader = RequestReader(wire)
    guard phase == .idle, let request = read(reader) else { return false }
    requestID = AnswerHead.requestID(request.headers["x-request-id"])
    if let refusal = refusal(of: request) ?? upgradeRefusal(reader, request) {
      sendAtOnce(refusal)
      return false
    }
    let (outlet, id) = (core.outlet, id)
    let end = SocketEnd(limitBytes: core.limits.waitingBytes) { outlet.post(.wake(id)) }
    switch core.site.open(request, end) {
    case .refuse(let answer):
      sendAtOnce(answer)
      return false
    case .accept(let listener):
      (self.end, self.listener) = (end, listener)
      phase = .opening
      core.setProtocolName(firstProtocol(request))
      return true
    }
  }

  private func upgradeRefusal(_ reader: RequestReader, _ request: HTTPRequest) -> HTTPAnswer? {
    guard reader.header(WSI_TOKEN_UPGRADE)?.lowercased() == "websocket" else {
      return .refusal(400, "upgrade: allowed is 'websocket'")
    }
    guard request.method == "GET" else { return .refusal(405, "\(request.method): a WebSocket begins with GET") }
    guard reader.header(WSI_TOKEN_VERSION) == "13" else {
      return .refusal(426, "sec-websocket-version: allowed is 13", [("sec-websocket-version", "13")])
    }
    guard reader.has(WSI_TOKEN_KEY), reader.has(WSI_TOKEN_HOST) else {
      return .refusal(400, "a WebSocket's key, or the host, is missing")
    }
    guard request.headers["sec-websocket-protocol"].map({ firstProtocol($0) != nil }) ?? true else {
      return .refusal(400, "sec-websocket-protocol: allowed are \(WebCore.longestProtocols) characters of names")
    }
    return nil
  }

  private func firstProtocol(_ request: HTTPRequest) -> String? {
    request.headers["sec-websocket-protocol"].flatMap { firstProtocol($0) }
  }

  /// Nil where the library would not understand the list.
  private func firstProtocol(_ list: String) -> String? {
    guard list.utf8.count <= WebCore.longestProtocols else { return nil }
    guard let first = list.split(whereSeparator: { ", \t".contains($0) }).first else { return nil }
    return first.utf8.count <= WebCore.longestProtocol ? String(first) : nil
  }
}

extension HTTPAnswer {
  /// As every refusal of the service's is written.
  static func refusal(_ status: Int, _ message: String, _ headers: [(name: String, value: String)] = []) -> HTTPAnswer {
    .json(
      status, .object([.init("code", .string("\(status)")), .init("message", .string(message))]), headers)
  }
}
