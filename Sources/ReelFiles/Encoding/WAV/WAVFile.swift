/// Closes WAV files of ours, whether they were finished or left by a crash.
enum WAVFile {
  /// Cuts a torn last frame off and writes the true sizes into the head.
  static func seal(_ file: DiskFile) throws(FileError) -> SealedAudio {
    let bytes = try file.head()
    guard let head = WAVHead(bytes) else {
      throw FileError(file.path, "does not begin as a WAV file of Reel's does")
    }
    let start = head.bytes(dataBytes: 0).count
    let rest = max(0, try file.byteCount - start)
    let stated = head.statedDataBytes(bytes) ?? 0
    // The byte after an odd number of others is none of the sound, if the head knows of them all.
    let isClosed = stated % 2 == 1 && rest == stated + 1
    let dataBytes = isClosed ? stated : rest - rest % head.bytesPerFrame
    try file.truncate(to: start + dataBytes)
    if dataBytes % 2 == 1 { try file.write(([0] as [UInt8]).span, at: start + dataBytes) }
    try file.write(head.bytes(dataBytes: dataBytes).span, at: 0)
    return SealedAudio(
      hz: head.hz, channels: head.channels, samples: dataBytes / head.bytesPerFrame, delay: 0, padding: 0)
  }
}
