package import ReelAudio
internal import ReelCore
internal import ReelFiles

/// A short mono file's sound: all of it, or over and over, to make long ones of.
package struct RepeatedSound {
  package let rate: SampleRate
  package let samples: [Int16]

  package init(_ path: String) throws {
    let source = try FileSource(path)
    guard source.channels == 1 else { throw FileError(path, "has 2 channels; allowed: 1") }
    var samples: [Int16] = []
    while case let block = try source.next(), !block.isEmpty { samples += block }
    guard !samples.isEmpty else { throw FileError(path, "has no sound") }
    rate = source.rate
    self.samples = samples
  }

  /// Makes a WAV of so many seconds.
  package func write(seconds: Double, to path: String) throws {
    let rendition = Rendition(path, .wav(), .mono)
    let tags = Tags(title: nil, artist: nil, date: nil, comment: nil)
    let encoder = try RenditionEncoder(rendition, channels: 1, rate: rate, tags)
    let file = try NewFile(path, .wav)
    let count = rate.samples(in: seconds)
    var left = count
    while left > 0 {
      let piece = samples.prefix(left)
      encoder.write(piece.span)
      try file.apply(encoder.take())
      left -= piece.count
    }
    try file.apply(encoder.finish())
    _ = try file.finish(samples: count)
  }
}
