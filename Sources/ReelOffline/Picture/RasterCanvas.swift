internal import Glibc

/// Draws pixels, in letters of our own (``StrokeFont``).
///
/// Edges between pixels are blended by how much of a pixel is covered. Costs 3 bytes a pixel.
package struct RasterCanvas: Canvas {
  package let width: Int
  package let height: Int
  /// Red, green and blue of each pixel, row by row from the top.
  package private(set) var rgb: [UInt8]

  package init(width: Int, height: Int) {
    precondition(width > 0 && height > 0)
    self.width = width
    self.height = height
    rgb = [UInt8](repeating: 255, count: 3 * width * height)
  }

  /// The picture as a PNG file.
  package var png: [UInt8] { PNG.file(width: width, height: height, rgb: rgb) }

  package mutating func fill(_ box: Box, _ colour: Colour) {
    for y in rows(box.y, box.height) {
      let vertical = Self.overlap(y, box.y, box.y + box.height)
      for x in columns(box.x, box.width) {
        blend(x, y, colour, vertical * Self.overlap(x, box.x, box.x + box.width))
      }
    }
  }

  package mutating func hatch(_ box: Box, _ hatching: Hatching) {
    let spacing = Double(hatching.spacing)
    let line = spacing * hatching.lineShare
    for y in rows(box.y.rounded(), box.height.rounded()) {
      for x in columns(box.x.rounded(), max(1, box.width.rounded())) {
        let place = Double((hatching.rises ? x + y : x - y) % hatching.spacing)
        let phase = place < 0 ? place + spacing : place
        blend(x, y, hatching.colour, Self.overlap(Int(phase), 0, line))
      }
    }
  }

  package mutating func write(
    _ text: String, x: Double, baseline: Double, _ style: TextStyle, _ align: TextAlign
  ) {
    let length = StrokeFont.width(of: text, style)
    let start =
      switch align {
      case .left: x
      case .middle: x - length / 2
      case .right: x - length
      }
    var pen = start
    for character in text {
      draw(StrokeFont.glyph(character), x: pen, baseline: baseline, style)
      pen += StrokeFont.advance(of: character, style)
    }
  }

  // MARK: Letters

  /// The lines of one letter are gathered first, so that where they meet nothing is drawn twice.
  private mutating func draw(_ glyph: StrokeFont.Glyph, x: Double, baseline: Double, _ style: TextStyle) {
    let unit = StrokeFont.unit(style)
    let reach = StrokeFont.thickness(style) / 2
    let left = Int(x - reach) - 2
    let top = Int(baseline - style.size) - 2
    let size = (width: Int(Double(glyph.width) * unit + 2 * reach) + 6, height: Int(1.4 * style.size) + 6)
    var cover = [Double](repeating: 0, count: size.width * size.height)
    for stroke in glyph.strokes {
      let points = stroke.map { point in
        (x: x + point.x * unit - Double(left), y: baseline - point.y * unit - Double(top))
      }
      for (from, to) in zip(points, points.dropFirst()) {
        let across = Int(max(0, min(from.x, to.x) - reach - 1))...Int(max(0, max(from.x, to.x) + reach + 1))
        let down = Int(max(0, min(from.y, to.y) - reach - 1))...Int(max(0, max(from.y, to.y) + reach + 1))
        for row in down where row < size.height {
          for column in across where column < size.width {
            let distance = Self.distance(Double(column) + 0.5, Double(row) + 0.5, from, to)
            let place = row * size.width + column
            cover[place] = max(cover[place], min(1, reach + 0.5 - distance))
          }
        }
      }
    }
    for row in 0..<size.height {
      for column in 0..<size.width where cover[row * size.width + column] > 0 {
        blend(left + column, top + row, style.colour, cover[row * size.width + column])
      }
    }
  }

  /// From a point to the nearest one of a line between two.
  private static func distance(
    _ x: Double, _ y: Double, _ from: (x: Double, y: Double), _ to: (x: Double, y: Double)
  ) -> Double {
    let (dx, dy) = (to.x - from.x, to.y - from.y)
    let square = dx * dx + dy * dy
    let share = square == 0 ? 0 : min(1, max(0, ((x - from.x) * dx + (y - from.y) * dy) / square))
    return hypot(x - from.x - share * dx, y - from.y - share * dy)
  }

  // MARK: Pixels

  private func rows(_ y: Double, _ height: Double) -> Range<Int> {
    Self.pixels(y, y + height, limit: self.height)
  }

  private func columns(_ x: Double, _ width: Double) -> Range<Int> {
    Self.pixels(x, x + width, limit: self.width)
  }

  /// Those that lie between two places, wholly or in part.
  private static func pixels(_ from: Double, _ to: Double, limit: Int) -> Range<Int> {
    let first = min(max(0, from.rounded(.down)), Double(limit))
    let last = min(max(first, to.rounded(.up)), Double(limit))
    return Int(first)..<Int(last)
  }

  /// How much of a pixel lies between two places.
  private static func overlap(_ pixel: Int, _ from: Double, _ to: Double) -> Double {
    max(0, min(Double(pixel) + 1, to) - max(Double(pixel), from))
  }

  private mutating func blend(_ x: Int, _ y: Int, _ colour: Colour, _ cover: Double) {
    guard 0..<width ~= x, 0..<height ~= y else { return }
    let share = colour.alpha * cover
    let place = 3 * (y * width + x)
    rgb[place] = Self.mixed(rgb[place], colour.red, share)
    rgb[place + 1] = Self.mixed(rgb[place + 1], colour.green, share)
    rgb[place + 2] = Self.mixed(rgb[place + 2], colour.blue, share)
  }

  private static func mixed(_ below: UInt8, _ above: UInt8, _ share: Double) -> UInt8 {
    UInt8((Double(below) + (Double(above) - Double(below)) * share).rounded())
  }
}
