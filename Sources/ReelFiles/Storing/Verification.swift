internal import ReelAudio
internal import ReelCore

/// Whether a finished file is still what its manifest says.
///
///     try Verification(of: "call.mp3").problems      // [] or, say, ["its hash is …; the manifest says …"]
package struct Verification: Hashable, Sendable {
  /// Everything in which file, manifest and ledger differ.
  package private(set) var problems: [String] = []
  /// What the manifest calls the recording's state: `finished`, `no_input`, `error` or `recovered`.
  package private(set) var state: String?

  /// Reads the whole file twice: its bytes for the hash, its sound for the duration.
  package init(of path: String) throws(FileError) {
    let format = RecordingOptions.Format(endingOf: path)
    guard let format, let names = FileNames(path, format: format) else {
      throw FileError(path, "is no recording; allowed: a file that ends in .wav, .mp3 or .mp4")
    }
    let file = try DiskFile(path, .reading)
    guard let manifest = try Manifest(of: names) else {
      problems.append("there is no manifest \(names.manifest)")
      return
    }
    state = manifest.state.rawValue
    checkLedger(manifest)
    guard let entry = manifest.files.first(where: { $0.name == names.fileName(format) }) else {
      problems.append("the manifest does not name the file")
      return
    }
    if let failure = entry.failure { problems.append("the manifest says that it \(failure)") }
    try checkBytes(file, entry)
    checkSound(path, entry)
    checkLength(entry, manifest)
  }

  private mutating func checkBytes(_ file: DiskFile, _ entry: Manifest.File) throws(FileError) {
    let (byteCount, sha256) = try Closing.digest(file)
    expect("its length in bytes", byteCount, entry.byteCount)
    expect("its SHA-256", sha256, entry.sha256)
  }

  /// By decoding it all.
  private mutating func checkSound(_ path: String, _ entry: Manifest.File) {
    do throws(FileError) {
      let reader = try AudioReader(path)
      expect("its rate", reader.hz, entry.audio.hz)
      expect("its number of sides", reader.channels, entry.audio.channels)
      var block = [Int16](repeating: 0, count: 16_384)
      var samples = 0
      while true {
        let count = try reader.readFrames(into: &block)
        guard count > 0 else { break }
        samples += count
      }
      // An MP4 that had no room to become a plain file can't tell players of its priming.
      let isWithDelay = entry.format == .mp4 && samples == entry.audio.samples + entry.audio.delay
      if !isWithDelay { expect("its length in samples", samples, entry.audio.samples) }
    } catch {
      problems.append("it can't be decoded: \(error.reason)")
    }
  }

  private mutating func checkLength(_ entry: Manifest.File, _ manifest: Manifest) {
    let whole = SampleRate.converted(manifest.samples, fromHz: manifest.rate.hz, toHz: entry.audio.hz)
    // What a crash or a failure cut short may lack some of what another file has.
    let mayLack = manifest.state == .recovered || manifest.state == .error
    guard entry.audio.samples != whole, !(mayLack && entry.audio.samples < whole) else { return }
    problems.append("it has \(entry.audio.samples) samples; the timeline stands for \(whole)")
  }

  private mutating func checkLedger(_ manifest: Manifest) {
    for leg in Leg.allCases where manifest.identity.legs.contains(leg) {
      var place = 0
      var totals: [SpanKind: Int] = [:]
      for span in manifest.spans[leg] ?? [] {
        guard span.start == place else {
          problems.append("the \(leg)'s ledger goes from \(place) on at \(span.start)")
          break
        }
        place += span.count
        totals[span.kind, default: 0] += span.count
      }
      expect("the length of the \(leg)'s ledger", place, manifest.samples)
      guard let sums = manifest.sums else { continue }
      let legSums = leg == .caller ? sums.caller : sums.agent
      for (kind, sum) in [
        (SpanKind.real, legSums.real), (.filled, legSums.filled), (.paused, legSums.paused),
        (.dropped, legSums.dropped),
      ] {
        expect("what the \(leg)'s ledger counts as \(kind)", totals[kind] ?? 0, sum)
      }
    }
    if let sums = manifest.sums { expect("the sums' timeline", sums.timeline, manifest.samples) }
  }

  private mutating func expect<Value: Equatable>(_ what: String, _ found: Value, _ stated: Value) {
    if found != stated { problems.append("\(what) is \(found); the manifest says \(stated)") }
  }
}
