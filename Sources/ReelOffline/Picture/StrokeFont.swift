/// Letters as lines of a pen, for pictures of pixels: they can be drawn at any size and weight.
///
/// On a grid of 16 by 16 the baseline is at 4, the tops of capitals at 14 and of small letters at 11, the lowest tails
/// at 0. A glyph's text is its strokes, each a sign and points of two hexadecimal digits, x and y:
///
///     -040E    straight lines from point to point
///     ~0A2B    a curve from the first point to the last, drawn towards those between
///     o0C06    a closed curve
///     .04      a dot
package enum StrokeFont {
  struct Glyph {
    /// Grid units from its left edge to its right one.
    var width: Int
    /// Points from the baseline upwards, in grid units.
    var strokes: [[(x: Double, y: Double)]]
  }

  static let baseline = 4
  private static let capitals = 10.0
  private static let bearing = 2.7
  private static let space = 2

  /// Pixels of a grid unit.
  static func unit(_ style: TextStyle) -> Double { style.size * 0.68 / capitals }

  static func thickness(_ style: TextStyle) -> Double {
    max(1, style.size * (style.isBold ? 0.125 : 0.082))
  }

  static func advance(of character: Character, _ style: TextStyle) -> Double {
    (Double(glyph(character).width) + bearing) * unit(style)
  }

  /// How long a line of text is; near what other sans-serif letters need, too.
  package static func width(of text: String, _ style: TextStyle) -> Double {
    let whole = text.reduce(0) { $0 + advance(of: $1, style) }
    return max(0, whole - bearing * unit(style))
  }

  /// A letter, or an empty box for one that was never drawn.
  static func glyph(_ character: Character) -> Glyph {
    glyphs[character] ?? missing
  }

  private static let missing = Glyph(text: "-040E6E6404", width: 6)
  private static let glyphs: [Character: Glyph] = {
    var table: [Character: Glyph] = [" ": Glyph(width: space, strokes: [])]
    for (character, width, text) in strokeFontGlyphs { table[character] = Glyph(text: text, width: width) }
    return table
  }()
}

extension StrokeFont.Glyph {
  init(text: String, width: Int) {
    self.width = width
    strokes = text.split(separator: " ").map { stroke in
      let digits = stroke.dropFirst().compactMap(\.hexDigitValue)
      let points = stride(from: 0, to: digits.count - 1, by: 2).map { place in
        (x: Double(digits[place]), y: Double(digits[place + 1] - StrokeFont.baseline))
      }
      switch stroke.first {
      case "~": return Self.curve(points, isClosed: false)
      case "o": return Self.curve(points, isClosed: true)
      case ".": return points + points
      default: return points
      }
    }
  }

  /// Parabolas towards each inner point, from the middle before it to the middle after it.
  private static func curve(_ points: [(x: Double, y: Double)], isClosed: Bool) -> [(x: Double, y: Double)] {
    func middle(_ a: (x: Double, y: Double), _ b: (x: Double, y: Double)) -> (x: Double, y: Double) {
      ((a.x + b.x) / 2, (a.y + b.y) / 2)
    }
    let count = points.count
    guard count > 2 else { return points }
    var line = [isClosed ? middle(points[count - 1], points[0]) : points[0]]
    for index in isClosed ? 0..<count : 1..<count - 1 {
      let (from, towards) = (line[line.count - 1], points[index])
      let isLast = !isClosed && index == count - 2
      let to = isLast ? points[count - 1] : middle(towards, points[(index + 1) % count])
      for step in 1...6 {
        let share = Double(step) / 6
        let rest = 1 - share
        let (a, b, c) = (rest * rest, 2 * rest * share, share * share)
        line.append((a * from.x + b * towards.x + c * to.x, a * from.y + b * towards.y + c * to.y))
      }
    }
    return line
  }
}
