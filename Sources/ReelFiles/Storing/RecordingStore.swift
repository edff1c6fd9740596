package import ReelCore

/// What is to be written at once: lines for the journal, then a change for each file.
package struct RecordingChange: Sendable {
  package var journal: [UInt8] = []
  package var files: [FileChange]

  package init(files: [FileChange]) {
    self.files = files
  }

  /// Writes down what samples are from here on.
  package mutating func note(_ mark: LedgerMark) {
    journal += Journal.line(mark.json)
  }
}

/// The disk's side of a recording: the only part of it that touches files. One owner, on one thread at a time.
package final class RecordingStore {
  private let plan: RecordingPlan
  private let bundles: [RecordingBundle]
  /// For each rendition its bundle and its place in there.
  private let places: [(bundle: Int, file: Int)]
  private var sealed: [Result<ClosedRecording, FileError>] = []

  /// Makes every file with its head, or none.
  package init(_ plan: RecordingPlan, heads: [FileChange], _ custody: Custody) throws(FileError) {
    self.plan = plan
    var stems: [FileNames] = []
    var members: [[Int]] = []
    var places: [(bundle: Int, file: Int)] = []
    for (index, rendition) in plan.renditions.enumerated() {
      guard let names = FileNames(rendition.path, format: rendition.codec.format) else {
        preconditionFailure("a plan has only names that are allowed")
      }
      let bundle = stems.firstIndex(of: names) ?? stems.count
      if bundle == stems.count {
        stems.append(names)
        members.append([])
      }
      places.append((bundle, members[bundle].count))
      members[bundle].append(index)
    }
    self.places = places
    var bundles: [RecordingBundle] = []
    do {
      for (names, indices) in zip(stems, members) {
        let head = Journal.Head(
          identity: plan.identity, rate: plan.rate, files: indices.map { plan.renditions[$0].journalFile(names, plan) },
          replaces: plan.replaces)
        bundles.append(try RecordingBundle(names, head, heads: indices.map { heads[$0].tail }, custody))
      }
    } catch {
      for bundle in bundles { bundle.discard() }
      throw error
    }
    self.bundles = bundles
  }

  /// Writes what comes next. What goes wrong is kept: see ``hasFailed``.
  package func apply(_ change: RecordingChange) {
    for bundle in bundles { bundle.append(change.journal) }
    for (place, file) in zip(places, change.files) where !file.isEmpty {
      bundles[place.bundle].apply(file, to: place.file)
    }
  }

  /// Returns when all that was written is on the disk.
  package func sync() {
    for bundle in bundles { bundle.sync() }
  }

  /// Whether no file can be written any more.
  package var hasFailed: Bool { bundles.allSatisfy(\.hasFailed) }

  /// Closes the files under their final names; tells of them in the plan's order.
  package func close(_ ending: RecordingEnding) -> ClosedRecording {
    seal(ending)
    return finish(isSynced: false)
  }

  /// Closes the files if every one is all that it should be. Else it throws, and none has its name: ``discard()`` then
  /// leaves what the disk held before. (What is left to fail after that is renaming, one file after the other.)
  package func closeWhole(_ ending: RecordingEnding) throws(FileError) -> ClosedRecording {
    let prepared = try bundles.map { bundle throws(FileError) in try bundle.prepare(ending) }
    if let failure = prepared.lazy.compactMap(\.shortcoming).first { throw failure }
    sealed = prepared.map { files in Result { () throws(FileError) in try files.commit() } }
    let closed = finish(isSynced: false)
    if let failure = closed.failure { throw failure }
    return closed
  }

  /// Removes what was written, with no trace.
  package func discard() {
    for bundle in bundles { bundle.discard() }
  }

  /// The first part of closing: the files have their final names and their manifest, but the journal is there still.
  /// Who has many recordings to close seals them all, syncs the file system once, and finishes them all.
  package func seal(_ ending: RecordingEnding) {
    sealed = bundles.map { $0.seal(ending) }
  }

  /// The second part. Where what was sealed is not on the disk yet, it is brought there.
  package func finish(isSynced: Bool) -> ClosedRecording {
    let closed = zip(bundles, sealed).map { $0.finish($1, isSynced: isSynced) }
    return ClosedRecording(
      files: places.map { closed[$0.bundle].files[$0.file] }, manifests: closed.flatMap(\.manifests),
      failure: closed.lazy.compactMap(\.failure).first)
  }
}

extension Rendition {
  fileprivate func journalFile(_ names: FileNames, _ plan: RecordingPlan) -> Journal.File {
    Journal.File(name: names.fileName(codec.format), format: codec.format, rate: rate(plan.rate))
  }
}

/// The files of one name, with their journal.
private final class RecordingBundle {
  private let names: FileNames
  private let head: Journal.Head
  private let custody: Custody
  private let journal: PartFile
  private var parts: [PartFile] = []

  init(_ names: FileNames, _ head: Journal.Head, heads: [[UInt8]], _ custody: Custody) throws(FileError) {
    self.names = names
    self.head = head
    self.custody = custody
    let finished = head.files.map { names.finished($0.name) } + [names.manifest]
    if let folder = finished.first(where: { FileIdentity(of: $0)?.isFolder == true }) {
      throw FileError(folder, "is a folder")
    }
    if !head.replaces, let taken = finished.first(where: Disk.exists) { throw FileError(taken, "is there already") }
    if let other = Self.otherFile(names, head) {
      throw FileError(names.manifest, "tells of \(other) too; replace both, or take another name")
    }
    let unfinished = head.files.map { names.part($0.name) } + [names.journal]
    if let left = unfinished.first(where: Disk.exists) {
      throw FileError(
        left, "is there already: a recording of that name goes on, or was left by a crash; recover it first")
    }
    journal = try PartFile(names.journal, head: Journal.line(head.json), custody)
    do throws(FileError) {
      for (file, head) in zip(head.files, heads) {
        parts.append(try PartFile(names.part(file.name), head: head, custody))
      }
      journal.apply(FileChange(tail: Journal.begunLine))
      if let failure = journal.failure { throw failure }
      guard custody == .itself else { return }
      // From here on no loss of power takes a name or a head away.
      sync()
      if let failure = ([journal] + parts).lazy.compactMap(\.failure).first { throw failure }
      try Disk.syncFolder(names.folder)
    } catch {
      discard()
      throw error
    }
  }

  /// A file that would be left without what the manifest of this name says of it.
  private static func otherFile(_ names: FileNames, _ head: Journal.Head) -> String? {
    guard let manifest = try? Manifest(of: names) else { return nil }
    let others = manifest.files.map(\.name).filter { name in !head.files.contains { $0.name == name } }
    return others.first { Disk.exists(names.finished($0)) }
  }

  /// Removes what was made: the journal first, for by what it says of its end a crash would let older files of these
  /// names be taken for the recording's.
  func discard() {
    try? Disk.remove(journal.path)
    try? Disk.remove(FileNames.hidden(names.manifest))
    for part in parts { try? Disk.remove(part.path) }
  }

  func append(_ lines: [UInt8]) {
    guard !lines.isEmpty else { return }
    journal.apply(FileChange(tail: lines))
  }

  func apply(_ change: FileChange, to file: Int) {
    parts[file].apply(change)
  }

  func sync() {
    // Marks first: on the disk too they come before what they speak of.
    journal.sync()
    for part in parts { part.sync() }
  }

  /// A file whose ledger can't be kept is no file that can be trusted.
  var hasFailed: Bool { journal.failure != nil || parts.allSatisfy { $0.failure != nil } }

  func seal(_ ending: RecordingEnding) -> Result<ClosedRecording, FileError> {
    Result { () throws(FileError) in try prepare(ending).commit() }
  }

  /// Brings to the disk what is as it should be but for its names.
  func prepare(_ ending: RecordingEnding) throws(FileError) -> Closing.Prepared {
    var ending = ending
    for (file, part) in zip(head.files, parts) {
      if let failure = part.failure { ending.failures[file.name] = failure.reason }
    }
    if let failure = journal.failure { ending.failures[Journal.failureName] = failure.reason }
    append(Journal.line(ending.json))
    if custody == .itself { journal.sync() }
    var record = try Journal(journal.allBytes(), of: names) ?? Journal(head: head)
    // As it is known here, for the line may not have found room.
    record.ending = ending
    return try Closing(names, record, isRecovery: false, custody).prepare()
  }

  func finish(_ sealed: Result<ClosedRecording, FileError>, isSynced: Bool) -> ClosedRecording {
    do throws(FileError) {
      let closed = try sealed.get()
      if !isSynced { try sync(closed) }
      try Closing.finish(names)
      return closed
    } catch {
      let paths = head.files.map { file in
        Disk.exists(names.part(file.name)) ? names.part(file.name) : names.finished(file.name)
      }
      return ClosedRecording(failing: error, paths: paths)
    }
  }

  /// What was not synced when it was sealed, and the names in any case.
  private func sync(_ closed: ClosedRecording) throws(FileError) {
    if custody == .folder {
      for path in closed.files.map(\.path) + closed.manifests where Disk.exists(path) {
        try DiskFile(path, .updating).sync()
      }
    }
    try Disk.syncFolder(names.folder)
  }
}
