// What is public here is documented in the header.
// swift-format-ignore-file: AllPublicDeclarationsHaveDocumentation
public import CReel
internal import Reel
internal import ReelRealtime

// Sound: all through this file pointers are the host's, good for the time of the call.

/// What stands behind a `reel_engine`.
final class EngineObject: HandleObject {
  static let mark: UInt = 0x7265_656c_656e_6769
  static let name = "engine"

  let engine: RecordingEngine
  let events: EventQueue
  /// How often it was closed: calls look at it too.
  let closings = Tally()

  init(_ wish: EngineWish) throws {
    let events = try EventQueue(limit: wish.eventLimit, wish.handler)
    self.events = events
    do {
      engine = try RecordingEngine(wish.configuration, hasThreads: true) { recording, event in
        events.post(
          ToldEvent(
            callID: recording.callID, controlID: recording.controlID, recordingID: recording.id, tag: recording.tag,
            event: event))
      }
    } catch {
      events.end()
      throw error
    }
  }

  /// Closes the engine, if nobody did.
  func close(until end: MonotonicTime) -> EngineClosing? {
    guard closings.add(1, upTo: 1) else { return nil }
    return engine.closeWaiting(until: end)
  }
}

/// The moment so many seconds from now; negative is never.
func deadline(_ seconds: Double) throws(Refusal) -> MonotonicTime {
  guard !seconds.isNaN else { throw .argument("timeout_seconds", "no number", allowed: "seconds, or less than 0") }
  return seconds < 0 ? .never : MonotonicTime.now().advanced(bySeconds: seconds)
}

@c @implementation public func reel_engine_new(
  _ options: UnsafePointer<reel_engine_options>?, _ engine: UnsafeMutablePointer<OpaquePointer?>?,
  _ error: UnsafeMutablePointer<reel_error>?
) -> reel_status {
  unsafe answer(error) {
    let result = try unsafe required(engine, "engine")
    unsafe result.pointee = makeHandle(try EngineObject(EngineWish(options)))
  }
}

@c @implementation public func reel_engine_close(
  _ engine: OpaquePointer?, _ timeout: Double, _ closing: UnsafeMutablePointer<reel_closing>?,
  _ error: UnsafeMutablePointer<reel_error>?
) -> reel_status {
  unsafe answer(error) {
    let engine: EngineObject = try unsafe object(engine)
    guard let became = engine.close(until: try deadline(timeout)) else { throw EngineError.isClosed }
    if let closing = unsafe closing {
      unsafe closing.pointee = reel_closing(closed: Int64(became.closed), left: Int64(became.left))
    }
  }
}

@c @implementation public func reel_engine_free(_ engine: OpaquePointer?) -> reel_status {
  unsafe free(engine) { (engine: EngineObject) in
    _ = engine.close(until: MonotonicTime.now().advanced(bySeconds: RecordingEngine.closingSeconds))
    engine.events.end()
  }
}

// MARK: Events

/// The engine's queue, if it is the host that takes from it.
private func queue(_ engine: OpaquePointer?) throws -> EventQueue {
  let engine: EngineObject = try unsafe object(engine)
  guard engine.events.descriptor >= 0 else {
    throw Refusal(REEL_ERROR_ARGUMENT, "the engine has an on_event, which gets every event")
  }
  return engine.events
}

@c @implementation public func reel_engine_event_descriptor(
  _ engine: OpaquePointer?, _ descriptor: UnsafeMutablePointer<Int32>?, _ error: UnsafeMutablePointer<reel_error>?
) -> reel_status {
  unsafe answer(error) {
    let result = try unsafe required(descriptor, "descriptor")
    unsafe result.pointee = try queue(engine).descriptor
  }
}

@c @implementation public func reel_engine_next_event(
  _ engine: OpaquePointer?, _ event: UnsafeMutablePointer<UnsafePointer<reel_event>?>?,
  _ error: UnsafeMutablePointer<reel_error>?
) -> reel_status {
  unsafe answer(error) {
    let result = try unsafe required(event, "event")
    unsafe result.pointee = try queue(engine).take().map { unsafe CMemory().event($0) as UnsafePointer<reel_event> }
  }
}

@c @implementation public func reel_event_free(_ event: UnsafePointer<reel_event>?) {
  unsafe CMemory.take(back: event)
}

// MARK: Counters

@c @implementation public func reel_engine_counters(
  _ engine: OpaquePointer?, _ counters: UnsafeMutablePointer<reel_counters>?, _ size: Int,
  _ error: UnsafeMutablePointer<reel_error>?
) -> reel_status {
  unsafe answer(error) {
    let engine: EngineObject = try unsafe object(engine)
    let now = engine.engine.counters
    let values = reel_counters(
      size: 0, recordings: Int64(now.recordings), closed: Int64(now.closed), failed: Int64(now.failed),
      overrun_samples: Int64(now.overrunSamples), dropped_samples: Int64(now.droppedSamples),
      backlog_bytes: Int64(now.backlogBytes), sync_failures: Int64(now.syncFailures),
      lost_events: Int64(engine.events.lost), disk_wait_seconds: now.diskWaitSeconds,
      longest_disk_wait_seconds: now.longestDiskWaitSeconds, longest_beat_seconds: now.longestBeatSeconds)
    try unsafe Growing.write(values, to: counters, size, "reel_counters")
  }
}

// MARK: Recovery

@c @implementation public func reel_recover(
  _ folder: UnsafePointer<CChar>?, _ recovery: UnsafeMutablePointer<UnsafePointer<reel_recovery>?>?,
  _ error: UnsafeMutablePointer<reel_error>?
) -> reel_status {
  unsafe answer(error) {
    let found = try RecordingEngine.recover(try unsafe text(folder, "folder"))
    guard let recovery = unsafe recovery else { return }
    let memory = CMemory()
    unsafe recovery.pointee = memory.handOver(memory.recovery(found))
  }
}

@c @implementation public func reel_recovery_free(_ recovery: UnsafePointer<reel_recovery>?) {
  unsafe CMemory.take(back: recovery)
}
