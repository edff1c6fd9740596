internal import Glibc
internal import Reel
internal import ReelFiles

/// `reel bench`: how much the engine can do on this machine.
struct BenchCommand {
  private enum Subject {
    case live(LiveBench)
    case push(PushBench)
  }

  private let subject: Subject
  private let folder: String?

  init(_ arguments: [String]) throws {
    var words = Words(arguments)
    let name = try words.word(of: "bench", ["live", "push"])
    var folder: String?
    if name == "push" {
      var bench = PushBench()
      while let option = words.next() {
        switch option {
        case "--seconds": bench.seconds = Double(try words.count(of: option, in: 1...3_600))
        case "--folder": folder = try words.value(of: option)
        default: throw UsageError(problem: "there is no option \(option)")
        }
      }
      subject = .push(bench)
    } else {
      subject = .live(try Self.live(&words, &folder))
    }
    self.folder = folder
  }

  private static func live(_ words: inout Words, _ folder: inout String?) throws -> LiveBench {
    var bench = LiveBench()
    while let option = words.next() {
      switch option {
      case "--calls": bench.calls = try words.counts(of: option, in: 1...100_000)
      case "--seconds": bench.load.seconds = Double(try words.count(of: option, in: 1...3_600))
      case "--format":
        let name = try words.word(of: option, RecordingOptions.Format.allCases.map(\.rawValue))
        bench.load.format = RecordingOptions.Format(rawValue: name) ?? .wav
      case "--mono": bench.load.isStereo = false
      case "--half":
        bench.load.half = LiveLoad.Half(rawValue: try words.word(of: option, ["silent", "missing"])) ?? .speaking
      case "--of-bare": bench.percentOfBare = try words.count(of: option, in: 1...200)
      case "--workers": bench.load.workers = try words.count(of: option, in: 1...1_024)
      case "--beat": bench.load.beatSeconds = Double(try words.count(of: option, in: 1...100)) / 1_000
      case "--hang": bench.load.hangSeconds = Double(try words.count(of: option, in: 0...600))
      case "--after": bench.load.encode = .after
      case "--keep": bench.load.keeps = true
      case "--plot": bench.plot = try words.value(of: option)
      case "--folder": folder = try words.value(of: option)
      default: throw UsageError(problem: "there is no option \(option)")
      }
    }
    return bench
  }

  func run() async throws {
    let base = folder ?? "."
    // In a folder of its own, which goes again with all that was recorded, unless that shall stay.
    let scratch = "\(base)/reel-bench-\(getpid())"
    // Sound: the string outlives the call.
    guard unsafe mkdir(scratch, 0o700) == 0 else {
      throw UsageError(problem: "--folder is \(base); allowed: a folder that can be written in")
    }
    Interruption.hold()
    var keeps = false
    defer { if !keeps { Folder.remove(scratch) } }
    switch subject {
    case .live(var bench):
      keeps = bench.load.keeps
      bench.load.folder = scratch
      try await bench.run()
    case .push(var bench):
      bench.folder = scratch
      try await bench.run()
    }
  }
}
