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

/// Recorders and a detector that are never at an end, and a second of something like speech to push to them.
private final class Workbench {
  var mono: Recorder
  var stereo: Recorder
  var detector = VoiceDetector(rate: .narrowband, inputSensitivity: 44)
  var sink = CountingSink()
  let sound: [Int16]
  var bytes = [UInt8](repeating: 0, count: 1_280)
  private var place = 0

  init() throws {
    var generator = SystemRandomNumberGenerator()
    sound = (0..<8_000).map { time in
      let loud = (time / 1_600) % 2 == 0
      return Int16.random(in: loud ? -6_000...6_000 : -20...20, using: &generator)
    }
    mono = try Recorder(.recordCall(), caller: .narrowband, agent: .narrowband)
    stereo = try Recorder(.recordCall(stereo: true), caller: .narrowband, agent: .narrowband)
    mono.begin(to: &sink)
    stereo.begin(to: &sink)
  }

  /// Where the next 20 ms are.
  func next() -> Range<Int> {
    place = (place + 160) % 8_000
    return place..<place + 160
  }
}

/// Prints what 20 ms of both legs at 8 kHz cost a worker, before any encoder.
func benchmarkSteps() {
  guard var bench = try? Workbench() else { return }
  let times = Stopwatch.nanoseconds(
    repetitions: 20_000, &bench,
    [
      { bench in
        let (sound, range) = (bench.sound, bench.next())
        bench.mono.push(sound.span.extracting(range), from: .caller, to: &bench.sink)
        bench.mono.push(sound.span.extracting(range), from: .agent, to: &bench.sink)
      },
      { bench in
        let (sound, range) = (bench.sound, bench.next())
        bench.stereo.push(sound.span.extracting(range), from: .caller, to: &bench.sink)
        bench.stereo.push(sound.span.extracting(range), from: .agent, to: &bench.sink)
      },
      { bench in
        let (sound, range) = (bench.sound, bench.next())
        let first = range.lowerBound..<range.lowerBound + 80
        let second = range.lowerBound + 80..<range.upperBound
        _ = bench.detector.push(sound.span.extracting(first))
        _ = bench.detector.push(sound.span.extracting(second))
      },
      { bench in unsafe bench.sound.withUnsafeBytes { _ = unsafe memcpy(&bench.bytes, $0.baseAddress!, 640) } },
    ])
  print("20 ms at 8 kHz                     ns   times memcpy of both legs")
  let names = ["recorder, mono, both legs", "recorder, stereo, both legs", "voice detector, one leg"]
  for (name, row) in zip(names, times) {
    print(column(name, 28), column(median(row), 8, 0), column(medianRatio(row, over: times[3]), 8, 0))
  }
}
