internal import ReelFiles
internal import ReelRealtime

/// Makes many files, on every core, whatever becomes of each.
///
/// Files are shared out one by one, the largest first so that the last to end are small; threads that no file is left
/// for work on a long one.
package struct ConversionBatch {
  private let jobs: [ConversionJob]
  private let conversion: Conversion
  private let threads: Int
  private let skipsExisting: Bool
  /// Of each job's inputs.
  private let sizes: [Double]

  /// How far it has come.
  package struct Progress: Hashable, Sendable {
    package var made = 0
    package var skipped = 0
    package var failed = 0
    package var inputBytes = 0.0
    /// Of what was made.
    package var soundSeconds = 0.0

    package var files: Int { made + skipped + failed }

    package init() {}
  }

  /// What is heard of it, from any of its threads, one at a time.
  package struct Listener: Sendable {
    package let ended: @Sendable (ConversionJob, ConversionJob.Outcome) -> Void
    package let went: @Sendable (Progress) -> Void
    package let isUnwanted: @Sendable () -> Bool

    package init(
      ended: @escaping @Sendable (ConversionJob, ConversionJob.Outcome) -> Void,
      went: @escaping @Sendable (Progress) -> Void, isUnwanted: @escaping @Sendable () -> Bool
    ) {
      self.ended = ended
      self.went = went
      self.isUnwanted = isUnwanted
    }
  }

  package init(_ jobs: [ConversionJob], _ conversion: Conversion, threads: Int, skipsExisting: Bool) {
    self.jobs = jobs
    self.conversion = conversion
    self.threads = threads
    self.skipsExisting = skipsExisting
    sizes = jobs.map { job in Double(job.inputs.reduce(0) { $0 + FileIdentity.byteCount(of: $1) }) }
  }

  /// How many bytes all inputs have.
  package var inputBytes: Double { sizes.reduce(0, +) }

  /// Returns when all is done, or when nobody wants more of it.
  package func run(_ listener: Listener) {
    let order = jobs.indices.sorted { (sizes[$1], $0) < (sizes[$0], $1) }
    let work = SharedWork(order, sizes, listener)
    let (jobs, conversion, threads, skipsExisting) = (jobs, conversion, threads, skipsExisting)
    Crew.run(min(threads, jobs.count)) {
      while !listener.isUnwanted(), let (index, others) = work.next() {
        let job = jobs[index]
        var outcome = ConversionJob.Outcome.skipped
        if !(skipsExisting && FileIdentity(of: job.output)?.isPlain == true) {
          outcome = Self.make(job, conversion, threads: max(1, threads - others)) { share in
            work.note(index, share: share)
            return !listener.isUnwanted()
          }
        }
        // What was broken off is neither made nor failed.
        if case .failed(let error) = outcome, error is OfflineCall.Interrupted { return }
        work.end(index, job, outcome)
      }
    }
  }

  private static func make(
    _ job: ConversionJob, _ conversion: Conversion, threads: Int, tell: (Double) -> Bool
  ) -> ConversionJob.Outcome {
    do {
      try Folder.make(FileNames.parted(job.output).folder)
      return try Converter(conversion, threads: threads).run(job, tell: tell)
    } catch {
      return .failed(error)
    }
  }
}

/// What the threads share: which files are left, and how far each has come.
private final class SharedWork: Sendable {
  private struct State {
    var left: ArraySlice<Int>
    var active = 0
    var progress = ConversionBatch.Progress()
    /// The share of each file that is under way.
    var shares: [Int: Double] = [:]
  }

  private let state: Guarded<State>
  private let sizes: [Double]
  private let listener: ConversionBatch.Listener

  init(_ order: [Int], _ sizes: [Double], _ listener: ConversionBatch.Listener) {
    state = Guarded(State(left: order[...]))
    self.sizes = sizes
    self.listener = listener
  }

  /// The next file, and how many others are under way or left.
  func next() -> (index: Int, others: Int)? {
    state.withLock { state in
      guard let index = state.left.popFirst() else { return nil }
      state.active += 1
      return (index, state.active - 1 + state.left.count)
    }
  }

  func note(_ index: Int, share: Double) {
    state.withLock { state in
      state.shares[index] = share
      listener.went(whole(state))
    }
  }

  func end(_ index: Int, _ job: ConversionJob, _ outcome: ConversionJob.Outcome) {
    state.withLock { state in
      state.active -= 1
      state.shares[index] = nil
      state.progress.inputBytes += sizes[index]
      switch outcome {
      case .made(let seconds, _, _):
        state.progress.made += 1
        state.progress.soundSeconds += seconds
      case .skipped: state.progress.skipped += 1
      case .failed: state.progress.failed += 1
      }
      listener.ended(job, outcome)
      listener.went(whole(state))
    }
  }

  private func whole(_ state: State) -> ConversionBatch.Progress {
    var progress = state.progress
    progress.inputBytes += state.shares.reduce(0) { $0 + $1.value * sizes[$1.key] }
    return progress
  }
}
