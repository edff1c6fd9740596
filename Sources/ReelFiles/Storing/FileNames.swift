package import ReelCore

/// The names that a recording's files have in their folder, while they are made and afterwards.
///
///     call.mp3               the finished file
///     call.part.mp3          the file while it is made
///     call.reel.json         the manifest of all files called `call`
///     call.part.reel.json    the journal that it is made of
///     .call.part.mp3.new     any of them before its first bytes are written
package struct FileNames: Hashable, Sendable {
  let folder: String
  let stem: String

  /// Of a finished file's path; nil for one that can't be a recording's.
  init?(_ path: String, format: RecordingOptions.Format) {
    let (folder, name) = Self.parted(path)
    let ending = "." + format.rawValue
    guard name.hasSuffix(ending) else { return nil }
    self.init(folder: folder, stem: String(name.dropLast(ending.count)))
  }

  init?(folder: String, stem: String) {
    guard !stem.isEmpty, stem.utf8.first != UInt8(ascii: "."), !stem.hasSuffix(".part"),
      stem.utf8.count <= Self.longestStem, !(folder + stem).unicodeScalars.contains(where: Self.isControl)
    else { return nil }
    self.folder = folder
    self.stem = stem
  }

  /// File systems allow 255 bytes; what is put round the stem has less than 55.
  static let longestStem = 200

  static func rule(_ format: RecordingOptions.Format) -> String {
    "a file that ends in .\(format.rawValue), whose name has no control characters, does not begin with a dot, "
      + "does not end in .part and has at most \(longestStem) bytes"
  }

  var journal: String { path(stem + Self.journalEnding) }
  var manifest: String { path(stem + Self.manifestEnding) }

  func part(_ fileName: String) -> String { path(stem + ".part" + fileName.dropFirst(stem.count)) }
  func finished(_ fileName: String) -> String { path(fileName) }
  func fileName(_ format: RecordingOptions.Format) -> String { stem + "." + format.rawValue }

  /// A name beside `path` for what is not whole yet. Players and listings pass over it.
  static func hidden(_ path: String) -> String {
    let (folder, name) = parted(path)
    return folder + "/." + name + hiddenEnding
  }

  /// A journal that can't be read, where nobody takes it for one.
  var damagedJournal: String { path(stem + ".reel.damaged") }

  static let journalEnding = ".part.reel.json"
  static let manifestEnding = ".reel.json"
  static let hiddenEnding = ".new"

  private func path(_ name: String) -> String { folder + "/" + name }

  /// A path's folder, which is `.` where it names none, and what follows it.
  package static func parted(_ path: String) -> (folder: String, name: String) {
    guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return (".", path) }
    let folder = path[..<slash]
    return (folder.isEmpty ? "/." : String(folder), String(path[path.utf8.index(after: slash)...]))
  }

  /// Text with what would upset a terminal or a log shown as a question mark.
  package static func printable(_ text: String) -> String {
    String(String.UnicodeScalarView(text.unicodeScalars.map { isControl($0) ? "?" : $0 }))
  }

  /// What moves the cursor, breaks the line or turns the direction of writing round.
  private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .control, .lineSeparator, .paragraphSeparator: true
    default: scalar.properties.isBidiControl
    }
  }
}

extension RecordingOptions.Format {
  /// As a name's ending says.
  package init?(endingOf path: String) {
    let ending = path.split(separator: "/").last?.split(separator: ".").dropFirst().last
    guard let ending, let format = RecordingOptions.Format(rawValue: String(ending)) else { return nil }
    self = format
  }
}

/// A file's name that is made of what a caller sent, and so of anything.
///
///     try RecordingName("../../etc/passwd")    // call_id is ../../etc/passwd; allowed: …
package struct RecordingName: Hashable, Sendable {
  package let text: String
  package static let longestBytes = FileNames.longestStem

  package init(_ text: String, field: String = "call_id") throws(OptionError) {
    guard !text.utf8.contains(UInt8(ascii: "/")), FileNames(folder: ".", stem: text) != nil else {
      throw OptionError(
        field, given: FileNames.printable(text),
        allowed: "1 to \(FileNames.longestStem) bytes with no slash or control character, that neither begin with a "
          + "dot nor end in .part")
    }
    self.text = text
  }
}
