/// What a frame's side information tells of where its sound lies.
struct MP3SideInfo {
  /// How many bytes of earlier frames' room its sound begins before its own.
  let borrowed: Int
  /// How many bytes its sound takes, from there on.
  let soundBytes: Int

  /// `place` is where the frame begins, all of which is there.
  init(_ bytes: [UInt8], at place: Int, of stream: MP3Stream) {
    let isFirstVersion = stream.version == .one
    let partBits = isFirstVersion ? 59 : 63
    let partCount = stream.channels * (isFirstVersion ? 2 : 1)
    // The parts, one for each channel and 576 samples, come last, and each begins with how many bits its sound takes.
    let start = (place + MP3FrameHeader.headerBytes) * 8
    let parts = start + stream.sideInfoBytes * 8 - partCount * partBits
    let soundBits = (0..<partCount).reduce(0) { $0 + Self.number(12, in: bytes, at: parts + $1 * partBits) }
    borrowed = Self.number(isFirstVersion ? 9 : 8, in: bytes, at: start)
    soundBytes = (soundBits + 7) / 8
  }

  /// So many bits, up to 16, of which the first is the highest.
  private static func number(_ count: Int, in bytes: [UInt8], at bit: Int) -> Int {
    let value = (0..<3).reduce(0) { $0 << 8 | Int(bit / 8 + $1 < bytes.count ? bytes[bit / 8 + $1] : 0) }
    return value >> (24 - bit % 8 - count) & (1 << count - 1)
  }
}

/// Whole frames of one encoder, and the room in them.
///
/// A frame is a header, its side information, and room for sound. A frame's sound ends within the frame's own room,
/// and may begin in the room that frames before it left: the standard's bit reservoir.
///
///     | 1 | sound 1 … sound 2 … | 2 | sound 2 … sound 3 | 3 | sound 3 … free |
///
/// Frames can be cut off anywhere, and others put behind, if the frames that are left have as much room free at their
/// end as the first of the others borrows, and what it borrows is put there.
package struct MP3Frames: Sendable {
  let stream: MP3Stream
  package private(set) var bytes: [UInt8]
  /// Where each frame begins, and where the last one ends.
  private let places: [Int]

  /// Nil where the bytes are not whole frames of the stream.
  package init?(_ bytes: [UInt8], of stream: MP3Stream) {
    var places = [0]
    while places[places.count - 1] < bytes.count {
      let place = places[places.count - 1]
      guard let header = MP3FrameHeader(bytes, at: place), header.stream == stream,
        place + header.byteCount <= bytes.count
      else { return nil }
      places.append(place + header.byteCount)
    }
    self.stream = stream
    self.bytes = bytes
    self.places = places
  }

  package var count: Int { places.count - 1 }

  /// The bytes of some of the frames.
  package subscript(frames: Range<Int>) -> ArraySlice<UInt8> {
    bytes[places[frames.lowerBound]..<places[frames.upperBound]]
  }

  /// How many bytes of room before its own a frame's sound begins.
  package func borrowed(by frame: Int) -> Int {
    sideInfo(frame).borrowed
  }

  /// How many bytes of room are free at a frame's end, if nothing follows it.
  package func free(after frame: Int) -> Int {
    let info = sideInfo(frame)
    return info.borrowed + room(frame).count - info.soundBytes
  }

  /// The last so many bytes of the room up to a frame's end, or as many as there are.
  package func lastRoom(_ count: Int, upTo frame: Int) -> ArraySlice<UInt8> {
    var found: [UInt8] = []
    for frame in (0...frame).reversed() where found.count < count {
      found = bytes[room(frame).suffix(count - found.count)] + found
    }
    return found[...]
  }

  /// Puts bytes into the last of the room up to a frame's end.
  package mutating func putLast(_ content: ArraySlice<UInt8>, upTo frame: Int) {
    var rest = content
    for frame in (0...frame).reversed() where !rest.isEmpty {
      let target = room(frame).suffix(rest.count)
      bytes.replaceSubrange(target, with: rest.suffix(target.count))
      rest = rest.dropLast(target.count)
    }
  }

  private func sideInfo(_ frame: Int) -> MP3SideInfo {
    MP3SideInfo(bytes, at: places[frame], of: stream)
  }

  private func room(_ frame: Int) -> Range<Int> {
    places[frame] + MP3FrameHeader.headerBytes + stream.sideInfoBytes..<places[frame + 1]
  }
}

/// Joins frames that two encoders made, of which the later began before the earlier ended.
package enum MP3Splice {
  /// The latest frame of `later`, within `places`, before which `earlier` can be cut off; the first frame of `later` is
  /// what `earlier` has at `start`. Latest, for the longer both have heard the same the more they are alike.
  package static func place(_ earlier: MP3Frames, _ later: MP3Frames, start: Int, in places: ClosedRange<Int>) -> Int? {
    places.reversed().first { earlier.free(after: start + $0 - 1) >= later.borrowed(by: $0) }
  }

  /// Puts into the end of `earlier`, which is to be cut off there, what the frame of `later` borrows.
  package static func lend(_ earlier: inout MP3Frames, _ later: MP3Frames, start: Int, at place: Int) {
    let borrowed = later.lastRoom(later.borrowed(by: place), upTo: place - 1)
    earlier.putLast(borrowed, upTo: start + place - 1)
  }
}
