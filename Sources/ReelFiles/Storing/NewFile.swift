package import ReelCore

/// A sound file that is made whole or not at all: until it is finished nobody sees it under its name, and a file that
/// has the name already is as it was.
///
///     let file = try NewFile("call.mp3", .mp3)
///     try file.apply(encoder.settle()) …
///     let sealed = try file.finish(samples: count)
///
/// What a dead process left half made goes when the same file is made again. One owner, on one thread at a time.
package final class NewFile {
  package let path: String
  private let format: RecordingOptions.Format
  private let hidden: DiskFile
  private var byteCount = 0
  private var isDone = false

  package init(_ path: String, _ format: RecordingOptions.Format) throws(FileError) {
    self.path = path
    self.format = format
    hidden = try PartFile.createHidden(path)
  }

  deinit {
    if !isDone { try? Disk.remove(hidden.path) }
  }

  /// Writes what comes next.
  package func apply(_ change: FileChange) throws(FileError) {
    try FileError.naming(path) { () throws(FileError) in
      try hidden.write(change.tail.span, at: byteCount)
      byteCount += change.tail.count
      if let patch = change.patch { try hidden.write(patch.bytes.span, at: patch.offset) }
    }
    if let failure = change.failure { throw FileError(path, failure) }
  }

  /// Closes the file by its format's rules, with so many samples of each side, brings it to the disk, and gives it its
  /// name; gives its length in bytes.
  package func finish(samples: Int) throws(FileError) -> Int {
    try FileError.naming(path) { () throws(FileError) in try seal(samples) }
  }

  private func seal(_ samples: Int) throws(FileError) -> Int {
    let sealed = try Closing.seal(hidden.path, format, samples: samples, scratch: FileNames.hidden(hidden.path))
    guard sealed.samples == samples else {
      throw FileError(path, "would hold \(sealed.samples) samples of \(samples)")
    }
    guard sealed.tellsDelay else { throw FileError(path, "found no room to be closed in") }
    // Closing may have put another file in this one's place.
    let whole = try DiskFile(hidden.path, .updating)
    try whole.sync()
    let byteCount = try whole.byteCount
    // Who may read what is replaced may read this, and nobody else.
    if let older = try? DiskFile(path, .reading) { whole.takeAfter(older) }
    try Disk.rename(hidden.path, to: path, replacing: true)
    isDone = true
    return byteCount
  }
}
