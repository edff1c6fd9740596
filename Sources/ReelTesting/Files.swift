internal import Glibc

/// All bytes of a small file of the repository; traps when it can't be read.
///
/// The wall round the C library's files: opened, read into an array of stated size, and closed here.
package func readBytes(_ path: String) -> [UInt8] {
  guard let file = unsafe fopen(path, "r") else { preconditionFailure("\(path) can't be opened") }
  defer { unsafe fclose(file) }
  var bytes: [UInt8] = []
  var block = [UInt8](repeating: 0, count: 65_536)
  while true {
    let count = unsafe fread(&block, 1, block.count, file)
    guard count > 0 else { return bytes }
    bytes += block[..<count]
  }
}
