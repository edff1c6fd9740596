import Reel
import ReelAudio
import ReelBench
import ReelCore
import ReelFiles
import ReelRealtime

/// Something that is done so often in one go. Each goes over the same sound in every process.
struct Work {
  let name: String
  let repetitions: Int
  /// Not counted.
  let prepare: () -> Void
  /// Does it so often.
  let body: () -> Void

  init(_ name: String, _ repetitions: Int, prepare: @escaping () -> Void = {}, _ body: @escaping () -> Void) {
    self.name = name
    self.repetitions = repetitions
    self.prepare = prepare
    self.body = body
  }

  /// An engine records into each of the folders, of which there are three.
  static func all(in folders: [String]) throws -> [Work] {
    try pushes(folders[0]) + pulls(folders[1]) + recording(folders[2]) + kernels + recorder + detectors + conversions
      + encoders()
  }

  // MARK: Media threads

  private static func pushes(_ folder: String) throws -> [Work] {
    let rings = try WarmRings(in: folder)
    return [
      Work("push of 160 samples", WarmRings.pushes, prepare: rings.empty, rings.pushToOurs),
      Work("push of 160 samples, RTP stamp", WarmRings.pushes, prepare: rings.empty, rings.pushToOursWithStamps),
    ]
  }

  private static func pulls(_ folder: String) throws -> [Work] {
    let engine = try RecordingEngine(EngineConfiguration(folder: folder), hasThreads: false)
    let call = engine.call("probe", rate: 8_000)
    let ring = PacketRing(samples: 8_000)
    let outlet = ToneOutlet(ToneSamples(sound))
    let reader = ToneReader(outlet, caller: ring, agent: ring)
    let output = Buffer(160)
    return [
      Work("pull, nothing to hear", 100) { output.use(times: 100) { _ = call.pull(into: &$0) } },
      // As many as the tone has.
      Work("pull of 160 samples", sound.count / 160, prepare: outlet.order) {
        output.use(times: sound.count / 160) { _ = reader.pull(into: &$0) }
      },
    ]
  }

  /// From the push to the bytes for the disk: all but the writer's part.
  private static func recording(_ folder: String) throws -> [Work] {
    var configuration = EngineConfiguration(folder: folder)
    // On any machine.
    configuration.workers = 1
    let engine = try RecordingEngine(configuration, hasThreads: false)
    let call = engine.call("probe", rate: 8_000)
    try call.record(.recordCall(stereo: true))
    let write = { engine.core.writer.beat(deadline: .never) }
    return [
      Work("a call's 20 ms, from push to stereo WAV", packets.count, prepare: write) {
        for packet in packets {
          call.push(packet.span, from: .caller)
          call.push(packet.span, from: .agent)
          for worker in engine.core.workers { worker.beat(deadline: .never) }
        }
      }
    ]
  }

  // MARK: Sound

  private static var kernels: [Work] {
    [160, 960].flatMap { samples in
      let box = WorkspaceBox(KernelWorkspace(samples: samples))
      return Kernel.all.map { kernel in
        Work("\(kernel.name), \(samples) samples", 100) { box.run(times: 100, kernel.swift) }
      }
    }
  }

  private static var recorder: [Work] {
    [("recorder's step, mono", false), ("recorder's step, stereo", true)].map { name, isStereo in
      let herd = Herd(of: 1, stereo: isStereo)
      // Ten seconds, in which its sound comes round ten times.
      return Work(name, 500) { herd.run(rounds: 500) }
    }
  }

  private static var detectors: [Work] {
    let voice = ListeningDetector()
    let keys = KeyListener()
    return [
      Work("voice detector, 20 ms", 500) { for _ in 0..<500 { voice.step() } },
      Work("DTMF detector, 20 ms", 500, keys.run),
    ]
  }

  private static var conversions: [Work] {
    let resampler = Resampler(from: .narrowband, to: .wideband)
    let output = Buffer(321)
    return [
      Work("resampler, 8 to 16 kHz, 20 ms", packets.count) {
        for packet in packets { output.use(times: 1) { _ = resampler.process(packet.span, into: &$0) } }
      },
      Work("µ-law decoded, 160 samples", 100) { output.decode(160, times: 100, G711.decodeMuLaw) },
      Work("A-law decoded, 160 samples", 100) { output.decode(160, times: 100, G711.decodeALaw) },
    ]
  }

  private static func encoders() throws -> [Work] {
    try [("WAV of 20 ms, stereo", Codec.WAVEncoding.pcm16), ("WAV of 20 ms, stereo, µ-law", .muLaw)].map {
      (name, encoding) in
      let tags = Tags(title: nil, artist: nil, date: nil, comment: nil)
      let rendition = Rendition("probe.wav", .wav(encoding), .stereo)
      let encoder = try RenditionEncoder(rendition, channels: 2, rate: .narrowband, tags)
      let frames = packets.map { $0 + $0 }
      return Work(name, frames.count, prepare: { _ = encoder.take() }) {
        for packet in frames { encoder.write(packet.span) }
      }
    }
  }

  /// A second and a little more.
  private static let sound = Noise.likeSpeech()
  /// The same, 20 ms each.
  private static let packets = stride(from: 0, to: sound.count, by: 160).map { Array(sound[$0..<$0 + 160]) }

  // MARK: Rooms
  // What works on memory takes it once for all its turns, for the language asks about every access of a class's own.

  private final class Buffer {
    private var samples: [Int16]

    init(_ count: Int) {
      samples = [Int16](repeating: 0, count: count)
    }

    func use(times: Int, _ body: (inout MutableSpan<Int16>) -> Void) {
      Self.use(&samples, times, body)
    }

    private static func use(_ samples: inout [Int16], _ times: Int, _ body: (inout MutableSpan<Int16>) -> Void) {
      var span = samples.mutableSpan
      for _ in 0..<times { body(&span) }
    }

    func decode(_ count: Int, times: Int, _ code: (UInt8) -> Int16) {
      use(times: times) { span in
        for index in 0..<count { span[index] = code(UInt8(truncatingIfNeeded: index)) }
      }
    }
  }

  private final class KeyListener {
    private var detector = DTMFDetector(rate: .narrowband)

    /// 500 packets.
    func run() {
      for number in 0..<500 {
        let packet = packets[number % packets.count]
        detector.push(packet.span) { _ in }
      }
    }
  }
}
