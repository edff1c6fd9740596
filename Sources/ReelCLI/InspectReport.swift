internal import ReelAudio
internal import ReelCore
internal import ReelFiles
internal import ReelOffline

extension Inspection {
  /// The facts for people, in lines and a table of the sides.
  var text: String {
    let layout = channels == 1 ? "mono" : channels == 2 ? "stereo" : "\(channels) channels"
    let format = container == codec ? codec : "\(container), \(codec)"
    var lines = [
      ("format", "\(format), \(layout), \(hz) Hz"),
      ("length", "\(seconds.clockText(3)) (\(samples) samples)"),
      ("size", "\(byteCount) bytes"), ("SHA-256", sha256),
    ]
    lines += tags.map { (FileNames.printable($0.name), FileNames.printable($0.value)) }
    lines += recordingLines
    if let note { lines.append(("note", note)) }
    lines.append(("speech", speechProblem ?? speechRule))
    let rest = talkOverLines + digitLines + gapLines
    return FileNames.printable(path) + "\n" + Self.aligned(lines) + "\n" + sideTable
      + (rest.isEmpty ? "" : "\n" + Self.aligned(rest))
  }

  private var speechRule: String {
    let level = VoiceDetector.thresholdDBFS(inputSensitivity: sensitivity).text(1)
    return "from \(level) dBFS on (input_sensitivity \(Tuning.plain(sensitivity))), where it stands out of the noise"
  }

  private static func aligned(_ lines: [(name: String, words: String)]) -> String {
    let width = lines.map(\.name.count).max() ?? 0
    return lines.map { "  \($0.name)\(String(repeating: " ", count: width - $0.name.count))  \($0.words)\n" }.joined()
  }

  private var recordingLines: [(String, String)] {
    if let manifestProblem { return [("manifest", FileNames.printable(manifestProblem))] }
    guard let recording, let hashAgrees else { return [] }
    let identity = recording.identity
    return [
      ("state", "\(recording.state), \(FileNames.printable(recording.reason))"),
      ("call", FileNames.printable(identity.callID)), ("recording", FileNames.printable(identity.recordingID)),
      ("began", "\(identity.start)"),
      ("manifest", hashAgrees ? "the file is what was closed" : "the file is NOT what was closed"),
    ]
  }

  private var sideTable: String {
    let hearsSpeech = speechProblem == nil
    var table = Table(
      ["", "RMS dBFS", "peak dBFS", "clipped"]
        + (hearsSpeech ? ["speech s", "of length", "of speech", "turns", "longest silence"] : []))
    for side in sides {
      var row = [
        "  " + CallPicture.title(side, of: sides.count).lowercased(), side.levelDBFS.text(1), side.peakDBFS.text(1),
        "\(side.clippedSamples)",
      ]
      if let turns = side.turns {
        let gap = turns.longestGap
        row += [
          seconds(turns.samples).text(1), Self.percent(Double(turns.samples) / Double(max(1, samples))),
          shareOfSpeech(side).map(Self.percent) ?? "-", "\(turns.count)",
          "\(seconds(gap.count).text(1)) s at \(seconds(gap.lowerBound).clockText(1))",
        ]
      }
      table.add(row)
    }
    let offsets = sides.filter { abs($0.dcOffset) >= Self.negligibleOffset }.map { side in
      "  \(CallPicture.title(side, of: sides.count).lowercased()): a DC offset of \((100 * side.dcOffset).text(2)) %\n"
    }
    return table.text + offsets.joined()
  }

  private static func percent(_ share: Double) -> String { (100 * share).text(0) + " %" }

  private var talkOverLines: [(String, String)] {
    guard let talkOver else { return [] }
    let length = "\(seconds(talkOver.samples).text(1)) s"
    let words = ["none", "\(length), once"]
    return [("talk-over", talkOver.count < 2 ? words[talkOver.count] : "\(length), \(talkOver.count) times")]
  }

  /// More keys or gaps than this are for programs.
  private static let mostListed = 20

  private var digitLines: [(String, String)] {
    sides.filter { $0.digitCount > 0 }.map { side in
      let listed = (side.digits ?? []).prefix(Self.mostListed).map { "\($0.key) at \(seconds($0.start).clockText(1))" }
      let name = CallPicture.title(side, of: sides.count).lowercased()
      return ("keys", "\(name): " + (listed + Self.more(side.digitCount)).joined(separator: ", "))
    }
  }

  private var gapLines: [(String, String)] {
    let all = sides.flatMap(gaps)
    let lines = all.prefix(Self.mostListed).map { gap in
      let length = gap.skippedSeconds > 0 ? "\(gap.skippedSeconds.text(1)) s, taken out" : "\(gap.seconds.text(1)) s"
      return "\(gap.leg): \(gap.kind) at \(gap.startSeconds.clockText(1)), \(length)"
    }
    return (lines + Self.more(all.count)).map { ("not as sent", $0) }
  }

  private static func more(_ count: Int) -> [String] {
    count > mostListed ? ["and \(count - mostListed) more"] : []
  }
}

extension Tuning {
  /// A row for each sensitivity, a column for each timeout, and where a recording would have stopped.
  var text: String {
    var table = Table(["input_sensitivity"] + endSilenceTimeoutsSeconds.map { "\(Self.plain($0)) s" })
    for sensitivity in sensitivities {
      let level = VoiceDetector.thresholdDBFS(inputSensitivity: sensitivity).text(1)
      table.add(
        ["\(Self.plain(sensitivity)) (\(level) dBFS)"]
          + endSilenceTimeoutsSeconds.map { timeout in
            trial(sensitivity: sensitivity, endSilenceTimeoutSeconds: timeout).map(cell) ?? ""
          })
    }
    return "\(FileNames.printable(path)): where it would have stopped, by input_sensitivity and end_silence_timeout, "
      + "with an initial_timeout of \(Self.plain(initialTimeoutSeconds)) s\n" + table.text
  }

  private func cell(_ trial: Trial) -> String {
    let place = (Double(trial.samples) / Double(hz)).clockText(2)
    switch trial.reason {
    case nil: return "to the end"
    case .noInput?: return "no_input \(place)"
    default: return place
    }
  }

  /// A number as a person writes it: without `.0`.
  fileprivate static func plain(_ value: Double) -> String {
    Int(exactly: value).map { "\($0)" } ?? "\(value)"
  }
}

extension CallPicture {
  /// Writes it as SVG or PNG, as the name's ending says.
  func write(to path: String) throws {
    let bytes = path.hasSuffix(".svg") ? Array(svg.utf8) : png
    try WholeFile.write(bytes.span, to: path)
  }

  /// Throws for a name that says neither.
  static func checkEnding(of path: String) throws {
    guard path.hasSuffix(".svg") || path.hasSuffix(".png") else {
      throw UsageError(problem: "--plot is \(path); allowed: a file that ends in .svg or .png")
    }
  }
}
