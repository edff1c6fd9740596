/// Something to draw on. Places are pixels from the upper left corner, y downwards; fractions are allowed.
///
/// What draws does not know what on: ``SVGCanvas`` makes text of it, ``RasterCanvas`` pixels.
package protocol Canvas {
  /// A white one.
  init(width: Int, height: Int)
  mutating func fill(_ box: Box, _ colour: Colour)
  mutating func hatch(_ box: Box, _ hatching: Hatching)
  /// Writes one line. `x` is its left end, middle or right end as `align` says, `baseline` what the letters stand on.
  mutating func write(_ text: String, x: Double, baseline: Double, _ style: TextStyle, _ align: TextAlign)
}

/// A rectangle.
package struct Box: Hashable, Sendable {
  package var x: Double
  package var y: Double
  package var width: Double
  package var height: Double

  package init(x: Double, y: Double, width: Double, height: Double) {
    self.x = x
    self.y = y
    self.width = width
    self.height = height
  }
}

package struct Colour: Hashable, Sendable {
  package var red: UInt8
  package var green: UInt8
  package var blue: UInt8
  /// How much of it covers what is below, of 1.
  package var alpha: Double

  /// `rgb` as in a style sheet: 0xRRGGBB.
  package init(_ rgb: UInt32, alpha: Double = 1) {
    red = UInt8(truncatingIfNeeded: rgb >> 16)
    green = UInt8(truncatingIfNeeded: rgb >> 8)
    blue = UInt8(truncatingIfNeeded: rgb)
    self.alpha = alpha
  }
}

/// Slanted lines of one colour, which show what is below between them.
package struct Hatching: Hashable, Sendable {
  package var colour: Colour
  /// From one line to the next, across the page, and a line's share of it.
  package var spacing: Int
  package var lineShare: Double
  /// Whether they rise from left to right.
  package var rises: Bool

  package init(colour: Colour, spacing: Int, lineShare: Double, rises: Bool) {
    self.colour = colour
    self.spacing = spacing
    self.lineShare = lineShare
    self.rises = rises
  }
}

package struct TextStyle: Hashable, Sendable {
  /// The height of a line of text; capital letters have two thirds of it.
  package var size: Double
  package var colour: Colour
  package var isBold: Bool

  package init(size: Double, colour: Colour, isBold: Bool = false) {
    self.size = size
    self.colour = colour
    self.isBold = isBold
  }
}

package enum TextAlign: Sendable {
  case left, middle, right
}
