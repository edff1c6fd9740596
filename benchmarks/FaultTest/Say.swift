import Foundation

/// Prints a line at once, for whoever reads at the other end of a pipe.
func say(_ line: String) {
  FileHandle.standardOutput.write(Data("\(line)\n".utf8))
}
