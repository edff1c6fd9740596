// Strategy: known sound in, files out, and programs that share no code with the encoders' libraries decode them: the
// same samples (WAV), or as many, in their place and near enough (MP3, AAC), at every rate and layout.
import Foundation
import ReelAudio
import ReelCore
import ReelFiles
import ReelTesting
import Testing

/// How near decoded speech must be to what was recorded, sample by sample, at the default bit rates. A shift by one
/// sample alone brings these below 12 dB at 8 kHz.
private let margins: [(name: String, ending: String, codec: Codec, dB: Double)] = [
  ("pcm", "wav", .wav(), 200), ("mulaw", "wav", .wav(.muLaw), 35), ("alaw", "wav", .wav(.aLaw), 35),
  ("mp3", "mp3", .mp3(), 12), ("mp4", "mp4", .mp4(), 12),
]

@Suite struct EncodingTests {
  private let folder: SoundFolder

  init() throws {
    folder = try SoundFolder()
  }

  @Test(arguments: SampleRate.all) func everyFormatHoldsEveryRateToTheSample(rate: SampleRate) throws {
    // No multiple of any frame.
    let count = rate.samples(in: 3) + 37
    let (caller, agent) = speech(count, at: rate)
    for (name, ending, codec, margin) in margins {
      for layout in Rendition.Layout.allCases {
        let file = "\(name)-\(layout).\(ending)"
        let closed = try TestRecording.make(
          Rendition(folder[file], codec, layout), rate: rate, caller: caller, agent: agent)
        #expect(closed.failure == nil, "\(file)")
        #expect(closed.files.map(\.samples) == [count], "\(file)")
        let channels = layout == .stereo ? 2 : 1
        #expect(try folder.probe(file, "stream=sample_rate,channels") == "\(rate.hz)\n\(channels)", "\(file)")
        let decoded = try folder.decoded(file)
        if codec.format == .mp4 {
          // The last frame's padding is told in the container, and ffmpeg gives it all the same.
          #expect(try folder.probe(file, "stream=duration_ts") == "\(count)", "\(file)")
          #expect(decoded.count / channels - count < 1_024, "\(file)")
        } else {
          #expect(decoded.count == count * channels, "\(file)")
        }
        let sides = layout == .stereo ? [side(decoded, 0), side(decoded, 1)] : [decoded]
        for (recorded, side) in zip(layout == .stereo ? [caller, agent] : [sum(caller, agent)], sides) {
          let near = signalToNoise(recorded, Array(side.prefix(count)))
          #expect(near > margin || margin > 100 && side == recorded, "\(file) at \(rate.hz): \(near) dB")
        }
        #expect(problems(of: folder[file]) == [], "\(file)")
      }
    }
  }

  @Test func soxReadsTheSameSamplesFromWAV() throws {
    let (caller, agent) = speech(12_345)
    try TestRecording.make(Rendition(folder["a.wav"], .wav(), .stereo), caller: caller, agent: agent)
    try folder.sox("a.wav -t raw -e signed -b 16 a.raw")
    let bytes = folder.bytes(of: "a.raw")
    let samples = stride(from: 0, to: bytes.count, by: 2).map {
      Int16(bitPattern: UInt16(bytes[$0]) | UInt16(bytes[$0 + 1]) << 8)
    }
    #expect(difference(side(samples, 0), caller) == nil)
    #expect(difference(side(samples, 1), agent) == nil)
  }

  @Test func lamesOwnDecoderFindsTheExactLength() throws {
    for count in [1, 575, 576, 577, 8_000, 12_345] {
      let (caller, agent) = speech(count)
      let name = "\(count).mp3"
      try TestRecording.make(Rendition(folder[name], .mp3(), .stereo), caller: caller, agent: agent)
      try folder.run("lame --quiet --decode \(name) \(count).wav")
      #expect(try folder.output("sox", "--i", "-s", "\(count).wav").text == "\(count)\n")
    }
  }

  @Test(arguments: [1, 80, 575, 1_023, 1_024, 1_025, 2_048]) func shortRecordingsAreExactToo(count: Int) throws {
    let (caller, agent) = speech(count)
    for (name, ending, codec, _) in margins {
      let file = "\(name).\(ending)"
      let closed = try TestRecording.make(Rendition(folder[file], codec, .mono), caller: caller, agent: agent)
      #expect(closed.failure == nil && closed.files.map(\.samples) == [count], "\(file)")
      #expect(problems(of: folder[file]) == [], "\(file)")
    }
  }

  @Test func anEmptyRecordingIsAFileThatOpens() throws {
    for (name, ending, codec, _) in margins {
      let file = "\(name).\(ending)"
      let closed = try TestRecording.make(Rendition(folder[file], codec, .stereo), caller: [], agent: [])
      #expect(
        closed.failure == nil && closed.files.map(\.samples) == [0], "\(file): \(String(describing: closed.failure))")
      #expect(try folder.probe(file, "stream=channels") == "2", "\(file)")
      #expect(problems(of: folder[file]) == [], "\(file)")
    }
  }

  @Test func noLegIsHeardOnTheOthersSide() throws {
    let codecs: [(String, Codec)] = [
      ("wav", .wav()), ("mp3", .mp3()), ("mp3", .mp3(.constant(kilobits: 24))), ("mp3", .mp3(.average(kilobits: 40))),
      ("mp3", .mp3(.variable(4))), ("mp3", .mp3(quality: 0)), ("mp4", .mp4()), ("mp4", .mp4(kilobits: 24)),
    ]
    let (caller, _) = speech(40_000)
    let silence = [Int16](repeating: 0, count: 40_000)
    for (index, (ending, codec)) in codecs.enumerated() {
      for callerSpeaks in [true, false] {
        let file = "\(index)-\(callerSpeaks).\(ending)"
        try TestRecording.make(
          Rendition(folder[file], codec, .stereo), caller: callerSpeaks ? caller : silence,
          agent: callerSpeaks ? silence : caller)
        let decoded = try folder.decoded(file)
        let levels = [0, 1].map { Level.dBFS(power: power(side(decoded, $0))) }
        #expect(abs(levels[0] - levels[1]) >= 60, "\(file) \(codec): \(levels)")
        let spoken = Level.dBFS(power: power(caller))
        #expect(abs(levels.max()! - spoken) < 0.6, "\(file) \(codec): as loud as it was, \(levels) and \(spoken)")
      }
    }
  }

  private func power(_ samples: [Int16]) -> Double {
    samples.reduce(0) { $0 + pow(Double($1) / 32_768, 2) } / Double(samples.count)
  }

  @Test func theSameSamplesGiveTheSameBytesHoweverCutUp() throws {
    let (caller, agent) = speech(30_011)
    for (name, ending, codec, _) in margins {
      var hashes: Set<String> = []
      for (index, pieces) in [1, 80, 160, 7_919, 30_011].enumerated() {
        let path = folder["\(name)-\(index).\(ending)"]
        let closed = try TestRecording.make(
          Rendition(path, codec, .stereo), caller: caller, agent: agent, pieces: pieces)
        hashes.insert(closed.files[0].sha256)
      }
      #expect(hashes.count == 1, "\(name)")
    }
  }

  @Test func everyModeOfMP3IsExactAndTellsItsBitRate() throws {
    let (caller, agent) = speech(80_000, at: .wideband)
    let modes: [(Codec.MP3Mode, ClosedRange<Int>)] = [
      (.constant(kilobits: 8), 8...8), (.constant(kilobits: 48), 48...48), (.constant(kilobits: 160), 160...160),
      (.average(kilobits: 40), 30...48), (.variable(2), 20...160), (.variable(9), 8...60),
    ]
    for (index, (mode, kilobits)) in modes.enumerated() {
      let file = "\(index).mp3"
      let closed = try TestRecording.make(
        Rendition(folder[file], .mp3(mode, quality: 7), .mono), rate: .wideband, caller: caller, agent: agent)
      #expect(closed.files[0].samples == 80_000)
      #expect(try folder.decoded(file).count == 80_000, "\(mode)")
      let rate = Double(closed.files[0].byteCount) * 8 / 5 / 1_000
      #expect(Double(kilobits.lowerBound) * 0.9...Double(kilobits.upperBound) * 1.1 + 3 ~= rate, "\(mode): \(rate)")
      // Seeking by the table lands where it should: a second in the middle is that second.
      try folder.ffmpeg("-ss 2.5 -t 1 -i \(file) -f s16le \(file).cut")
      #expect(abs(folder.bytes(of: "\(file).cut").count - 32_000) <= 2 * 576 * 2, "\(mode)")
    }
  }

  @Test func oneRecordingMakesSeveralFilesInOnePass() throws {
    let (caller, agent) = speech(24_123)
    let closed = try TestRecording.make(
      Rendition(folder["call.wav"], .wav(), .stereo), Rendition(folder["call.mp3"], .mp3(), .mono),
      Rendition(folder["wide.wav"], .wav(), .mono, rate: .wideband), Rendition(folder["call.mp4"], .mp4(), .stereo),
      Rendition(folder["studio.mp3"], .mp3(), .stereo, rate: SampleRate(hz: 44_100)), caller: caller, agent: agent)
    #expect(closed.failure == nil)
    #expect(closed.manifests.count == 3, "one for each name")
    let alone = try SoundFolder()
    try TestRecording.make(Rendition(alone["a.wav"], .wav(), .mono), caller: caller, agent: agent)
    #expect(difference(try alone.decoded("a.wav"), sum(caller, agent)) == nil)
    #expect(try folder.decoded("call.mp3").count == 24_123)
    let wide = Signals.resampled(sum(caller, agent), from: .narrowband, to: .wideband)
    #expect(difference(try folder.decoded("wide.wav"), wide) == nil)
    #expect(try folder.decoded("studio.mp3").count == 2 * ((24_123 * 441 + 79) / 80))
    for name in ["call.wav", "call.mp3", "wide.wav", "call.mp4", "studio.mp3"] {
      #expect(problems(of: folder[name]) == [], "\(name)")
    }
  }

  @Test func tagsAreShownByPlayers() throws {
    let (caller, agent) = speech(8_000)
    let renditions = ["wav", "mp3", "mp4"].map { ending in
      Rendition(folder["a.\(ending)"], ending == "wav" ? .wav() : ending == "mp3" ? .mp3() : .mp4(), .stereo)
    }
    try TestRecording.make(renditions[0], renditions[1], renditions[2], caller: caller, agent: agent)
    let comment =
      "call_id=Zoë's call; recording_id=6f1c1d0e-9d5e-4f43-a7b5-1f0f5b9c2d11; "
      + "start_time=2026-11-21T08:00:00.250000Z; legs=caller+agent; software=Reel"
    for ending in ["wav", "mp3", "mp4"] {
      #expect(try folder.probe("a.\(ending)", "format_tags=title") == "Call Zoë's call", "\(ending)")
      #expect(try folder.probe("a.\(ending)", "format_tags=artist") == "caller (left), agent (right)", "\(ending)")
      #expect(try folder.probe("a.\(ending)", "format_tags=date").hasPrefix("2026-11-21T08:00:00"), "\(ending)")
      #expect(try folder.probe("a.\(ending)", "format_tags=comment") == comment, "\(ending)")
    }
    let program = "import mutagen,sys; [print(mutagen.File(f).tags.pprint()) for f in sys.argv[1:]]"
    let told = try folder.output("/usr/bin/python3", "-c", program, "a.mp3", "a.mp4")
    #expect(told.status == 0 && told.text.components(separatedBy: comment).count == 3, "\(told.text)")
    #expect(told.text.contains("TIT2=Call Zoë's call") && told.text.contains("TDRC=2026-11-21 08:00:00"))
  }

  @Test func sizesAreTheDesigns() throws {
    let (caller, agent) = speech(160_000)
    func kilobitsPerSecond(_ name: String, _ codec: Codec, _ layout: Rendition.Layout) throws -> Double {
      let closed = try TestRecording.make(Rendition(folder[name], codec, layout), caller: caller, agent: agent)
      return Double(closed.files[0].byteCount) * 8 / 20 / 1_000
    }
    #expect(abs(try kilobitsPerSecond("m.mp3", .mp3(), .mono) - 32) < 1.2)
    #expect(abs(try kilobitsPerSecond("t.mp3", .mp3(), .stereo) - 64) < 2)
    #expect(abs(try kilobitsPerSecond("n.mp4", .mp4(), .mono) - 32) < 2)
    #expect(abs(try kilobitsPerSecond("o.mp4", .mp4(), .stereo) - 64) < 3)
    #expect(abs(try kilobitsPerSecond("p.wav", .wav(), .mono) - 128) < 0.3)
    #expect(abs(try kilobitsPerSecond("u.wav", .wav(.muLaw), .mono) - 64) < 0.3)
  }
}
