// What is public here is documented in the header.
// swift-format-ignore-file: AllPublicDeclarationsHaveDocumentation
public import CReel
internal import Reel
internal import ReelAudio
internal import ReelCore
internal import ReelRealtime

// Sound: all through this file pointers are the host's, good for the time of the call.

/// What stands behind a `reel_call`.
final class CallObject: HandleObject {
  static let mark: UInt = 0x7265_656c_6361_6c6c
  static let name = "call"

  let call: Call
  let id: LastingText
  /// How often it was hung up, and its engine closed. Pushes look at both; that they lie in this object saves them a
  /// reference on the way.
  let endings = Tally()
  let closings: Tally
  #if DEBUG
    let callerUsers = Tally()
    let agentUsers = Tally()
    let pullers = Tally()
  #endif

  init(_ engine: EngineObject, _ id: String, caller: SampleRate, agent: SampleRate) {
    closings = engine.closings
    self.id = LastingText(id)
    call = engine.engine.call(id, callerRate: caller, agentRate: agent)
  }

  func hangUp() {
    endings.set(1)
    call.hangUp()
  }
}

@c @implementation public func reel_call_new(
  _ engine: OpaquePointer?, _ id: UnsafePointer<CChar>?, _ callerHz: Int32, _ agentHz: Int32,
  _ call: UnsafeMutablePointer<OpaquePointer?>?, _ error: UnsafeMutablePointer<reel_error>?
) -> reel_status {
  unsafe answer(error) {
    let engine: EngineObject = try unsafe object(engine)
    let result = try unsafe required(call, "call")
    let id = try unsafe text(id, "id")
    let caller = try SampleRate.checked(hz: Int(callerHz), field: "caller_hz")
    let agent = try SampleRate.checked(hz: Int(agentHz), field: "agent_hz")
    guard engine.closings.value == 0 else { throw EngineError.isClosed }
    unsafe result.pointee = makeHandle(CallObject(engine, id, caller: caller, agent: agent))
  }
}

@c @implementation public func reel_call_free(_ call: OpaquePointer?) -> reel_status {
  unsafe free(call) { (call: CallObject) in call.hangUp() }
}

@c @implementation public func reel_call_id(_ call: OpaquePointer?) -> UnsafePointer<CChar>? {
  let call: CallObject? = try? unsafe object(call)
  return unsafe call?.id.pointer
}

// MARK: Media threads

/// Runs what is real-time with the call behind a handle, of which no reference is counted.
@inline(__always)
private func withCall(_ handle: OpaquePointer?, _ body: (CallObject) -> reel_status) -> reel_status {
  guard let handle = unsafe handle else { return reel_status(REEL_ERROR_HANDLE) }
  let cell = unsafe UnsafePointer<HandleCell>(handle)
  guard unsafe cell.pointee.mark == CallObject.mark else { return reel_status(REEL_ERROR_HANDLE) }
  // Sound: the handle keeps its object, and the host's promise is that nobody frees it meanwhile.
  return unsafe Unmanaged<CallObject>.fromOpaque(cell.pointee.object)._withUnsafeGuaranteedRef { body($0) }
}

/// Whether so many samples can be at a place: there, aligned, and no more than a ring can hold.
@inline(__always)
private func areSamples(_ samples: UnsafeRawPointer?, _ count: Int) -> Bool {
  count >= 0 && count <= Int(REEL_SAMPLE_LIMIT) && UInt(bitPattern: samples) & 1 == 0
    && (unsafe samples != nil || count == 0)
}

/// In debug builds, where a second thread is found in what is for one: the status that says so.
@inline(__always)
private func alone(_ call: CallObject, _ leg: Leg?, _ body: () -> reel_status) -> reel_status {
  #if DEBUG
    let users = leg == .caller ? call.callerUsers : leg == .agent ? call.agentUsers : call.pullers
    guard users.add(1, upTo: 1) else { return reel_status(REEL_ERROR_THREAD) }
    defer { users.add(-1) }
  #endif
  return body()
}

@inline(__always)
private func withSamples(
  _ call: OpaquePointer?, _ leg: reel_leg, _ samples: UnsafePointer<Int16>?, _ count: Int,
  _ push: (borrowing Call, Span<Int16>, Leg) -> Void
) -> reel_status {
  unsafe withCall(call) { call in
    guard let leg = Numbers.leg(leg), unsafe areSamples(samples, count) else {
      return reel_status(REEL_ERROR_ARGUMENT)
    }
    guard call.endings.value | call.closings.value == 0 else { return reel_status(REEL_ERROR_ENDED) }
    return alone(call, leg) {
      let buffer = unsafe UnsafeBufferPointer(start: samples, count: count)
      push(call.call, unsafe buffer.span, leg)
      return reel_status(REEL_OK)
    }
  }
}

@c @implementation public func reel_call_push(
  _ call: OpaquePointer?, _ leg: reel_leg, _ samples: UnsafePointer<Int16>?, _ count: Int
) -> reel_status {
  unsafe withSamples(call, leg, samples, count) { $0.push($1, from: $2) }
}

@c @implementation public func reel_call_push_at(
  _ call: OpaquePointer?, _ leg: reel_leg, _ samples: UnsafePointer<Int16>?, _ count: Int, _ position: Int64
) -> reel_status {
  unsafe withSamples(call, leg, samples, count) { $0.push($1, from: $2, at: Int(position)) }
}

@c @implementation public func reel_call_push_at_stamp(
  _ call: OpaquePointer?, _ leg: reel_leg, _ samples: UnsafePointer<Int16>?, _ count: Int, _ stamp: UInt32
) -> reel_status {
  unsafe withSamples(call, leg, samples, count) { $0.push($1, from: $2, at: stamp) }
}

@c @implementation public func reel_call_pull(
  _ call: OpaquePointer?, _ samples: UnsafeMutablePointer<Int16>?, _ room: Int
) -> Int32 {
  unsafe withCall(call) { call in
    guard unsafe areSamples(samples, room) else { return reel_status(REEL_ERROR_ARGUMENT) }
    guard call.endings.value | call.closings.value == 0 else { return reel_status(REEL_ERROR_ENDED) }
    return alone(call, nil) {
      let buffer = unsafe UnsafeMutableBufferPointer(start: samples, count: room)
      var memory = unsafe buffer.mutableSpan
      return Int32(truncatingIfNeeded: call.call.pull(into: &memory))
    }
  }
}

// MARK: Commands

@c @implementation public func reel_call_press(
  _ call: OpaquePointer?, _ key: CChar, _ error: UnsafeMutablePointer<reel_error>?
) -> reel_status {
  unsafe answer(error) {
    let call: CallObject = try unsafe object(call)
    guard let digit = DTMFDigit(Character(Unicode.Scalar(UInt8(bitPattern: key)))) else {
      throw Refusal.argument("key", "number \(UInt8(bitPattern: key))", allowed: "one of 0 to 9, *, # and A to D")
    }
    guard call.endings.value | call.closings.value == 0 else { throw EngineError.callHasEnded(call.call.id) }
    call.call.press(digit)
  }
}

@c @implementation public func reel_call_hang_up(
  _ call: OpaquePointer?, _ error: UnsafeMutablePointer<reel_error>?
) -> reel_status {
  unsafe answer(error) {
    let call: CallObject = try unsafe object(call)
    call.hangUp()
  }
}

@c @implementation public func reel_call_end(
  _ call: OpaquePointer?, _ timeout: Double, _ summary: UnsafeMutablePointer<UnsafePointer<reel_call_summary>?>?,
  _ error: UnsafeMutablePointer<reel_error>?
) -> reel_status {
  unsafe answer(error) {
    let call: CallObject = try unsafe object(call)
    let end = try deadline(timeout)
    call.hangUp()
    guard let became = call.call.end(waitingUntil: end) else {
      throw Refusal(REEL_ERROR_TIMEOUT, "the files of the call \(call.call.id) are not closed after \(timeout) s")
    }
    guard let summary = unsafe summary else { return }
    let memory = CMemory()
    unsafe summary.pointee = memory.handOver(memory.callSummary(became))
  }
}

@c @implementation public func reel_call_summary_free(_ summary: UnsafePointer<reel_call_summary>?) {
  unsafe CMemory.take(back: summary)
}
