// Strategy: what goes in is read back, by the same catalogue and by one that is opened afterwards; a transaction that
// throws leaves nothing; several connections write at once; what is no catalogue of ours is refused by name.
import Foundation
import ReelCore
import ReelFiles
import ReelRealtime
import ReelServer
import ReelTesting
import Testing

@Suite struct CatalogueTests {
  private let folder = TestFolder()

  private struct Stop: Error {}

  @Test func callsAndRecordingsComeBackAsTheyWentIn() throws {
    var call = callRow("c1", state: .created)
    var recording = recordingRow("r1", call: "c1", state: .recording)
    do {
      let catalogue = try Catalogue(folder["reel.db"])
      try catalogue.save(call)
      #expect(try catalogue.openCalls() == [call])
      call.state = .ended
      (call.answeredAt, call.endedAt, call.endReason) = (at(1), at(2), "hangup")
      try catalogue.save(call)
      #expect(try catalogue.openCalls() == [])
      try catalogue.save(recording)
      #expect(try catalogue.unfinishedRecordings() == [recording])
      recording.state = .noInput
      (recording.statusURL, recording.webhookURL) = ("http://a/", "http://b/'; DROP TABLE call; --")
      (recording.startedAt, recording.endedAt, recording.updatedAt) = (at(1), at(2), at(3))
      (recording.durationSeconds, recording.byteCount, recording.sha256) = (0.1, 1 << 40, "ab")
      (recording.fileName, recording.failure, recording.isRecovered) = ("ü\u{0}x.wav", "", true)
      try catalogue.save(recording)
    }
    let catalogue = try Catalogue(folder["reel.db"])
    #expect(try catalogue.call("c1") == call)
    #expect(try catalogue.recording("r1") == recording)
    #expect(try catalogue.unfinishedRecordings() == [])
    #expect(try catalogue.call("r1") == nil)
    #expect(try catalogue.recording("c1") == nil)
  }

  @Test func aRecordingWithoutItsCallIsRefused() throws {
    let catalogue = try Catalogue(folder["reel.db"])
    let error = #expect(throws: CatalogueError.self) { try catalogue.save(recordingRow("r", call: "none")) }
    #expect(error?.message.contains("FOREIGN KEY") == true)
    #expect(throws: CatalogueError.self) {
      try catalogue.enqueue(recordingID: "r", url: "http://a", body: "", at: at(0))
    }
    #expect(try catalogue.pendingEvents() == 0)
  }

  @Test func aTransactionIsAllOrNothingAndOneWithinIsUndoneByItself() throws {
    let catalogue = try newCatalogue(folder)
    #expect(throws: Stop.self) {
      try catalogue.transaction {
        try catalogue.save(recordingRow("r1"))
        _ = try catalogue.enqueue(recordingID: "r1", url: "http://a", body: "", at: at(0))
        throw Stop()
      }
    }
    #expect(try catalogue.recording("r1") == nil)
    #expect(try catalogue.pendingEvents() == 0)
    try catalogue.transaction {
      try catalogue.save(recordingRow("r2"))
      try? catalogue.transaction {
        try catalogue.save(recordingRow("r3"))
        throw Stop()
      }
      try catalogue.transaction { try catalogue.save(recordingRow("r4")) }
    }
    #expect(try ["r2", "r3", "r4"].map { try catalogue.recording($0) != nil } == [true, false, true])
  }

  @Test func severalConnectionsWriteAtOnce() throws {
    let catalogue = try newCatalogue(folder)
    try catalogue.save(recordingRow("r"))
    let path = folder["reel.db"]
    let failures = Guarded<[String]>([])
    let threads = (0..<4).map { thread in
      TestThread {
        do {
          let own = try Catalogue(path)
          for number in 0..<50 {
            try own.transaction {
              _ = try own.enqueue(recordingID: "r", url: "http://a", body: "\(thread).\(number)", at: at(0))
            }
          }
        } catch { failures.withLock { $0.append("\(error)") } }
      }
    }
    for thread in threads { thread.join() }
    #expect(failures.withLock { $0 } == [])
    let bodies = try catalogue.events(recordingID: "r", limit: 1_000).reversed().map(\.body)
    #expect(bodies.count == 200)
    for thread in 0..<4 {
      #expect(bodies.filter { $0.hasPrefix("\(thread).") } == (0..<50).map { "\(thread).\($0)" })
    }
  }

  @Test func manyThatOpenANewOneAtOnceAllGetIt() throws {
    let path = folder["new.db"]
    let failures = Guarded<[String]>([])
    let threads = (0..<8).map { number in
      TestThread {
        do { try Catalogue(path).save(callRow("c\(number)")) } catch { failures.withLock { $0.append("\(error)") } }
      }
    }
    for thread in threads { thread.join() }
    #expect(failures.withLock { $0 } == [])
    #expect(try Catalogue(path).openCalls().count == 8)
  }

  @Test func anotherProcessThatComesAndGoesTakesNothingAway() throws {
    let catalogue = try newCatalogue(folder)
    // As a service has it open more than once, and a command looks in meanwhile.
    let second = try Catalogue(folder["reel.db"])
    for number in 1...3 {
      try catalogue.save(callRow("c\(number)"))
      let output = Pipe()
      let sqlite = Process()
      sqlite.executableURL = URL(filePath: "/usr/bin/sqlite3")
      sqlite.arguments = [folder["reel.db"], "SELECT count(*) FROM call"]
      sqlite.standardOutput = output
      try sqlite.run()
      sqlite.waitUntilExit()
      #expect(String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self) == "\(number + 1)\n")
      #expect(folder.names.contains("reel.db-wal"))
    }
    withExtendedLifetime(second) {}
  }

  @Test func itsFileIsForItsOwnerAlone() throws {
    let catalogue = try newCatalogue(folder)
    for name in folder.names where name.hasPrefix("reel.db") {
      let mode = try FileManager.default.attributesOfItem(atPath: folder[name])[.posixPermissions] as? Int
      #expect(mode == 0o600, "\(name)")
    }
    withExtendedLifetime(catalogue) {}
  }

  @Test(arguments: [
    ("PRAGMA user_version = 99", "version 99; this program knows versions up to 1"),
    ("PRAGMA user_version = -1", "version -1"),
    ("CREATE TABLE other (a)", "a database of something else"),
  ]) func whatIsNoCatalogueOfOursIsRefused(sql: String, words: String) throws {
    let path = folder["strange.db"]
    let sqlite = Process()
    sqlite.executableURL = URL(filePath: "/usr/bin/sqlite3")
    sqlite.arguments = [path, sql]
    try sqlite.run()
    sqlite.waitUntilExit()
    let error = #expect(throws: CatalogueError.self) { try Catalogue(path) }
    #expect(error?.message.contains(words) == true, "\(String(describing: error))")
    #expect(error?.message.contains(path) == true)
  }

  @Test func textThatIsNoDatabaseAndAPlaceThatIsNoneAreRefused() throws {
    try Data(repeating: 65, count: 5_000).write(to: URL(filePath: folder["text.db"]))
    let error = #expect(throws: CatalogueError.self) { try Catalogue(folder["text.db"]) }
    #expect(error?.message.contains("not a database") == true)
    let other = #expect(throws: CatalogueError.self) { try Catalogue(folder["no/such.db"]) }
    #expect(other?.message.contains("No such file") == true)
  }

  // MARK: The list of recordings

  @Test func aListHasPagesThatStayWhateverIsAdded() throws {
    let catalogue = try newCatalogue(folder)
    // Several of one moment, so that only their names tell them apart.
    for number in 0..<25 {
      try catalogue.save(recordingRow("r\(10 + number)", createdAt: at(Double(number / 4))))
    }
    let all = try catalogue.recordings(RecordingFilter(), after: nil, limit: 100).map(\.id)
    #expect(all == (0..<25).reversed().map { "r\(10 + $0)" })
    var seen: [String] = []
    var cursor: RecordingCursor?
    while true {
      let page = try catalogue.recordings(RecordingFilter(), after: cursor, limit: 4)
      guard let last = page.last else { break }
      seen += page.map(\.id)
      cursor = RecordingCursor(RecordingCursor(last).text)
      #expect(cursor == RecordingCursor(last))
      try catalogue.save(recordingRow("new\(seen.count)", createdAt: at(1_000 + Double(seen.count))))
    }
    #expect(seen == all)
  }

  @Test func aListIsFiltered() throws {
    let catalogue = try newCatalogue(folder)
    try catalogue.save(callRow("other"))
    try catalogue.save(recordingRow("a", state: .finished, createdAt: at(1)))
    try catalogue.save(recordingRow("b", call: "other", state: .paused, createdAt: at(2)))
    try catalogue.save(recordingRow("c", state: .error, createdAt: at(3)))
    try catalogue.markDeleted("c", reason: "asked for", at: at(4))
    func list(_ change: (inout RecordingFilter) -> Void) throws -> [String] {
      var filter = RecordingFilter()
      change(&filter)
      return try catalogue.recordings(filter, after: nil, limit: 10).map(\.id)
    }
    #expect(try list { _ in } == ["b", "a"])
    #expect(try list { $0.includesDeleted = true } == ["c", "b", "a"])
    #expect(try list { $0.callID = "other" } == ["b"])
    #expect(try list { $0.states = [.finished, .error, .finished] } == ["a"])
    #expect(try list { $0.createdFrom = at(2) } == ["b"])
    #expect(try list { $0.createdBefore = at(2) } == ["a"])
    #expect(try catalogue.recordings(RecordingFilter(), after: nil, limit: -1).isEmpty)
  }

  @Test(arguments: ["", ".", "1", "1.", ".a", "x.a", "1.a b", "1.a'b", "99999999999999999999.a"])
  func aCursorThatIsNoneIsNil(text: String) {
    #expect(RecordingCursor(text) == nil)
    #expect(RecordingCursor("1." + String(repeating: "a", count: 65)) == nil)
  }

  // MARK: Holds and the audit log

  @Test func aHoldStaysThoughTheRecordingIsSavedFromARowThatDoesNotKnowIt() throws {
    let catalogue = try newCatalogue(folder)
    var row = recordingRow("r", state: .recording)
    try catalogue.save(row)
    #expect(try Catalogue(folder["reel.db"]).setHold("r", true))
    row.state = .finished
    try catalogue.save(row)
    #expect(try catalogue.recording("r")?.isHeld == true)
    #expect(try catalogue.setHold("r", false))
    #expect(try catalogue.recording("r")?.isHeld == false)
    #expect(try !catalogue.setHold("none", true))
    try catalogue.markDeleted("r", reason: "asked for", at: at(9))
    #expect(try !catalogue.setHold("r", true))
    try catalogue.save(row)
    #expect(try catalogue.recording("r")?.deletedAt == at(9))
    #expect(try catalogue.recording("r")?.deletionReason == "asked for")
  }

  @Test func theAuditLogTellsTheNewestFirst() throws {
    let catalogue = try newCatalogue(folder)
    let entries = (0..<3).map { number in
      AuditEntry(
        at: at(Double(number)), action: AuditEntry.Action.allCases[number], recordingID: "r\(number % 2)", actor: "p",
        peer: "127.0.0.1", detail: "\(number)")
    }
    for entry in entries { try catalogue.audit(entry) }
    #expect(try catalogue.auditEntries(recordingID: nil, limit: 10) == entries.reversed())
    #expect(try catalogue.auditEntries(recordingID: nil, limit: 1) == [entries[2]])
    #expect(try catalogue.auditEntries(recordingID: "r0", limit: 10) == [entries[2], entries[0]])
    try catalogue.prune(deliveredBefore: at(9))
    #expect(try catalogue.auditEntries(recordingID: nil, limit: 10).count == 3)
    try catalogue.prune(deliveredBefore: at(9), auditBefore: at(1))
    #expect(try catalogue.auditEntries(recordingID: nil, limit: 10).count == 2)
  }
}
