internal import CReel
internal import Reel

/// The memory of one thing that is handed to C, with all that it points to.
///
/// What is handed over stands behind a header that keeps this object, and goes with it:
///
///     │this object│ … │reel_summary│        │text│  │text│  │list│ …
///     ▲               ▲
///     block of 16 + n what C has
///
/// The wall round the pointers: made and freed here, and written before C has them.
@safe final class CMemory {
  private var blocks = unsafe [UnsafeMutableRawPointer]()

  private static let headerBytes = 16

  deinit {
    unsafe blocks.forEach { unsafe $0.deallocate() }
  }

  private func allocate(_ byteCount: Int) -> UnsafeMutableRawPointer {
    let block = UnsafeMutableRawPointer.allocate(byteCount: byteCount, alignment: Self.headerBytes)
    unsafe blocks.append(block)
    return unsafe block
  }

  func place<Value>(_ value: Value) -> UnsafePointer<Value> {
    let block = unsafe allocate(MemoryLayout<Value>.size)
    return unsafe UnsafePointer(block.initializeMemory(as: Value.self, to: value))
  }

  func text(_ text: String) -> UnsafePointer<CChar> {
    let bytes = Array(text.utf8CString)
    let block = unsafe allocate(bytes.count)
    return unsafe UnsafePointer(block.initializeMemory(as: CChar.self, from: bytes, count: bytes.count))
  }

  func text(_ text: String?) -> UnsafePointer<CChar>? {
    unsafe text.map { unsafe self.text($0) as UnsafePointer<CChar> }
  }

  /// A list of pointers; an empty one is somewhere too.
  func list<Value>(_ values: [UnsafePointer<Value>?]) -> UnsafePointer<UnsafePointer<Value>?> {
    let block = unsafe allocate(max(1, values.count) * MemoryLayout<UnsafePointer<Value>?>.size)
    return unsafe UnsafePointer(
      block.initializeMemory(as: UnsafePointer<Value>?.self, from: values, count: values.count))
  }

  /// Gives C what it will hand back to ``take(back:)``.
  func handOver<Value>(_ value: Value) -> UnsafePointer<Value> {
    let block = unsafe allocate(Self.headerBytes + MemoryLayout<Value>.size)
    unsafe block.storeBytes(of: Unmanaged.passRetained(self).toOpaque(), as: UnsafeMutableRawPointer.self)
    return unsafe UnsafePointer((block + Self.headerBytes).initializeMemory(as: Value.self, to: value))
  }

  /// Frees what was handed over, and all with it.
  static func take(back pointer: UnsafeRawPointer?) {
    guard let pointer = unsafe pointer else { return }
    let header = unsafe (pointer - headerBytes).load(as: UnsafeRawPointer.self)
    unsafe Unmanaged<CMemory>.fromOpaque(header).release()
  }
}

extension CMemory {
  // Sound, below: every pointer in what is made is this memory's, and goes with it.

  func file(_ file: RecordingSummary.File) -> reel_file {
    unsafe reel_file(
      path: text(file.path), byte_count: Int64(file.byteCount), samples: Int64(file.samples),
      sha256: text(file.sha256), failure: text(file.failure))
  }

  func summary(_ summary: RecordingSummary) -> reel_summary {
    var made = unsafe reel_summary()
    unsafe made.call_id = text(summary.callID)
    unsafe made.control_id = text(summary.controlID)
    unsafe made.recording_id = text(summary.recordingID)
    unsafe made.outcome = Numbers.outcome(summary.outcome)
    unsafe (made.reason, made.terminator) = Numbers.reason(summary.reason)
    unsafe made.reason_text = text(summary.reason.words)
    unsafe made.failure = text(summary.failure?.description)
    unsafe made.start_microseconds = summary.start.microseconds
    unsafe made.end_microseconds = summary.end.microseconds
    unsafe made.duration_seconds = summary.durationSeconds
    unsafe made.rate_hz = Int32(summary.rate.hz)
    unsafe made.timeline_samples = Int64(summary.sums.timeline)
    unsafe made.paused_samples = Int64(summary.sums.paused)
    unsafe made.skipped_samples = Int64(summary.sums.skipped)
    unsafe made.speech_samples = Int64(summary.sums.speech)
    unsafe made.caller = Numbers.sums(summary.sums.caller)
    unsafe made.agent = Numbers.sums(summary.sums.agent)
    unsafe made.file_count = summary.files.count
    unsafe made.files = list(summary.files.map { unsafe place(file($0)) })
    unsafe made.manifest_count = summary.manifests.count
    unsafe made.manifests = list(summary.manifests.map { unsafe text($0) })
    return unsafe made
  }

  func callSummary(_ summary: CallSummary) -> reel_call_summary {
    unsafe reel_call_summary(
      call_id: text(summary.callID), lost_samples: Int64(summary.lostSamples),
      recording_count: summary.recordings.count,
      recordings: list(summary.recordings.map { unsafe place(self.summary($0)) }))
  }

  func recovery(_ recovery: FolderRecovery) -> reel_recovery {
    unsafe reel_recovery(
      file_count: recovery.files.count, files: list(recovery.files.map { unsafe place(file($0)) }),
      held_count: recovery.held.count, held: list(recovery.held.map { unsafe text($0) }),
      failure_count: recovery.failures.count, failures: list(recovery.failures.map { unsafe text($0.description) }))
  }

  /// An event, to hand over.
  func event(_ told: ToldEvent) -> UnsafePointer<reel_event> {
    var made = unsafe reel_event()
    unsafe made.context = UnsafeMutableRawPointer(bitPattern: told.tag)
    unsafe made.call_id = text(told.callID)
    unsafe made.control_id = text(told.controlID)
    unsafe made.recording_id = text(told.recordingID)
    unsafe made.lost_events = Int64(told.lostBefore)
    switch told.event {
    case .recording(let seconds):
      unsafe made.kind = reel_event_kind(REEL_EVENT_RECORDING)
      unsafe made.at_seconds = seconds
    case .paused(let behavior, let seconds):
      unsafe made.kind = reel_event_kind(REEL_EVENT_PAUSED)
      unsafe made.pause_behavior = Numbers.pause(behavior)
      unsafe made.at_seconds = seconds
    case .beepNotPlayed:
      unsafe made.kind = reel_event_kind(REEL_EVENT_BEEP_NOT_PLAYED)
    case .dropped(let seconds, let place):
      unsafe made.kind = reel_event_kind(REEL_EVENT_DROPPED)
      unsafe (made.lost_seconds, made.at_seconds) = (seconds, place)
    case .overrun(let leg, let seconds):
      unsafe made.kind = reel_event_kind(REEL_EVENT_OVERRUN)
      unsafe (made.leg, made.lost_seconds) = (Numbers.leg(leg), seconds)
    case .finished(let summary), .noInput(let summary), .error(let summary):
      unsafe made.kind = reel_event_kind(REEL_EVENT_ENDED)
      unsafe made.at_seconds = summary.durationSeconds
      unsafe made.summary = place(self.summary(summary))
    }
    return unsafe handOver(made)
  }
}
