internal import ReelAudio

/// A list that seldom has more than one: the first lies in it, and not in memory of its own.
struct Few<Element: AnyObject> {
  private(set) var first: Element? {
    didSet { place = first.map { Prefetch.Place($0) } ?? Prefetch.Place() }
  }
  private(set) var place = Prefetch.Place()
  private var others: [Element] = []

  var isEmpty: Bool { first == nil }

  mutating func append(_ element: Element) {
    if first == nil { first = element } else { others.append(element) }
  }

  mutating func removeAll(where isUnwanted: (Element) -> Bool) {
    others.removeAll(where: isUnwanted)
    if let first, isUnwanted(first) { self.first = others.isEmpty ? nil : others.removeFirst() }
  }

  @inline(__always)
  func forEach(_ body: (Element) -> Void) {
    guard let first else { return }
    // Sound: the list holds it, and is not changed before the body has returned.
    unsafe Unmanaged.passUnretained(first)._withUnsafeGuaranteedRef { body($0) }
    if !others.isEmpty { for other in others { body(other) } }
  }

  /// The same for the first alone.
  @inline(__always)
  func withFirst(_ body: (Element) -> Void) {
    guard let first else { return }
    // Sound: as for `forEach`.
    unsafe Unmanaged.passUnretained(first)._withUnsafeGuaranteedRef { body($0) }
  }

  func first(where isWanted: (Element) -> Bool) -> Element? {
    if let first, isWanted(first) { return first }
    return others.first(where: isWanted)
  }

  func map<Made>(_ body: (Element) -> Made) -> [Made] {
    guard let first else { return [] }
    var made = [body(first)]
    if !others.isEmpty { made += others.map(body) }
    return made
  }
}
