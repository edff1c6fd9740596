internal import ReelAudio

/// How a detector's decisions, one every 10 ms, compare with the truth; of one leg or of several together.
///
/// - A frame is speech where its middle lies within a turn.
/// - A digit and the 0.3 s after it are neither speech nor silence: those frames are not counted.
package struct VADScore: Hashable, Sendable {
  package private(set) var turns = 0
  /// Turns during which speech was never told. They have no delays.
  package private(set) var missedTurns = 0
  /// Turns after which silence was not told before the next turn or digit, or the end of the leg.
  package private(set) var lostEnds = 0
  /// From a turn's start to the end of the first frame that was told to be speech; 0 where speech was told already.
  package private(set) var startDelaysMS: [Double] = []
  /// From a turn's end to the end of the first frame that was told to be silence; 0 where silence was told already.
  package private(set) var endDelaysMS: [Double] = []
  /// Frames of speech told to be speech, frames of silence told to be speech, frames of speech told to be silence.
  private var hits = 0
  private var falseAlarms = 0
  private var misses = 0

  package static let framesPerSecond = 100
  package static let frameMS = 1_000 / Double(framesPerSecond)
  private static let digitTailSeconds = 0.3

  package init() {}

  /// What share of what was told to be speech is; nil where nothing was.
  package var precisionPercent: Double? { Self.percent(hits, of: hits + falseAlarms) }

  /// What share of the speech was told to be; nil where there is none.
  package var recallPercent: Double? { Self.percent(hits, of: hits + misses) }

  private static func percent(_ part: Int, of whole: Int) -> Double? {
    whole > 0 ? 100 * Double(part) / Double(whole) : nil
  }

  /// Adds a leg. The decisions are of one whole frame after the other from the leg's first sample on.
  package mutating func add(_ decisions: [Bool], _ truth: LegTruth) {
    countFrames(decisions, truth)
    for (index, turn) in truth.turns.enumerated() {
      let nextTurn = index + 1 < truth.turns.count ? truth.turns[index + 1].lowerBound : .max
      let nextDigit = truth.digits.first { $0.lowerBound >= turn.upperBound }?.lowerBound ?? .max
      judge(turn, before: min(nextTurn, nextDigit), decisions, truth.rate)
    }
  }

  private mutating func countFrames(_ decisions: [Bool], _ truth: LegTruth) {
    let frame = truth.rate.hz / Self.framesPerSecond
    let tail = truth.rate.samples(in: Self.digitTailSeconds)
    for (index, isTold) in decisions.enumerated() {
      let start = index * frame
      let isOfDigit = truth.digits.contains { start < $0.upperBound + tail && start + frame > $0.lowerBound }
      guard !isOfDigit else { continue }
      let isSpeech = truth.turns.contains { $0.contains(start + frame / 2) }
      if isTold && isSpeech { hits += 1 }
      if isTold && !isSpeech { falseAlarms += 1 }
      if !isTold && isSpeech { misses += 1 }
    }
  }

  /// A decision is known at the end of its frame.
  private mutating func judge(_ turn: Range<Int>, before next: Int, _ decisions: [Bool], _ rate: SampleRate) {
    let frame = rate.hz / Self.framesPerSecond
    /// The delay until a decision, from the frame on in which a sample lies; nil where it is not known by a limit.
    func delayMS(from sample: Int, until wanted: Bool, by limit: Int) -> Double? {
      let first = sample / frame
      if first > 0, first <= decisions.count, decisions[first - 1] == wanted { return 0 }
      let last = min(decisions.count, limit / frame)
      guard first < last, let found = decisions[first..<last].firstIndex(of: wanted) else { return nil }
      return Double((found + 1) * frame - sample) / Double(rate.hz) * 1_000
    }
    turns += 1
    // Where speech was told before and never during the turn, it was told of something else.
    let within = min(decisions.count, turn.lowerBound / frame)..<min(decisions.count, turn.upperBound / frame)
    guard decisions[within].contains(true),
      let startMS = delayMS(from: turn.lowerBound, until: true, by: turn.upperBound)
    else { return missedTurns += 1 }
    startDelaysMS.append(startMS)
    guard let endMS = delayMS(from: turn.upperBound, until: false, by: next) else { return lostEnds += 1 }
    endDelaysMS.append(endMS)
  }
}
