internal import ReelAudio

/// The outline of a side's sound: what its samples come to, column by column, for a picture of any length.
///
/// Columns become twice as wide whenever there are too many, so memory is bounded and between half of and all of
/// ``mostColumns`` are there for any but the shortest sound.
package struct Envelope: Hashable, Sendable {
  package static let mostColumns = 4_096

  /// What some samples in a row come to.
  package struct Column: Hashable, Sendable {
    package private(set) var least = Int16.max
    package private(set) var greatest = Int16.min
    /// Of the samples' squares, and of the samples; both exact.
    package private(set) var squares: UInt128 = 0
    package private(set) var sum = 0
    package private(set) var count = 0
    package private(set) var clipped = 0

    package mutating func add(_ other: Column) {
      least = min(least, other.least)
      greatest = max(greatest, other.greatest)
      squares += other.squares
      sum += other.sum
      count += other.count
      clipped += other.clipped
    }

    fileprivate init() {}

    fileprivate init(_ samples: Span<Int16>, _ unclipped: ClosedRange<Int16>) {
      for index in samples.indices {
        least = min(least, samples[index])
        greatest = max(greatest, samples[index])
        sum &+= Int(samples[index])
      }
      squares = UInt128(Level.sumOfSquares(samples))
      count = samples.count
      guard !(unclipped ~= least && unclipped ~= greatest) else { return }
      for index in samples.indices where !(unclipped ~= samples[index]) { clipped += 1 }
    }

    /// The samples' RMS, of 32,768 at full scale.
    package var rms: Double { count == 0 ? 0 : (Double(squares) / Double(count)).squareRoot() }
  }

  package private(set) var samplesPerColumn = 1
  /// All of them have ``samplesPerColumn`` samples but the last, which may have fewer.
  package private(set) var columns: [Column] = []
  /// All samples.
  package private(set) var total = Column()

  /// Samples outside of this are clipped.
  private let unclipped: ClosedRange<Int16>

  /// An empty one, of a side whose samples beyond these are clipped.
  package init(unclipped: ClosedRange<Int16>) {
    self.unclipped = unclipped
    columns.reserveCapacity(Self.mostColumns)
  }

  /// Takes any number of samples.
  package mutating func push(_ samples: Span<Int16>) {
    var rest = samples
    while !rest.isEmpty {
      makeRoom()
      let part = rest.extracting(first: min(rest.count, samplesPerColumn - columns[columns.count - 1].count))
      rest = rest.extracting(droppingFirst: part.count)
      let column = Column(part, unclipped)
      columns[columns.count - 1].add(column)
      total.add(column)
    }
  }

  /// Makes the last column one that has room.
  private mutating func makeRoom() {
    if let last = columns.last, last.count < samplesPerColumn { return }
    if columns.count == Self.mostColumns {
      for index in 0..<columns.count / 2 {
        var pair = columns[2 * index]
        pair.add(columns[2 * index + 1])
        columns[index] = pair
      }
      columns.removeLast(columns.count / 2)
      samplesPerColumn *= 2
    }
    columns.append(Column())
  }
}
