// What is public here is documented in the header.
// swift-format-ignore-file: AllPublicDeclarationsHaveDocumentation
public import CReel
internal import Reel
internal import ReelRealtime

// Sound: all through this file pointers are the host's, good for the time of the call.

/// What stands behind a `reel_recording`.
final class RecordingObject: HandleObject {
  static let mark: UInt = 0x7265_656c_7265_636f
  static let name = "recording"

  let recording: Recording
  let id: LastingText
  let controlID: LastingText
  let callID: LastingText

  init(_ recording: Recording) {
    self.recording = recording
    id = LastingText(recording.id)
    controlID = LastingText(recording.controlID)
    callID = LastingText(recording.callID)
  }

  func summary(waitingUntil end: MonotonicTime) -> RecordingSummary? {
    end.poll { recording.summary }
  }
}

@c @implementation public func reel_call_record(
  _ call: OpaquePointer?, _ options: UnsafePointer<reel_record_options>?,
  _ recording: UnsafeMutablePointer<OpaquePointer?>?, _ error: UnsafeMutablePointer<reel_error>?
) -> reel_status {
  unsafe answer(error) {
    let call: CallObject = try unsafe object(call)
    let wish = unsafe try RecordWish(options)
    let begun = try call.call.record(
      wish.options, controlID: wish.controlID, as: wish.renditions, encode: wish.encode, tag: wish.tag)
    if let recording = unsafe recording { unsafe recording.pointee = makeHandle(RecordingObject(begun)) }
  }
}

@c @implementation public func reel_call_recording(
  _ call: OpaquePointer?, _ controlID: UnsafePointer<CChar>?, _ recording: UnsafeMutablePointer<OpaquePointer?>?,
  _ error: UnsafeMutablePointer<reel_error>?
) -> reel_status {
  unsafe answer(error) {
    let call: CallObject = try unsafe object(call)
    let result = try unsafe required(recording, "recording")
    let found = try call.call.recording(try unsafe optionalText(controlID, "control_id"))
    unsafe result.pointee = makeHandle(RecordingObject(found))
  }
}

@c @implementation public func reel_recording_free(_ recording: OpaquePointer?) -> reel_status {
  unsafe free(recording) { (_: RecordingObject) in }
}

@c @implementation public func reel_recording_id(_ recording: OpaquePointer?) -> UnsafePointer<CChar>? {
  let recording: RecordingObject? = try? unsafe object(recording)
  return unsafe recording?.id.pointer
}

@c @implementation public func reel_recording_control_id(_ recording: OpaquePointer?) -> UnsafePointer<CChar>? {
  let recording: RecordingObject? = try? unsafe object(recording)
  return unsafe recording?.controlID.pointer
}

@c @implementation public func reel_recording_call_id(_ recording: OpaquePointer?) -> UnsafePointer<CChar>? {
  let recording: RecordingObject? = try? unsafe object(recording)
  return unsafe recording?.callID.pointer
}

@c @implementation public func reel_recording_pause(
  _ recording: OpaquePointer?, _ behavior: reel_pause_behavior, _ error: UnsafeMutablePointer<reel_error>?
) -> reel_status {
  unsafe answer(error) {
    let recording: RecordingObject = try unsafe object(recording)
    try recording.recording.pause(try choice(behavior, Numbers.pauses, "behavior"))
  }
}

@c @implementation public func reel_recording_resume(
  _ recording: OpaquePointer?, _ error: UnsafeMutablePointer<reel_error>?
) -> reel_status {
  unsafe answer(error) {
    let recording: RecordingObject = try unsafe object(recording)
    try recording.recording.resume()
  }
}

@c @implementation public func reel_recording_stop(
  _ recording: OpaquePointer?, _ error: UnsafeMutablePointer<reel_error>?
) -> reel_status {
  unsafe answer(error) {
    let recording: RecordingObject = try unsafe object(recording)
    try recording.recording.stop()
  }
}

@c @implementation public func reel_recording_summary(
  _ recording: OpaquePointer?, _ timeout: Double, _ summary: UnsafeMutablePointer<UnsafePointer<reel_summary>?>?,
  _ error: UnsafeMutablePointer<reel_error>?
) -> reel_status {
  unsafe answer(error) {
    let recording: RecordingObject = try unsafe object(recording)
    let result = try unsafe required(summary, "summary")
    guard let became = recording.summary(waitingUntil: try deadline(timeout)) else {
      throw Refusal(REEL_ERROR_TIMEOUT, "the recording's files are not closed after \(timeout) s")
    }
    let memory = CMemory()
    unsafe result.pointee = memory.handOver(memory.summary(became))
  }
}

@c @implementation public func reel_summary_free(_ summary: UnsafePointer<reel_summary>?) {
  unsafe CMemory.take(back: summary)
}
