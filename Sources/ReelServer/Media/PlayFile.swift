package import ReelAudio
internal import ReelCore
internal import ReelFiles

/// A file that is played to a call, decoded whole.
package enum PlayFile {
  private static let blockFrames = 4_096

  /// The sound of any file that Reel reads, as one channel at the call's rate: the mean of all channels, and no more
  /// of it than ``PlayItem/Limits/seconds``.
  ///
  /// Throws for a file that can't be read or is longer (``FileError``), and for a rate that Reel does not resample
  /// (``OptionError``).
  package static func samples(_ path: String, rate: SampleRate) throws -> [Int16] {
    let reader = try AudioReader(path)
    let own = try SampleRate.checked(hz: reader.hz, field: "the rate of \(path)")
    var sound = Resampling(from: own, to: rate)
    var block = [Int16](repeating: 0, count: blockFrames * reader.channels)
    let most = own.samples(in: PlayItem.Limits.seconds)
    var read = 0
    while case let count = try reader.readFrames(into: &block), count > 0 {
      read += count
      guard read <= most else {
        throw FileError(path, "is longer than \(Int(PlayItem.Limits.seconds)) s, which is the most that is played")
      }
      sound.append(mono(block, count, channels: reader.channels))
    }
    return sound.finish()
  }

  private static func mono(_ block: [Int16], _ count: Int, channels: Int) -> [Int16] {
    guard channels > 1 else { return Array(block[..<count]) }
    return (0..<count).map { frame in
      let sum = (0..<channels).reduce(0) { $0 + Int(block[frame * channels + $1]) }
      return Int16(sum / channels)
    }
  }
}

/// Sound that comes in blocks, at another rate.
private struct Resampling {
  private let resampler: Resampler?
  private var samples: [Int16] = []
  private var block: [Int16] = []

  init(from: SampleRate, to: SampleRate) {
    resampler = from == to ? nil : Resampler(from: from, to: to)
  }

  mutating func append(_ input: [Int16]) {
    guard let resampler else {
      samples += input
      return
    }
    let room = resampler.mostOutput(of: input.count)
    if block.count < room { block = [Int16](repeating: 0, count: room) }
    var output = block.mutableSpan
    let made = resampler.process(input.span, into: &output)
    samples += block[..<made]
  }

  mutating func finish() -> [Int16] {
    guard let resampler else { return samples }
    if block.isEmpty { block = [0] }
    while true {
      var output = block.mutableSpan
      let made = resampler.finish(into: &output)
      guard made > 0 else { return samples }
      samples += block[..<made]
    }
  }
}
