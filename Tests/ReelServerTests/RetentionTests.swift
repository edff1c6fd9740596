// Strategy: real files in a folder of their own; what a run deleted is seen in the folder, in the catalogue and in the
// audit log, and each step of a deletion is followed by a crash.
import Foundation
import ReelCore
import ReelFiles
import ReelServer
import ReelTesting
import Testing

@Suite struct RetentionTests {
  private let folder = TestFolder()
  private let day = 86_400.0

  /// A recording with its files, that ended at so many seconds.
  private func add(
    _ catalogue: Catalogue, _ id: String, ended: Double, project: String = "p", tag: String = "",
    state: RecordingState = .finished
  ) throws {
    try catalogue.save(
      recordingRow(
        id, project: project, tag: tag, state: state, createdAt: at(0), endedAt: at(ended), file: "\(id).wav"))
    for name in ["\(id).wav", "\(id).reel.json"] {
      try Data("sound".utf8).write(to: URL(filePath: folder[name]))
    }
  }

  private func run(
    _ catalogue: Catalogue, _ rules: [RetentionRule], at seconds: Double, isDryRun: Bool = false
  ) throws -> [Retention.Deleted] {
    try Retention.run(catalogue, folder: folder.path, rules: rules, at: at(seconds), isDryRun: isDryRun)
  }

  private var sounds: [String] { folder.names.filter { $0.hasSuffix(".wav") } }
  private var manifests: [String] { folder.names.filter { $0.hasSuffix(".reel.json") } }

  @Test func whatARuleNamesGoesAndNothingElse() throws {
    let catalogue = try newCatalogue(folder)
    try add(catalogue, "old", ended: 0)
    try add(catalogue, "young", ended: 9 * day)
    try add(catalogue, "held", ended: 0)
    try add(catalogue, "going", ended: 0, state: .recording)
    try add(catalogue, "other", ended: 0, project: "q")
    try add(catalogue, "tagged", ended: 9 * day, tag: "brief")
    #expect(try catalogue.setHold("held", true))
    let rules = [
      RetentionRule(olderThanSeconds: 5 * day, projectID: "p"),
      RetentionRule(olderThanSeconds: day / 2, projectID: "p", tag: "brief"),
    ]
    let planned = try run(catalogue, rules, at: 10 * day, isDryRun: true)
    #expect(planned.map(\.recordingID) == ["old", "tagged"])
    #expect(sounds.count == 6 && manifests.count == 6)
    #expect(try catalogue.auditEntries(recordingID: nil, limit: 9).isEmpty)
    #expect(try catalogue.recording("old")?.deletedAt == nil)

    #expect(try run(catalogue, rules, at: 10 * day) == planned)
    #expect(sounds == ["going.wav", "held.wav", "other.wav", "young.wav"])
    #expect(manifests.count == 4)
    let row = try #require(try catalogue.recording("tagged"))
    #expect(row.deletedAt == at(10 * day))
    #expect(row.deletionReason == "ended more than 43200 s ago, project p, tag brief")
    let audit = try catalogue.auditEntries(recordingID: "old", limit: 9)
    #expect(
      audit == [
        AuditEntry(
          at: at(10 * day), action: .deleted, recordingID: "old", actor: "retention",
          detail: "ended more than 5 days ago, project p")
      ])
    #expect(try run(catalogue, rules, at: 10 * day).isEmpty)
    #expect(try catalogue.auditEntries(recordingID: nil, limit: 9).count == 2)
    #expect(try catalogue.setHold("held", false))
    #expect(try run(catalogue, rules, at: 10 * day).map(\.recordingID) == ["held"])
  }

  @Test func anAgeIsMetToTheMomentAndOneThatIsNoNumberKeepsEverything() throws {
    let catalogue = try newCatalogue(folder)
    try add(catalogue, "a", ended: 100)
    #expect(try run(catalogue, [RetentionRule(olderThanSeconds: 10)], at: 109.999).isEmpty)
    for age in [Double.nan, .infinity, 1e300] {
      #expect(try run(catalogue, [RetentionRule(olderThanSeconds: age)], at: 1e9).isEmpty)
    }
    #expect(try run(catalogue, [RetentionRule(olderThanSeconds: 10)], at: 110).count == 1)
    try add(catalogue, "b", ended: 100)
    #expect(try run(catalogue, [RetentionRule(olderThanSeconds: -5)], at: 100).count == 1)
  }

  @Test func aRecordingWithoutAFileOrAnEndIsMarkedAllTheSame() throws {
    let catalogue = try newCatalogue(folder)
    try catalogue.save(recordingRow("failed", state: .error))
    #expect(try run(catalogue, [RetentionRule(olderThanSeconds: 1)], at: 5).map(\.recordingID) == ["failed"])
    #expect(try catalogue.recording("failed")?.deletedAt == at(5))
  }

  @Test func whatACrashLeftHalfDoneIsFinished() throws {
    let rules = [RetentionRule(olderThanSeconds: day)]
    for step in 0..<3 {
      let place = TestFolder()
      let catalogue = try newCatalogue(place)
      try catalogue.save(recordingRow("r", endedAt: at(0), file: "r.wav"))
      for name in ["r.wav", "r.reel.json"] { try Data().write(to: URL(filePath: place[name])) }
      // As far as it came before it was killed: noted, then noted and the sound gone, then both files.
      #expect(try Retention.announce(try catalogue.recording("r")!, reason: "why", catalogue: catalogue, at: at(day)))
      if step > 0 { try FileManager.default.removeItem(atPath: place["r.wav"]) }
      if step > 1 { try FileManager.default.removeItem(atPath: place["r.reel.json"]) }
      // A hold comes too late, and is told so.
      #expect(try !catalogue.setHold("r", true))
      let deleted = try Retention.run(
        try Catalogue(place["reel.db"]), folder: place.path, rules: step == 0 ? [] : rules, at: at(2 * day),
        isDryRun: false)
      #expect(deleted.map(\.recordingID) == ["r"] && deleted[0].failure == nil)
      #expect(place.names.filter { $0.hasPrefix("r.") } == [])
      #expect(try catalogue.auditEntries(recordingID: "r", limit: 9).map(\.detail) == ["why"])
      #expect(try catalogue.recording("r")?.deletedAt == at(2 * day))
      #expect(
        try Retention.run(catalogue, folder: place.path, rules: rules, at: at(2 * day), isDryRun: false).isEmpty)
    }
  }

  @Test func aFileThatCannotBeDeletedIsToldAndItsRowStays() throws {
    let catalogue = try newCatalogue(folder)
    try add(catalogue, "r", ended: 0)
    // A folder in the file's place can't be removed as a file, whoever asks.
    try FileManager.default.removeItem(atPath: folder["r.wav"])
    try FileManager.default.createDirectory(atPath: folder["r.wav"], withIntermediateDirectories: false)
    let rules = [RetentionRule(olderThanSeconds: 1)]
    let deleted = try run(catalogue, rules, at: 5)
    #expect(deleted.count == 1 && deleted[0].failure?.contains("r.wav: can't be removed") == true)
    #expect(try catalogue.recording("r")?.deletedAt == nil)
    #expect(try catalogue.auditEntries(recordingID: "r", limit: 9).isEmpty)
    #expect(manifests == ["r.reel.json"])
    #expect(try catalogue.setHold("r", false), "it can be held again")
    try FileManager.default.removeItem(atPath: folder["r.wav"])
    #expect(try run(catalogue, rules, at: 6).map(\.failure) == [nil])
    #expect(manifests == [])
  }

  @Test func aManifestThatCannotBeDeletedIsTriedAgain() throws {
    let catalogue = try newCatalogue(folder)
    try add(catalogue, "r", ended: 0)
    try FileManager.default.removeItem(atPath: folder["r.reel.json"])
    try FileManager.default.createDirectory(atPath: folder["r.reel.json"], withIntermediateDirectories: false)
    #expect(try run(catalogue, [RetentionRule(olderThanSeconds: 1)], at: 5).map { $0.failure != nil } == [true])
    #expect(sounds == [])
    #expect(try catalogue.recording("r")?.deletedAt == nil)
    try FileManager.default.removeItem(atPath: folder["r.reel.json"])
    #expect(try run(catalogue, [], at: 6).map(\.recordingID) == ["r"])
    #expect(try catalogue.recording("r")?.deletedAt == at(6))
    #expect(try catalogue.auditEntries(recordingID: "r", limit: 9).count == 1)
  }

  @Test(arguments: ["../secret.wav", "/etc/secret.wav", ".hidden.wav", ""])
  func aNameThatLeadsElsewhereDeletesNothing(name: String) throws {
    let catalogue = try newCatalogue(folder)
    try catalogue.save(recordingRow("r", endedAt: at(0), file: name))
    let deleted = try run(catalogue, [RetentionRule(olderThanSeconds: 1)], at: 5)
    #expect(deleted.map { $0.failure?.contains("is no recording's") } == [true])
    #expect(try catalogue.recording("r")?.deletedAt == nil)
  }

  // MARK: On request

  @Test func aClientDeletesWhatHasEndedAndIsNotHeld() throws {
    let catalogue = try newCatalogue(folder)
    try add(catalogue, "r", ended: 0)
    try add(catalogue, "going", ended: 0, state: .paused)
    func delete(_ id: String) throws {
      try Retention.delete(
        recordingRow(id), folder: folder.path, actor: "project p", peer: "10.0.0.1", catalogue: catalogue)
    }
    func code(_ id: String) -> ServiceRefusal.Code? {
      do { try delete(id) } catch { return (error as? ServiceRefusal)?.code }
      return nil
    }
    #expect(try catalogue.setHold("r", true))
    #expect(code("r") == .locked)
    #expect(code("going") == .conflict)
    #expect(code("none") == .notFound)
    #expect(sounds.count == 2)
    #expect(try catalogue.auditEntries(recordingID: nil, limit: 9).isEmpty)
    #expect(try catalogue.setHold("r", false))
    #expect(code("r") == nil)
    #expect(sounds == ["going.wav"] && manifests == ["going.reel.json"])
    let entry = try #require(try catalogue.auditEntries(recordingID: "r", limit: 9).first)
    #expect(entry.actor == "project p" && entry.peer == "10.0.0.1" && entry.action == .deleted)
    #expect(code("r") == .notFound)
  }
}
