internal import ReelAudio
internal import ReelCore

/// What is written down of a recording while it is made, a line of JSON each: first whose it is and which files it
/// makes, then that they are there, then the marks of its ledger, each before the samples that it speaks of, last how
/// it ended.
///
/// The manifest is made of it, after a crash as after any other end, so there is one way to close a recording. As long
/// as the journal is there, the recording is not closed.
struct Journal {
  var head: Head
  var marks: [LedgerMark] = []
  var ending: RecordingEnding?
  /// Whether every part was made. Before that nothing is recorded.
  private(set) var hasBegun = false
  /// Files of which it is written down that their parts were being finished. Where an older file of the same name was
  /// to be replaced, the name alone does not tell whose it is.
  private(set) var finishing: Set<String> = []

  /// What stands for the journal itself among the files that failed.
  static let failureName = "journal"

  /// The version of the lines' form.
  static let version = 1

  struct Head: Hashable {
    var identity: RecordingIdentity
    var rate: SampleRate
    var files: [File]
    /// Whether finished files of these names may be replaced.
    var replaces = false
  }

  struct File: Hashable {
    var name: String
    var format: RecordingOptions.Format
    /// Samples a second.
    var rate: SampleRate
  }

  init(head: Head) {
    self.head = head
  }

  /// Reads as many lines as are whole: the last may be torn. Nil for what is no journal of that name; one that another
  /// version of Reel wrote is an error, for it is somebody's.
  init?(_ bytes: [UInt8], of names: FileNames) throws(FileError) {
    let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).dropLast()
    guard let first = lines.first, let json = try? JSON(utf8: Array(first)) else { return nil }
    if let version = json["reel_journal"]?.integer, version != Self.version {
      throw FileError(names.journal, "is a journal of version \(version); allowed: \(Self.version)")
    }
    guard let head = Head(json), head.files.allSatisfy({ $0.name == names.fileName($0.format) }) else { return nil }
    self.head = head
    for line in lines.dropFirst() {
      guard let json = try? JSON(utf8: Array(line)) else { return }
      if let mark = LedgerMark(json), (marks.last { $0.leg == mark.leg }?.start ?? 0) <= mark.start {
        marks.append(mark)
      } else if let ending = RecordingEnding(json) {
        self.ending = ending
        finishing = Set(head.files.map(\.name))
      } else if json["begun"] == .bool(true) {
        hasBegun = true
      } else if let names = json["finishing"]?.array {
        finishing.formUnion(names.compactMap(\.text))
      } else {
        return
      }
    }
  }

  static let begunLine = line(.object([.init("begun", .bool(true))]))

  /// Says that parts are about to get their final names, where no ending says so.
  static func finishingLine(_ names: [String]) -> [UInt8] {
    line(.object([.init("finishing", .array(names.map(JSON.string)))]))
  }

  static func line(_ json: JSON) -> [UInt8] { Array("\(json)\n".utf8) }
}

// MARK: JSON

extension Journal.Head {
  var json: JSON {
    let files = files.map { file in
      JSON.object([
        .init("name", .string(file.name)), .init("format", .string(file.format.rawValue)),
        .init("rate", .number(Double(file.rate.hz))),
      ])
    }
    return .object(
      [.init("reel_journal", .number(Double(Journal.version)))] + identity.members + [
        .init("rate", .number(Double(rate.hz))), .init("files", .array(files)), .init("replaces", .bool(replaces)),
      ])
  }

  init?(_ json: JSON) {
    guard json["reel_journal"]?.integer == Journal.version, let identity = RecordingIdentity(json),
      let rate = json["rate"]?.integer.flatMap(SampleRate.init(hz:)), let files = json["files"]?.array
    else { return nil }
    self.identity = identity
    self.rate = rate
    replaces = json["replaces"] == .bool(true)
    self.files = []
    for file in files {
      guard let name = file["name"]?.text, !name.contains("/"),
        let format = file["format"]?.text.flatMap(RecordingOptions.Format.init(rawValue:)),
        let rate = file["rate"]?.integer.flatMap(SampleRate.init(hz:))
      else { return nil }
      self.files.append(Journal.File(name: name, format: format, rate: rate))
    }
  }
}

extension RecordingIdentity {
  var members: [JSON.Member] {
    [
      .init("recording_id", .string(recordingID)), .init("call_id", .string(callID)),
      .init("control_id", controlID.map(JSON.string) ?? .null),
      .init("legs", .array(Leg.allCases.filter(legs.contains).map { .string($0.rawValue) })),
      .init("start_time", .string("\(start)")), .init("start_microseconds", .number(Double(start.microseconds))),
    ]
  }

  init?(_ json: JSON) {
    guard let recordingID = json["recording_id"]?.text, let callID = json["call_id"]?.text,
      let names = json["legs"]?.array?.map(\.text), let start = json["start_microseconds"]?.integer
    else { return nil }
    let legs: Legs
    switch names {
    case ["caller"]: legs = .caller
    case ["agent"]: legs = .agent
    case ["caller", "agent"]: legs = .both
    default: return nil
    }
    self.init(
      callID: callID, recordingID: recordingID, controlID: json["control_id"]?.text,
      start: WallTime(microseconds: Int64(start)), legs: legs)
  }
}

extension JSON {
  /// An amount of samples, or of bytes or sides: bounded, so that it can be reckoned with.
  var amount: Int? { count(upTo: SealedAudio.mostSamples) }
}

extension LedgerMark {
  var json: JSON {
    .object(
      [
        .init("leg", .string(leg.rawValue)), .init("kind", .string(kind.rawValue)),
        .init("start", .number(Double(start))),
      ] + (skipped > 0 ? [.init("skipped", .number(Double(skipped)))] : []))
  }

  init?(_ json: JSON) {
    guard let leg = json["leg"]?.text.flatMap(Leg.init(rawValue:)),
      let kind = json["kind"]?.text.flatMap(SpanKind.init(rawValue:)), let start = json["start"]?.amount
    else { return nil }
    self.init(leg, kind, start: start, skipped: json["skipped"]?.amount ?? 0)
  }
}

extension RecordingEnding {
  var json: JSON {
    .object([
      .init("ended", .string(outcome.rawValue)), .init("reason", .string(reason)),
      .init("end_microseconds", .number(Double(time.microseconds))), .init("samples", .number(Double(samples))),
      .init("sums", sums?.json ?? .null),
      .init(
        "failures",
        .object(failures.sorted { $0.key < $1.key }.map { JSON.Member($0.key, .string($0.value)) })),
    ])
  }

  init?(_ json: JSON) {
    guard let outcome = json["ended"]?.text.flatMap(EndReason.Outcome.init(rawValue:)),
      let reason = json["reason"]?.text, let time = json["end_microseconds"]?.integer,
      let samples = json["samples"]?.amount, case .object(let failures)? = json["failures"]
    else { return nil }
    self.outcome = outcome
    self.reason = reason
    self.time = WallTime(microseconds: Int64(time))
    self.samples = samples
    sums = json["sums"].flatMap(TimelineSums.init)
    for failure in failures { self.failures[failure.name] = failure.value.text }
  }
}

extension TimelineSums {
  var json: JSON {
    func number(_ name: String, _ value: Int) -> JSON.Member { .init(name, .number(Double(value))) }
    func leg(_ name: String, _ sums: LegSums) -> JSON.Member {
      .init(
        name,
        .object([
          number("real", sums.real), number("filled", sums.filled), number("paused", sums.paused),
          number("dropped", sums.dropped), number("late", sums.late),
        ]))
    }
    return .object([
      number("timeline", timeline), number("paused", paused), number("skipped", skipped), number("speech", speech),
      leg("caller", caller), leg("agent", agent),
    ])
  }

  init?(_ json: JSON) {
    self.init()
    guard let timeline = json["timeline"]?.amount, let paused = json["paused"]?.amount,
      let skipped = json["skipped"]?.amount, let speech = json["speech"]?.amount,
      let caller = json["caller"].flatMap(LegSums.init), let agent = json["agent"].flatMap(LegSums.init)
    else { return nil }
    self.timeline = timeline
    self.paused = paused
    self.skipped = skipped
    self.speech = speech
    self.caller = caller
    self.agent = agent
  }
}

extension LegSums {
  fileprivate init?(_ json: JSON) {
    self.init()
    guard let real = json["real"]?.amount, let filled = json["filled"]?.amount, let paused = json["paused"]?.amount,
      let dropped = json["dropped"]?.amount, let late = json["late"]?.amount
    else { return nil }
    self.real = real
    self.filled = filled
    self.paused = paused
    self.dropped = dropped
    self.late = late
  }
}
