package import ReelCore

/// What the host of a script shall do next.
package enum ScriptStep: Hashable, Sendable {
  /// Answer the call, and end it after so long if a time is named.
  case answer(maxSeconds: Int?)
  /// Begin a recording and report its end: ``ScriptRun/ended(url:succeeded:)`` or ``ScriptRun/failed(_:)``.
  case record(RecordingRequest)
  /// Begin a recording and report that it has begun: ``ScriptRun/started(url:controlID:)`` or ``ScriptRun/failed(_:)``.
  case recordCall(RecordingRequest)
  /// The same, for the `params` of an agent.
  case recordByParams(RecordParams)
  /// End a background recording; the one begun last where none is named.
  case stopRecordCall(controlID: String?)
  /// Play, and report the end: ``ScriptRun/played()`` or ``ScriptRun/failed(_:)``.
  case play(ScriptPlay)
  /// Let time pass and report it: ``ScriptRun/slept()``. Nil is until the call ends.
  case sleep(milliseconds: Int?)
  /// End the call. Nothing follows.
  case hangup(HangupReason)
  /// Nothing until the last step is reported done.
  case wait
  /// Nothing any more.
  case done
}

/// The published reasons to end a call.
package enum HangupReason: String, Hashable, Sendable, CaseIterable {
  case hangup, busy, decline

  init(checking text: String) throws(OptionError) {
    guard let reason = HangupReason(rawValue: text) else {
      let allowed = Self.allCases.map { "\"\($0.rawValue)\"" }.joined(separator: ", ")
      throw OptionError("reason", given: JSON.string(text).description, allowed: allowed)
    }
    self = reason
  }
}
