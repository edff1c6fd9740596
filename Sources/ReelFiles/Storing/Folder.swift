internal import Glibc

/// The names in a folder. The wall round the system's way to list them.
package enum Folder {
  /// Where what is needed for a while only is to be made.
  package static var temporary: String {
    // Sound: the text is copied at once.
    unsafe getenv("TMPDIR").map { unsafe String(cString: $0) } ?? "/tmp"
  }

  /// In order, without the folder itself and the one that it is in; nil where it can't be listed, for errno's reason.
  package static func names(_ path: String) -> [String]? {
    guard let directory = unsafe opendir(path) else { return nil }
    defer { unsafe closedir(directory) }
    guard let place = MemoryLayout<dirent>.offset(of: \.d_name) else { return nil }
    var names: [String] = []
    while let entry = unsafe readdir(directory) {
      // Sound: the name ends with a zero within the entry, which lasts until the next call. An entry is no longer than
      // its name, so it may not be copied as a whole.
      let name = unsafe UnsafeRawPointer(entry).advanced(by: place).assumingMemoryBound(to: CChar.self)
      names.append(unsafe String(cString: name))
    }
    return names.filter { $0 != "." && $0 != ".." }.sorted()
  }

  /// The plain files in a folder and in those within it, by their paths from there, in order of name, and what could
  /// not be listed. Hidden ones are passed over, as are links, so that a walk ends, and the folder `except`.
  package static func files(in folder: String, except: FileIdentity?) -> (files: [String], failures: [FileError]) {
    let contents: Disk.Contents
    do { contents = try Disk.contents(of: folder) } catch { return ([], [error]) }
    var files = contents.files.filter { !$0.hasPrefix(".") }
    var failures = contents.strange.map { FileError("\(folder)/\($0)", "has a name that is no UTF-8") }
    for name in contents.folders where !name.hasPrefix(".") {
      let path = "\(folder)/\(name)"
      guard except == nil || FileIdentity(of: path) != except else { continue }
      let inside = Self.files(in: path, except: except)
      files += inside.files.map { "\(name)/\($0)" }
      failures += inside.failures
    }
    return (files, failures)
  }

  /// Makes a folder and those that it is to be in; that it is there is no error.
  package static func make(_ path: String) throws(FileError) {
    if FileIdentity(of: path)?.isFolder == true { return }
    if let slash = path.lastIndex(of: "/"), slash != path.startIndex { try make(String(path[..<slash])) }
    // Another process may make it at the same time.
    guard unsafe mkdir(path, 0o777) == 0 || errno == EEXIST else { throw FileError(path, cannotBe: "created") }
  }

  /// Removes what is in a folder, and the folder: for what a program made itself, to work in.
  package static func remove(_ path: String) {
    for name in names(path) ?? [] where unsafe unlink("\(path)/\(name)") != 0 { remove("\(path)/\(name)") }
    _ = unsafe rmdir(path)
  }
}
