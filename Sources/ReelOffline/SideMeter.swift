internal import ReelAudio

/// Measures one side of a file as its sound goes by.
struct SideMeter {
  private(set) var envelope: Envelope
  private(set) var clippedRuns = 0
  private(set) var turns = Stretches()
  private(set) var digits: [Inspection.Digit] = []
  private(set) var digitCount = 0
  /// The windows of speech that the last samples settled.
  private(set) var settled: [Bool] = []

  private let unclipped: ClosedRange<Int16>
  private var runLength = 0
  private var runSample: Int16 = 0
  private var listener: SpeechListener?
  private var keys: DTMFDetector?
  private var windows = 0
  private let rate: SampleRate?

  /// A run of so many is a wave cut off; fewer may be a peak that just comes to the top.
  static let clippedRun = 3

  /// Without a rate that detectors take, only levels are measured.
  init(rate: SampleRate?, sensitivity: Double, codec: String) {
    self.rate = rate
    let most = Self.fullScale(codec)
    // Of 16 bits, only the negative half reaches 32,768.
    unclipped = most == .max ? (.min + 1)...(.max - 1) : (1 - most)...(most - 1)
    envelope = Envelope(unclipped: unclipped)
    listener = rate.map { SpeechListener(rate: $0, sensitivity: sensitivity) }
    keys = rate.map { DTMFDetector(rate: $0) }
  }

  /// The loudest sample of a codec: the laws of G.711 end before 16 bits do.
  private static func fullScale(_ codec: String) -> Int16 {
    switch codec {
    case "µ-law": 32_124
    case "A-law": 32_256
    default: .max
    }
  }

  mutating func push(_ samples: Span<Int16>) {
    envelope.push(samples)
    countRuns(samples)
    settled.removeAll(keepingCapacity: true)
    listener?.push(samples, settled: &settled)
    noteTurns()
    hearKeys(samples)
  }

  /// Settles what waited for more sound.
  mutating func finish() {
    settled.removeAll(keepingCapacity: true)
    listener?.finish(settled: &settled)
    noteTurns()
    turns.end(at: envelope.total.count)
  }

  private mutating func countRuns(_ samples: Span<Int16>) {
    for index in samples.indices {
      let sample = samples[index]
      guard !(unclipped ~= sample) else {
        runLength = 0
        continue
      }
      runLength = runLength > 0 && sample == runSample ? runLength + 1 : 1
      runSample = sample
      if runLength == Self.clippedRun { clippedRuns += 1 }
    }
  }

  private mutating func noteTurns() {
    guard let rate else { return }
    for isSpeech in settled {
      turns.take(isSpeech, from: Self.start(ofWindow: windows, rate))
      windows += 1
    }
  }

  private mutating func hearKeys(_ samples: Span<Int16>) {
    var heard: [DTMFDetector.Hit] = []
    keys?.push(samples) { heard.append($0) }
    for hit in heard {
      digitCount += 1
      guard digits.count < Stretches.mostListed else { continue }
      digits.append(Inspection.Digit(key: hit.digit, start: hit.start))
    }
  }

  /// The first sample of a detector's window.
  static func start(ofWindow window: Int, _ rate: SampleRate) -> Int {
    window * rate.hz / VoiceDetector.windowsPerSecond
  }
}
