internal import ReelAudio
internal import ReelCore

/// Makes finished files of parts and a manifest of their journal: at the end of a recording, and after a crash.
///
/// For each file: seal the part, sync, hash. Then: write the manifest where nobody sees it; rename the files and it;
/// sync the folder; remove the journal. A crash between any two of these is mended by doing them again, for the journal
/// goes last, and only when no part is left: what can't be finished now stays as it is, with its ledger, until it can.
///
/// Where one sync serves many recordings, it comes between ``seal()`` and ``finish(_:)``: all is on the disk before the
/// journal goes.
struct Closing {
  private let names: FileNames
  private let journal: Journal
  private let isRecovery: Bool
  private let custody: Custody

  init(_ names: FileNames, _ journal: Journal, isRecovery: Bool, _ custody: Custody = .itself) {
    self.names = names
    self.journal = journal
    self.isRecovery = isRecovery
    self.custody = custody
  }

  /// All but the end of it. Throws where a part can't be finished, or the manifest not be written.
  func seal() throws(FileError) -> ClosedRecording {
    try prepare().commit()
  }

  /// What is on the disk already, and needs only its names.
  struct Prepared {
    fileprivate let closing: Closing
    fileprivate let files: [Finished]
    fileprivate let manifest: DiskFile?
    /// The first thing in which it is not all that it should be, or could be if there were room.
    let shortcoming: FileError?

    /// The second part of sealing: nothing but names.
    func commit() throws(FileError) -> ClosedRecording { try closing.commit(files, manifest) }
  }

  /// The first part of sealing: nothing has its final name yet, and what has these names is as it was.
  func prepare() throws(FileError) -> Prepared {
    let files = journal.head.files.map { finish($0) }
    let isRefused = files.contains { $0.refusal != nil }
    try announce()
    return Prepared(
      closing: self, files: files, manifest: isRefused ? nil : try write(manifest(files.map(\.entry))),
      shortcoming: failure(of: files)
        ?? files.first { !$0.entry.audio.tellsDelay }.map { FileError($0.path, "found no room to be closed in") })
  }

  private func commit(_ prepared: [Finished], _ manifest: DiskFile?) throws(FileError) -> ClosedRecording {
    var files = prepared
    for index in files.indices { rename(&files[index]) }
    if let refusal = files.lazy.compactMap(\.refusal).first {
      if let manifest { try? Disk.remove(manifest.path) }
      throw refusal
    }
    try manifest?.rename(to: names.manifest, replacing: true)
    let closed = files.map { file in
      ClosedRecording.File(
        path: file.path, byteCount: file.entry.byteCount, samples: file.entry.audio.samples, sha256: file.entry.sha256,
        failure: file.entry.failure)
    }
    return ClosedRecording(files: closed, manifests: [names.manifest], failure: failure(of: files))
  }

  private func failure(of files: [Finished]) -> FileError? {
    files.lazy.compactMap(\.refusal).first
      ?? files.lazy.compactMap { file in file.entry.failure.map { FileError(file.path, $0) } }.first
      ?? journal.ending?.failures[Journal.failureName].map { FileError(names.journal, $0) }
  }

  /// Lets the journal go, when all that was sealed is on the disk.
  static func finish(_ names: FileNames) throws(FileError) {
    try Disk.remove(names.journal)
  }

  /// All of it. Throws as ``seal()`` does.
  func run() throws(FileError) -> ClosedRecording {
    let closed = try seal()
    try Disk.syncFolder(names.folder)
    try Self.finish(names)
    return closed
  }

  /// Writes down whose the final names will be, where older files may have them.
  private func announce() throws(FileError) {
    guard journal.head.replaces else { return }
    let parts = journal.head.files.map(\.name).filter { Disk.exists(names.part($0)) && !journal.finishing.contains($0) }
    guard !parts.isEmpty else { return }
    let file = try DiskFile(names.journal, .updating)
    try file.write(Journal.finishingLine(parts).span, at: file.byteCount)
    try sync(file)
  }

  private func sync(_ file: DiskFile) throws(FileError) {
    if custody == .itself { try file.sync() }
  }

  // MARK: Files

  /// A file that is closed as far as can be.
  fileprivate struct Finished {
    var path: String
    var entry: Manifest.File
    /// Whether it is a part that only wants its name.
    var isReady = false
    /// Why its part is a part still.
    var refusal: FileError?
  }

  private func finish(_ file: Journal.File) -> Finished {
    let part = names.part(file.name)
    let isPart = Disk.exists(part)
    var finished = Finished(
      path: isPart ? part : names.finished(file.name),
      entry: Manifest.File(
        name: file.name, format: file.format,
        audio: SealedAudio(hz: file.rate.hz, channels: 0, samples: 0, delay: 0, padding: 0), byteCount: 0, sha256: "",
        failure: journal.ending?.failures[file.name]))
    do throws(FileError) {
      try refuseWhatIsNotThere(file, isPart)
      finished.entry.audio = try Self.seal(
        finished.path, file.format, samples: expectedSamples(file), scratch: FileNames.hidden(part))
      let disk = try DiskFile(finished.path, .updating)
      try sync(disk)
      (finished.entry.byteCount, finished.entry.sha256) = try Self.digest(disk)
      finished.isReady = isPart
    } catch {
      finished.entry.failure = finished.entry.failure ?? error.reason
      finished.refusal = Disk.exists(part) || error.errorNumber != nil ? error : nil
    }
    if finished.entry.failure == nil, let expected = expectedSamples(file),
      finished.entry.audio.samples != expected
    {
      finished.entry.failure = "holds \(finished.entry.audio.samples) samples; recorded were \(expected)"
    }
    return finished
  }

  /// Gives a part its final name.
  private func rename(_ file: inout Finished) {
    guard file.isReady else { return }
    let finished = names.finished(file.entry.name)
    do throws(FileError) {
      // Who may read what is replaced may read this, and nobody else.
      if journal.head.replaces, let older = try? DiskFile(finished, .reading) {
        try DiskFile(file.path, .updating).takeAfter(older)
      }
      try Disk.rename(file.path, to: finished, replacing: journal.head.replaces)
      file.path = finished
    } catch {
      file.refusal = error
    }
  }

  /// A part of no bytes is what a loss of power leaves of one that was just begun. A file under its final name is this
  /// recording's, unless it may be the one that was to be replaced.
  private func refuseWhatIsNotThere(_ file: Journal.File, _ isPart: Bool) throws(FileError) {
    let (part, finished) = (names.part(file.name), names.finished(file.name))
    guard !isPart else {
      if try DiskFile(part, .updating).byteCount > 0 { return }
      try Disk.remove(part)
      throw FileError(part, "was empty")
    }
    let mayBeOlder = journal.head.replaces && !journal.finishing.contains(file.name)
    guard Disk.exists(finished), !mayBeOlder else { throw FileError(finished, "is gone") }
  }

  /// Closes one file by its format's rules, without encoding anything again.
  static func seal(
    _ path: String, _ format: RecordingOptions.Format, samples: Int?, scratch: String
  ) throws(FileError) -> SealedAudio {
    switch format {
    case .wav: return try WAVFile.seal(DiskFile(path, .updating))
    case .mp3: return try MP3File.seal(DiskFile(path, .updating), samples: samples)
    case .mp4:
      #if MP4
        return try MP4File.seal(path, scratch: scratch)
      #else
        throw FileError(path, "can't be closed: this Reel is built without MP4")
      #endif
    }
  }

  /// How many samples the file should have; nil where the recording's end is not known.
  private func expectedSamples(_ file: Journal.File) -> Int? {
    guard let timeline = journal.ending?.samples else { return nil }
    return SampleRate.converted(timeline, fromHz: journal.head.rate.hz, toHz: file.rate.hz)
  }

  /// A file's length, and its hash in hexadecimal digits.
  static func digest(_ file: DiskFile) throws(FileError) -> (byteCount: Int, sha256: String) {
    var hash = SHA256()
    var byteCount = 0
    try file.readBlocks { block in
      hash.update(block)
      byteCount += block.count
    }
    return (byteCount, hash.hexDigest())
  }

  // MARK: Manifest

  private func manifest(_ files: [Manifest.File]) -> Manifest {
    let head = journal.head
    let lengths = files.map { SampleRate.converted($0.audio.samples, fromHz: $0.audio.hz, toHz: head.rate.hz) }
    let end = journal.ending?.samples ?? lengths.max() ?? 0
    return Manifest(
      identity: head.identity, state: state(files), reason: reason(files), isRecovered: isRecovery,
      end: journal.ending?.time, rate: head.rate, samples: end, sums: journal.ending?.sums, spans: spans(upTo: end),
      files: files)
  }

  private func state(_ files: [Manifest.File]) -> Manifest.State {
    guard let ending = journal.ending else { return .recovered }
    guard ending.failures.isEmpty, files.allSatisfy({ $0.failure == nil }) else { return .error }
    switch ending.outcome {
    case .finished: return .finished
    case .noInput: return .noInput
    case .error: return .error
    }
  }

  private func reason(_ files: [Manifest.File]) -> String {
    let failed = files.first { $0.failure != nil }
    let journalFailure = journal.ending?.failures[Journal.failureName].map { "the journal \($0)" }
    return failed.flatMap { file in file.failure.map { "\(file.name) \($0)" } } ?? journalFailure
      ?? journal.ending?.reason
      ?? "the process that recorded died"
  }

  /// The ledger, as far as there are samples for it: marks are written down before what they speak of.
  private func spans(upTo end: Int) -> [Leg: [Manifest.Span]] {
    var spans: [Leg: [Manifest.Span]] = [:]
    for leg in Leg.allCases where journal.head.identity.legs.contains(leg) {
      var builder = SpanBuilder()
      let marks = journal.marks.filter { $0.leg == leg && ($0.start < end || ($0.start == end && $0.skipped > 0)) }
      let whole = marks.compactMap { builder.note($0) } + [builder.close(at: end)].compactMap { $0 }
      spans[leg] = whole.map(Manifest.Span.init)
    }
    return spans
  }

  /// Writes it where nobody takes it for one yet.
  private func write(_ manifest: Manifest) throws(FileError) -> DiskFile {
    let hidden = FileNames.hidden(names.manifest)
    try Disk.remove(hidden)
    do {
      let file = try DiskFile(hidden, .creating)
      try file.write(Array(manifest.text.utf8).span, at: 0)
      try sync(file)
      return file
    } catch {
      try? Disk.remove(hidden)
      throw error
    }
  }
}
