internal import Glibc
internal import ReelAudio
internal import ReelCore

/// What 20 ms of both legs at 8 kHz cost a worker, before any encoder.
struct StepBench {
  private static let seconds = 2.0
  private static let repetitions = 4_000

  func run(_ setting: BenchSetting) throws {
    let table = setting.report.table(
      "kernels", "a recorder's step: 20 ms of both legs at 8 kHz, before any encoder",
      [
        .words("step", "step", width: 30), .figure("ns", "ns"),
        .figure("times memcpy of both legs", "memcpy_ratio"),
      ])
    let bench = Workbench()
    bench.herd.run(rounds: 20)
    let works = Workbench.works.map { work in
      { secondsEach(of: Self.repetitions) { work.body(bench) } }
    }
    let times = try TurnAbout(seconds: setting.seconds ?? Self.seconds).times(works, setting)
    for (index, work) in Workbench.works.dropLast().enumerated() {
      table.row([
        .text(work.name), .figure(times.figure(index, unitSeconds: 1e-9)),
        .figure(times.ratio(index, to: Workbench.works.count - 1)),
      ])
    }
  }
}

/// Recorders that take their steps in turn: with thousands, what a step needs is never in the first caches.
package final class Herd {
  private let all: [SteppedRecorder]
  private let sound = Noise.likeSpeech()
  private var next = 0

  package init(of count: Int, stereo: Bool = true) {
    all = (0..<count).map { _ in SteppedRecorder(stereo: stereo) }
  }

  package func step() {
    all[next].step(sound)
    next = next + 1 == all.count ? 0 : next + 1
  }

  package func run(rounds: Int) {
    for _ in 0..<rounds * all.count { step() }
  }
}

/// A detector that listens to the same sound over and over.
package final class ListeningDetector {
  private var detector = VoiceDetector(rate: .narrowband, inputSensitivity: 44)
  private let sound = Noise.likeSpeech()
  private var place = 0

  package init() {}

  /// 20 ms of one leg.
  package func step() {
    place = (place + 160) % 8_000
    let sound = sound
    _ = detector.push(sound.span.extracting(place..<place + 80))
    _ = detector.push(sound.span.extracting(place + 80..<place + 160))
  }
}

private final class Workbench {
  let mono = Herd(of: 1, stereo: false)
  let stereo = Herd(of: 1)
  let herd = Herd(of: 5_000)
  let detector = ListeningDetector()
  let sound = Noise.likeSpeech()
  var bytes = [UInt8](repeating: 0, count: 640)

  static let works: [(name: String, body: @Sendable (Workbench) -> Void)] = [
    ("recorder, mono", { $0.mono.step() }),
    ("recorder, stereo", { $0.stereo.step() }),
    ("the same, 5,000 in turn", { $0.herd.step() }),
    ("voice detector, one leg", { $0.detector.step() }),
    ("memcpy of both legs", { $0.copy() }),
  ]

  private func copy() {
    // Sound: the array has more bytes than are copied, and the target as many.
    unsafe sound.withUnsafeBytes { _ = unsafe memcpy(&bytes, $0.baseAddress!, 640) }
  }
}

/// A recorder that is never at an end, and the place of its next 20 ms in a second of something like speech.
private final class SteppedRecorder {
  private var recorder: Recorder
  private var sink = CountingSink()
  private var place = 0

  init(stereo: Bool) {
    guard let recorder = try? Recorder(.recordCall(stereo: stereo), caller: .narrowband, agent: .narrowband) else {
      preconditionFailure("the options are the presets'")
    }
    self.recorder = recorder
    self.recorder.begin(to: &sink)
  }

  /// 20 ms of both legs.
  func step(_ sound: [Int16]) {
    place = (place + 160) % 8_000
    let range = place..<place + 160
    recorder.push(sound.span.extracting(range), from: .caller, to: &sink)
    recorder.push(sound.span.extracting(range), from: .agent, to: &sink)
  }
}

/// Takes what a recorder makes and counts it.
private struct CountingSink: RecordingSink {
  var samples = 0

  mutating func write(_ samples: Span<Int16>) { self.samples += samples.count }
  mutating func note(_ mark: LedgerMark) {}
  mutating func tell(_ event: RecorderEvent) {}
}
