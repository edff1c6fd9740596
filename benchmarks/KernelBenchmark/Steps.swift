internal import Glibc
internal import ReelAudio
internal import ReelCore

/// Takes what a recorder makes and counts it.
private struct CountingSink: RecordingSink {
  var samples = 0

  mutating func write(_ samples: Span<Int16>) { self.samples += samples.count }
  mutating func note(_ mark: LedgerMark) {}
  mutating func tell(_ event: RecorderEvent) {}
}

/// A recorder that is never at an end, and the place of its next 20 ms in a second of something like speech.
private final class Live {
  var recorder: Recorder
  var sink = CountingSink()
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

private func somethingLikeSpeech() -> [Int16] {
  var generator = SystemRandomNumberGenerator()
  return (0..<8_160).map { time in
    let loud = (time / 1_600) % 2 == 0
    return Int16.random(in: loud ? -6_000...6_000 : -20...20, using: &generator)
  }
}

/// Stereo recorders that take their steps in turn: with thousands, what a step needs is never in the first caches.
final class Herd {
  private let all: [Live]
  private let sound = somethingLikeSpeech()
  private var next = 0

  init(of count: Int) {
    all = (0..<count).map { _ in Live(stereo: true) }
  }

  func step() {
    all[next].step(sound)
    next = next + 1 == all.count ? 0 : next + 1
  }

  func run(rounds: Int) {
    for _ in 0..<rounds * all.count { step() }
  }
}

private final class Workbench {
  let mono = Live(stereo: false)
  let stereo = Live(stereo: true)
  let herd = Herd(of: 5_000)
  var detector = VoiceDetector(rate: .narrowband, inputSensitivity: 44)
  let sound = somethingLikeSpeech()
  var bytes = [UInt8](repeating: 0, count: 1_280)
  var place = 0
}

/// Prints what 20 ms of both legs at 8 kHz cost a worker, before any encoder.
func benchmarkSteps() {
  var bench = Workbench()
  bench.herd.run(rounds: 50)
  let times = Stopwatch.nanoseconds(
    repetitions: 20_000, &bench,
    [
      { bench in bench.mono.step(bench.sound) },
      { bench in bench.stereo.step(bench.sound) },
      { bench in bench.herd.step() },
      { bench in
        bench.place = (bench.place + 160) % 8_000
        let (sound, place) = (bench.sound, bench.place)
        _ = bench.detector.push(sound.span.extracting(place..<place + 80))
        _ = bench.detector.push(sound.span.extracting(place + 80..<place + 160))
      },
      { bench in unsafe bench.sound.withUnsafeBytes { _ = unsafe memcpy(&bench.bytes, $0.baseAddress!, 640) } },
    ])
  print("20 ms at 8 kHz                          ns   times memcpy of both legs")
  let names = [
    "recorder, mono, both legs", "recorder, stereo, both legs", "the same, 5,000 in turn", "voice detector, one leg",
  ]
  for (name, row) in zip(names, times) {
    print(column(name, 32), column(median(row), 9, 0), column(medianRatio(row, over: times[4]), 8, 0))
  }
}
