internal import Glibc
internal import Reel

/// `reel bench`: how much the engine can do on this machine.
struct BenchCommand {
  private var load = LiveLoad()
  private var folder: String?

  init(_ arguments: [String]) throws {
    var words = Words(arguments)
    guard words.next() == "live" else { throw UsageError(problem: "bench is without its subject; allowed: live") }
    while let option = words.next() {
      switch option {
      case "--calls": load.calls = try words.count(of: option, in: 1...100_000)
      case "--seconds": load.seconds = Double(try words.count(of: option, in: 1...3_600))
      case "--format":
        let name = try words.word(of: option, RecordingOptions.Format.allCases.map(\.rawValue))
        load.format = RecordingOptions.Format(rawValue: name) ?? .wav
      case "--mono": load.isStereo = false
      case "--half":
        load.half = LiveLoad.Half(rawValue: try words.word(of: option, ["silent", "missing"])) ?? .speaking
      case "--folder": folder = try words.value(of: option)
      case "--beat": load.beatSeconds = Double(try words.count(of: option, in: 1...100)) / 1_000
      case "--workers": load.workers = try words.count(of: option, in: 1...1_024)
      case "--stall": load.stallSeconds = Double(try words.count(of: option, in: 0...600))
      default: throw UsageError(problem: "there is no option \(option)")
      }
    }
  }

  func run() async throws {
    var load = load
    load.folder = folder ?? "/tmp"
    let outcome = try await load.run()
    say("\(outcome)\n")
  }
}
