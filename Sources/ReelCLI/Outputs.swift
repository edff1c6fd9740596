internal import Glibc
internal import ReelCore
internal import ReelFiles

/// How an encoder is to go about it, where its own way is not wanted.
struct Coding {
  var bitrate: Int?
  var quality: Int?

  func codec(_ format: RecordingOptions.Format) -> Codec {
    switch format {
    case .wav: .wav()
    case .mp3: .mp3(.constant(kilobits: bitrate), quality: quality ?? 5)
    case .mp4: .mp4(kilobits: bitrate)
    }
  }

  /// Throws for what no format in use has.
  func check(_ formats: [RecordingOptions.Format]) throws {
    if bitrate != nil, !formats.contains(where: { $0 != .wav }) {
      throw UsageError(problem: "--bitrate is for MP3 and MP4; a WAV has the bit rate of its samples")
    }
    if quality != nil, !formats.contains(.mp3) { throw UsageError(problem: "--quality is for MP3 alone") }
  }
}

/// The files that a command is to make.
struct Outputs {
  let renditions: [Rendition]
  /// Where what goes to standard output is made.
  let spool: SpoolFolder?

  var goesToStandardOutput: Bool { spool != nil }

  /// - `format` is that of the first, if it was said; it must agree with the name.
  init(_ paths: [String], format: RecordingOptions.Format?, layout: Rendition.Layout, coding: Coding) throws {
    var spool: SpoolFolder?
    var renditions: [Rendition] = []
    for (index, path) in paths.enumerated() {
      let stated = index == 0 ? format : nil
      if path == "-" {
        guard spool == nil else { throw UsageError(problem: "-o is - twice; allowed: once") }
        let format = stated ?? .wav
        let folder = SpoolFolder(format)
        spool = folder
        renditions.append(Rendition(folder.path, coding.codec(format), layout))
        continue
      }
      guard let ending = RecordingOptions.Format(endingOf: path) else {
        throw UsageError(problem: "-o is \(path); allowed: a file that ends in .wav, .mp3 or .mp4")
      }
      if let stated, stated != ending {
        throw UsageError(
          problem: "-o is \(path); allowed with --format \(stated.rawValue): a file that ends in .\(stated.rawValue)")
      }
      renditions.append(Rendition(path, coding.codec(ending), layout))
    }
    try coding.check(renditions.map(\.codec.format))
    self.renditions = renditions
    self.spool = spool
  }
}

/// A folder of its own for a file that goes to standard output when it is whole: what is at its front is known last.
final class SpoolFolder {
  private let base: String
  private let folder: String
  let path: String

  init(_ format: RecordingOptions.Format) {
    base = Folder.temporary
    folder = "\(base)/reel-\(UUIDText.random())"
    path = "\(folder)/output.\(format.rawValue)"
  }

  /// Makes the folder. Whoever calls it holds interruptions, for one that ends the process would leave it.
  func make() throws {
    // Sound: the name outlives the call.
    guard unsafe mkdir(folder, 0o700) == 0 else { throw FileError(base, "can't be written in, for standard output") }
  }

  deinit {
    Folder.remove(folder)
  }

  func copyToStandardOutput() throws {
    try WholeFile.readBlocks(of: path) { Console.write($0) }
  }
}

/// Files that commands take.
enum Input {
  static let standard = InputFile.standardInput

  /// The file's path; of `-`, standard input's.
  static func path(_ word: String) -> String { word == "-" ? standard : word }

  /// Throws where an output is one of the inputs, whatever it is called, or can't be a file where it is to be.
  static func refuseOutputs(_ outputs: [String], among inputs: [String], option: String = "-o") throws {
    let known = inputs.map { ($0, FileIdentity(of: $0)) }
    for output in outputs {
      guard let identity = FileIdentity(of: output) else { continue }
      guard !identity.isFolder else { throw UsageError(problem: "\(option) is \(output), a folder; allowed: a file") }
      guard identity.isPlain else {
        throw UsageError(problem: "\(option) is \(output), a pipe or a device; allowed: a file")
      }
      if let input = known.first(where: { $0.1 == identity }) {
        throw UsageError(problem: "\(option) is \(output), which is the input \(input.0); allowed: another file")
      }
    }
    try refuseDoubles(outputs)
  }

  /// Throws where a folder is missing, where one file is called twice, or where files of one folder could not have one
  /// manifest because the folder goes by two names.
  private static func refuseDoubles(_ outputs: [String]) throws {
    var folders: [FileIdentity: String] = [:]
    var files: Set<[UInt8]> = []
    for output in outputs {
      let parts = output.split(separator: "/", omittingEmptySubsequences: false)
      let folder = parts.count == 1 ? "." : parts.dropLast().joined(separator: "/")
      guard let place = FileIdentity(of: folder + "/") else { throw FileError(output, cannotBe: "created") }
      if let other = folders.updateValue(folder, forKey: place), other != folder {
        throw UsageError(problem: "-o calls one folder \(other) and \(folder); allowed: one name for each")
      }
      guard files.insert(Array("\(folder)/\(parts[parts.count - 1])".utf8)).inserted else {
        throw UsageError(problem: "-o is \(output) twice; allowed: each file once")
      }
    }
  }
}
