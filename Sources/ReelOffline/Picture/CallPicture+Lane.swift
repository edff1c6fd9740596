internal import ReelAudio
internal import ReelCore

// What is drawn of one side.
extension CallPicture {
  func drawSpeech(of lane: Lane, on canvas: inout some Canvas) {
    for run in columns(lane.side.turns?.ranges ?? []).runs {
      canvas.fill(
        Box(x: Self.left + Double(run.start), y: lane.top, width: Double(run.count), height: lane.height),
        Palette.faded(lane.tint.band, 0.3 + 0.7 * run.share))
    }
  }

  /// The amplitude's scale: its end, half of that, and the middle.
  func drawGuides(of lane: Lane, on canvas: inout some Canvas) {
    for tick in ticks() {
      canvas.fill(Box(x: x(seconds: tick) - 0.5, y: lane.top, width: 1, height: lane.height), Palette.grid)
    }
    let full = Level.amplitude(dBFS: scaleDBFS)
    let style = TextStyle(size: 16, colour: Palette.quiet)
    for (share, colour) in [(1.0, Palette.rule), (0.5, Palette.grid), (-0.5, Palette.grid), (-1, Palette.rule)] {
      let place = y(share * full, in: lane)
      canvas.fill(Box(x: Self.left, y: place - 0.5, width: Self.plotWidth, height: 1), colour)
      let level = scaleDBFS + (abs(share) < 1 ? -6 : 0)
      let words = (level == 0 ? "0" : "−\(Int(-level))") + (share == 1 ? " dBFS" : "")
      canvas.write(words, x: Self.left - 10, baseline: place + 5.5, style, .right)
    }
    canvas.fill(Box(x: Self.left, y: lane.middle - 0.5, width: Self.plotWidth, height: 1), Palette.rule)
  }

  /// A mix shows the caller's gaps in its upper half and the agent's in its lower one.
  func drawGaps(_ gaps: [Inspection.Gap], of lane: Lane, on canvas: inout some Canvas) {
    let isMix = lane.side.name == "mix"
    let height = isMix ? lane.height / 2 : lane.height
    for (kind, leg) in SpanKind.allCases.flatMap({ kind in Leg.allCases.map { (kind, $0) } }) {
      var columns = PixelColumns(count: Int(Self.plotWidth))
      for gap in gaps where gap.kind == kind && gap.leg == leg && gap.seconds > 0 {
        let from = x(seconds: gap.startSeconds) - Self.left
        columns.add(from: from, to: x(seconds: gap.startSeconds + gap.seconds) - Self.left)
      }
      let top = isMix && leg == .agent ? lane.middle : lane.top
      for run in columns.filled {
        // Two pixels can be seen; one would be lost among the waves.
        let box = Box(x: Self.left + Double(run.start), y: top, width: Double(max(2, run.count)), height: height)
        fill(box, as: kind, on: &canvas)
      }
    }
  }

  func fill(_ box: Box, as kind: SpanKind, on canvas: inout some Canvas) {
    guard let hatching = Palette.hatching(kind) else { return canvas.fill(box, Palette.redacted) }
    canvas.fill(box, Palette.faded(hatching.colour, 0.12))
    guard box.width > 3 else { return canvas.fill(box, hatching.colour) }
    canvas.hatch(box, hatching)
    for edge in [box.x, box.x + box.width - 1] {
      canvas.fill(Box(x: edge, y: box.y, width: 1, height: box.height), hatching.colour)
    }
  }

  /// What pauses took out, of both legs at once.
  func drawCuts(_ gaps: [Inspection.Gap], of lane: Lane, on canvas: inout some Canvas) {
    guard let leg = gaps.first?.leg else { return }
    for gap in gaps where gap.skippedSeconds > 0 && gap.leg == leg { drawCut(gap, of: lane, on: &canvas) }
  }

  /// A pause that was taken out has no width: a line with how long it was.
  private func drawCut(_ gap: Inspection.Gap, of lane: Lane, on canvas: inout some Canvas) {
    let place = x(seconds: gap.startSeconds)
    for dash in stride(from: lane.top, to: lane.bottom - 4, by: 9) {
      canvas.fill(Box(x: place - 1, y: dash, width: 2, height: 5), Palette.quiet)
    }
    let style = TextStyle(size: 15, colour: Palette.quiet, isBold: true)
    let words = "\(gap.skippedSeconds.text(1)) s out"
    let width = StrokeFont.width(of: words, style) + 10
    let start = place + 3 + width > Self.right ? place - 3 - width : place + 3
    canvas.fill(Box(x: start, y: lane.bottom - 24, width: width, height: 21), Palette.white)
    canvas.write(words, x: start + width / 2, baseline: lane.bottom - 8, style, .middle)
  }

  func drawWave(of lane: Lane, on canvas: inout some Canvas) {
    let columns = waveColumns(lane.side)
    drawBars(columns.map { (y(Double($0.greatest), in: lane), y(Double($0.least), in: lane)) }, lane.tint.peak, &canvas)
    drawBars(columns.map { (y($0.rms, in: lane), y(-$0.rms, in: lane)) }, lane.tint.rms, &canvas)
  }

  /// Bars side by side, each between two heights; equal neighbours are drawn as one.
  private func drawBars(_ bars: [(top: Double, bottom: Double)], _ colour: Colour, _ canvas: inout some Canvas) {
    var start = 0
    for end in 1..<max(1, bars.count + 1) where start < bars.count {
      guard end == bars.count || bars[end] != bars[start] else { continue }
      let bar = bars[start]
      // Silence is a line of one pixel.
      let height = max(1, bar.bottom - bar.top)
      let middle = (bar.top + bar.bottom) / 2
      canvas.fill(
        Box(x: Self.left + Double(start), y: middle - height / 2, width: Double(end - start), height: height), colour)
      start = end
    }
  }

  /// What the samples of each pixel column come to. The envelope's columns are finer but for very short sounds.
  private func waveColumns(_ side: Inspection.Side) -> [Envelope.Column] {
    let envelope = side.envelope
    guard envelope.total.count > 0 else { return [] }
    let count = Int(Self.plotWidth)
    let columnsPerPixel = Double(envelope.total.count) / Double(envelope.samplesPerColumn) / Double(count)
    return (0..<count).map { pixel in
      let first = min(envelope.columns.count - 1, Int(Double(pixel) * columnsPerPixel))
      let last = min(envelope.columns.count, max(first + 1, Int((Double(pixel + 1) * columnsPerPixel).rounded())))
      var column = envelope.columns[first]
      for index in first + 1..<max(first + 1, last) { column.add(envelope.columns[index]) }
      return column
    }
  }

  /// Marks on both edges, so that a clipped sample is seen however short it is.
  func drawClipping(of lane: Lane, on canvas: inout some Canvas) {
    guard lane.side.clippedSamples > 0 else { return }
    let envelope = lane.side.envelope
    var columns = PixelColumns(count: Int(Self.plotWidth))
    let scale = Self.plotWidth / Double(max(1, inspection.samples))
    for (index, column) in envelope.columns.enumerated() where column.clipped > 0 {
      let start = Double(index * envelope.samplesPerColumn)
      columns.add(from: start * scale, to: (start + Double(column.count)) * scale)
    }
    for run in columns.filled {
      let (start, width) = (Self.left + Double(run.start), Double(max(3, run.count)))
      canvas.fill(Box(x: start, y: lane.top - 5, width: width, height: 6), Palette.clipping)
      canvas.fill(Box(x: start, y: lane.bottom - 1, width: width, height: 6), Palette.clipping)
    }
  }

  /// A flag for each key; keys that follow closely share one, as far as it has room.
  func drawDigits(of lane: Lane, on canvas: inout some Canvas) {
    let style = TextStyle(size: 18, colour: Palette.white, isBold: true)
    let most = 8
    var flags: [(x: Double, text: String)] = []
    for digit in lane.side.digits ?? [] {
      let place = x(seconds: inspection.seconds(digit.start))
      if let last = flags.last, place < last.x + 1.12 * StrokeFont.width(of: last.text, style) + 16 {
        guard last.text.count <= most else { continue }
        flags[flags.count - 1].text += last.text.count == most ? "…" : "\(digit.key)"
      } else {
        flags.append((place, "\(digit.key)"))
      }
    }
    var free = 0.0
    for flag in flags {
      canvas.fill(Box(x: flag.x - 1, y: lane.top, width: 2, height: lane.height), Palette.ink)
      // Bold letters of other fonts are wider.
      let width = 1.12 * StrokeFont.width(of: flag.text, style) + 12
      let start = max(free, min(flag.x, Self.right - width))
      guard start + width <= Self.right + 30 else { continue }
      free = start + width + 1
      canvas.fill(Box(x: start - 1, y: lane.top, width: width, height: 24), Palette.ink)
      canvas.write(flag.text, x: start + width / 2 - 1, baseline: lane.top + 18, style, .middle)
    }
  }

  func drawHead(of lane: Lane, on canvas: inout some Canvas) {
    let baseline = lane.top - 12
    let name = Self.title(lane.side, of: inspection.sides.count)
    canvas.write(
      name, x: Self.left, baseline: baseline, TextStyle(size: 22, colour: lane.tint.rms, isBold: true), .left)
    canvas.write(
      facts(of: lane.side), x: Self.right, baseline: baseline, TextStyle(size: 18, colour: Palette.quiet), .right)
  }

  /// A side's name for people.
  package static func title(_ side: Inspection.Side, of count: Int) -> String {
    switch side.name {
    case "caller": "Caller"
    case "agent": "Agent"
    case "mix": "Caller and agent, mixed"
    default: count == 1 ? "Mono" : "Channel \(side.channel)"
    }
  }

  private func facts(of side: Inspection.Side) -> String {
    guard side.peakDBFS.isFinite else { return "digital silence" }
    var facts = ["RMS \(Self.level(side.levelDBFS)) dBFS", "peak \(Self.level(side.peakDBFS)) dBFS"]
    if let turns = side.turns {
      let count = "\(turns.count) turn\(turns.count == 1 ? "" : "s")"
      facts.append("speech \(inspection.seconds(turns.samples).lengthText) in \(count)")
    }
    if side.clippedSamples > 0 { facts.append("\(side.clippedSamples) clipped") }
    return facts.joined(separator: "  ·  ")
  }

  private static func level(_ dBFS: Double) -> String {
    let text = dBFS.text(1)
    return text.hasPrefix("-") ? "−" + text.dropFirst() : text
  }
}
