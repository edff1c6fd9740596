/// Work that threads share, and whose products come in the order in which it was given.
///
///     let line = WorkLine(threads: 4) { (page: Page) in print(page) }
///     for page in pages { line.put(page).forEach(bind) }
///     line.finish().forEach(bind)
///
/// One owner, on one thread at a time, which is one of the threads that work: where the system gives no other, it does
/// everything. At most ``mostHeld`` pieces are held, as themselves or as products. Threads start as pieces come that
/// they are needed for, and end with the line, which waits for those at work.
package final class WorkLine<Piece: Sendable, Product: Sendable> {
  private struct Numbered: Sendable {
    let number: Int
    let piece: Piece
  }

  private struct Shelf: Sendable {
    var waiting: [Numbered] = []
    var products: [Int: Product] = [:]
    /// How many products were taken away: also the number of the next to be.
    var taken = 0
    var isClosed = false

    mutating func next() -> Numbered? {
      waiting.isEmpty ? nil : waiting.removeFirst()
    }

    mutating func takeProducts() -> [Product] {
      var some: [Product] = []
      while let product = products.removeValue(forKey: taken) {
        some.append(product)
        taken += 1
      }
      return some
    }
  }

  private let work: @Sendable (Piece) -> Product
  private let shelf = Guarded(Shelf())
  private let threadCount: Int
  private var others: [WorkThread] = []
  private var given = 0
  private var taken = 0

  package init(threads: Int, _ work: @escaping @Sendable (Piece) -> Product) {
    threadCount = max(1, threads)
    self.work = work
  }

  deinit {
    shelf.withLock { shelf in
      shelf.waiting = []
      shelf.isClosed = true
    }
    for other in others { other.join() }
  }

  /// One for each thread, and one that waits for the first to be free.
  package var mostHeld: Int { threadCount + 1 }

  /// Gives a piece to work on, and takes what products are next. Where too many pieces are held already, this works on
  /// them, or waits for the others, until they are fewer.
  package func put(_ piece: Piece) -> [Product] {
    let numbered = Numbered(number: given, piece: piece)
    given += 1
    var products = shelf.withLock { shelf in
      shelf.waiting.append(numbered)
      return shelf.takeProducts()
    }
    taken += products.count
    startThread()
    while given - taken > mostHeld { products += workOrWait() }
    return products
  }

  /// Takes the rest of the products.
  package func finish() -> [Product] {
    var products: [Product] = []
    while taken < given { products += workOrWait() }
    return products
  }

  /// One more, if there is more than one piece to work on and fewer threads than there may be.
  private func startThread() {
    guard given - taken > 1, others.count + 1 < threadCount else { return }
    let (shelf, work) = (shelf, work)
    let thread = WorkThread("reel-line") {
      while let mine = shelf.wait(until: { !$0.waiting.isEmpty || $0.isClosed }, { $0.next() }) {
        let product = work(mine.piece)
        shelf.withLock { $0.products[mine.number] = product }
      }
    }
    if let thread { others.append(thread) }
  }

  private func workOrWait() -> [Product] {
    let products: [Product]
    if let mine = shelf.withLock({ $0.next() }) {
      let product = work(mine.piece)
      products = shelf.withLock { shelf in
        shelf.products[mine.number] = product
        return shelf.takeProducts()
      }
    } else {
      products = shelf.wait(until: { $0.products[$0.taken] != nil }, { $0.takeProducts() })
    }
    taken += products.count
    return products
  }
}
