internal import ReelAudio
internal import ReelCore
internal import ReelFiles
internal import ReelOffline

/// `reel inspect`: what is in a sound file.
struct InspectCommand: Command {
  private enum Options {
    static let sensitivity = CommandOption(
      "--input-sensitivity", kind: .sensitivity, "how quiet speech may be, as record has it; 44 unless set")
    static let plot = CommandOption("--plot", kind: .file, "draw the legs into an .svg or .png file")
    static let tune = Flag(
      "--tune", help: "tell where recordings of other input sensitivities and end-silence timeouts would have ended")
    static let initialTimeout = CommandOption(
      "--initial-timeout", kind: .seconds, "of these recordings; 4 unless set, 0 for none")
    static let json = Flag("--json", help: "print a line of JSON for each file")
  }

  static let declaration = Declaration(
    name: "inspect", summary: "tell what is in sound files: form, levels, speech, silences, keys, and draw it",
    operands: .init(
      placeholder: "FILE…", help: "what to look into; stereo is caller left, agent right", completion: .files),
    sections: [
      .init(title: "what is told", options: [Options.tune.spec, Options.plot.spec, Options.json.spec]),
      .init(title: "how it is heard", options: [Options.sensitivity.spec, Options.initialTimeout.spec]),
    ],
    discussion: [
      "Where the file's manifest is beside it, pauses, fills and drops are told from it, and whether the file is still"
        + " what the manifest says.",
      "Speech is what the recorder would hear. A turn lasts from its first loud 10 ms to its last.",
    ],
    examples: [
      "reel inspect call.wav --plot call.png", "reel inspect voicemail.mp3 --tune", "reel inspect --json *.wav",
    ])

  private let paths: [String]
  private let sensitivity: Double
  private let initialTimeoutSeconds: Double
  private let plot: String?
  private let tunes: Bool
  private let printsJSON: Bool

  init(_ arguments: Arguments) throws {
    paths = arguments.operands
    sensitivity = arguments[Options.sensitivity] ?? 44
    initialTimeoutSeconds = arguments[Options.initialTimeout] ?? 4
    plot = arguments[Options.plot]
    tunes = arguments.has(Options.tune)
    printsJSON = arguments.has(Options.json)
    if let plot {
      guard paths.count == 1 else { throw UsageError(problem: "--plot is with \(paths.count) files; allowed: one") }
      try CallPicture.checkEnding(of: plot)
    }
  }

  func run() throws {
    if let plot { try Input.refuseOutputs([plot], among: paths, option: "--plot") }
    var isWhole = true
    for (index, path) in paths.enumerated() {
      do {
        let inspection = try Inspection(of: path, sensitivity: sensitivity)
        let tuning = tunes ? try Tuning(of: path, initialTimeoutSeconds: initialTimeoutSeconds) : nil
        if index > 0 && !printsJSON { Console.write("\n") }
        tell(inspection, tuning)
        if let plot { try CallPicture(inspection).write(to: plot) }
      } catch {
        Console.complain("\(error)")
        isWhole = false
      }
    }
    if !isWhole { throw Unsound() }
  }

  private func tell(_ inspection: Inspection, _ tuning: Tuning?) {
    guard printsJSON else {
      return Console.write(inspection.text + (tuning.map { "\n\($0.text)" } ?? ""))
    }
    guard case .object(let facts) = inspection.json else { return }
    let trials = tuning.map { [JSON.Member("tuning", $0.json)] } ?? []
    Console.write("\(JSON.object(facts + trials))\n")
  }
}

extension ValueKind<Double> {
  fileprivate static var sensitivity: ValueKind {
    ValueKind(placeholder: "0-100", allowed: "a number from 0 to 100") { text in
      Double(text).flatMap { (0...100).contains($0) ? $0 : nil }
    }
  }
}
