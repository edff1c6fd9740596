internal import ReelOffline
internal import ReelRealtime

/// How far many files have come, in one line that is drawn over and over where a terminal looks on. Elsewhere it is
/// silent, but for what failed.
final class ProgressBar: Sendable {
  private struct State {
    var progress = ConversionBatch.Progress()
    var drawn = MonotonicTime(nanoseconds: 0)
  }

  private let state = Guarded(State())
  private let files: Int
  private let bytes: Double
  private let start = MonotonicTime.now()
  private let isWatched = Console.isWatched

  private static let redrawSeconds = 0.1
  private static let barColumns = 24

  init(files: Int, bytes: Double) {
    self.files = files
    self.bytes = bytes
  }

  func show(_ progress: ConversionBatch.Progress) {
    state.withLock { state in
      state.progress = progress
      let now = MonotonicTime.now()
      guard isWatched, now.seconds(since: state.drawn) >= Self.redrawSeconds else { return }
      state.drawn = now
      // A line that goes on in the next row could not be drawn over.
      let line = line(progress, now.seconds(since: start)).prefix(Console.width - 1)
      Console.remark("\r\(line)\u{1B}[K")
    }
  }

  /// Says what went wrong, above the line.
  func complain(_ problem: String) {
    if isWatched { Console.remark("\r\u{1B}[K") }
    Console.complain(problem)
  }

  /// Takes the line away and says what was done.
  func end() -> ConversionBatch.Progress {
    state.withLock { state in
      let seconds = MonotonicTime.now().seconds(since: start)
      let sound = state.progress.soundSeconds
      let progress = state.progress
      let others = [(progress.skipped, "skipped"), (progress.failed, "failed")].filter { $0.0 > 0 }
      let counts = ["\(progress.made) made"] + others.map { "\($0.0) \($0.1)" }
      Console.remark(
        "\r\u{1B}[K\(counts.joined(separator: ", ")) in \(seconds.clockText()): \(sound.clockText()) of sound, "
          + "\(Int(sound / max(seconds, 1e-9))) times its own pace\n")
      return state.progress
    }
  }

  private func line(_ progress: ConversionBatch.Progress, _ seconds: Double) -> String {
    let share = bytes > 0 ? min(1, progress.inputBytes / bytes) : 0
    let filled = Int(share * Double(Self.barColumns))
    let bar = String(repeating: "#", count: filled) + String(repeating: ".", count: Self.barColumns - filled)
    let left = share > 0.01 ? ", \((seconds / share - seconds).clockText()) left" : ""
    let megabytes = progress.inputBytes / 1e6 / max(seconds, 1e-9)
    return "[\(bar)] \(Int(share * 100)) %  \(progress.files) of \(files) files, \(megabytes.text(1)) MB/s\(left)"
  }
}
