internal import Glibc

/// An open file, of which one range is read from front to back.
///
/// Sound: the descriptor is this object's own from where it was opened to where it is closed; what is read goes into
/// memory that the caller has, and no more than there is.
final class FileBody {
  private let descriptor: Int32
  /// As it was when it was opened.
  let bytes: Int
  private var left: Range<Int>

  /// Nil where there is no such file, or it is a link or no file of bytes.
  init?(_ path: String) {
    // A pipe would keep the thread waiting for who writes to it.
    descriptor = unsafe open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { return nil }
    var status = stat()
    guard unsafe fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      close(descriptor)
      return nil
    }
    bytes = Int(status.st_size)
    left = 0..<bytes
  }

  deinit {
    close(descriptor)
  }

  var isOver: Bool { left.isEmpty }

  func select(_ range: Range<Int>) {
    left = range
  }

  /// Reads the next of it; nil where the file does not have it any more.
  func read(into buffer: UnsafeMutableRawBufferPointer) -> Int? {
    let count = min(left.count, buffer.count)
    guard count > 0 else { return 0 }
    let read = unsafe pread(descriptor, buffer.baseAddress, count, left.lowerBound)
    guard read > 0 else { return nil }
    left = left.lowerBound + read..<left.upperBound
    return read
  }
}
