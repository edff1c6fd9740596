internal import CWebSockets
internal import ReelRealtime

/// What is left of an answer: bytes, and then a file.
struct AnswerBody {
  private let bytes: [UInt8]
  private var next = 0
  private let file: FileBody?
  /// When the other side last took some of it.
  var progress = MonotonicTime.now()
  var pauseMicroseconds = WebPace.soonestMicroseconds

  init(_ bytes: [UInt8], _ file: FileBody?) {
    self.bytes = bytes
    self.file = file
  }

  var isOver: Bool { next == bytes.count && file?.isOver ?? true }

  /// Puts the next of it there, and gives how much; nil where the file does not have it any more.
  ///
  /// Sound: no more is copied than there is room for.
  mutating func fill(_ buffer: UnsafeMutableRawBufferPointer) -> Int? {
    let count = min(bytes.count - next, buffer.count)
    guard count > 0 else { return unsafe file?.read(into: buffer) ?? (file == nil ? 0 : nil) }
    unsafe buffer.copyBytes(from: bytes[next..<next + count])
    next += count
    return count
  }
}

extension WebConnection {
  /// The site's answer came. Called outside of the library's callbacks.
  func siteAnswered(_ answer: HTTPAnswer) {
    guard phase == .waiting else { return }
    self.answer(answer)
  }

  /// Begins to answer: the sending itself comes from the timer, so that it is never within a callback that has still to
  /// do with the request.
  func answer(_ answer: HTTPAnswer) {
    let wantsBody = request?.method != "HEAD"
    let (head, bytes, file) = prepared(answer)
    sending = AnswerBody(wantsBody ? head.bytes + bytes : head.bytes, wantsBody ? file : nil)
    phase = .sending
    if discardedBytes == nil { wire.read(false) }
    setTimer(1)
  }

  /// To who asked for a WebSocket: all in one, and then the connection ends.
  func sendAtOnce(_ answer: HTTPAnswer) {
    keepsAlive = false
    var answer = answer
    if case .file = answer.body { answer = .refusal(500, "a WebSocket is not refused with a file") }
    let (head, bytes, _) = prepared(answer)
    var whole = [UInt8](repeating: 0, count: LWS.headroom) + head.bytes + bytes
    // Sound: the room in front is the library's for the time of the call.
    unsafe whole.withUnsafeMutableBufferPointer { whole in
      _ = unsafe wire.write(whole, LWS_WRITE_HTTP_HEADERS)
    }
  }

  private func prepared(_ answer: HTTPAnswer) -> (AnswerHead, [UInt8], FileBody?) {
    switch answer.body {
    case .bytes(let bytes):
      let hasBody = AnswerHead.hasBody(answer.status)
      return (head(answer.status, answer.headers, hasBody ? bytes.count : nil), hasBody ? bytes : [], nil)
    case .file(let file):
      guard let body = FileBody(file.path) else { return prepared(.refusal(404, "there is no such file")) }
      return prepared(file, body, answer)
    }
  }

  private func prepared(_ file: WebFile, _ body: FileBody, _ answer: HTTPAnswer) -> (AnswerHead, [UInt8], FileBody?) {
    let asked =
      answer.status == 200 ? FileRange.asked(request?.headers ?? [:], etag: file.etag, bytes: body.bytes) : .whole
    var headers = answer.headers
    headers += [("accept-ranges", "bytes"), ("etag", "\"\(file.etag)\"")]
    if asked == .unchanged { return (head(304, headers, nil), [], nil) }
    if asked == .unsatisfiable {
      let (none, bytes, _) = prepared(.refusal(416, "the file has \(body.bytes) bytes, and nothing of what was asked"))
      var head = none
      head.headers += [("content-range", "bytes */\(body.bytes)"), ("accept-ranges", "bytes")]
      return (head, bytes, nil)
    }
    headers += [
      ("content-type", file.contentType), ("content-disposition", AnswerHead.attachment(file.name)),
      ("x-content-type-options", "nosniff"),
    ]
    guard case .part(let part) = asked else { return (head(answer.status, headers, body.bytes), [], body) }
    body.select(part)
    headers.append(("content-range", "bytes \(part.lowerBound)-\(part.upperBound - 1)/\(body.bytes)"))
    return (head(206, headers, part.count), [], body)
  }

  private func head(_ status: Int, _ headers: [(name: String, value: String)], _ length: Int?) -> AnswerHead {
    AnswerHead(
      status: status, headers: headers, length: length, keepsAlive: keepsAlive && !core.isStopping,
      requestID: requestID)
  }

  /// Sends what the socket takes. Whether the connection goes on.
  func continueAnswer() -> Bool {
    guard sending != nil else { return discardedBytes == nil }
    var turnBytes = 0
    while !sending!.isOver {
      guard !wire.isFull else { return waitForRoom() }
      guard turnBytes < WebPace.turnBytes else {
        setTimer(1)
        return true
      }
      guard let count = unsafe core.withChunk({ chunk in unsafe sending!.fill(chunk) }), core.write(count, wire) else {
        return false
      }
      turnBytes += count
      sending!.progress = .now()
      sending!.pauseMicroseconds = WebPace.soonestMicroseconds
    }
    // What the socket did not take of what it was given is the library's to send.
    return wire.hasRest ? waitForRoom() : answerEnded()
  }

  private func waitForRoom() -> Bool {
    let stalled = MonotonicTime.now().seconds(since: sending!.progress)
    guard stalled < (core.isStopping ? Double(WebPace.closingSeconds) : WebPace.stalledSeconds) else { return false }
    // The library sends its rest only while it may read.
    if discardedBytes == nil { wire.read(wire.hasRest) }
    setTimer(sending!.pauseMicroseconds)
    sending!.pauseMicroseconds = min(2 * sending!.pauseMicroseconds, WebPace.latestMicroseconds)
    return true
  }

  private func answerEnded() -> Bool {
    sending = nil
    request = nil
    core.forget(serial: serial)
    if discardedBytes != nil {
      if isDiscarded { wire.end(flushing: true) }
      // Still sending, as far as the timer goes: it ends what the client has not ended by then.
      setTimer(seconds: WebPace.discardSeconds)
      return true
    }
    wire.read(true)
    phase = .idle
    guard keepsAlive, !core.isStopping, wire.nextRequest() else {
      wire.end(flushing: true)
      return true
    }
    readBytes = wire.readBytes
    return true
  }
}
