internal import Glibc
internal import ReelFiles
internal import ReelOffline

/// How something grows: one or more charts over the same axis, one below the other, drawn as SVG. The x axis is
/// logarithmic, every y axis begins at 0, so that a straight level line is what growth should look like.
package struct Plot {
  let title: String
  /// On what and when it was measured.
  let origin: String
  let x: String
  let charts: [Chart]

  package struct Chart {
    let y: String
    let series: [Series]

    package init(y: String, series: [Series]) {
      self.y = y
      self.series = series
    }
  }

  /// What one line joins. A point has a range, which is drawn too.
  package struct Series {
    let name: String
    let points: [(x: Double, y: Figure)]

    package init(name: String, points: [(x: Double, y: Figure)]) {
      self.name = name
      self.points = points
    }
  }

  package init(title: String, origin: String, x: String, charts: [Chart]) {
    self.title = title
    self.origin = origin
    self.x = x
    self.charts = charts
  }

  private static let width = 760.0
  private static let chartHeight = 200.0
  private static let left = 76.0
  private static let right = 560.0
  private static let top = 88.0
  private static let gap = 46.0
  private static let footer = 64.0
  private static let ink = Colour(0x22_2A_33)
  private static let pale = Colour(0xDD_E1_E6)
  private static let tints = [Colour(0x1F_6F_B2), Colour(0xC7_5B_12), Colour(0x2E_8B_57), Colour(0x7A_4F_9A)]

  func write(to path: String) throws(FileError) {
    try WholeFile.write(Array(svg.utf8).span, to: path)
  }

  package var svg: String {
    let height = Self.top + Double(charts.count) * (Self.chartHeight + Self.gap) + Self.footer - Self.gap
    var canvas = SVGCanvas(width: Int(Self.width), height: Int(height))
    canvas.write(title, x: 20, baseline: 28, TextStyle(size: 17, colour: Self.ink, isBold: true), .left)
    canvas.write(origin, x: 20, baseline: 48, TextStyle(size: 12, colour: Self.ink), .left)
    for (index, chart) in charts.enumerated() {
      draw(chart, top: Self.top + Double(index) * (Self.chartHeight + Self.gap), on: &canvas)
    }
    let middle = (Self.left + Self.right) / 2
    canvas.write(x, x: middle, baseline: height - 14, TextStyle(size: 13, colour: Self.ink), .middle)
    return canvas.text()
  }

  private func draw(_ chart: Chart, top: Double, on canvas: inout SVGCanvas) {
    let bottom = top + Self.chartHeight
    let small = TextStyle(size: 12, colour: Self.ink)
    let most = Self.ceiling(chart.series.flatMap(\.points).map(\.y.high).max() ?? 1)
    func down(_ value: Double) -> Double { bottom - value / most * Self.chartHeight }
    for step in 0...4 {
      let value = most * Double(step) / 4
      canvas.fill(Box(x: Self.left, y: down(value) - 0.5, width: Self.right - Self.left, height: 1), Self.pale)
      canvas.write(Self.tick(value), x: Self.left - 8, baseline: down(value) + 4, small, .right)
    }
    canvas.write(chart.y, x: Self.left, baseline: top - 8, TextStyle(size: 13, colour: Self.ink, isBold: true), .left)
    for place in places {
      canvas.write(Self.tick(place), x: across(place), baseline: bottom + 18, small, .middle)
    }
    for (index, series) in chart.series.enumerated() {
      let tint = Self.tints[index % Self.tints.count]
      canvas.stroke(series.points.map { (across($0.x), down($0.y.median)) }, width: 2, tint)
      for point in series.points {
        canvas.stroke([(across(point.x), down(point.y.low)), (across(point.x), down(point.y.high))], width: 1.5, tint)
        canvas.fill(Box(x: across(point.x) - 3.5, y: down(point.y.median) - 3.5, width: 7, height: 7), tint)
      }
      let baseline = top + 14 + 20 * Double(index)
      canvas.fill(Box(x: Self.right + 16, y: baseline - 9, width: 10, height: 10), tint)
      canvas.write(series.name, x: Self.right + 32, baseline: baseline, small, .left)
    }
  }

  /// Every x of any series, in order.
  private var places: [Double] {
    Array(Set(charts.flatMap(\.series).flatMap(\.points).map(\.x))).sorted()
  }

  private func across(_ value: Double) -> Double {
    guard let least = places.first, let most = places.last, most > least else { return (Self.left + Self.right) / 2 }
    let share = log(value / least) / log(most / least)
    return Self.left + 24 + share * (Self.right - Self.left - 48)
  }

  /// The next of 1, 2, 4, 6, 8, 10, 20 and so on that holds a value: a quarter of it is a short number.
  package static func ceiling(_ value: Double) -> Double {
    guard value > 0 else { return 1 }
    let power = pow(10, log10(value).rounded(.down))
    return [1.0, 2, 4, 6, 8].map { $0 * power }.first { $0 >= value } ?? 10 * power
  }

  private static func tick(_ value: Double) -> String {
    let text = value.text(value >= 100 ? 0 : value >= 1 ? 1 : 4)
    guard text.contains(".") else { return text }
    let bare = text.reversed().drop { $0 == "0" }.drop { $0 == "." }
    return bare.isEmpty ? "0" : String(bare.reversed())
  }
}
