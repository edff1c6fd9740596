internal import ReelAudio
internal import ReelCore
internal import ReelFiles

/// A picture of a file for a report: each side's waveform, who speaks when, and what is not as it was pushed.
///
///     let picture = CallPicture(try Inspection(of: "call.wav"))
///     picture.svg        // text
///     picture.png        // bytes
///
/// - Of each pixel column it shows the greatest and the least sample, and the RMS within in a darker tone. The scale is
///   linear, the same for all sides, and ends at the first step of 6 dB that holds the loudest sample.
/// - Speech and talk-over are shaded by their share of a column. Gaps, keys and clipping are seen however short.
/// - Only what occurs is in the legend.
package struct CallPicture {
  package static let width = 1_600

  let inspection: Inspection
  let lanes: [Lane]
  let scaleDBFS: Double
  let gaps: [[Inspection.Gap]]

  /// The place of a side's waveform.
  struct Lane {
    let side: Inspection.Side
    let tint: Tint
    let top: Double
    let height: Double
    var middle: Double { top + height / 2 }
    var bottom: Double { top + height }
  }

  /// A side's colours: of its speech, its peaks and its RMS.
  struct Tint {
    let band: Colour
    let peak: Colour
    let rms: Colour
  }

  static let left = 116.0
  static let right = 1_568.0
  static let plotWidth = right - left
  static let laneHead = 40.0
  static let stripHeight = 16.0

  package init(_ inspection: Inspection) {
    self.inspection = inspection
    gaps = inspection.sides.map(inspection.gaps)
    let laneHeight = inspection.sides.count > 2 ? 110.0 : inspection.sides.count == 2 ? 180 : 220
    var top = inspection.recording == nil ? 72.0 : 98.0
    var lanes: [Lane] = []
    for (index, side) in inspection.sides.enumerated() {
      top += Self.laneHead
      lanes.append(
        Lane(side: side, tint: Palette.sides[index % Palette.sides.count], top: top, height: laneHeight))
      top += laneHeight + (inspection.talkOver != nil && index == 0 ? 14 + Self.stripHeight : 4)
    }
    self.lanes = lanes
    scaleDBFS = Self.scale(inspection.sides.map(\.peakDBFS).max() ?? 0)
  }

  /// The least step of 6 dB that holds a peak. Below -36 dBFS the line's noise would fill the picture.
  private static func scale(_ peakDBFS: Double) -> Double {
    [-36.0, -30, -24, -18, -12, -6].first { peakDBFS <= $0 } ?? 0
  }

  package var height: Int { Int(axis + legendExtra) + 152 }

  /// Where the time's axis is, below the last side.
  private var axis: Double { (lanes.last?.bottom ?? 0) + 4 }

  /// As a file of text.
  package var svg: String {
    var canvas = SVGCanvas(width: Self.width, height: height)
    draw(on: &canvas)
    return canvas.text()
  }

  /// As a file of pixels.
  package var png: [UInt8] {
    var canvas = RasterCanvas(width: Self.width, height: height)
    draw(on: &canvas)
    return canvas.png
  }

  /// Draws it from back to front.
  package func draw(on canvas: inout some Canvas) {
    drawTitle(on: &canvas)
    for (lane, gaps) in zip(lanes, gaps) {
      drawSpeech(of: lane, on: &canvas)
      drawGuides(of: lane, on: &canvas)
      drawGaps(gaps, of: lane, on: &canvas)
      drawWave(of: lane, on: &canvas)
      drawCuts(gaps, of: lane, on: &canvas)
      drawClipping(of: lane, on: &canvas)
      drawDigits(of: lane, on: &canvas)
      drawHead(of: lane, on: &canvas)
    }
    drawTalkOver(on: &canvas)
    drawAxis(at: axis, on: &canvas)
    drawLegend(baseline: axis + 76, on: &canvas)
    drawFooter(baseline: axis + legendExtra + 130, on: &canvas)
  }

  // MARK: Places

  /// Where a moment is, across.
  func x(seconds: Double) -> Double {
    guard inspection.seconds > 0 else { return Self.left }
    return Self.left + min(1, max(0, seconds / inspection.seconds)) * Self.plotWidth
  }

  /// Where a sample's value is, down; `amplitude` is of 32,768.
  func y(_ amplitude: Double, in lane: Lane) -> Double {
    let share = amplitude / Level.amplitude(dBFS: scaleDBFS)
    // Quarters of a pixel are fine enough, and let equal neighbours be one box.
    return ((lane.middle - min(1, max(-1, share)) * (lane.height / 2 - 2)) * 4).rounded() / 4
  }

  /// How much of each pixel column some samples fill.
  func columns(_ ranges: [Range<Int>]) -> PixelColumns {
    var columns = PixelColumns(count: Int(Self.plotWidth))
    let scale = Self.plotWidth / Double(max(1, inspection.samples))
    for range in ranges { columns.add(from: Double(range.lowerBound) * scale, to: Double(range.upperBound) * scale) }
    return columns
  }
}

/// Colours that differ in lightness, too: for print, and for those who see fewer.
enum Palette {
  static let sides = [
    CallPicture.Tint(band: Colour(0xD9E8F5), peak: Colour(0x6AA9DB), rms: Colour(0x0B4F86)),
    CallPicture.Tint(band: Colour(0xDCEFE6), peak: Colour(0x63BD9E), rms: Colour(0x00644C)),
  ]
  static let ink = Colour(0x1B2430)
  static let quiet = Colour(0x5B6673)
  static let rule = Colour(0xC9D0D8)
  static let grid = Colour(0xEBEEF1)
  static let white = Colour(0xFFFFFF)
  static let talkOver = Colour(0xB5257F)
  static let clipping = Colour(0xC1121F)
  static let redacted = Colour(0x2B2F36)

  /// How silence of a kind is shown.
  static func hatching(_ kind: SpanKind) -> Hatching? {
    switch kind {
    case .real, .redacted: nil
    case .paused: Hatching(colour: Colour(0x8B95A1), spacing: 16, lineShare: 0.25, rises: true)
    case .filled: Hatching(colour: Colour(0x8560B0), spacing: 8, lineShare: 0.25, rises: false)
    case .dropped: Hatching(colour: Colour(0xD55E00), spacing: 8, lineShare: 0.55, rises: true)
    }
  }

  /// What people call it.
  static func name(_ kind: SpanKind) -> String {
    switch kind {
    case .real: "Sound"
    case .paused: "Pause"
    case .filled: "No sound arrived"
    case .dropped: "Sound lost"
    case .redacted: "Redacted"
    }
  }

  /// A colour on white, of which only a share shows.
  static func faded(_ colour: Colour, _ share: Double) -> Colour {
    func mix(_ value: UInt8) -> UInt32 { UInt32((255 + (Double(value) - 255) * share).rounded()) }
    return Colour(mix(colour.red) << 16 | mix(colour.green) << 8 | mix(colour.blue))
  }
}
