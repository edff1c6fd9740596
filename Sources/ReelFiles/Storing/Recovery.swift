internal import Glibc
internal import ReelAudio
internal import ReelCore

/// What was found in a folder where recordings may have been cut off.
package struct RecoveryReport: Hashable, Sendable {
  /// Recordings that were closed now.
  package private(set) var recovered: [ClosedRecording] = []
  /// Parts of recordings that go on, in a living process, and folders that one has taken.
  package private(set) var held: [String] = []
  /// What could not be closed, and stays as it is.
  package private(set) var failures: [FileError] = []

  /// Closes every recording in a folder, and in those within it, that a dead process left: sizes and tables are
  /// written, nothing is encoded again, all that reached the disk is kept. Done a second time it changes nothing. What
  /// a living process holds is not touched.
  package init(recovering folder: String) throws(FileError) {
    var folders = [folder]
    while let next = folders.popLast() {
      do {
        let lock: FolderLock?
        do throws(FileError) { lock = try FolderLock(existingIn: next) } catch {
          if error.errorNumber == nil { held.append(next) } else { failures.append(error) }
          continue
        }
        defer { withExtendedLifetime(lock) {} }
        let contents = try Disk.contents(of: next)
        failures += contents.strange.map { FileError("\(next)/\($0)", "has a name that is no UTF-8") }
        recover(contents.files, in: next)
        folders += contents.folders.reversed().map { "\(next)/\($0)" }
      } catch {
        guard next != folder else { throw error }
        failures.append(error)
      }
    }
  }

  private mutating func recover(_ files: [String], in folder: String) {
    let parts = Dictionary(grouping: files.compactMap(Self.part), by: \.stem)
    var orphans = parts
    for name in files where name.hasSuffix(FileNames.journalEnding) {
      let stem = String(name.dropLast(FileNames.journalEnding.count))
      guard let names = FileNames(folder: folder, stem: stem) else { continue }
      if recover(names, (parts[stem] ?? []).map(\.format)) { orphans[stem] = nil }
    }
    for (stem, parts) in orphans.sorted(by: { $0.key < $1.key }) {
      guard let names = FileNames(folder: folder, stem: stem) else { continue }
      // A recording that began after the folder was read has a journal by now.
      guard !Disk.exists(names.journal) else { continue }
      adopt(names, parts.map(\.format))
    }
    for name in files where name.hasPrefix(".") && name.hasSuffix(FileNames.hiddenEnding) {
      clearUp(name, in: folder)
    }
  }

  /// Removes what was never given its name, unless somebody is at work on it.
  private func clearUp(_ hidden: String, in folder: String) {
    let name = String(hidden.dropFirst().dropLast(FileNames.hiddenEnding.count))
    guard let stem = Self.stem(name), let names = FileNames(folder: folder, stem: stem), !Disk.exists(names.journal)
    else { return }
    try? PartFile.removeStale("\(folder)/\(hidden)")
  }

  /// By its journal; parts of that name that it does not know belong to it all the same. Gives whether the parts are
  /// dealt with, or have to wait: they are orphans only where the journal tells nothing.
  private mutating func recover(_ names: FileNames, _ formats: [RecordingOptions.Format]) -> Bool {
    do throws(FileError) {
      let file = try DiskFile(names.journal, .updating)
      guard file.lock() else {
        held.append(names.journal)
        return true
      }
      // Whoever held it a moment ago may have closed the recording.
      guard file.hasName else { return true }
      guard var journal = try Journal(file.allBytes(), of: names) else {
        // Set aside and kept, for somebody may still make sense of it.
        try Disk.rename(names.journal, to: names.damagedJournal, replacing: false)
        failures.append(FileError(names.damagedJournal, "is no journal of Reel's, or not of this name"))
        return false
      }
      let isStillborn = try journal.hasBegun ? false : holdsOnlyHeads(names, journal)
      if isStillborn {
        try discard(names, journal)
        return true
      }
      if let older = olderFile(names, journal) {
        throw FileError(
          names.journal,
          "was left by a crash while \(older) was to be replaced, which is there still; rename one of the "
            + "recordings, and recover again")
      }
      for format in formats where !journal.head.files.contains(where: { $0.format == format }) {
        journal.head.files.append(.init(name: names.fileName(format), format: format, rate: journal.head.rate))
      }
      recovered.append(try Closing(names, journal, isRecovery: true).run())
    } catch {
      fail(error)
    }
    return true
  }

  /// A whole file that would be lost for one that is not: of a recording that was to replace it, and was cut off or
  /// failed.
  private func olderFile(_ names: FileNames, _ journal: Journal) -> String? {
    let isWhole = journal.ending.map { $0.outcome != .error && $0.failures.isEmpty } ?? false
    guard journal.head.replaces, !isWhole else { return nil }
    return journal.head.files.map(\.name).filter { Disk.exists(names.part($0)) }.map(names.finished)
      .first(where: Disk.exists)
  }

  private func holdsOnlyHeads(_ names: FileNames, _ journal: Journal) throws(FileError) -> Bool {
    for file in journal.head.files where Disk.exists(names.part(file.name)) {
      if try DiskFile(names.part(file.name), .updating).byteCount > DiskFile.headBytes { return false }
    }
    return true
  }

  /// Removes what there is of a recording that died before all its parts were made: they hold no sound.
  private func discard(_ names: FileNames, _ journal: Journal) throws(FileError) {
    for file in journal.head.files { try Disk.remove(names.part(file.name)) }
    try Disk.remove(names.journal)
  }

  /// What is not there any more was closed by whoever held it.
  private mutating func fail(_ error: FileError) {
    if error.errorNumber != ENOENT { failures.append(error) }
  }

  /// Parts of one name without a journal that can be read: whose they are and what their samples are is not known any
  /// more.
  private mutating func adopt(_ names: FileNames, _ formats: [RecordingOptions.Format]) {
    do throws(FileError) {
      let formats = formats.sorted { $0.rawValue < $1.rawValue }
      var files: [DiskFile] = []
      var entries: [Journal.File] = []
      for format in formats {
        let path = names.part(names.fileName(format))
        let file = try DiskFile(path, .updating)
        guard try isOurs(file) else { continue }
        guard !Disk.exists(names.manifest) else {
          throw FileError(path, "has no journal, and \(names.manifest) may be of another recording")
        }
        guard file.lock() else {
          held.append(path)
          return
        }
        let audio = try Closing.seal(path, format, samples: nil, scratch: FileNames.hidden(path))
        guard let rate = SampleRate(hz: audio.hz) else { throw FileError(path, "is no part of Reel's") }
        files.append(file)
        entries.append(Journal.File(name: names.fileName(format), format: format, rate: rate))
      }
      guard let rate = entries.map(\.rate).max() else { return }
      let identity = RecordingIdentity(callID: "", recordingID: "", start: WallTime(microseconds: 0), legs: .both)
      let head = Journal.Head(identity: identity, rate: rate, files: entries)
      recovered.append(try Closing(names, Journal(head: head), isRecovery: true).run())
    } catch {
      fail(error)
    }
  }

  /// Whether a part without a journal says itself that Reel made it: others use such names too.
  private func isOurs(_ file: DiskFile) throws(FileError) -> Bool {
    try file.head().contains(Array("software=\(Tags.software)".utf8))
  }

  private static func part(_ name: String) -> (stem: String, format: RecordingOptions.Format)? {
    for format in RecordingOptions.Format.allCases {
      let ending = ".part." + format.rawValue
      if name.hasSuffix(ending), !name.hasPrefix(".") { return (String(name.dropLast(ending.count)), format) }
    }
    return nil
  }

  /// Of any name that a recording's file has while it is made.
  private static func stem(_ name: String) -> String? {
    if let part = part(name) { return part.stem }
    for ending in [FileNames.journalEnding, FileNames.manifestEnding] where name.hasSuffix(ending) {
      return String(name.dropLast(ending.count))
    }
    return nil
  }
}
