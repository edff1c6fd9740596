internal import Glibc

/// A file that the command was told to write, and can't.
struct Unwritable: Error, CustomStringConvertible {
  let path: String
  let errorNumber: Int32

  var description: String {
    // Sound: the library's text, which is never freed.
    let words = unsafe strerror(errorNumber).map { unsafe String(cString: $0) } ?? "error \(errorNumber)"
    return "\(path): can't be written: \(words)"
  }
}

/// Makes a file of these bytes, or makes it anew.
func save(_ bytes: [UInt8], to path: String) throws {
  guard let file = unsafe fopen(path, "w") else { throw Unwritable(path: path, errorNumber: errno) }
  // Sound: the array is as long as is said.
  let written = unsafe fwrite(bytes, 1, bytes.count, file)
  let number = errno
  let isClosed = unsafe fclose(file) == 0
  guard written == bytes.count && isClosed else {
    throw Unwritable(path: path, errorNumber: written == bytes.count ? errno : number)
  }
}
