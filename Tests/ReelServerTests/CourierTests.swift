// Strategy: a real receiver, in a process of its own, fails in every way that the network knows, and logs what it gets;
// the log is what is judged: that everything arrived, in order for each recording, and signed as Python's hmac signs.
import Foundation
import ReelCore
import ReelFiles
import ReelRealtime
import ReelServer
import ReelTesting
import Testing

@Suite(.serialized) struct CourierTests {
  private let ten = (0..<10).map { "\($0)" }

  @Test func eventsArriveSignedAndInOrderThoughTheReceiverFailsFirst() throws {
    let place = try CourierPlace(recordings: 3)
    let courier = try place.courier()
    for number in 0..<3 {
      try place.enqueue(ten, to: place.receiver.url("/fail/2/\(number)"), recording: "r\(number)")
    }
    courier.wake()
    #expect(try place.drains())
    courier.stop(drainingUntil: .now())
    for number in 0..<3 {
      #expect(try place.receiver.bodies("/fail/2/\(number)") == ["0", "0"] + ten)
    }
    let requests = try place.receiver.requests
    for request in requests {
      #expect(request.json["signed"] == .bool(true))
      #expect(request.json["type"]?.text == "application/json")
      #expect(request.json["agent"]?.text == "Reel")
      #expect(request.json["method"]?.text == "POST")
      #expect(abs((Double(request.json["stamp"]?.text ?? "") ?? 0) - Date.now.timeIntervalSince1970) < 60)
    }
    // One that comes again is known by its id.
    #expect(Set(requests.map(\.id)).count == 30)
    #expect(Set(requests.filter { $0.body == "0" && $0.path == "/fail/2/1" }.map(\.id)).count == 1)
    #expect(courier.delivered == 30)
    #expect(courier.failedAttempts == 6)
    // Connections are used again.
    #expect(Set(requests.compactMap { $0.json["peer"]?.integer }).count < 15)
  }

  @Test func aReceiverThatIsDownGetsEverythingInOrderWhenItIsBack() throws {
    let place = try CourierPlace()
    let port = place.receiver.port
    place.receiver.end()
    let courier = try place.courier()
    try place.enqueue(ten, to: "http://127.0.0.1:\(port)/ok")
    courier.wake()
    #expect(try comes { try place.catalogue.events(recordingID: "r0", limit: 10).last!.attempts >= 2 })
    let first = try #require(try place.catalogue.events(recordingID: "r0", limit: 10).last)
    #expect(first.lastError?.contains("onnect") == true && first.lastStatus == nil && first.dueAt != nil)
    let back = try FailingReceiver(place.folder, port: port, log: "back.jsonl")
    #expect(try place.drains())
    #expect(try back.bodies() == ten)
    courier.stop(drainingUntil: .now())
  }

  @Test func aSlowReceiverAndOneThatHangsDelayNobodyElse() throws {
    let place = try CourierPlace(recordings: 60)
    let places = CourierSettings(secret: []).placesPerReceiver
    let slow = try FailingReceiver(place.folder, log: "slow.jsonl")
    let courier = try place.courier { $0.totalSeconds = 60 }
    for number in 0..<40 {
      try place.enqueue(["a", "b"], to: slow.url(number % 2 == 0 ? "/hang" : "/slow/5"), recording: "r\(number)")
    }
    courier.wake()
    #expect(try comes { try slow.requests.count == places })
    let start = MonotonicTime.now()
    for number in 40..<60 { try place.enqueue(ten, to: place.receiver.url("/ok"), recording: "r\(number)") }
    courier.wake()
    #expect(try comes(within: 4) { try place.receiver.requests.count == 200 })
    #expect(MonotonicTime.now().seconds(since: start) < 4)
    #expect(try slow.requests.count == places, "a receiver has no more places than its own")
    // It does not wait for what hangs, beyond the moment.
    let stopped = MonotonicTime.now()
    courier.stop(drainingUntil: stopped.advanced(bySeconds: 0.5))
    #expect(MonotonicTime.now().seconds(since: stopped) < 2)
  }

  @Test func whatFailedWaitsItsPauseAndOthersOfItsReceiverDont() throws {
    let place = try CourierPlace(recordings: 2)
    let courier = try place.courier {
      $0.firstPauseSeconds = 60; $0.longestPauseSeconds = 60
    }
    try place.enqueue(["bad", "behind"], to: place.receiver.url("/status/503"))
    courier.wake()
    #expect(try comes { try place.receiver.bodies() == ["bad"] })
    try place.enqueue(ten, to: place.receiver.url("/ok"), recording: "r1")
    courier.wake()
    #expect(try comes { try place.receiver.bodies("/ok") == ten })
    usleep(300_000)
    #expect(try place.receiver.bodies("/status/503") == ["bad"])
    courier.stop(drainingUntil: .now().advanced(bySeconds: 10))
    #expect(try place.catalogue.pendingEvents() == 2)
  }

  @Test func aCourierThatIsStoppedInTheMiddleLeavesTheRestToTheNext() throws {
    let place = try CourierPlace(recordings: 4)
    let many = (0..<50).map { "\($0)" }
    for number in 0..<4 {
      try place.enqueue(many, to: place.receiver.url("/fail/1/\(number)"), recording: "r\(number)")
    }
    for round in 1...6 {
      let courier = try place.courier()
      #expect(try comes { try place.receiver.requests.count >= round * 20 })
      courier.stop(drainingUntil: .now())
    }
    #expect(try place.catalogue.pendingEvents() > 0, "it was to be stopped in the middle")
    let last = try place.courier()
    #expect(try place.drains())
    last.stop(drainingUntil: .now())
    for number in 0..<4 {
      let bodies = try place.receiver.bodies("/fail/1/\(number)")
      #expect(firsts(bodies) == many)
      // What comes again is what came last, never something before it.
      #expect(zip(bodies, bodies.dropFirst()).allSatisfy { Int($0)! <= Int($1)! })
    }
  }

  @Test func stoppingSendsWhatIsDue() throws {
    let place = try CourierPlace(recordings: 1)
    let courier = try place.courier()
    usleep(200_000)
    try place.enqueue(ten, to: place.receiver.url("/ok"))
    courier.stop(drainingUntil: .now().advanced(bySeconds: 10))
    #expect(try place.receiver.bodies() == ten)
    #expect(try place.catalogue.pendingEvents() == 0)
    courier.stop(drainingUntil: .now())
  }

  @Test func whatCannotBeDeliveredIsGivenUpAndItsLineGoesOn() throws {
    let place = try CourierPlace()
    let courier = try place.courier { $0.patienceSeconds = 1 }
    try place.enqueue(["lost"], to: place.receiver.url("/down/3/x"))
    courier.wake()
    #expect(comes { courier.givenUp == 1 })
    usleep(2_000_000)
    try place.enqueue(["after"], to: place.receiver.url("/down/3/x"))
    courier.wake()
    #expect(try place.drains())
    let events = try place.catalogue.events(recordingID: "r0", limit: 10)
    #expect(events.map(\.state) == [.delivered, .givenUp])
    #expect(events[1].lastStatus == 500 && events[1].attempts > 2 && events[1].endedAt != nil)
    #expect(events[1].lastError == "the receiver answered 500")
    #expect(place.lines.withLock { $0.contains { $0.contains("callback_given_up") } })
    // Replayed after its time, it has its time again.
    #expect(try place.catalogue.replay(events[1].id) == 1)
    #expect(try place.drains())
    #expect(try place.catalogue.events(recordingID: "r0", limit: 10).map(\.state) == [.delivered, .delivered])
    #expect(try place.receiver.bodies().suffix(2) == ["after", "lost"])
    courier.stop(drainingUntil: .now())
  }

  @Test func whatAnotherProcessMadePendingGoesOutWithoutAWord() throws {
    let place = try CourierPlace()
    let courier = try place.courier()
    try place.enqueue(ten, to: place.receiver.url("/ok"))
    #expect(try place.drains(within: 5))
    #expect(try place.catalogue.replay("r0") == 10)
    #expect(try place.drains(within: 5))
    #expect(try place.receiver.bodies() == ten + ten)
    #expect(try place.catalogue.replay("nothing") == 0)
    #expect(comes { courier.pending == 0 })
    courier.stop(drainingUntil: .now())
  }

  @Test func whileAnotherHasTheCatalogueNothingIsLost() throws {
    let place = try CourierPlace()
    let courier = try place.courier()
    try place.enqueue(["a", "b"], to: place.receiver.url("/slow/0.3"))
    courier.wake()
    #expect(try comes { try place.receiver.bodies() == ["a"] })
    // Longer than anybody waits, so that the mark is refused once at least.
    try place.catalogue.transaction { usleep(6_500_000) }
    #expect(place.lines.withLock { $0.contains { $0.contains("courier_catalogue_trouble") } })
    #expect(try place.drains())
    #expect(try place.receiver.bodies() == ["a", "b"])
    courier.stop(drainingUntil: .now())
  }
}
