// ReelBench: how fast, how many, how it grows, beside whom. Every figure is taken several times, beside a peer in the
// same run where there is one, and told with its spread; what noise has drowned is not told at all. It must never hold
// anything that recording needs, nor know of the words on a command line.

/// What every bench gets from whoever runs it.
package struct BenchSetting: Sendable {
  /// A folder of its own, which goes again afterwards.
  package let folder: String
  package let report: Report
  /// How long each figure may take; a bench's own measure where nobody said.
  package let seconds: Double?
  /// Whether somebody wants it to end.
  package let isInterrupted: @Sendable () -> Bool

  package init(
    folder: String, report: Report, seconds: Double? = nil, isInterrupted: @escaping @Sendable () -> Bool = { false }
  ) {
    self.folder = folder
    self.report = report
    self.seconds = seconds
    self.isInterrupted = isInterrupted
  }

  /// Ends what goes on where somebody wants that.
  func checkInterruption() throws(BenchFailure) {
    if isInterrupted() { throw .interrupted }
  }

  /// The same in a folder within this one.
  func within(_ name: String) -> BenchSetting {
    BenchSetting(folder: "\(folder)/\(name)", report: report, seconds: seconds, isInterrupted: isInterrupted)
  }
}

/// A bench.
package protocol Bench: Sendable {
  func run(_ setting: BenchSetting) async throws
}

/// Why a bench came to no end.
package enum BenchFailure: Error, Hashable, CustomStringConvertible {
  case interrupted
  /// What was asked for can't be had here, and what can.
  case impossible(String)
  case failed(String)

  package var description: String {
    switch self {
    case .interrupted: "interrupted"
    case .impossible(let problem), .failed(let problem): problem
    }
  }
}
