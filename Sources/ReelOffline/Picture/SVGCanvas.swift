/// Draws SVG, in the viewer's own letters.
package struct SVGCanvas: Canvas {
  private let width: Int
  private let height: Int
  private var body = ""
  private var patterns: [Hatching] = []
  /// Opaque boxes of one colour that were filled in a row: one path.
  private var path = ""
  private var pathColour: Colour?

  package init(width: Int, height: Int) {
    self.width = width
    self.height = height
  }

  package mutating func fill(_ box: Box, _ colour: Colour) {
    guard box.width > 0, box.height > 0 else { return }
    guard colour.alpha == 1 else {
      closePath()
      body += "<rect \(Self.place(box)) fill=\"\(Self.hex(colour))\" fill-opacity=\"\(Self.number(colour.alpha))\"/>\n"
      return
    }
    if pathColour != colour { closePath() }
    pathColour = colour
    let across = Self.number(box.width)
    path += "M\(Self.number(box.x)) \(Self.number(box.y))h\(across)v\(Self.number(box.height))h-\(across)z"
  }

  package mutating func hatch(_ box: Box, _ hatching: Hatching) {
    closePath()
    let index = patterns.firstIndex(of: hatching) ?? patterns.count
    if index == patterns.count { patterns.append(hatching) }
    body += "<rect \(Self.place(box)) fill=\"url(#h\(index))\"/>\n"
  }

  package mutating func write(
    _ text: String, x: Double, baseline: Double, _ style: TextStyle, _ align: TextAlign
  ) {
    closePath()
    let anchor =
      switch align {
      case .left: ""
      case .middle: " text-anchor=\"middle\""
      case .right: " text-anchor=\"end\""
      }
    let weight = style.isBold ? " font-weight=\"bold\"" : ""
    body +=
      "<text x=\"\(Self.number(x))\" y=\"\(Self.number(baseline))\" font-size=\"\(Self.number(style.size * 0.94))\""
      + "\(anchor)\(weight) fill=\"\(Self.hex(style.colour))\">\(Self.escaped(text))</text>\n"
  }

  /// A line through points, with round ends and corners.
  package mutating func stroke(_ points: [(x: Double, y: Double)], width: Double, _ colour: Colour) {
    closePath()
    let places = points.map { "\(Self.number($0.x)),\(Self.number($0.y))" }.joined(separator: " ")
    body +=
      "<polyline points=\"\(places)\" fill=\"none\" stroke=\"\(Self.hex(colour))\" "
      + "stroke-width=\"\(Self.number(width))\" stroke-linecap=\"round\" stroke-linejoin=\"round\"/>\n"
  }

  /// The whole picture.
  package consuming func text() -> String {
    closePath()
    let definitions = patterns.enumerated().map { Self.definition($0.element, index: $0.offset) }.joined()
    return """
      <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \(width) \(height)" width="\(width)" height="\(height)" \
      font-family="Helvetica, Arial, 'Liberation Sans', sans-serif">
      <defs>\(definitions)</defs>
      <rect width="\(width)" height="\(height)" fill="#ffffff"/>
      \(body)</svg>

      """
  }

  private mutating func closePath() {
    guard let colour = pathColour else { return }
    body += "<path fill=\"\(Self.hex(colour))\" d=\"\(path)\"/>\n"
    path = ""
    pathColour = nil
  }

  /// Upright stripes, turned; on the slant their distance is less than along the page by √2.
  private static func definition(_ hatching: Hatching, index: Int) -> String {
    let step = Double(hatching.spacing) / 2.0.squareRoot()
    return """
      <pattern id="h\(index)" width="\(number(step))" height="\(number(step))" patternUnits="userSpaceOnUse" \
      patternTransform="rotate(\(hatching.rises ? 45 : -45))"><rect width="\(number(step * hatching.lineShare))" \
      height="\(number(step))" fill="\(hex(hatching.colour))"/></pattern>
      """
  }

  private static func place(_ box: Box) -> String {
    "x=\"\(number(box.x))\" y=\"\(number(box.y))\" width=\"\(number(box.width))\" height=\"\(number(box.height))\""
  }

  private static func hex(_ colour: Colour) -> String {
    let digits = [colour.red, colour.green, colour.blue].map { byte in
      (byte < 16 ? "0" : "") + String(byte, radix: 16)
    }
    return "#" + digits.joined()
  }

  /// To a hundredth of a pixel, without what says nothing.
  private static func number(_ value: Double) -> String {
    var text = value.text(2)
    while text.hasSuffix("0") { text.removeLast() }
    if text.hasSuffix(".") { text.removeLast() }
    return text == "-0" ? "0" : text
  }

  /// What XML may hold and mean as text. Control characters and what is no character can't be written at all.
  private static func escaped(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case _ where scalar.value < 0x20 || scalar.value & 0xFFFE == 0xFFFE: result += "?"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }
}
