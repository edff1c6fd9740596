internal import Glibc
package import ReelFiles

/// What is being deleted, and why: known before the first file goes and until the last has gone.
struct Deletion: Hashable, Sendable {
  let recordingID: String
  let reason: String
  let actor: String
  let peer: String
  let begunAt: WallTime
}

/// Deletes what may not, or need not, be kept any longer.
///
/// Each deletion is noted in the catalogue, then the files go, and then, in one transaction, the recording is marked,
/// the audit entry is written and the note removed. After a crash in between, the next run finds the note and goes
/// on; a hold that comes after the note comes too late, and is told so.
///
/// The wall round the system's calls that remove files: all that they take are texts of ours.
package enum Retention {
  /// A recording that was deleted, would have been, or could not be.
  package struct Deleted: Hashable, Sendable {
    package let recordingID: String
    package let fileName: String?
    /// The rule, or whoever asked.
    package let reason: String
    /// Why its file could not be deleted, so that it stays in the catalogue.
    package let failure: String?
  }

  package static let actor = "retention"

  /// Deletes what the rules say, and ends what an earlier run, or a client's request, left half done. A dry run tells
  /// what it would delete, and does nothing.
  package static func run(
    _ catalogue: Catalogue, folder: String, rules: [RetentionRule], at: WallTime, isDryRun: Bool
  ) throws -> [Deleted] {
    let expired = try catalogue.expired(rules, at: at)
    guard !isDryRun else {
      return expired.map {
        Deleted(recordingID: $0.recording.id, fileName: $0.recording.fileName, reason: $0.why, failure: nil)
      }
    }
    var deleted = try catalogue.deletions().compactMap { try finish($0, folder: folder, catalogue: catalogue, at: at) }
    for (recording, why) in expired {
      // What was held or deleted meanwhile stays as it is.
      guard try announce(recording, reason: why, catalogue: catalogue, at: at) else { continue }
      deleted += try catalogue.deletions(of: recording.id).compactMap {
        try finish($0, folder: folder, catalogue: catalogue, at: at)
      }
    }
    return deleted
  }

  /// Deletes one recording for somebody who asked for it.
  package static func delete(
    _ recording: RecordingRow, folder: String, actor: String, peer: String, catalogue: Catalogue
  ) throws {
    let now = WallTime.now()
    let deletion = Deletion(
      recordingID: recording.id, reason: "asked for", actor: actor, peer: peer, begunAt: now)
    if let refusal = try begin(deletion, catalogue) { throw refusal }
    let outcome = try finish(deletion, folder: folder, catalogue: catalogue, at: now)
    if let failure = outcome?.failure { throw ServiceRefusal(.failed, "the recording \(recording.id): \(failure)") }
  }

  /// Notes that a recording is about to go, as the first step of its deletion, whose others the next run takes; false
  /// where it may not go.
  package static func announce(
    _ recording: RecordingRow, reason: String, catalogue: Catalogue, at: WallTime
  ) throws -> Bool {
    let deletion = Deletion(recordingID: recording.id, reason: reason, actor: actor, peer: "", begunAt: at)
    return try begin(deletion, catalogue) == nil
  }

  /// Notes that a recording is about to go, unless the catalogue, asked anew, says that it may not: then why.
  static func begin(_ deletion: Deletion, _ catalogue: Catalogue) throws -> ServiceRefusal? {
    try catalogue.transaction {
      let id = deletion.recordingID
      guard let recording = try catalogue.recording(id), recording.deletedAt == nil else {
        return ServiceRefusal(.notFound, "there is no recording \(id)")
      }
      guard recording.state.isLast else {
        return ServiceRefusal(.conflict, "the recording \(id) goes on, and can be deleted when it has ended")
      }
      guard !recording.isHeld else {
        return ServiceRefusal(.locked, "the recording \(id) is held, and can be deleted when it is released")
      }
      try catalogue.begin(deletion)
      return nil
    }
  }

  /// Deletes the files of a deletion that has begun, and ends it; nil where another process was first.
  private static func finish(
    _ deletion: Deletion, folder: String, catalogue: Catalogue, at: WallTime
  ) throws -> Deleted? {
    guard let recording = try catalogue.recording(deletion.recordingID) else { return nil }
    let (failure, hasGone) = removeFiles(of: recording, in: folder)
    let isMine = try catalogue.transaction {
      // Where only its sound has gone, the note stays, and the rest is tried again.
      if failure != nil && hasGone { return true }
      guard try catalogue.remove(deletion) else { return false }
      guard failure == nil else { return true }
      try catalogue.markDeleted(recording.id, reason: deletion.reason, at: at)
      try catalogue.audit(
        AuditEntry(
          at: at, action: .deleted, recordingID: recording.id, actor: deletion.actor, peer: deletion.peer,
          detail: deletion.reason))
      return true
    }
    guard isMine else { return nil }
    return Deleted(
      recordingID: recording.id, fileName: recording.fileName, reason: deletion.reason, failure: failure)
  }

  // MARK: Files

  /// Removes the sound, then its manifest, and makes both last; gives why not, and whether the sound has gone. What is
  /// gone already is no failure.
  static func removeFiles(of recording: RecordingRow, in folder: String) -> (failure: String?, hasGone: Bool) {
    guard let name = recording.fileName else { return (nil, true) }
    guard !name.isEmpty, !name.contains("/"), !name.hasPrefix(".") else {
      return ("the name \(name) is no recording's", false)
    }
    let stem = name.lastIndex(of: ".").map { name[..<$0] } ?? name[...]
    if let failure = remove("\(folder)/\(name)") { return (failure, false) }
    return (remove("\(folder)/\(stem).reel.json") ?? sync(folder), true)
  }

  private static func remove(_ path: String) -> String? {
    guard unsafe unlink(path) == 0 || errno == ENOENT else { return "\(FileError(path, cannotBe: "removed"))" }
    return nil
  }

  /// Returns when the names that went are gone from the disk.
  private static func sync(_ folder: String) -> String? {
    let descriptor = unsafe open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    // Where the folder is gone there is nothing left in it.
    guard descriptor >= 0 else { return errno == ENOENT ? nil : "\(FileError(folder, cannotBe: "opened"))" }
    defer { close(descriptor) }
    return fsync(descriptor) == 0 ? nil : "\(FileError(folder, cannotBe: "synced"))"
  }
}
