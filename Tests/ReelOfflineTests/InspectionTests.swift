// Strategy: signals whose figures are known exactly, the calls of testdata against their truth, and sox as a second
// opinion on levels. What streams is also worked out at once, and must not depend on how the sound is cut up.
import Foundation
import ReelAudio
import ReelCore
import ReelFiles
import ReelOffline
import ReelTesting
import Testing

@Suite struct InspectionTests {
  private let folder = TestFolder()

  // MARK: Levels

  @Test func levelsPeaksAndOffsetsAreExact() throws {
    let square = (0..<8_000).map { $0 % 2 == 0 ? Int16(16_384) : -16_384 }
    let path = folder.wav("square.wav", square, [Int16](repeating: 3_277, count: 8_000))
    let inspection = try Inspection(of: path)
    #expect(inspection.container == "WAV" && inspection.codec == "PCM 16 bit")
    #expect(inspection.hz == 8_000 && inspection.channels == 2 && inspection.samples == 8_000)
    #expect(inspection.seconds == 1 && inspection.byteCount == 32_044 && inspection.note == nil)
    let sides = inspection.sides
    #expect(sides.map(\.name) == ["caller", "agent"])
    #expect(abs(sides[0].levelDBFS + 6.0206) < 1e-4 && abs(sides[0].peakDBFS + 6.0206) < 1e-4)
    #expect(sides[0].dcOffset == 0 && sides[1].dcOffset == 3_277.0 / 32_768)
    #expect(sides.allSatisfy { $0.clippedSamples == 0 })
    #expect(inspection.recording == nil && inspection.hashAgrees == nil && inspection.manifestProblem == nil)
  }

  @Test func clippedIsWhatIsAtFullScale() throws {
    var samples = [Int16](repeating: 0, count: 1_000)
    // A run of five, a pair, one alone, and three of which one has the other sign.
    for place in 100..<105 { samples[place] = .max }
    for place in 200..<202 { samples[place] = .min }
    samples[300] = .max
    (samples[400], samples[401], samples[402]) = (.max, .max, .min)
    samples[500] = .max - 1
    samples[501] = .min + 1
    let side = try Inspection(of: folder.wav("clip.wav", samples)).sides[0]
    #expect(side.clippedSamples == 11 && side.clippedRuns == 1)
    #expect(side.peakDBFS == 0)
    // One frame at a time, the run is the same one.
    let again = try Inspection(of: folder["clip.wav"], blockFrames: 1).sides[0]
    #expect(again.clippedSamples == 11 && again.clippedRuns == 1)
  }

  @Test func muLawIsClippedWhereTheLawEnds() throws {
    // 0x80 and 0x00 are the law's last values, 0x81 the one before.
    let path = folder.muLaw("law.wav", [0xFF, 0x80, 0x80, 0x80, 0x00, 0x81, 0xFF])
    let side = try Inspection(of: path).sides[0]
    #expect(side.clippedSamples == 4 && side.clippedRuns == 1)
  }

  @Test func silenceAndNothingHaveNoLevel() throws {
    let silent = try Inspection(of: folder.wav("silent.wav", [Int16](repeating: 0, count: 100)))
    #expect(silent.sides[0].levelDBFS == -.infinity && silent.sides[0].peakDBFS == -.infinity)
    #expect(silent.json["sides"]?.array?[0]["level_dbfs"] == .null)
    let empty = try Inspection(of: folder.wav("empty.wav", []))
    #expect(empty.samples == 0 && empty.sides[0].levelDBFS == -.infinity && empty.sides[0].turns?.count == 0)
    #expect(throws: FileError.self) { try Inspection(of: folder["absent.wav"]) }
  }

  @Test func soxFindsTheSameLevels() throws {
    for call in [TestCall.support, .survey] {
      let path = folder.stereo(call)
      let inspection = try Inspection(of: path)
      let stats = try run("sox", [path, "-n", "stats"])
      try #require(stats.status == 0)
      // A name, then figures for all, left and right.
      for line in String(decoding: stats.output, as: UTF8.self).split(separator: "\n") {
        let figures = line.split(separator: " ").suffix(2).compactMap { Double($0) }
        for (side, figure) in zip(inspection.sides, figures) {
          if line.hasPrefix("RMS lev dB") { #expect(abs(side.levelDBFS - figure) < 0.006, "\(line)") }
          if line.hasPrefix("Pk lev dB") { #expect(abs(side.peakDBFS - figure) < 0.006, "\(line)") }
          if line.hasPrefix("DC offset") { #expect(abs(side.dcOffset - figure) < 1e-6, "\(line)") }
        }
      }
      let hash = try run("sha256sum", [path])
      #expect(String(decoding: hash.output.prefix(64), as: UTF8.self) == inspection.sha256)
    }
  }

  // MARK: Sides

  @Test func otherRatesAndLayoutsAreMeasuredAsFarAsCanBe() throws {
    let sine = Signals.sine(hz: 300, dBFS: -20, seconds: 1, rate: .narrowband)
    let odd = try Inspection(of: folder.wav("odd.wav", hz: 7_000, sine))
    #expect(odd.sides[0].turns == nil && odd.sides[0].digits == nil && odd.talkOver == nil)
    #expect(odd.speechProblem?.contains("7000 Hz") == true && odd.json["sides"]?.array?[0]["speech"] == .null)
    #expect(abs(odd.sides[0].levelDBFS + 20) < 0.01 && odd.sides[0].name == nil)
    let five = try Inspection(of: folder.wav("five.wav", sine, sine, sine, sine, sine))
    #expect(five.sides.map(\.channel) == [1, 2, 3, 4, 5] && five.sides.allSatisfy { $0.name == nil })
    #expect(five.talkOver == nil && five.sides.allSatisfy { $0.turns != nil })
  }

  // MARK: Speech

  /// What is loud on a leg by its truth: turns and keys, where they are less than the hangover apart as one.
  private func loud(_ party: TestCall.Party, _ rate: SampleRate) -> [Range<Int>] {
    let all = party.turns.map { $0.start..<$0.end } + party.digits.map { $0.start..<$0.end }
    return all.sorted { $0.lowerBound < $1.lowerBound }.reduce(into: []) { result, range in
      if let last = result.last, range.lowerBound - last.upperBound < rate.samples(in: 0.2) {
        result[result.count - 1] = last.lowerBound..<max(last.upperBound, range.upperBound)
      } else {
        result.append(range)
      }
    }
  }

  @Test func turnsAreThoseOfTheTruth() throws {
    for call in TestCall.all {
      let channels = call.parties.map(\.samples)
      let path =
        channels.count == 1
        ? folder.wav("mono.wav", hz: call.rate.hz, channels[0]) : folder.stereo(call)
      let inspection = try Inspection(of: path)
      for (side, party) in zip(inspection.sides, call.parties) {
        let truth = loud(party, call.rate)
        let turns = try #require(side.turns)
        #expect(turns.count == truth.count && turns.ranges.count == truth.count, "\(call.name)")
        for (turn, loud) in zip(turns.ranges, truth) {
          // The detector's threshold is a little below the truth's, and its windows are 10 ms.
          let off = (turn.lowerBound - loud.lowerBound, turn.upperBound - loud.upperBound)
          #expect(abs(off.0) <= call.rate.samples(in: 0.06), "\(call.name): \(turn), \(loud)")
          #expect(abs(off.1) <= call.rate.samples(in: 0.08), "\(call.name): \(turn), \(loud)")
        }
        #expect(turns.samples == turns.ranges.reduce(0) { $0 + $1.count })
        #expect(side.digits?.map(\.key) == party.digits.map(\.digit))
        for (digit, truth) in zip(side.digits ?? [], party.digits) {
          #expect(truth.start - call.rate.samples(in: 0.02)...truth.start ~= digit.start, "\(call.name)")
        }
        let gaps = zip([0] + truth.map(\.upperBound), truth.map(\.lowerBound) + [party.samples.count])
        let longest = gaps.map { $0.1 - $0.0 }.max()!
        #expect(abs(turns.longestGap.count - longest) <= call.rate.samples(in: 0.1), "\(call.name)")
      }
    }
  }

  @Test func talkOverIsWhereBothSpeak() throws {
    for call in [TestCall.support, .survey] {
      let talkOver = try #require(Inspection(of: folder.stereo(call)).talkOver)
      let truth = call.caller.turns.flatMap { caller in
        call.agent!.turns.compactMap { agent in
          let both = max(caller.start, agent.start)..<max(caller.start, agent.start, min(caller.end, agent.end))
          return both.isEmpty ? nil : both
        }
      }
      #expect(talkOver.count == truth.count, "\(call.name)")
      for (found, both) in zip(talkOver.ranges, truth) {
        #expect(abs(found.lowerBound - both.lowerBound) <= call.rate.samples(in: 0.08))
        #expect(abs(found.upperBound - both.upperBound) <= call.rate.samples(in: 0.08))
      }
    }
  }

  @Test func aToneBeginsAndEndsInItsWindows() throws {
    // 30 dB above the noise, from a whole window to a whole window, and one that the file's end cuts off.
    var generator = SeededGenerator(seed: 7)
    var samples = Signals.whiteNoise(dBFS: -60, count: 32_040, using: &generator)
    let tone = Signals.sine(hz: 500, dBFS: -25, seconds: 1, rate: .narrowband)
    for (index, sample) in tone.enumerated() { samples[12_000 + index] = sample }
    for index in 30_000..<32_040 { samples[index] = tone[index - 30_000] }
    let turns = try #require(Inspection(of: folder.wav("tone.wav", samples)).sides[0].turns)
    #expect(turns.ranges.count == 2)
    #expect(turns.ranges.first?.lowerBound == 12_000 && turns.ranges.last?.lowerBound == 30_000)
    // The filter lags by 2 ms, so that the last window has a little of it.
    #expect(turns.ranges.first?.upperBound == 20_080 && turns.ranges.last?.upperBound == 32_040)
    #expect(turns.longestGap == 0..<12_000)
  }

  @Test func stretchesAreWhatTheirWindowsSay() {
    var generator = SeededGenerator(seed: 3)
    for _ in 0..<200 {
      let windows = (0..<Int.random(in: 0...60, using: &generator)).map { _ in Bool.random(using: &generator) }
      let count = max(0, windows.count * 80 - Int.random(in: 0..<80, using: &generator))
      var stretches = Stretches()
      for (index, holds) in windows.enumerated() { stretches.take(holds, from: 80 * index) }
      stretches.end(at: count)
      let samples = (0..<count).map { windows[$0 / 80] }
      #expect(stretches.samples == samples.count { $0 })
      let runs = samples.split(omittingEmptySubsequences: true) { !$0 }
      #expect(stretches.ranges == runs.map { $0.startIndex..<$0.endIndex } && stretches.count == runs.count)
      let gap = samples.split(omittingEmptySubsequences: true) { $0 }.map(\.count).max() ?? 0
      #expect(stretches.longestGap.count == gap)
      #expect(stretches.longestGap.allSatisfy { !samples[$0] })
    }
  }

  // MARK: Streaming

  @Test func howTheSoundIsCutUpPlaysNoPart() throws {
    let path = folder.stereo(.support)
    let whole = try Inspection(of: path)
    for frames in [1, 79, 1_000, 200_000] {
      let pieces = try Inspection(of: path, blockFrames: frames)
      #expect(pieces.json == whole.json, "\(frames)")
      #expect(pieces.sides.map(\.envelope) == whole.sides.map(\.envelope), "\(frames)")
    }
  }

  @Test func theEnvelopeIsWhatItsColumnsHold() {
    var generator = SeededGenerator(seed: 11)
    for count in [1, 4_096, 4_097, 50_000, 65_537] {
      let samples = Signals.whiteNoise(dBFS: -12, count: count, using: &generator)
      var envelope = Envelope(unclipped: -32_767...32_766)
      var place = 0
      for piece in randomPieces(of: count, longest: 5_000, using: &generator) {
        envelope.push(samples.span.extracting(place..<place + piece))
        place += piece
      }
      let width = envelope.samplesPerColumn
      #expect(envelope.columns.count <= Envelope.mostColumns)
      #expect(envelope.columns.count == (count + width - 1) / width && width < 2 * (count / Envelope.mostColumns + 1))
      for (index, column) in envelope.columns.enumerated() {
        let part = samples[index * width..<min(count, (index + 1) * width)]
        let isRight =
          column.least == part.min() && column.greatest == part.max() && column.count == part.count
          && column.sum == part.reduce(0) { $0 + Int($1) }
          && column.squares == part.reduce(0) { $0 + UInt128(Int($1) * Int($1)) }
        guard isRight else {
          Issue.record("column \(index) of \(count) samples: \(column)")
          break
        }
      }
    }
  }

  // MARK: Manifest

  @Test func aMixHasTheGapsOfBothLegs() throws {
    try recordGaps(folder["mix.wav"], .mono)
    let inspection = try Inspection(of: folder["mix.wav"])
    #expect(inspection.sides.map(\.name) == ["mix"] && inspection.talkOver == nil)
    let gaps = inspection.gaps(of: inspection.sides[0])
    #expect(gaps.map(\.leg) == [.caller, .caller, .caller, .agent, .agent, .agent, .agent])
    #expect(inspection.json["recording"]?["legs"] == .array([.string("caller"), .string("agent")]))
  }

  @Test func theManifestBesideTheFileIsTold() throws {
    let path = folder["gaps.wav"]
    try recordGaps(path)
    let inspection = try Inspection(of: path)
    let recording = try #require(inspection.recording)
    #expect(recording.state == "finished" && recording.reason == "stopped" && recording.identity.callID == "abc")
    #expect(inspection.hashAgrees == true)
    let gaps = inspection.sides.map { side in
      inspection.gaps(of: side).map { "\($0.kind) \($0.startSeconds) \($0.seconds) \($0.skippedSeconds)" }
    }
    let paused = "paused 3.0 2.0 0.0"
    #expect(gaps[0] == [paused, "dropped 11.0 0.5 0.0", "paused 13.5 0.0 1.5"])
    #expect(gaps[1] == [paused, "filled 9.0 1.0 0.0", "dropped 11.0 0.5 0.0", "paused 13.5 0.0 1.5"])
    #expect(inspection.json["recording"]?["gaps"]?.array?.count == 7)

    let handle = try FileHandle(forUpdating: URL(filePath: path))
    try handle.seek(toOffset: 5_000)
    try handle.write(contentsOf: [0x55])
    try handle.close()
    #expect(try Inspection(of: path).hashAgrees == false)
    folder.write("gaps.reel.json", Array("{\"reel_manifest\": 1}".utf8))
    let damaged = try Inspection(of: path)
    #expect(damaged.recording == nil && damaged.manifestProblem?.contains("is no manifest") == true)
  }
}
