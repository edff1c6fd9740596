package import ReelAudio
internal import ReelCore
package import ReelFiles

/// One party's sound that comes from a file or a pipe, by its place in time.
///
/// Not for two threads at once.
package final class LegFile {
  package let path: String
  package let rate: SampleRate
  /// Whether it comes while it is made, so that nobody can read it twice.
  package let isStream: Bool
  private let reader: AudioReader
  private var block: [Int16]
  /// What of the block was not handed out yet.
  private var rest = 0..<0
  /// How many samples were handed out.
  private(set) var position = 0
  private var hasEnded = false

  /// A file is read in blocks of this, a stream in no more than is due, for nobody may wait for what is to come.
  private static let blockSamples = 8_192
  private static let streamBlockSeconds = 0.02

  /// Reads the head of a mono file; `rawHz` says that it is samples of 16 bits without a head.
  ///
  /// Of two pipes that one program writes both must be open before either is read, for that program may wait for it.
  package init(_ file: InputFile, rawHz: Int? = nil) throws {
    let path = file.path
    reader = try AudioReader(file, raw: rawHz.map { RawLayout(hz: $0, channels: 1, encoding: .pcm16) })
    guard reader.channels == 1 else {
      throw FileError(path, "has \(reader.channels) channels; allowed: 1, for a leg is one party's sound")
    }
    self.path = path
    rate = try SampleRate.checked(hz: reader.hz, field: "the rate of \(path)")
    isStream = reader.isStream
    let count = isStream ? rate.samples(in: Self.streamBlockSeconds) : Self.blockSamples
    block = [Int16](repeating: 0, count: count)
  }

  /// Whether all of it was handed out.
  package var isOver: Bool { hasEnded && rest.isEmpty }

  /// What was wrong with the file and how it was read nevertheless.
  package var note: String? { reader.note }

  /// What lies before `end` seconds and was not handed out before: all of it, or all that there is.
  package func read(before end: Double) throws(FileError) -> ArraySlice<Int16> {
    let wanted = max(0, rate.samples(in: end) - position)
    if rest.count >= wanted { return take(wanted) }
    var piece = Array(take(rest.count))
    while piece.count < wanted && !hasEnded {
      rest = 0..<(try reader.readFrames(into: &block))
      hasEnded = rest.isEmpty
      piece += take(min(rest.count, wanted - piece.count))
    }
    return piece[...]
  }

  private func take(_ count: Int) -> ArraySlice<Int16> {
    let taken = rest.prefix(count)
    rest.removeFirst(count)
    position += count
    return block[taken]
  }
}
