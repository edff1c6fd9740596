internal import ReelAudio
package import ReelCore
package import ReelFiles

/// Finds out what to make of files and folders, and where.
///
///     var list = ConversionList(to: .folder("mp3"), .mp3)
///     try list.add("/archive/2026")                 // /archive/2026/03/a.wav → mp3/03/a.mp3
///     list.keep(shard: 2, of: 8)
///     list.jobs
package struct ConversionList {
  /// Where files are made.
  package enum Target: Hashable, Sendable {
    /// Beside their inputs.
    case beside
    /// In a folder, which gets the structure of the folders that are given.
    case folder(String)
    /// The one file.
    case file(String)
  }

  /// The endings of the names of two files that are the legs of one call.
  package struct PairEndings: Hashable, Sendable {
    package let caller: String
    package let agent: String

    package init(caller: String, agent: String) {
      self.caller = caller
      self.agent = agent
    }
  }

  /// What can't be made, and why.
  package private(set) var refusals: [FileError] = []
  private var entries: [Entry] = []
  /// All that was to be read, whatever became of it.
  private var sources: [String] = []
  /// Which input makes an output, by the bytes of its name: text that looks the same may be two names.
  private var makers: [[UInt8]: String] = [:]
  private let target: Target
  private let format: RecordingOptions.Format
  private let pairs: PairEndings?

  private struct Entry {
    let job: ConversionJob
    /// What stands for it whichever machine reads the list: the path as it was given, or from the folder given.
    let key: String
  }

  /// With `pairs` every job is made of two legs.
  package init(to target: Target, _ format: RecordingOptions.Format, pairs: PairEndings? = nil) {
    self.target = target
    self.format = format
    self.pairs = pairs
  }

  /// What is taken for sound in a folder. A file that is named by itself may end as it likes.
  private static let soundEndings: Set<String> = [
    "wav", "wave", "rf64", "w64", "mp3", "mp4", "m4a", "aac", "flac", "ogg", "oga", "opus", "aif", "aiff", "aifc", "au",
    "snd", "caf", "amr", "awb", "mka", "webm",
  ]

  /// Adds a file, or all of a folder. A file goes straight into the target folder, unless it keeps its place: then it
  /// goes into folders there as its path names them.
  package mutating func add(_ path: String, keepsPlace: Bool = false) throws(FileError) {
    guard let identity = FileIdentity(of: path) else { throw FileError(path, cannotBe: "opened") }
    guard identity.isFolder else {
      return add([Found(path: path, key: path, place: keepsPlace ? Self.place(path) : Self.name(path))])
    }
    var except: FileIdentity?
    if case .folder(let folder) = target { except = FileIdentity(of: folder) }
    let root = path.hasSuffix("/") ? String(path.dropLast()) : path
    let found = Folder.files(in: root.isEmpty ? "/" : root, except: except)
    refusals += found.failures
    add(found.files.filter(Self.isSound).map { Found(path: "\(root)/\($0)", key: $0, place: $0) })
  }

  /// Adds a call by its two legs.
  package mutating func add(caller: String, agent: String) {
    append(ConversionJob([caller, agent], to: output(of: caller, place: Self.name(caller), dropping: "")), key: caller)
  }

  /// Takes out what would replace a file that is to be read itself, whatever its name: another file of the list may not
  /// have been read yet, and nobody has it elsewhere. To be called when all is added.
  package mutating func refuseInputsAsOutputs() {
    let inputs = Set(sources.compactMap(FileIdentity.init(of:)))
    var kept: [Entry] = []
    for entry in entries {
      let (first, output) = (entry.job.inputs[0], entry.job.output)
      let own = FileIdentity(of: output)
      let isOwnInput = own != nil && entry.job.inputs.contains { FileIdentity(of: $0) == own }
      // Of a file that would make itself, whoever is to make it tells.
      if let own, inputs.contains(own), !isOwnInput {
        refusals.append(FileError(first, "would replace \(output), which is to be read too; allowed: another place"))
      } else {
        kept.append(entry)
      }
    }
    entries = kept
  }

  /// Keeps one of so many shares, counted from 1. Which share a file is in depends on its name alone.
  package mutating func keep(shard: Int, of count: Int) {
    entries = entries.filter { Int(Self.hash($0.key) % UInt64(count)) == shard - 1 }
  }

  package var jobs: [ConversionJob] { entries.map(\.job) }

  // MARK: Inside

  private struct Found {
    let path: String
    let key: String
    /// Where it goes below the target folder, with its old ending.
    let place: String
  }

  private mutating func add(_ files: [Found]) {
    guard let pairs else {
      for file in files {
        append(ConversionJob([file.path], to: output(of: file.path, place: file.place, dropping: "")), key: file.key)
      }
      return
    }
    let agents = Dictionary(grouping: files) { Self.stem($0.path) }
    var used: Set<String> = []
    for file in files {
      let stem = Self.stem(file.path)
      guard stem.hasSuffix(pairs.caller) else { continue }
      let partner = String(stem.dropLast(pairs.caller.count)) + pairs.agent
      guard let agent = agents[partner]?.first else {
        refusals.append(FileError(file.path, "has no agent's leg \(Self.name(partner)) beside it"))
        continue
      }
      used.insert(agent.path)
      let output = output(of: file.path, place: file.place, dropping: pairs.caller)
      append(ConversionJob([file.path, agent.path], to: output), key: file.key)
    }
    for file in files where Self.stem(file.path).hasSuffix(pairs.agent) && !used.contains(file.path) {
      refusals.append(FileError(file.path, "has no caller's leg beside it"))
    }
  }

  private mutating func append(_ job: ConversionJob, key: String) {
    sources += job.inputs
    let name = Array(job.output.utf8)
    // What would make itself is told later, or skipped, and keeps nobody from making it.
    if !job.inputs.contains(where: { $0.utf8.elementsEqual(job.output.utf8) }) {
      if let other = makers[name] {
        refusals.append(FileError(job.inputs[0], "would make \(job.output), which \(other) makes already"))
        return
      }
      makers[name] = job.inputs[0]
    }
    entries.append(Entry(job: job, key: key))
  }

  private func output(of path: String, place: String, dropping ending: String) -> String {
    func renamed(_ path: String) -> String { Self.stem(path).dropLast(ending.count) + "." + format.rawValue }
    return switch target {
    case .file(let file): file
    case .folder(let folder): "\(folder)/\(renamed(place))"
    case .beside: renamed(path)
    }
  }

  /// The path as it can stand below another folder. What leads out of that has its name alone.
  private static func place(_ path: String) -> String {
    let parts = path.split(separator: "/").filter { $0 != "." }
    return parts.contains("..") ? name(path) : parts.joined(separator: "/")
  }

  private static func name(_ path: String) -> String {
    FileNames.parted(path).name
  }

  /// The path without the ending of the file's name.
  private static func stem(_ path: String) -> String {
    let name = name(path)
    guard let dot = name.lastIndex(of: "."), dot != name.startIndex else { return path }
    return String(path.dropLast(name[dot...].count))
  }

  private static func isSound(_ path: String) -> Bool {
    let name = name(path)
    let ending = name.split(separator: ".").dropFirst().last.map { $0.lowercased() }
    // A part is somebody's recording that goes on, or that `recover` is to close.
    return ending.map(soundEndings.contains) == true && !stem(name).hasSuffix(".part")
  }

  /// FNV-1a of 64 bits: the same on every machine, as Swift's own is not.
  private static func hash(_ text: String) -> UInt64 {
    text.utf8.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
  }
}
