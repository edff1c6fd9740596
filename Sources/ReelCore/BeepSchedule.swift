import ReelAudio

/// When the parties should hear a beep, and how far the one in progress has been handed out.
struct BeepSchedule {
  /// Whether the recording asks for a beep before it begins.
  let isWanted: Bool
  /// Whether a beep is waiting to be handed out, or is in the midst of it.
  private(set) var isDue = false

  private let interval: Int?
  private var next: Int
  /// When, on the call's clock, a recording that waits for its beep begins without it.
  private(set) var patienceEnds = Int.max
  private let patience: Int
  private var player: TonePlayer

  /// How long the call may go on beyond a beep's own length, since the beep became due or was last fetched from,
  /// before recording begins without it: a host that plays no beeps must not lose the recording.
  static let patienceSeconds = 2.0

  init(_ options: RecordingOptions, rate: SampleRate) {
    isWanted = options.beep
    player = TonePlayer(.beep, rate: rate)
    interval = options.beepIntervalSeconds == 0 ? nil : rate.samples(in: options.beepIntervalSeconds)
    next = interval ?? .max
    patience = player.count + rate.samples(in: Self.patienceSeconds)
  }

  /// Makes the first beep due; `clock` is the call's clock now.
  mutating func arm(at clock: Int) {
    isDue = true
    patienceEnds = clock + patience
  }

  func isOverdue(at clock: Int) -> Bool {
    isDue && clock >= patienceEnds
  }

  mutating func giveUp() {
    isDue = false
  }

  mutating func read(into output: inout MutableSpan<Int16>, at clock: Int) -> Int {
    let count = player.read(into: &output)
    if count > 0 { patienceEnds = clock + patience }
    if player.isOver { giveUp() }
    return count
  }

  /// Makes a beep due when the timeline has reached the next one's time.
  mutating func pass(timeline: Int) {
    guard let interval, timeline >= next else { return }
    // Silence written for a pause may have passed several times at once.
    next = (timeline / interval + 1) * interval
    player.rewind()
    isDue = true
  }
}
