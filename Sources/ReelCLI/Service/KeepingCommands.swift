internal import Glibc
internal import ReelCore
internal import ReelFiles
internal import ReelServer

/// What the commands that look into a service's folder have in common: the service may be serving meanwhile.
enum KeepingOptions {
  static let data = CommandOption(
    "--data", kind: .folder, "the service's folder; reel-data here unless set")
  static let json = Flag("--json", help: "print a line of JSON for each")

  static func folder(_ arguments: Arguments) -> String {
    arguments[data] ?? ServiceConfiguration().dataFolder
  }

  static func catalogue(_ folder: String) throws -> Catalogue {
    var configuration = ServiceConfiguration()
    configuration.dataFolder = folder
    let path = configuration.catalogueFile
    guard FileIdentity(of: path) != nil else { throw FileError(path, "is not there: this is no service's folder") }
    return try Catalogue(path)
  }

  static let ids = Declaration.Operands(
    placeholder: "ID", help: "a recording's id, or an event's", isRequired: true, completion: .nothing)

  /// Whoever types, for the audit log.
  static var user: String { "user \(getuid())" }
}

/// `reel events list`
struct EventsListCommand: Command {
  private let folder: String
  private let recordings: [String]
  private let printsJSON: Bool

  /// More than anybody reads; the newest.
  private static let most = 10_000

  static let declaration = Declaration(
    name: "events list", summary: "show what a service told, or has yet to tell",
    operands: .init(
      placeholder: "ID", help: "recordings, by their ids; all unless given", isRequired: false, completion: .nothing),
    sections: [.init(title: "which", options: [KeepingOptions.data.spec, KeepingOptions.json.spec])],
    examples: ["reel events list --data /var/lib/reel"])

  init(_ arguments: Arguments) {
    folder = KeepingOptions.folder(arguments)
    recordings = arguments.operands
    printsJSON = arguments.has(KeepingOptions.json)
  }

  func run() async throws {
    let catalogue = try KeepingOptions.catalogue(folder)
    let ids: [String?] = recordings.isEmpty ? [nil] : recordings
    for id in ids {
      for event in try catalogue.events(recordingID: id, limit: Self.most) { Console.write(line(event)) }
    }
  }

  private func line(_ event: EventRow) -> String {
    guard printsJSON else {
      let error = event.lastError.map { ", \($0)" } ?? ""
      return "\(event.createdAt) \(event.id) \(event.recordingID) \(event.state.rawValue) "
        + "after \(event.attempts) attempts\(error): \(event.url)\n"
    }
    let members: [JSON.Member] = [
      .init("id", .string(event.id)), .init("recording_id", .string(event.recordingID)),
      .init("state", .string(event.state.rawValue)), .init("url", .string(event.url)),
      .init("created_at", .string("\(event.createdAt)")), .init("attempts", .number(Double(event.attempts))),
      .init("last_error", event.lastError.map { .string($0) } ?? .null), .init("body", .string(event.body)),
    ]
    return "\(JSON.object(members))\n"
  }
}

/// `reel events replay`
struct EventsReplayCommand: Command {
  private let folder: String
  private let ids: [String]

  static let declaration = Declaration(
    name: "events replay", summary: "tell again what a service has told", operands: KeepingOptions.ids,
    sections: [.init(title: "where", options: [KeepingOptions.data.spec])],
    discussion: [
      "The events of a recording, or one event, go out again in their order, with their ids: by the service that "
        + "serves now, or by the next one."
    ],
    examples: ["reel events replay 4f7c… --data /var/lib/reel"])

  init(_ arguments: Arguments) {
    folder = KeepingOptions.folder(arguments)
    ids = arguments.operands
  }

  func run() async throws {
    let catalogue = try KeepingOptions.catalogue(folder)
    var isAll = true
    for id in ids {
      let count = try catalogue.replay(id)
      isAll = isAll && count > 0
      if count == 0 {
        Console.complain("\(FileNames.printable(id)) is no event's id and no recording's that has events")
      }
      if count > 0 { Console.write("\(id): \(count) \(count == 1 ? "event waits" : "events wait") to be told again\n") }
    }
    if !isAll { throw Unsound() }
  }
}

/// `reel hold`
struct HoldCommand: Command {
  private let folder: String
  private let ids: [String]
  private let releases: Bool

  private static let release = Flag("--release", help: "let them be deleted again")

  static let declaration = Declaration(
    name: "hold", summary: "keep recordings of a service from being deleted",
    operands: .init(placeholder: "ID", help: "a recording's id", isRequired: true, completion: .nothing),
    sections: [.init(title: "how", options: [KeepingOptions.data.spec, release.spec])],
    discussion: [
      "Neither retention nor a client's DELETE touches what is held. Who held it and when is in the audit log."
    ],
    examples: ["reel hold 4f7c… --data /var/lib/reel", "reel hold --release 4f7c…"])

  init(_ arguments: Arguments) {
    folder = KeepingOptions.folder(arguments)
    ids = arguments.operands
    releases = arguments.has(Self.release)
  }

  func run() async throws {
    let catalogue = try KeepingOptions.catalogue(folder)
    var isAll = true
    for id in ids {
      let isThere = try catalogue.hold(id, !releases, actor: KeepingOptions.user)
      isAll = isAll && isThere
      if !isThere { Console.complain("\(FileNames.printable(id)) is no recording's id") }
    }
    if !isAll { throw Unsound() }
  }
}

/// `reel retention`
struct RetentionCommand: Command {
  private let configuration: ServiceConfiguration
  private let isDryRun: Bool

  private static let file = CommandOption(
    "--config", kind: .file, "the service's configuration, whose rules hold", isRequired: true)
  private static let dryRun = Flag("--dry-run", help: "say what would be deleted, and delete nothing")

  static let declaration = Declaration(
    name: "retention", summary: "delete what a service need not keep any longer",
    sections: [.init(title: "how", options: [file.spec, KeepingOptions.data.spec, dryRun.spec])],
    discussion: [
      "A service does it by itself, once an hour. What is held stays. Each deletion is in the audit log, with the rule."
    ],
    examples: ["reel retention --config /etc/reel.json --dry-run"])

  init(_ arguments: Arguments) throws {
    var configuration = ServiceConfiguration()
    if let file = arguments[Self.file] {
      do { try configuration.read(file: file) } catch { throw UsageError(problem: "\(error)") }
    }
    configuration.dataFolder = arguments[KeepingOptions.data] ?? configuration.dataFolder
    self.configuration = configuration
    isDryRun = arguments.has(Self.dryRun)
  }

  func run() async throws {
    let deleted = try Retention.run(
      try KeepingOptions.catalogue(configuration.dataFolder), folder: configuration.recordingsFolder,
      rules: configuration.retention, at: .now(), isDryRun: isDryRun)
    for one in deleted {
      let verb = one.failure.map { "could not be deleted, for it \($0)" } ?? (isDryRun ? "would be deleted" : "deleted")
      Console.write("\(one.recordingID) \(verb): \(one.reason)\n")
    }
    if deleted.contains(where: { $0.failure != nil }) { throw Unsound() }
  }
}

/// `reel audit`
struct AuditCommand: Command {
  private let folder: String
  private let ids: [String]

  private static let most = 100_000

  static let declaration = Declaration(
    name: "audit", summary: "show who fetched, held or deleted a service's recordings",
    operands: .init(
      placeholder: "ID", help: "recordings, by their ids; all unless given", isRequired: false, completion: .nothing),
    sections: [.init(title: "where", options: [KeepingOptions.data.spec])],
    examples: ["reel audit --data /var/lib/reel"])

  init(_ arguments: Arguments) {
    folder = KeepingOptions.folder(arguments)
    ids = arguments.operands
  }

  func run() async throws {
    let catalogue = try KeepingOptions.catalogue(folder)
    let ids: [String?] = self.ids.isEmpty ? [nil] : self.ids
    for id in ids {
      for entry in try catalogue.auditEntries(recordingID: id, limit: Self.most) {
        let place = entry.peer.isEmpty ? "" : " from \(entry.peer)"
        let detail = entry.detail.isEmpty ? "" : ": \(entry.detail)"
        Console.write("\(entry.at) \(entry.recordingID) \(entry.action.rawValue) by \(entry.actor)\(place)\(detail)\n")
      }
    }
  }
}
