internal import ReelCore
internal import ReelFiles

/// An event on its way: what is sent, where it is redirected to, and what its end means.
extension CourierRounds {
  func send(_ event: OutboxEvent) {
    let flight = Flight(event: event, receiver: WebAddress.receiver(of: event.url))
    flights[event.sequence] = flight
    do {
      try Courier.check(url: event.url)
    } catch {
      return giveUp(flight, status: nil, error.message)
    }
    post(flight, to: event.url, isRedirect: false)
  }

  private func post(_ flight: Flight, to url: String, isRedirect: Bool) {
    let event = flight.event
    let timestamp = "\(WallTime.now().microseconds / 1_000_000)"
    let signature = Signature.header(secret: settings.secret, timestamp: timestamp, body: event.body)
    let request = TransferRequest(
      url: url, body: event.body,
      headers: [
        "Content-Type: application/json", "X-Reel-Event-Id: \(event.id)", "X-Reel-Timestamp: \(timestamp)",
        "X-Reel-Signature: \(signature)",
        // A body that waits for leave to be sent would double the time of each event.
        "Expect:",
      ], userAgent: settings.userAgent, connectSeconds: settings.connectSeconds, totalSeconds: settings.totalSeconds,
      refusesPrivate: isRedirect && !settings.allowsPrivateRedirects, mostBytes: settings.mostAnswerBytes)
    do {
      try begin(try Transfer(request), event.sequence)
    } catch {
      fail(flight, status: nil, "\(error)")
    }
  }

  /// A transfer has come to its end.
  func land(_ sequence: Int64, _ outcome: TransferOutcome) {
    guard let flight = flights[sequence] else { return }
    switch outcome.status {
    case 200..<300: settle(flight, .delivered(status: outcome.status), at: .now())
    case 301, 302, 307, 308: goOn(flight, outcome)
    default:
      let reason = outcome.failure ?? "the receiver answered \(outcome.status)"
      fail(flight, status: outcome.status > 0 ? outcome.status : nil, reason)
    }
  }

  /// The same request again, to where the answer leads, but without credentials.
  private func goOn(_ flight: Flight, _ outcome: TransferOutcome) {
    guard let redirect = outcome.redirect else {
      return fail(flight, status: outcome.status, "the receiver answered \(outcome.status) and no place to go on to")
    }
    guard flight.redirects < settings.mostRedirects else {
      return fail(flight, status: outcome.status, "it was redirected more than \(settings.mostRedirects) times")
    }
    let url = WebAddress.withoutCredentials(redirect)
    do {
      try Courier.check(url: url)
    } catch {
      return fail(flight, status: outcome.status, "redirected, and \(error.message)")
    }
    var next = flight
    next.redirects += 1
    flights[flight.event.sequence] = next
    post(next, to: url, isRedirect: true)
  }

  // MARK: Failure

  private func fail(_ flight: Flight, status: Int?, _ reason: String) {
    let now = WallTime.now()
    let last = flight.event.pendingSince.microseconds + Int64(min(settings.patienceSeconds, 1e9) * 1e6)
    guard now.microseconds < last else { return giveUp(flight, status: status, reason) }
    let pause = settings.pauseSeconds(failures: flight.event.attempts + 1)
    let retryAt = WallTime(microseconds: min(now.microseconds + Int64(pause * 1e6), last))
    log.note("callback_failed", .debug, members(of: flight, reason))
    settle(flight, .failed(status: status, reason: reason, retryAt: retryAt), at: now)
  }

  private func giveUp(_ flight: Flight, status: Int?, _ reason: String) {
    log.note("callback_given_up", .warning, members(of: flight, reason))
    settle(flight, .givenUp(status: status, reason: reason), at: .now())
  }

  /// Without the path of the URL, which may hold a key of the receiver's.
  private func members(of flight: Flight, _ reason: String) -> JSON.Member {
    .init(
      "callback",
      .object([
        .init("event_id", .string(flight.event.id)), .init("recording_id", .string(flight.event.recordingID)),
        .init("receiver", .string(flight.receiver)), .init("attempt", .number(Double(flight.event.attempts + 1))),
        .init("reason", .string(reason)),
      ]))
  }
}
