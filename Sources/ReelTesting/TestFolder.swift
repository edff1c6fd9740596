internal import Glibc
internal import ReelFiles

/// A folder of its own for one test, which goes with the object.
///
/// Sound: the name's memory is there for the call that fills it in.
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
    Folder.remove(path)
  }

  package subscript(name: String) -> String { "\(path)/\(name)" }

  /// The names of what is in it, in order, without those that begin with a dot.
  package var names: [String] {
    (Folder.names(path) ?? []).filter { !$0.hasPrefix(".") }
  }
}
