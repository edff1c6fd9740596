// Strategy: the same samples through one encoder and through many, with segments so short that a few seconds have many
// joins: as many samples, frames that borrow no room that isn't free, and sound that differs by no more than the codec
// itself does. ffmpeg and LAME's decoder are asked besides.
import Foundation
import ReelAudio
import ReelFiles
import ReelTesting
import Testing

private let shortSegment = 98
/// By the encoder's own numbers: from where to where in a segment the one before it may hand over.
private let handOver = 12...30

/// How one file is made.
private struct Making: CustomStringConvertible {
  var stream: MP3Stream
  var mode: Codec.MP3Mode
  var threads = 2
  var segmentFrames = shortSegment
  var quality = 7

  var description: String { "\(stream.hz) Hz, \(stream.channels) channels, \(mode), \(threads) threads" }
  var samplesPerFrame: Int { stream.hz >= 32_000 ? 1_152 : 576 }

  func alone(_ samples: [Int16], pieces: [Int]? = nil) throws -> [UInt8] {
    try bytes(
      samples, pieces ?? [samples.count / stream.channels], of: MP3Encoder(stream, mode, quality: quality, tags: nil))
  }

  /// `pieces` are how many samples of each side come at once.
  func together(_ samples: [Int16], pieces: [Int]? = nil) throws -> [UInt8] {
    let encoder = try ParallelMP3Encoder(
      stream, mode, quality: quality, tags: nil, threads: threads, segmentFrames: segmentFrames)
    return try bytes(samples, pieces ?? [samples.count / stream.channels], of: encoder)
  }

  private func bytes(_ samples: [Int16], _ pieces: [Int], of encoder: any AudioEncoder) throws -> [UInt8] {
    var change = FileChange()
    try encoder.begin(into: &change)
    var place = 0
    for piece in pieces where place < samples.count {
      let end = min(samples.count, place + piece * stream.channels)
      try encoder.encode(samples.span.extracting(place..<end), into: &change)
      try encoder.settle(into: &change)
      place = end
    }
    try encoder.finish(into: &change)
    return change.tail
  }
}

/// Speech, loud and low by turns; the sides of stereo are different speech.
private func speech(_ stream: MP3Stream, frames: Int) -> [Int16] {
  let rate = SampleRate(hz: stream.hz)!
  let count = frames * (stream.hz >= 32_000 ? 1_152 : 576) + 123
  let (caller, agent) = speech(min(count, 20 * rate.hz), at: rate)
  let gains = [256, 64, 400, 12, 150]
  return (0..<count).flatMap { time in
    let gain = gains[time / (2 * rate.hz) % gains.count]
    return [caller, agent].prefix(stream.channels).map { leg in
      Int16(clamping: Int(leg[(time + time / leg.count * 777) % leg.count]) * gain >> 8)
    }
  }
}

/// Frames that borrow more than those before them left.
private func overdrafts(_ bytes: [UInt8], _ stream: MP3Stream) throws -> [Int] {
  let frames = try #require(MP3Frames(bytes, of: stream))
  return (1..<frames.count).filter { frames.borrowed(by: $0) > frames.free(after: $0 - 1) }
}

/// How two encodings of the same samples differ where the joins of the second are.
private struct Likeness {
  /// The part of windows of 20 ms whose levels differ by at most 0.1 dB.
  var alike = 1.0
  /// How much further from the original the second is, in decibels.
  var lossDB = 0.0

  init(_ original: [Int16], _ alone: [Int16], _ together: [Int16], _ making: Making) {
    let window = making.stream.hz / 50 * making.stream.channels
    let (segment, frame) = (making.segmentFrames, making.samplesPerFrame)
    var (windows, near, noise, otherNoise) = (0, 0, 1.0, 1.0)
    for place in stride(from: 0, through: original.count - window, by: window) {
      let time = place / making.stream.channels
      let sinceBorder = time - (time / frame / segment) * segment * frame
      let reach =
        handOver.lowerBound * frame - making.stream.hz / 2..<handOver.upperBound * frame + making.stream.hz / 2
      guard time / frame >= segment, reach.contains(sinceBorder) else { continue }
      let range = place..<place + window
      noise += power(range.map { Double(alone[$0]) - Double(original[$0]) })
      otherNoise += power(range.map { Double(together[$0]) - Double(original[$0]) })
      let levels = [alone, together].map { Level.dBFS(power: power($0[range].map(Double.init)) / Double(window)) }
      guard levels[0] > -60 else { continue }
      windows += 1
      if abs(levels[0] - levels[1]) <= 0.1 { near += 1 }
    }
    alike = Double(near) / Double(max(1, windows))
    lossDB = 10 * log10(otherNoise / noise)
  }

  private func power(_ values: [Double]) -> Double {
    values.reduce(0) { $0 + $1 * $1 }
  }
}

@Suite struct ParallelMP3Tests {
  private let folder: SoundFolder

  init() throws {
    folder = try SoundFolder()
  }

  /// Writes, closes and decodes a file.
  private func decoded(_ bytes: [UInt8], _ name: String, samples: Int) throws -> [Int16] {
    let path = try folder.write(bytes, to: name)
    try MP3File.seal(path, samples: samples)
    return try readAll(path)
  }

  @Test(arguments: SampleRate.all) func joinsAreValidAndSoundAsIfThereWereNone(rate: SampleRate) throws {
    var names: [String] = []
    for channels in [1, 2] {
      let stream = MP3Stream(hz: rate.hz, channels: channels)
      let kilobits = (rate.hz <= 16_000 ? 32 : 64) * channels
      let samples = speech(stream, frames: 280)
      let modes: [Codec.MP3Mode] = [
        .constant(kilobits: kilobits), .average(kilobits: kilobits * 3 / 4), .variable(4),
      ]
      for mode in modes {
        let making = Making(stream: stream, mode: mode)
        let (alone, together) = (try making.alone(samples), try making.together(samples))
        #expect(try overdrafts(alone, stream) == [] && overdrafts(together, stream) == [], "\(making)")
        #expect(MP3Frames(together, of: stream)?.count == MP3Frames(alone, of: stream)?.count, "\(making)")
        if case .constant = mode { #expect(together.count == alone.count, "\(making)") }
        #expect(abs(together.count - alone.count) < alone.count / 50, "\(making)")
        names.append("\(names.count).mp3")
        let sound = try decoded(together, names.last!, samples: samples.count / channels)
        let aloneSound = try decoded(alone, "alone.mp3", samples: samples.count / channels)
        #expect(sound.count == samples.count && aloneSound.count == samples.count, "\(making)")
        let likeness = Likeness(samples, aloneSound, sound, making)
        let isConstant = mode == .constant(kilobits: kilobits)
        #expect(likeness.alike >= (isConstant ? 0.97 : 0.99), "\(making): \(likeness)")
        #expect(likeness.lossDB <= (isConstant ? 0.3 : 0.05), "\(making): \(likeness)")
      }
    }
    let judged = try folder.output("sh", "-c", "for f in *.mp3; do ffmpeg -v error -nostdin -i $f -f null -; done")
    #expect(judged.text == "" && judged.status == 0)
  }

  @Test func theSameSamplesGiveTheSameBytesOnAnyNumberOfThreads() throws {
    let makings = [
      Making(stream: MP3Stream(hz: 8_000, channels: 2), mode: .constant(kilobits: 64)),
      Making(stream: MP3Stream(hz: 44_100, channels: 1), mode: .variable(4)),
      Making(stream: MP3Stream(hz: 16_000, channels: 1), mode: .average(kilobits: 40)),
    ]
    let seed = UInt64.random(in: 0...9_999)
    var generator = SeededGenerator(seed: seed)
    for making in makings {
      let samples = speech(making.stream, frames: 500)
      let frames = samples.count / making.stream.channels
      let expected = try making.together(samples)
      for threads in [1, 2, 7] {
        var other = making
        other.threads = threads
        let pieces = randomPieces(of: frames, longest: 30_000, using: &generator)
        #expect(try other.together(samples, pieces: pieces) == expected, "\(other), seed \(seed)")
      }
      #expect(try making.together(samples, pieces: Array(repeating: 1, count: frames)) == expected, "\(making)")
    }
  }

  @Test func whatIsShorterThanASegmentIsAsOneEncoderMakesIt() throws {
    let segment = (shortSegment + 30 + 1) * 576
    for channels in [1, 2] {
      let making = Making(stream: MP3Stream(hz: 8_000, channels: channels), mode: .constant(kilobits: 32))
      let samples = speech(making.stream, frames: 300)
      for count in [0, 1, 575, 576, 577, 1_152, segment - 1, segment] {
        let some = Array(samples.prefix(count * channels))
        #expect(try making.together(some) == making.alone(some), "\(count) samples")
      }
      for count in [segment + 1, segment + 575, segment + 576, 2 * segment - 31 * 576, 2 * segment - 31 * 576 + 1] {
        let some = Array(samples.prefix(count * channels))
        let (together, alone) = (try making.together(some), try making.alone(some))
        #expect(together.count == alone.count, "\(count) samples")
        #expect(try overdrafts(together, making.stream) == [], "\(count) samples")
        #expect(try decoded(together, "\(count).mp3", samples: count).count == some.count)
      }
    }
  }

  @Test func segmentsOfOrdinaryLengthAreJoinedToo() throws {
    var making = Making(stream: MP3Stream(hz: 8_000, channels: 1), mode: .constant(kilobits: 32))
    making.segmentFrames = 24 * 49
    let samples = speech(making.stream, frames: 4_200)
    let together = try making.together(samples)
    making.threads = 1
    #expect(try making.together(samples) == together)
    #expect(try making.alone(samples).count == together.count)
    _ = try decoded(together, "long.mp3", samples: samples.count)
    try folder.run("lame --quiet --decode long.mp3 long.wav")
    #expect(try folder.output("sox", "--i", "-s", "long.wav").text == "\(samples.count)\n")
  }

  @Test func nastySignalsAreJoinedToo() throws {
    let seed = UInt64.random(in: 0...9_999)
    print("nasty signals of seed \(seed)")
    var generator = SeededGenerator(seed: seed)
    let streams: [(MP3Stream, [Codec.MP3Mode])] = [
      (MP3Stream(hz: 8_000, channels: 1), [.constant(kilobits: 8), .constant(kilobits: 64), .variable(9)]),
      (MP3Stream(hz: 24_000, channels: 1), [.constant(kilobits: 8), .average(kilobits: 16), .variable(0)]),
      (MP3Stream(hz: 44_100, channels: 2), [.constant(kilobits: 32), .constant(kilobits: 320), .variable(0)]),
    ]
    for (stream, modes) in streams {
      let count = 240 * (stream.hz >= 32_000 ? 1_152 : 576) * stream.channels
      for (name, samples) in nasty(count, &generator) {
        for mode in modes {
          let making = Making(stream: stream, mode: mode)
          let together = try making.together(samples)
          let label: Comment = "\(name), \(making), seed \(seed)"
          #expect(try overdrafts(together, stream) == [], label)
          let file = "\(name)-\(stream.hz)-\(modes.firstIndex(of: mode)!).mp3"
          let sound = try decoded(together, file, samples: count / stream.channels)
          #expect(sound.count == count, label)
        }
      }
    }
    let judged = try folder.output("sh", "-c", "for f in *.mp3; do ffmpeg -v error -nostdin -i $f -f null -; done")
    #expect(judged.text == "" && judged.status == 0)
  }

  private func nasty(_ count: Int, _ generator: inout SeededGenerator) -> [(String, [Int16])] {
    let silence = [Int16](repeating: 0, count: count)
    let noise = Signals.whiteNoise(dBFS: -3, count: count, using: &generator)
    var (bursts, clicks, mixed) = (silence, silence, silence)
    let square = (0..<count).map { $0 / 37 % 2 == 0 ? Int16.max : .min }
    for place in stride(from: 0, to: count, by: 5_000) {
      if Bool.random(using: &generator) {
        bursts[place..<min(count, place + 2_000)] = noise[place..<min(count, place + 2_000)]
      }
      clicks[Int.random(in: place..<min(count, place + 5_000), using: &generator)] = .max
      let some = [silence, noise, square, clicks].randomElement(using: &generator)!
      mixed[place..<min(count, place + 5_000)] = some[place..<min(count, place + 5_000)]
    }
    return [("silence", silence), ("bursts", bursts), ("square", square), ("clicks", clicks), ("mixed", mixed)]
  }

  @Test func whoeverStopsEarlyWaitsForWhatIsUnderWay() throws {
    let making = Making(stream: MP3Stream(hz: 8_000, channels: 1), mode: .constant(kilobits: 32))
    let samples = speech(making.stream, frames: 700)
    for count in [1, 200 * 576, 700 * 576] {
      let encoder = try ParallelMP3Encoder(
        making.stream, making.mode, quality: 7, tags: nil, threads: 3, segmentFrames: shortSegment)
      var change = FileChange()
      encoder.begin(into: &change)
      try encoder.encode(samples.span.extracting(first: count), into: &change)
    }
  }

  @Test func whatLAMEMakesOfAnotherRateIsAnError() throws {
    // It takes the nearest rate that there is, whose frames are not the stream's.
    let encoder = try ParallelMP3Encoder(
      MP3Stream(hz: 9_000, channels: 1), .constant(kilobits: 32), quality: 7, tags: nil, threads: 2,
      segmentFrames: shortSegment)
    #expect(throws: EncodingError.self) {
      var change = FileChange()
      for _ in 0..<500 { try encoder.encode([Int16](repeating: 0, count: 1_000).span, into: &change) }
      try encoder.finish(into: &change)
    }
  }
}

@Suite struct MP3SpliceTests {
  private let stream = MP3Stream(hz: 8_000, channels: 1)
  /// 8 kbit/s at 8 kHz: 72 bytes, of which four are the header and nine side information.
  private let room = 59

  private func frame(borrows: Int, sound: Int, of content: UInt8) -> [UInt8] {
    // The part's length comes after eight bits of what is borrowed and one that nobody uses.
    let length = sound * 8 << 3
    let sideInfo = [UInt8(borrows), UInt8(length >> 8), UInt8(length & 0xFF)] + [UInt8](repeating: 0, count: 6)
    return [0xFF, 0xE3, 0x18, 0xC4] + sideInfo + [UInt8](repeating: content, count: room)
  }

  private func frames(_ all: [UInt8]...) throws -> MP3Frames {
    try #require(MP3Frames(Array(all.joined()), of: stream))
  }

  @Test func roomIsFreeFromTheSoundsEndOn() throws {
    let frames = try frames(
      frame(borrows: 0, sound: 20, of: 1), frame(borrows: 39, sound: 50, of: 2), frame(borrows: 48, sound: 107, of: 3))
    #expect(frames.count == 3)
    #expect((0..<3).map(frames.borrowed) == [0, 39, 48])
    #expect((0..<3).map(frames.free) == [39, 48, 0])
  }

  @Test func whatIsTornOrOfAnotherStreamIsNoFrames() {
    let one = frame(borrows: 0, sound: 1, of: 1)
    #expect(MP3Frames([], of: stream)?.count == 0)
    #expect(MP3Frames(Array(one.dropLast()), of: stream) == nil)
    #expect(MP3Frames(one + [0], of: stream) == nil)
    #expect(MP3Frames(one, of: MP3Stream(hz: 8_000, channels: 2)) == nil)
  }

  @Test func whatIsLentGoesRoundTheHeads() throws {
    var earlier = try frames(frame(borrows: 0, sound: 9, of: 1), frame(borrows: 50, sound: 9, of: 2))
    let later = try frames(
      frame(borrows: 0, sound: 9, of: 7), frame(borrows: 50, sound: 9, of: 8), frame(borrows: 100, sound: 9, of: 9))
    MP3Splice.lend(&earlier, later, start: 0, at: 2)
    var expected = Array(frame(borrows: 0, sound: 9, of: 1).prefix(13))
    expected += [UInt8](repeating: 1, count: 18)
    expected += [UInt8](repeating: 7, count: 41)
    expected += frame(borrows: 50, sound: 9, of: 2).prefix(13)
    expected += [UInt8](repeating: 8, count: 59)
    #expect(Array(earlier[0..<2]) == expected)
    #expect(later.lastRoom(1_000, upTo: 1).count == 118, "no more than there is")
  }

  @Test func theLatestFrameThatBorrowsNoMoreThanIsFreeIsTaken() throws {
    let earlier = try frames(
      frame(borrows: 0, sound: 59, of: 1), frame(borrows: 0, sound: 49, of: 1), frame(borrows: 10, sound: 49, of: 1),
      frame(borrows: 20, sound: 79, of: 1))
    func later(_ borrows: Int...) throws -> MP3Frames {
      try #require(MP3Frames(borrows.flatMap { frame(borrows: $0, sound: 1, of: 2) }, of: stream))
    }
    // The later's first frame is the earlier's second.
    #expect(MP3Splice.place(earlier, try later(0, 9, 9, 0), start: 1, in: 1...3) == 3)
    #expect(MP3Splice.place(earlier, try later(0, 10, 20, 1), start: 1, in: 1...3) == 2)
    #expect(MP3Splice.place(earlier, try later(0, 10, 21, 1), start: 1, in: 1...3) == 1)
    #expect(MP3Splice.place(earlier, try later(0, 11, 21, 1), start: 1, in: 1...3) == nil)
  }
}
