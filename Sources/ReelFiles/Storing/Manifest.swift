internal import ReelAudio
internal import ReelCore

/// What `NAME.reel.json` says of the files called NAME: whose recording they are, what every sample in them is, and
/// how to know that they are still what was written.
///
///     {
///       "reel_manifest": 1,                        the version of this form
///       "recording_id": "…", "call_id": "…", "control_id": null,
///       "legs": ["caller", "agent"],
///       "start_time": "2026-11-21T08:00:00.000000Z", "start_microseconds": 1795248000000000,
///       "state": "finished",                       finished, no_input, error, or recovered: its end is not known
///       "reason": "stopped",
///       "recovered": false,                        whether a crash came before it was closed
///       "end_time": …, "end_microseconds": …,      null when recovered
///       "rate": 8000, "samples": 80000,            of the timeline
///       "sums": {"timeline": …, "paused": …, "skipped": …, "speech": …,
///                "caller": {"real": …, "filled": …, "paused": …, "dropped": …, "late": …}, "agent": {…}},
///       "spans": {"caller": [["real", 0, 80000]], "agent": [["filled", 0, 400], ["real", 400, 79600]]},
///       "files": [{"name": "call.wav", "format": "wav", "rate": 8000, "channels": 2, "samples": 80000,
///                  "delay": 0, "padding": 0, "bytes": 320136, "sha256": "…", "failure": null}]
///     }
///
/// A span is its kind, its start and its length in samples of the timeline; one that a pause took out has length 0 and
/// a fourth number, the samples that are not there. `sums` is null when recovered: speech and lateness can't be told
/// afterwards. `delay` and `padding` are samples of the codec's before and after the recording's.
struct Manifest: Hashable {
  var identity: RecordingIdentity
  var state: State
  var reason: String
  var isRecovered: Bool
  var end: WallTime?
  var rate: SampleRate
  var samples: Int
  var sums: TimelineSums?
  var spans: [Leg: [Span]]
  var files: [File]

  static let version = 1

  enum State: String, Hashable {
    case finished
    case noInput = "no_input"
    case error
    case recovered
  }

  struct Span: Hashable {
    var kind: SpanKind
    var start: Int
    var count: Int
    var skipped: Int
  }

  struct File: Hashable {
    var name: String
    var format: RecordingOptions.Format
    var audio: SealedAudio
    var byteCount: Int
    var sha256: String
    /// Why it is not all that it should be, if so.
    var failure: String?
  }
}

extension Manifest {
  /// One member a line, for people.
  var text: String {
    guard case .object(let members) = json else { return "" }
    return "{\n" + members.map { "  \(JSON.string($0.name)): \($0.value)" }.joined(separator: ",\n") + "\n}\n"
  }

  private var json: JSON {
    let spans = Leg.allCases.compactMap { leg in
      self.spans[leg].map { JSON.Member(leg.rawValue, .array($0.map(\.json))) }
    }
    return .object(
      [.init("reel_manifest", .number(Double(Self.version)))] + identity.members + [
        .init("state", .string(state.rawValue)), .init("reason", .string(reason)),
        .init("recovered", .bool(isRecovered)), .init("end_time", end.map { .string("\($0)") } ?? .null),
        .init("end_microseconds", end.map { .number(Double($0.microseconds)) } ?? .null),
        .init("rate", .number(Double(rate.hz))), .init("samples", .number(Double(samples))),
        .init("sums", sums?.json ?? .null), .init("spans", .object(spans)), .init("files", .array(files.map(\.json))),
      ])
  }

  /// Nil for what is no manifest of this version.
  init?(_ json: JSON) {
    guard json["reel_manifest"]?.integer == Self.version, let identity = RecordingIdentity(json),
      let state = json["state"]?.text.flatMap(State.init(rawValue:)), let reason = json["reason"]?.text,
      case .bool(let isRecovered)? = json["recovered"],
      let rate = json["rate"]?.integer.flatMap(SampleRate.init(hz:)), let samples = json["samples"]?.amount,
      case .object(let spans)? = json["spans"], let files = json["files"]?.array
    else { return nil }
    self.identity = identity
    self.state = state
    self.reason = reason
    self.isRecovered = isRecovered
    end = json["end_microseconds"]?.integer.map { WallTime(microseconds: Int64($0)) }
    self.rate = rate
    self.samples = samples
    sums = json["sums"].flatMap(TimelineSums.init)
    self.spans = [:]
    for member in spans {
      guard let leg = Leg(rawValue: member.name), let rows = member.value.array else { return nil }
      let read = rows.compactMap(Span.init)
      guard read.count == rows.count else { return nil }
      self.spans[leg] = read
    }
    self.files = files.compactMap(File.init)
    guard self.files.count == files.count else { return nil }
  }
}

extension Manifest {
  /// Reads the manifest of the files of those names; nil where there is none.
  init?(of names: FileNames) throws(FileError) {
    guard Disk.exists(names.manifest) else { return nil }
    let bytes = try DiskFile(names.manifest, .reading).allBytes()
    do {
      guard let manifest = Manifest(try JSON(utf8: bytes)) else {
        throw FileError(names.manifest, "is no manifest of version \(Self.version)")
      }
      self = manifest
    } catch let error as FileError {
      throw error
    } catch {
      throw FileError(names.manifest, "is \(error)")
    }
  }
}

extension Manifest.Span {
  init(_ span: LedgerSpan) {
    self.init(kind: span.kind, start: span.start, count: span.count, skipped: span.skipped)
  }

  fileprivate var json: JSON {
    let numbers = [start, count] + (skipped > 0 ? [skipped] : [])
    return .array([.string(kind.rawValue)] + numbers.map { .number(Double($0)) })
  }

  fileprivate init?(_ json: JSON) {
    guard let row = json.array, row.count == 3 || row.count == 4,
      let kind = row[0].text.flatMap(SpanKind.init(rawValue:)), let start = row[1].amount, let count = row[2].amount
    else { return nil }
    guard let skipped = row.count == 4 ? row[3].amount : 0 else { return nil }
    self.init(kind: kind, start: start, count: count, skipped: skipped)
  }
}

extension Manifest.File {
  fileprivate var json: JSON {
    .object([
      .init("name", .string(name)), .init("format", .string(format.rawValue)),
      .init("rate", .number(Double(audio.hz))), .init("channels", .number(Double(audio.channels))),
      .init("samples", .number(Double(audio.samples))), .init("delay", .number(Double(audio.delay))),
      .init("padding", .number(Double(audio.padding))), .init("bytes", .number(Double(byteCount))),
      .init("sha256", .string(sha256)), .init("failure", failure.map(JSON.string) ?? .null),
    ])
  }

  fileprivate init?(_ json: JSON) {
    guard let name = json["name"]?.text, !name.contains("/"),
      let format = json["format"]?.text.flatMap(RecordingOptions.Format.init(rawValue:)),
      let hz = json["rate"]?.amount, SampleRate(hz: hz) != nil, let channels = json["channels"]?.amount,
      let samples = json["samples"]?.amount,
      let delay = json["delay"]?.amount, let padding = json["padding"]?.amount, let bytes = json["bytes"]?.amount,
      let hash = json["sha256"]?.text
    else { return nil }
    self.name = name
    self.format = format
    audio = SealedAudio(hz: hz, channels: channels, samples: samples, delay: delay, padding: padding)
    byteCount = bytes
    sha256 = hash
    failure = json["failure"]?.text
  }
}
