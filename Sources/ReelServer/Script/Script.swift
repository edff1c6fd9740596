package import ReelCore

/// What a call is to do, as a SWML document says it or a SWAIG function answers it, checked whole before any of it
/// runs.
///
///     let script = try Script(JSON(#"{"sections": {"main": ["answer", {"record_call": {"stereo": true}}]}}"#))
///     var run = ScriptRun(script, call: facts)
///
/// Only what has to do with recording is understood: see ``Verb/Name``. A verb or option that isn't known, and a value
/// that can't be taken, is refused by name and place. A value that names a variable is checked when it is reached. Of a
/// SWAIG answer the `SWML` actions count, one after the other. YAML isn't taken.
package struct Script: Hashable, Sendable {
  let verbs: [PlacedVerb]
  /// What was passed over, by name, such as `set_global_data` or `ai.prompt`: nothing in it is about recording.
  package let ignored: [String]

  /// - `json` is a whole SWML document or a SWAIG function's whole answer.
  package init(_ json: JSON) throws(ServiceRefusal) {
    var reader = ScriptReader()
    try reader.read(json)
    verbs = reader.verbs
    ignored = reader.ignored
  }

  /// Whether there is nothing to do: a SWAIG answer often only has words for the caller.
  package var isEmpty: Bool { verbs.isEmpty }
}

extension Script {
  /// Verbs in all its documents, and actions in a SWAIG answer: far more than anybody writes by hand, and few enough
  /// to be read on a thread that others wait for.
  package static let mostVerbs = 1_000
  /// What all options of a verb may hold, before and after variables are put in, which may grow at every step.
  package static let longestOptionsBytes = 16_384
  /// How deep values may stand in one another, since each `set` can wrap what the one before it made.
  package static let deepestOptions = 16
  /// Variables a script may set.
  package static let mostVariables = 256
  /// A variable's name.
  package static let longestNameBytes = 64
  /// Names told in ``ignored``.
  package static let mostIgnored = 100
  /// Lines in ``ScriptRun/failures``.
  package static let mostFailures = 100
}

/// A verb, and where it stands: `main[2].record`.
struct PlacedVerb: Hashable, Sendable {
  let place: String
  let verb: Verb
}

/// One thing to do, its options checked as far as they hold no variables.
enum Verb: Hashable, Sendable {
  case answer(maxSeconds: ScriptNumber?)
  /// `record` or `record_call`.
  case record(RecordSettings)
  case stopRecordCall(controlID: String?)
  case play(PlaySettings)
  case sleep(milliseconds: ScriptNumber)
  case set([JSON.Member])
  case unset([String])
  case hangup(reason: String?)
  case ai(RecordParams?)

  /// The verbs that are understood, by their published names.
  enum Name: String, CaseIterable {
    case answer, record
    case recordCall = "record_call"
    case stopRecordCall = "stop_record_call"
    case play, sleep, set, unset, hangup, ai
  }
}
