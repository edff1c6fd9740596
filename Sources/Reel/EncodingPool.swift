internal import ReelFiles
package import ReelRealtime

/// When a recording's sound is encoded.
public enum EncodingTime: String, Hashable, Sendable, CaseIterable {
  /// While it comes.
  case live
  /// When the recording is over, by threads that give way to all others. While it goes on it is captured as WAV, so a
  /// peak of calls costs what WAV costs. A crash leaves the capture.
  case after
}

/// Encodes captures, one at a time on each of its threads.
package final class EncodingPool: Beating {
  /// A capture that is closed, and whom to tell of the files made of it.
  struct Job: Sendable {
    let capture: ClosedRecording
    let encoding: PutOffEncoding
    let tellOwner: @Sendable (ClosedRecording) -> Void
  }

  private let jobs = Mailbox<Job>()

  func post(_ job: Job) {
    jobs.post(job)
  }

  package func beat(deadline: MonotonicTime) {
    while let job = jobs.takeFirst() { job.tellOwner(job.encoding.encode(job.capture)) }
  }
}
