package import ReelAudio
internal import ReelCore
internal import ReelFiles
internal import ReelOffline

/// When the party of a leg speaks, and when it presses keys, in samples.
package struct LegTruth: Hashable, Sendable {
  package let rate: SampleRate
  package let turns: [Range<Int>]
  package let digits: [Range<Int>]

  /// Both in order of time, with nothing empty.
  package init(rate: SampleRate, turns: [Range<Int>], digits: [Range<Int>] = []) {
    self.rate = rate
    self.turns = turns
    self.digits = digits
  }
}

/// A leg whose truth is known, and its sound.
struct JudgedLeg {
  let truth: LegTruth
  let samples: [Int16]

  /// The power of its speech: the mean square over all turns.
  var speechPower: Double {
    let energy = truth.turns.reduce(0.0) { $0 + Double(Level.sumOfSquares(samples.span.extracting($1))) }
    return energy / Double(truth.turns.reduce(0) { $0 + $1.count })
  }

  /// Its turns end to end, as they sound at a rate.
  func speech(at rate: SampleRate) -> [Int16] {
    let speech = truth.turns.flatMap { samples[$0] }
    guard rate != truth.rate else { return speech }
    let resampler = Resampler(from: truth.rate, to: rate)
    var output = [Int16](repeating: 0, count: resampler.mostOutput(of: speech.count))
    var span = output.mutableSpan
    // The little that the resampler still holds is a few samples of a turn's end.
    let made = resampler.process(speech.span, into: &span)
    return Array(output.prefix(made))
  }
}

/// Reads the file that says of a call who speaks when; `testdata/README.md` has its form.
struct TruthFile {
  /// Those of the call's legs on which somebody speaks: on another there is nothing that noise could be so far below.
  let legs: [JudgedLeg]

  /// Throws what is wrong, and in which file.
  init(_ path: String) throws {
    let json = try Self.read(path)
    guard json["version"]?.integer == 1 else { throw FileError(path, "is no truth of a call: its version is not 1") }
    let rate = try Self.rate(json, path)
    guard let samples = json["samples"]?.count(upTo: Self.mostSamples) else { throw Self.lacks("samples", path) }
    guard case .object(let members) = json["legs"] else { throw Self.lacks("legs", path) }
    legs = try members.map { try Self.leg($0, rate, samples, path) }.filter { !$0.truth.turns.isEmpty }
    guard !legs.isEmpty else { throw FileError(path, "has no leg on which somebody speaks") }
  }

  private static let mostBytes = 1 << 20
  /// An hour of 48 kHz; all legs are in memory at once.
  private static let mostSamples = 3_600 * 48_000

  private static func read(_ path: String) throws -> JSON {
    var bytes: [UInt8] = []
    try WholeFile.readBlocks(of: path) { block in
      if bytes.count <= mostBytes { for index in block.indices { bytes.append(block[index]) } }
    }
    guard bytes.count <= mostBytes else { throw FileError(path, "is too large for the truth of a call") }
    do { return try JSON(utf8: bytes) } catch { throw FileError(path, "\(error)") }
  }

  private static func rate(_ json: JSON, _ path: String) throws -> SampleRate {
    guard let hz = json["rate"]?.integer else { throw lacks("rate", path) }
    guard WebRTCVAD.rates.contains(hz), let rate = SampleRate(hz: hz) else {
      let allowed = WebRTCVAD.rates.map { "\($0)" }.joined(separator: ", ")
      throw FileError(path, "is of \(hz) Hz; allowed: \(allowed), for WebRTC's detector knows no other")
    }
    return rate
  }

  private static func leg(_ member: JSON.Member, _ rate: SampleRate, _ count: Int, _ path: String) throws -> JudgedLeg {
    guard let file = member.value["file"]?.text else { throw lacks("file of \(member.name)", path) }
    let sound = "\(FileNames.parted(path).folder)/\(file)"
    let source = try RepeatedSound(sound)
    guard source.rate == rate else { throw FileError(sound, "is of \(source.rate.hz) Hz; \(path) says \(rate.hz)") }
    guard source.samples.count == count else {
      throw FileError(sound, "has \(source.samples.count) samples; \(path) says \(count)")
    }
    let turns = try stretches("turns", member, count, path)
    let digits = try stretches("digits", member, count, path)
    return JudgedLeg(truth: LegTruth(rate: rate, turns: turns, digits: digits), samples: source.samples)
  }

  /// Turns, or digits: in order, within the leg, and none empty.
  private static func stretches(
    _ name: String, _ leg: JSON.Member, _ count: Int, _ path: String
  ) throws -> [Range<Int>] {
    guard let values = leg.value[name]?.array else { throw lacks("\(name) of \(leg.name)", path) }
    var last = 0
    return try values.map { value in
      guard let start = value["start"]?.integer, let end = value["end"]?.integer, start >= last, end > start,
        end <= count
      else { throw FileError(path, "has \(name) of \(leg.name) that are not in order within its \(count) samples") }
      last = end
      return start..<end
    }
  }

  private static func lacks(_ what: String, _ path: String) -> FileError {
    FileError(path, "does not tell the \(what)")
  }
}
