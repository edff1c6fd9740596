internal import Synchronization

/// A number that any thread may change and any may read.
package final class Tally: Sendable {
  private let number: Atomic<Int>

  package init(_ number: Int = 0) {
    self.number = Atomic(number)
  }

  package var value: Int { number.load(ordering: .acquiring) }

  package func set(_ value: Int) {
    number.store(value, ordering: .releasing)
  }

  /// Adds, and gives what it makes.
  @discardableResult
  package func add(_ amount: Int) -> Int {
    number.add(amount, ordering: .acquiringAndReleasing).newValue
  }

  /// Adds as long as the sum is at most `limit`; gives whether it did.
  package func add(_ amount: Int, upTo limit: Int) -> Bool {
    if add(amount) <= limit { return true }
    add(-amount)
    return false
  }

  /// Keeps the greater of the number and `value`.
  package func raise(to value: Int) {
    number.max(value, ordering: .acquiringAndReleasing)
  }
}

/// A number within an object that is shared: as a ``Tally``, without an object of its own.
package struct Count: ~Copyable, Sendable {
  private let number = Atomic<Int>(0)

  package init() {}

  package var value: Int { number.load(ordering: .acquiring) }

  package func increase() {
    number.add(1, ordering: .acquiringAndReleasing)
  }
}
