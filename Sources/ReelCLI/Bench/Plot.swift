internal import Glibc
internal import Reel
internal import ReelFiles
internal import ReelOffline

/// A line through a few points, drawn as SVG. The x axis is logarithmic; the y axis begins at 0.
struct Plot {
  let title: String
  let x: String
  let y: String
  let points: [(x: Double, y: Double)]

  private static let width = 640.0
  private static let height = 360.0
  private static let margin = 60.0

  func write(to path: String) throws {
    try WholeFile.write(Array(svg.utf8).span, to: path)
  }

  private var svg: String {
    let most = (points.map(\.y).max() ?? 1) * 1.25
    let places = points.map { (across($0.x), down($0.y / most)) }
    let line = places.map { "\($0.0.text(1)),\($0.1.text(1))" }.joined(separator: " ")
    let dots = zip(places, points).map { place, point in
      """
      <circle cx="\(place.0.text(1))" cy="\(place.1.text(1))" r="4"/>
      <text x="\(place.0.text(1))" y="\((place.1 - 10).text(1))" text-anchor="middle">\(point.y.text(4))</text>
      <text x="\(place.0.text(1))" y="\((Self.height - 40).text(1))" text-anchor="middle">\(Int(point.x))</text>
      """
    }
    let floor = down(0).text(1)
    return """
      <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \(Int(Self.width)) \(Int(Self.height))" \
      font-family="sans-serif" font-size="12" fill="#123">
      <rect width="100%" height="100%" fill="#fff"/>
      <text x="\(Int(Self.width / 2))" y="24" text-anchor="middle" font-size="14">\(title)</text>
      <text x="\(Int(Self.width / 2))" y="\(Int(Self.height - 14))" text-anchor="middle">\(x)</text>
      <text transform="translate(22 \(Int(Self.height / 2))) rotate(-90)" text-anchor="middle">\(y)</text>
      <path d="M\(Int(Self.margin)) 50V\(floor)H\(Int(Self.width - 20))" fill="none" stroke="#888"/>
      <polyline points="\(line)" fill="none" stroke="#06c" stroke-width="2"/>
      \(dots.joined(separator: "\n"))
      </svg>

      """
  }

  private func across(_ value: Double) -> Double {
    let least = log(points.map(\.x).min() ?? 1)
    let span = max(1e-9, log(points.map(\.x).max() ?? 1) - least)
    return Self.margin + 40 + (log(value) - least) / span * (Self.width - 2 * Self.margin - 60)
  }

  private func down(_ share: Double) -> Double {
    50 + (1 - share) * (Self.height - 50 - Self.margin)
  }
}
