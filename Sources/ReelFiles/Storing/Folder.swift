internal import Glibc

/// The names in a folder. The wall round the system's way to list them.
package enum Folder {
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

  /// Removes what is in a folder, and the folder: for what a program made itself, to work in.
  package static func remove(_ path: String) {
    for name in names(path) ?? [] where unsafe unlink("\(path)/\(name)") != 0 { remove("\(path)/\(name)") }
    _ = unsafe rmdir(path)
  }
}
