internal import Glibc

/// A folder of its own for one test, which goes with the object.
///
/// The wall round the C library's folders: names are copied before the next call.
package final class TestFolder: Sendable {
  package let path: String

  /// Makes it in memory where there is such a place, for tests make many files.
  package init() {
    let base = unsafe access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp"
    var name = Array("\(base)/reel-XXXXXX".utf8CString)
    precondition(unsafe mkdtemp(&name) != nil, "no folder can be made in \(base)")
    path = String(decoding: name.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  deinit {
    Self.remove(path)
  }

  package subscript(name: String) -> String { "\(path)/\(name)" }

  /// The names of what is in it, in order, without those that begin with a dot.
  package var names: [String] {
    Self.names(path).filter { !$0.hasPrefix(".") }.sorted()
  }

  private static func names(_ path: String) -> [String] {
    guard let directory = unsafe opendir(path) else { return [] }
    defer { unsafe closedir(directory) }
    var names: [String] = []
    while let entry = unsafe readdir(directory) {
      let name = unsafe withUnsafePointer(to: entry.pointee.d_name) { tuple in
        unsafe tuple.withMemoryRebound(to: CChar.self, capacity: Int(NAME_MAX) + 1) { unsafe String(cString: $0) }
      }
      if name != "." && name != ".." { names.append(name) }
    }
    return names
  }

  private static func remove(_ path: String) {
    for name in names(path) where unsafe unlink("\(path)/\(name)") != 0 { remove("\(path)/\(name)") }
    _ = unsafe rmdir(path)
  }
}
