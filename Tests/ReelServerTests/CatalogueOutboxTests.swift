// Strategy: the outbox against a plain list that keeps the same promises, over random events, failures, deliveries and
// replays; then the rules one by one, and the time that it takes when 100,000 wait.
import Foundation
import ReelCore
import ReelFiles
import ReelRealtime
import ReelServer
import ReelTesting
import Testing

/// What the outbox promises, without a database.
private struct Model {
  struct Event {
    let sequence: Int64
    let id: String
    let line: String
    var isPending = true
    var dueAt: WallTime
  }

  var events: [Event] = []

  /// The first that waits of each line, by the line's name.
  var heads: [String: Event] {
    var heads: [String: Event] = [:]
    for event in events where event.isPending && heads[event.line] == nil { heads[event.line] = event }
    return heads
  }

  func due(at: WallTime, besides inFlight: Set<Int64>) -> Set<Int64> {
    let busy = Set(events.filter { inFlight.contains($0.sequence) }.map(\.line))
    return Set(
      heads.values.filter { !busy.contains($0.line) && $0.dueAt.microseconds <= at.microseconds }.map(\.sequence))
  }

  mutating func change(_ sequence: Int64, _ body: (inout Event) -> Void) {
    for index in events.indices where events[index].sequence == sequence { body(&events[index]) }
  }
}

@Suite struct CatalogueOutboxTests {
  private let folder = TestFolder()

  @Test(arguments: 0..<8) func whatIsDueIsWhatAPlainListSays(round: Int) throws {
    let seed = UInt64.random(in: 0...UInt64.max)
    var random = SeededGenerator(seed: seed)
    let catalogue = try newCatalogue(folder)
    for number in 0..<4 { try catalogue.save(recordingRow("r\(number)")) }
    var model = Model()
    var inFlight: Set<Int64> = []
    var time = 0.0
    try catalogue.transaction {
      for step in 0..<300 {
        time += Double.random(in: 0..<2, using: &random)
        try act(catalogue, &model, &inFlight, time, &random)
        let limit = Int.random(in: 1...30, using: &random)
        let due = try catalogue.dueEvents(at: at(time), besides: inFlight, limit: 1_000)
        #expect(Set(due.map(\.sequence)) == model.due(at: at(time), besides: inFlight), "seed \(seed) step \(step)")
        let some = try catalogue.dueEvents(at: at(time), besides: inFlight, limit: limit)
        #expect(some == Array(due.prefix(limit)), "seed \(seed) step \(step)")
        let next = model.heads.values.map(\.dueAt.microseconds).min()
        #expect(try catalogue.nextDue()?.microseconds == next, "seed \(seed) step \(step)")
        #expect(try catalogue.pendingEvents() == model.events.count { $0.isPending }, "seed \(seed)")
        if let one = due.randomElement(using: &random), Bool.random(using: &random) { inFlight.insert(one.sequence) }
      }
    }
  }

  private func act(
    _ catalogue: Catalogue, _ model: inout Model, _ inFlight: inout Set<Int64>, _ time: Double,
    _ random: inout SeededGenerator
  ) throws {
    switch Int.random(in: 0..<10, using: &random) {
    case 0..<5:
      let (recording, host) = (Int.random(in: 0..<4, using: &random), Int.random(in: 0..<3, using: &random))
      let url = "http://host\(host)/\(Int.random(in: 0..<2, using: &random))"
      let event = try catalogue.enqueue(recordingID: "r\(recording)", url: url, body: "", at: at(time))
      model.events.append(
        .init(sequence: event.sequence, id: event.id, line: "r\(recording) \(url)", dueAt: at(time)))
    case 5..<9:
      guard let sequence = inFlight.sorted().randomElement(using: &random) else { return }
      inFlight.remove(sequence)
      switch Int.random(in: 0..<3, using: &random) {
      case 0:
        try catalogue.noteDelivered(sequence, status: 200, at: at(time))
        model.change(sequence) { $0.isPending = false }
      case 1:
        try catalogue.noteGivenUp(sequence, reason: "late", at: at(time))
        model.change(sequence) { $0.isPending = false }
      default:
        try catalogue.noteFailed(sequence, reason: "no", retryAt: at(time + 3))
        model.change(sequence) { $0.dueAt = at(time + 3) }
      }
    default:
      guard let event = model.events.randomElement(using: &random) else { return }
      #expect(try catalogue.replay(event.id, at: at(time)) == 1)
      model.change(event.sequence) {
        $0.isPending = true
        $0.dueAt = at(time)
      }
    }
  }

  @Test func oneReceiversBacklogIsNotBeforeAnothersFirst() throws {
    let catalogue = try newCatalogue(folder)
    for number in 0..<30 {
      try catalogue.save(recordingRow("r\(number)"))
      _ = try catalogue.enqueue(recordingID: "r\(number)", url: "http://down:8\(number / 15)/x", body: "", at: at(0))
    }
    let last = try catalogue.enqueue(recordingID: "r0", url: "http://up/x", body: "", at: at(9))
    let due = try catalogue.dueEvents(at: at(10), besides: [], limit: 4)
    #expect(due.contains(last))
    #expect(Set(due.prefix(3).map(\.url)).count == 3)
    let roomy = try catalogue.dueEvents(at: at(10), besides: [], limit: 64) { $0 == "http://up:80" ? 8 : 2 }
    #expect(roomy.count == 5)
    let flying = Set(roomy.map(\.sequence))
    #expect(try catalogue.dueEvents(at: at(10), besides: flying, limit: 64) { _ in 2 }.isEmpty)
    #expect(try catalogue.dueEvents(at: at(10), besides: flying, limit: 64) { _ in 3 }.count == 2)
    #expect(try catalogue.dueEvents(at: at(10), besides: flying, limit: 0).isEmpty)
  }

  @Test func aLineWithAnEventInFlightGivesNoOtherThoughAnEarlierOneIsReplayed() throws {
    let catalogue = try newCatalogue(folder)
    try catalogue.save(recordingRow("r"))
    let events = try (0..<2).map { try catalogue.enqueue(recordingID: "r", url: "http://a", body: "\($0)", at: at(0)) }
    try catalogue.noteDelivered(events[0].sequence, status: 200, at: at(1))
    #expect(try catalogue.replay(events[0].id, at: at(2)) == 1)
    #expect(try catalogue.dueEvents(at: at(3), besides: [events[1].sequence], limit: 9).isEmpty)
    #expect(try catalogue.dueEvents(at: at(3), besides: [], limit: 9).map(\.body) == ["0"])
  }

  @Test func aReplayedRecordingGoesOutAgainFromItsFirstEvent() throws {
    let catalogue = try newCatalogue(folder)
    for name in ["r", "other"] { try catalogue.save(recordingRow(name)) }
    for number in 0..<3 {
      let event = try catalogue.enqueue(recordingID: "r", url: "http://a", body: "\(number)", at: at(0))
      try catalogue.noteDelivered(event.sequence, status: 204, at: at(1))
      _ = try catalogue.enqueue(recordingID: "other", url: "http://a", body: "", at: at(0))
    }
    #expect(try catalogue.replay("r", at: at(5)) == 3)
    for number in 0..<3 {
      let due = try catalogue.dueEvents(at: at(6), besides: [], limit: 9).filter { $0.recordingID == "r" }
      #expect(due.map(\.body) == ["\(number)"])
      #expect(due[0].attempts == 0 && due[0].createdAt == at(0) && due[0].pendingSince == at(5))
      try catalogue.noteDelivered(due[0].sequence, status: 200, at: at(7))
    }
    let rows = try catalogue.events(recordingID: "r", limit: 2)
    #expect(rows.map(\.body) == ["2", "1"])
    #expect(
      rows.allSatisfy { $0.state == .delivered && $0.lastStatus == 200 && $0.endedAt == at(7) && $0.attempts == 1 })
  }

  @Test func whatWasDeliveredLongAgoIsForgottenAndWhatWaitsIsNot() throws {
    let catalogue = try newCatalogue(folder)
    for name in ["r", "other"] { try catalogue.save(recordingRow(name)) }
    try catalogue.transaction {
      for number in 0..<4_500 {
        let event = try catalogue.enqueue(recordingID: "r", url: "http://a", body: "", at: at(0))
        if number < 4_400 { try catalogue.noteDelivered(event.sequence, status: 200, at: at(Double(number))) }
      }
    }
    try catalogue.prune(deliveredBefore: at(4_390))
    #expect(try catalogue.pendingEvents() == 100)
    #expect(try catalogue.events(recordingID: nil, limit: 9_999).count == 110)
    let before = try #require(try catalogue.events(recordingID: nil, limit: 1).first)
    for event in try catalogue.events(recordingID: "r", limit: 9_999) where event.state == .pending {
      try catalogue.noteGivenUp(event.sequence, reason: "", at: at(5_000))
    }
    try catalogue.prune(deliveredBefore: at(9_999))
    #expect(try catalogue.events(recordingID: nil, limit: 9).isEmpty)
    let after = try catalogue.enqueue(recordingID: "r", url: "http://a", body: "", at: at(9_999))
    #expect(after.sequence > before.sequence)
    #expect(try catalogue.dueEvents(at: at(9_999), besides: [], limit: 9) == [after])
  }

  /// As many lines as events, all to one receiver; and a thousand receivers.
  @Test(arguments: [(100_000, 1), (20_000, 1_000)])
  func itStaysFastWhileAHundredThousandWait(lines: Int, receivers: Int) throws {
    let catalogue = try newCatalogue(folder)
    try catalogue.transaction {
      try catalogue.save(recordingRow("r"))
      for number in 0..<100_000 {
        let line = number % lines
        let url = "http://host\(line % receivers)/\(line)"
        _ = try catalogue.enqueue(recordingID: "r", url: url, body: "{}", at: at(0))
      }
    }
    let start = MonotonicTime.now()
    let rounds = 20
    for _ in 0..<rounds {
      let due = try catalogue.dueEvents(at: at(1), besides: [], limit: 64) { _ in 8 }
      #expect(due.count == min(64, lines, receivers * 8))
      let again = try catalogue.dueEvents(at: at(1), besides: Set(due.map(\.sequence)), limit: 64) { _ in 8 }
      #expect(again.count == min(64, lines - due.count, receivers * 8 - due.count))
      try catalogue.transaction {
        for event in due { try catalogue.noteDelivered(event.sequence, status: 200, at: at(1)) }
      }
      _ = try catalogue.nextDue()
    }
    let milliseconds = MonotonicTime.now().seconds(since: start) * 1_000 / Double(rounds)
    print("outbox of 100,000 events, \(lines) lines, \(receivers) receivers: \(milliseconds) ms a round")
    // Some 10 ms in a debug build; what goes through all events takes hundreds.
    #expect(milliseconds < 200)
  }
}
