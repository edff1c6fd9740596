/// Closes MP3 files of ours, whether they were finished or left by a crash.
package enum MP3File {
  /// Samples that a decoder is behind by: the last of so many that were encoded can't be had.
  private static let decoderDelay = 529

  /// Cuts a torn last frame off and writes the frame that tells the file's length.
  ///
  /// The recording's samples are as many as `samples` says, or as many as can be decoded, or what the file says
  /// itself, if it was closed before.
  static func seal(_ file: DiskFile, samples expected: Int?) throws(FileError) -> SealedAudio {
    let head = try file.head()
    let start = ID3Tag.byteCount(head)
    guard let header = MP3FrameHeader(head, at: start), let old = MP3InfoTag(head, at: start) else {
      throw FileError(file.path, "does not begin as an MP3 file of Reel's does")
    }
    let scan = try MP3Scan(file, header.stream, from: start + header.byteCount)
    let end = start + header.byteCount + scan.byteCount
    let rest = try file.byteCount - end
    let isTorn = try rest <= mostFrameBytes ? true : file.holdsOnlyZeros(from: end)
    guard isTorn else {
      throw FileError(file.path, "is damaged after \(scan.frameCount) frames, and \(rest) bytes follow")
    }
    let whole = scan.frameCount * header.stream.samplesPerFrame - old.delay
    let wasClosed = old.frameCount == scan.frameCount && old.padding > 0
    let decodable = max(0, wasClosed ? whole - old.padding : whole - decoderDelay)
    let samples = min(expected ?? decodable, max(0, whole - decoderDelay))

    var tag = MP3InfoTag(delay: old.delay, mode: old.mode)
    tag.frameCount = scan.frameCount
    tag.byteCount = header.byteCount + scan.byteCount
    tag.seekTable = scan.seekTable(tagBytes: header.byteCount)
    tag.padding = max(0, whole - samples)
    tag.musicCRC = scan.crc.value
    try file.write(tag.frame(header.stream, kilobits: header.kilobits).span, at: start)
    try file.truncate(to: start + tag.byteCount)
    return SealedAudio(
      hz: header.stream.hz, channels: header.stream.channels, samples: samples, delay: tag.delay, padding: tag.padding)
  }

  /// The same for a file by its path, whose samples are known.
  package static func seal(_ path: String, samples: Int) throws(FileError) {
    _ = try seal(DiskFile(path, .updating), samples: samples)
  }

  /// 320 kbit/s at 32 kHz. What is more than a torn frame was not torn by a write, but damaged.
  private static let mostFrameBytes = 1_441
}

/// Counts the whole frames of a file.
private struct MP3Scan {
  private(set) var frameCount = 0
  private(set) var byteCount = 0
  private(set) var crc = CRC16()
  /// Where every so many frames begin: enough for a seek table, however long the file.
  private var places: [Int] = []
  private var framesPerPlace = 1

  private static let blockBytes = 65_536
  private static let mostPlaces = 1_024

  init(_ file: DiskFile, _ stream: MP3Stream, from start: Int) throws(FileError) {
    var block = [UInt8](repeating: 0, count: Self.blockBytes)
    while true {
      let count = try file.read(into: &block, at: start + byteCount)
      let bytes = Array(block[..<count])
      let run = MP3FrameRun(bytes, of: stream)
      guard run.frameCount > 0 else { return }
      note(bytes, run)
      crc.take(bytes[..<run.byteCount])
      frameCount += run.frameCount
      byteCount += run.byteCount
    }
  }

  private mutating func note(_ bytes: [UInt8], _ run: MP3FrameRun) {
    var place = 0
    for frame in frameCount..<frameCount + run.frameCount {
      if frame % framesPerPlace == 0 { places.append(byteCount + place) }
      place += MP3FrameHeader(bytes, at: place)?.byteCount ?? 0
      guard places.count == Self.mostPlaces else { continue }
      places = stride(from: 0, to: places.count, by: 2).map { places[$0] }
      framesPerPlace *= 2
    }
  }

  func seekTable(tagBytes: Int) -> [UInt8] {
    (0..<100).map { hundredth in
      guard frameCount > 0 else { return 0 }
      let place = places[min(places.count - 1, hundredth * frameCount / 100 / framesPerPlace)]
      return UInt8(min(255, 256 * (tagBytes + place) / (tagBytes + byteCount)))
    }
  }
}
