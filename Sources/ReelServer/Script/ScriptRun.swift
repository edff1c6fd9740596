package import ReelCore

/// A script on its way: what is left of it and what its variables hold. It knows no threads, sockets or clocks; its
/// host does what ``next()`` says and reports back.
///
///     while true {
///       switch run.next() {
///       case .recordCall(let request): begin(request); run.started(url: url, controlID: id)
///       …
///       case .wait, .done: return
///       }
///     }
///
/// A foreground `record`, a `play` and a `sleep` hold up what follows until their end is reported; a `record_call` only
/// until it has begun. A step that can't be made, since a variable holds what can't be taken, is a failure: it is
/// noted, its result is `failed`, and the script goes on. A report that nothing waits for does nothing. Every call of
/// ``next()`` either gets on or waits, so a script ends.
package struct ScriptRun: Sendable {
  private enum Waiting {
    case record, recordCall, play, sleep
  }

  /// To be kept up to date, for `${call.call_state}`.
  package var call: ScriptCall
  package private(set) var variables: [String: JSON] = [:]
  /// What went wrong so far, with the place of each: the first ``Script/mostFailures``.
  package private(set) var failures: [String] = []

  private var rest: ArraySlice<PlacedVerb>
  private var place = ""
  private var waiting: Waiting?
  /// Whether an agent talks until the call ends.
  private var isInConversation = false
  private let perspective: Direction.Perspective

  package init(
    _ script: Script, call: ScriptCall, recordCallPerspective: Direction.Perspective = .agent
  ) {
    rest = script.verbs[...]
    self.call = call
    perspective = recordCallPerspective
  }

  package mutating func next() -> ScriptStep {
    guard waiting == nil else { return .wait }
    while !isInConversation, let placed = rest.popFirst() {
      place = placed.place
      if let step = take(placed.verb) { return step }
    }
    guard isInConversation else { return .done }
    // What follows a conversation follows the call's end too: nothing of it runs.
    isInConversation = false
    rest = []
    waiting = .sleep
    return .sleep(milliseconds: nil)
  }

  // MARK: Reports

  /// The recording in the foreground has ended, with a file or without.
  package mutating func ended(url: String?, succeeded: Bool) {
    guard waiting == .record else { return }
    waiting = nil
    variables["record_url"] = url.map { .string($0) }
    variables["record_result"] = Self.result(succeeded)
  }

  /// The background recording goes on. `url` is where it will be.
  package mutating func started(url: String?, controlID: String) {
    guard waiting == .recordCall else { return }
    waiting = nil
    variables["record_call_url"] = url.map { .string($0) }
    variables["record_call_result"] = Self.result(true)
    variables["record_control_id"] = .string(controlID)
  }

  /// What was played was heard.
  package mutating func played() {
    guard waiting == .play else { return }
    waiting = nil
    variables["play_result"] = Self.result(true)
  }

  package mutating func slept() {
    guard waiting == .sleep else { return }
    waiting = nil
  }

  /// The last step could not be done.
  package mutating func failed(_ reason: String) {
    guard let step = waiting else { return }
    waiting = nil
    note(reason)
    switch step {
    case .record: failRecord(.record)
    case .recordCall: failRecord(.recordCall)
    case .play: variables["play_result"] = Self.result(false)
    case .sleep: break
    }
  }

  private static func result(_ succeeded: Bool) -> JSON { .string(succeeded ? "success" : "failed") }

  /// The address of an earlier recording must not pass for this one's.
  private mutating func failRecord(_ verb: RecordingVerb) {
    let prefix = verb == .record ? "record" : "record_call"
    variables["\(prefix)_url"] = nil
    variables["\(prefix)_result"] = Self.result(false)
    if verb == .recordCall { variables["record_control_id"] = nil }
  }

  private mutating func note(_ problem: String) {
    guard failures.count < Script.mostFailures else { return }
    failures.append("\(place): \(problem)")
  }

  // MARK: Steps

  private var scope: ScriptScope { ScriptScope(variables: variables, call: call) }

  /// The step that a verb comes to; nil where the host has nothing to do.
  private mutating func take(_ verb: Verb) -> ScriptStep? {
    switch verb {
    case .answer(let limit): return answer(limit)
    case .record(let settings): return record(settings)
    case .stopRecordCall(let controlID): return stop(controlID)
    case .play(let settings): return play(settings)
    case .sleep(let milliseconds): return sleep(milliseconds)
    case .hangup(let reason): return hangup(reason)
    case .ai(let params): return converse(params)
    case .set(let members):
      for member in members { set(member) }
    case .unset(let names):
      for name in names { variables[name] = nil }
    }
    return nil
  }
}

extension ScriptRun {
  /// A call is answered even where its limit is not to be had: nobody is left ringing.
  private mutating func answer(_ limit: ScriptNumber?) -> ScriptStep {
    do throws(OptionError) {
      return .answer(maxSeconds: try limit?.value(scope).whole)
    } catch {
      note(ScriptReader.words(error))
      return .answer(maxSeconds: nil)
    }
  }

  private mutating func record(_ settings: RecordSettings) -> ScriptStep? {
    do throws(OptionError) {
      let request = try settings.request(scope, perspective)
      waiting = settings.verb == .record ? .record : .recordCall
      return settings.verb == .record ? .record(request) : .recordCall(request)
    } catch {
      note(ScriptReader.words(error))
      failRecord(settings.verb)
      return nil
    }
  }

  private mutating func stop(_ controlID: String?) -> ScriptStep? {
    guard let controlID else { return .stopRecordCall(controlID: nil) }
    do throws(OptionError) {
      return .stopRecordCall(controlID: try scope.text("control_id", controlID))
    } catch {
      note(ScriptReader.words(error))
      return nil
    }
  }

  private mutating func play(_ settings: PlaySettings) -> ScriptStep? {
    do throws(OptionError) {
      let play = try settings.play(scope)
      waiting = .play
      return .play(play)
    } catch {
      note(ScriptReader.words(error))
      variables["play_result"] = Self.result(false)
      return nil
    }
  }

  private mutating func sleep(_ milliseconds: ScriptNumber) -> ScriptStep? {
    do throws(OptionError) {
      let time = try milliseconds.value(scope).whole
      waiting = .sleep
      return .sleep(milliseconds: time < 0 ? nil : time)
    } catch {
      note(ScriptReader.words(error))
      return nil
    }
  }

  /// A call is ended even where the reason is not to be had.
  private mutating func hangup(_ reason: String?) -> ScriptStep {
    rest = []
    guard let reason else { return .hangup(.hangup) }
    do throws(OptionError) {
      return .hangup(try HangupReason(checking: scope.text("reason", reason)))
    } catch {
      note(ScriptReader.words(error))
      return .hangup(.hangup)
    }
  }

  private mutating func converse(_ params: RecordParams?) -> ScriptStep? {
    isInConversation = true
    guard let params else { return nil }
    waiting = .recordCall
    return .recordByParams(params)
  }

  private mutating func set(_ member: JSON.Member) {
    do throws(OptionError) {
      let value = try scope.value(member.name, member.value)
      guard variables[member.name] != nil || variables.count < Script.mostVariables else {
        throw OptionError("variable", given: member.name, allowed: "\(Script.mostVariables) variables")
      }
      variables[member.name] = value
    } catch {
      note(ScriptReader.words(error))
    }
  }
}

extension Double {
  /// A number that was checked to be whole and in the range of an option.
  fileprivate var whole: Int { Int(self) }
}
