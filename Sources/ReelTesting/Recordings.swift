internal import Glibc
package import ReelFiles

/// Recovers a folder in which nobody records.
///
/// Programs that other tests start hold every lock of this process for a moment, until they have become themselves:
/// what is held is asked for again.
package func recover(_ folder: String) throws -> RecoveryReport {
  let report = try RecoveryReport(recovering: folder)
  guard !report.held.isEmpty else { return report }
  usleep(200_000)
  return try RecoveryReport(recovering: folder)
}

/// What verifying a file finds; where that is an error, its words.
package func problems(of path: String) -> [String] {
  do { return try Verification(of: path).problems } catch { return ["\(error)"] }
}
