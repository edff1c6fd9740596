internal import ReelCore
internal import ReelFiles

// What stands round the sides: title, talk-over, time, legend and footer.
extension CallPicture {
  func drawTitle(on canvas: inout some Canvas) {
    let quiet = TextStyle(size: 19, colour: Palette.quiet)
    let layout =
      inspection.channels == 1 ? "mono" : inspection.channels == 2 ? "stereo" : "\(inspection.channels) channels"
    let format =
      inspection.container == inspection.codec ? inspection.codec : "\(inspection.container), \(inspection.codec)"
    let facts = [inspection.seconds.clockText(1), format, layout, "\(inspection.hz) Hz"].joined(separator: "  ·  ")
    canvas.write(facts, x: Self.right, baseline: 48, quiet, .right)
    let bold = TextStyle(size: 30, colour: Palette.ink, isBold: true)
    let name = FileNames.parted(inspection.path).name
    let room = Self.plotWidth + Self.left - 32 - StrokeFont.width(of: facts, quiet) - 40
    canvas.write(Self.fitted(FileNames.printable(name), room, bold), x: 32, baseline: 50, bold, .left)
    guard let identity = inspection.recording?.identity else { return }
    let words = "Call \(FileNames.printable(identity.callID))  ·  \(Self.moment("\(identity.start)"))"
    canvas.write(Self.fitted(words, 1_500, quiet), x: 32, baseline: 80, quiet, .left)
  }

  /// A moment as people read it: `2026-11-21 08:00:00 UTC`.
  private static func moment(_ text: String) -> String {
    guard text.hasSuffix("Z"), text.count > 19 else { return text }
    return text.prefix(19).map { $0 == "T" ? " " : String($0) }.joined() + " UTC"
  }

  /// As much of the text as there is room for.
  private static func fitted(_ text: String, _ room: Double, _ style: TextStyle) -> String {
    guard StrokeFont.width(of: text, style) > room else { return text }
    var kept = text
    while !kept.isEmpty && StrokeFont.width(of: kept + "…", style) > room { kept.removeLast() }
    return kept + "…"
  }

  func drawTalkOver(on canvas: inout some Canvas) {
    guard let talkOver = inspection.talkOver, let first = lanes.first else { return }
    let top = first.bottom + 9
    canvas.write(
      "talk-over", x: Self.left - 10, baseline: top + 13, TextStyle(size: 16, colour: Palette.quiet), .right)
    canvas.fill(
      Box(x: Self.left, y: top + Self.stripHeight / 2 - 0.5, width: Self.plotWidth, height: 1), Palette.rule)
    for run in columns(talkOver.ranges).runs {
      let width = Double(max(2, run.count))
      canvas.fill(
        Box(x: Self.left + Double(run.start), y: top, width: width, height: Self.stripHeight),
        Palette.faded(Palette.talkOver, 0.2 + 0.8 * run.share))
    }
  }

  // MARK: Time

  private static let steps = [
    0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1_800, 3_600,
    7_200, 10_800, 21_600, 43_200, 86_400,
  ]

  private var step: Double {
    Self.steps.first { inspection.seconds / $0 <= 13 } ?? (inspection.seconds / 13).rounded(.up)
  }

  /// The moments that have a line and a time.
  func ticks() -> [Double] {
    guard inspection.seconds > 0 else { return [0] }
    return (0...Int(inspection.seconds / step + 1e-9)).map { Double($0) * step }
  }

  func drawAxis(at top: Double, on canvas: inout some Canvas) {
    canvas.fill(Box(x: Self.left, y: top - 0.5, width: Self.plotWidth, height: 1), Palette.quiet)
    let style = TextStyle(size: 18, colour: Palette.ink)
    let digits = step >= 1 ? 0 : step >= 0.1 ? 1 : step >= 0.01 ? 2 : 3
    for tick in ticks() {
      let place = x(seconds: tick)
      canvas.fill(Box(x: place - 0.5, y: top, width: 1, height: 7), Palette.quiet)
      canvas.write(tick.clockText(digits), x: place, baseline: top + 27, style, .middle)
    }
  }

  // MARK: Legend

  private enum Sample {
    case wave, rms, speech, talkOver, clipping, key, cut
    case gap(SpanKind)
  }

  private var legend: [(sample: Sample, words: String)] {
    let sides = inspection.sides
    var entries: [(Sample, String)] = [(.wave, "Peaks"), (.rms, "RMS")]
    if sides.contains(where: { ($0.turns?.count ?? 0) > 0 }) { entries.append((.speech, "Speech")) }
    if (inspection.talkOver?.count ?? 0) > 0 { entries.append((.talkOver, "Both speak")) }
    for kind in SpanKind.allCases where gaps.joined().contains(where: { $0.kind == kind && $0.seconds > 0 }) {
      entries.append((.gap(kind), Palette.name(kind)))
    }
    if gaps.joined().contains(where: { $0.skippedSeconds > 0 }) { entries.append((.cut, "Pause taken out")) }
    if sides.contains(where: { $0.digitCount > 0 }) { entries.append((.key, "Key pressed")) }
    if sides.contains(where: { $0.clippedSamples > 0 }) { entries.append((.clipping, "Clipped")) }
    return entries
  }

  /// The entries with their places: rows from the top, and across.
  private var legendPlaces: [(sample: Sample, words: String, row: Int, x: Double)] {
    var (row, place) = (0, Self.left)
    return legend.map { sample, words in
      // Some room for viewers whose letters are wider.
      let width = 39 + 1.08 * StrokeFont.width(of: words, Self.legendStyle)
      if place + width > Self.right { (row, place) = (row + 1, Self.left) }
      defer { place += width + 30 }
      return (sample, words, row, place)
    }
  }

  private static let legendStyle = TextStyle(size: 18, colour: Palette.ink)

  /// What the legend needs beyond one row.
  var legendExtra: Double { Double(legendPlaces.last?.row ?? 0) * 32 }

  func drawLegend(baseline: Double, on canvas: inout some Canvas) {
    for entry in legendPlaces {
      let line = baseline + Double(entry.row) * 32
      drawSample(entry.sample, in: Box(x: entry.x, y: line - 16, width: 30, height: 18), on: &canvas)
      canvas.write(entry.words, x: entry.x + 39, baseline: line, Self.legendStyle, .left)
    }
  }

  private func drawSample(_ sample: Sample, in box: Box, on canvas: inout some Canvas) {
    /// Both sides' colours, one above the other.
    func tints(_ colour: (Tint) -> Colour) {
      let count = Double(min(2, lanes.count))
      for (index, lane) in lanes.prefix(2).enumerated() {
        let height = box.height / count
        canvas.fill(
          Box(x: box.x, y: box.y + Double(index) * height, width: box.width, height: height), colour(lane.tint))
      }
    }
    switch sample {
    case .wave: tints(\.peak)
    case .rms: tints(\.rms)
    case .speech: tints(\.band)
    case .talkOver: canvas.fill(box, Palette.talkOver)
    case .gap(let kind): fill(box, as: kind, on: &canvas)
    case .clipping: canvas.fill(Box(x: box.x, y: box.y + 6, width: box.width, height: 6), Palette.clipping)
    case .key:
      canvas.fill(Box(x: box.x + 5, y: box.y - 2, width: 21, height: 22), Palette.ink)
      let style = TextStyle(size: 17, colour: Palette.white, isBold: true)
      canvas.write("#", x: box.x + 15.5, baseline: box.y + 15, style, .middle)
    case .cut:
      for dash in stride(from: box.y, to: box.y + box.height - 3, by: 7) {
        canvas.fill(Box(x: box.x + 14, y: dash, width: 2, height: 4), Palette.quiet)
      }
    }
  }

  // MARK: Footer

  func drawFooter(baseline: Double, on canvas: inout some Canvas) {
    canvas.fill(Box(x: 32, y: baseline - 32, width: Self.right - 32, height: 1), Palette.rule)
    let style = TextStyle(size: 18, colour: Palette.quiet)
    canvas.write(speechWords, x: 32, baseline: baseline, style, .left)
    canvas.write(stateWords, x: Self.right, baseline: baseline, style, .right)
  }

  private var speechWords: String {
    if inspection.speechProblem != nil { return "speech is not heard at \(inspection.hz) Hz" }
    func percent(_ samples: Int) -> String {
      (100 * Double(samples) / Double(max(1, inspection.samples))).text(0) + " %"
    }
    var words = inspection.sides.prefix(2).map { side in
      let who = side.name == "caller" ? "caller speaks" : side.name == "agent" ? "agent speaks" : "speech"
      return "\(who) \(percent(side.turns?.samples ?? 0))"
    }
    if inspection.sides.count > 2 { words = [] }
    if let talkOver = inspection.talkOver {
      let length = inspection.seconds(talkOver.samples).lengthText
      words.append(talkOver.count > 0 ? "both at once \(length)" : "never both at once")
    }
    if inspection.sides.contains(where: { ($0.turns?.count ?? 0) > Stretches.mostListed }) {
      words.append("only the first \(Stretches.mostListed) turns are shown")
    }
    return words.joined(separator: "  ·  ")
  }

  private var stateWords: String {
    var words: [String] = []
    if let recording = inspection.recording {
      words.append(
        Self.fitted(
          recording.state + ": " + FileNames.printable(recording.reason), 420,
          TextStyle(size: 18, colour: Palette.quiet)))
    }
    if inspection.hashAgrees == false { words.append("NOT the file that was closed") }
    words.append("SHA-256 \(inspection.sha256.prefix(12))…")
    return words.joined(separator: "  ·  ")
  }
}
