internal import CPrefetch

/// Asks for memory before it is wanted, so that it is there when it is. Where more objects are gone through than a
/// cache has room for, most of the time goes in waiting for their lines one after another; asked for ahead, they come
/// side by side, while something else is done.
///
/// The wall round the pointers: nothing is read or written by them, and to ask for what is gone does nothing.
package enum Prefetch {
  /// Where an object is, for asking only: it keeps nothing alive, and taking it from an object counts no reference.
  @safe package struct Place: @unchecked Sendable {
    private let start: UnsafeRawPointer?

    /// Nowhere.
    package init() { unsafe start = nil }

    package init(_ object: AnyObject) {
      unsafe start = UnsafeRawPointer(Unmanaged.passUnretained(object).toOpaque())
    }

    /// Where an array's memory begins. In place, for a copy would count a reference; it is not changed.
    package init(headOf array: inout [some Any]) {
      unsafe start = array.withUnsafeBufferPointer { elements in
        unsafe UnsafeRawPointer(elements.baseAddress).map { unsafe $0 - arrayHeaderBytes }
      }
    }

    /// Asks for an array's own account of itself and for `byteCount` bytes from `offset` in its elements on.
    package func fetchElements(from offset: Int, _ byteCount: Int) {
      guard let start = unsafe start else { return }
      unsafe memory(start, arrayHeaderBytes)
      unsafe memory(start + arrayHeaderBytes + offset, byteCount)
    }

    /// Asks for the object's first `byteCount` bytes, without touching it.
    package func fetch(_ byteCount: Int) {
      if let start = unsafe start { unsafe memory(start, byteCount) }
    }
  }

  /// Asks for an array's own account of itself and for `byteCount` bytes from the element at `start` on.
  package static func elements<Element>(of array: borrowing [Element], from start: Int, _ byteCount: Int) {
    unsafe array.withUnsafeBufferPointer { elements in
      guard let first = elements.baseAddress else { return }
      unsafe memory(UnsafeRawPointer(first) - arrayHeaderBytes, arrayHeaderBytes)
      unsafe memory(UnsafeRawPointer(first + start), byteCount)
    }
  }

  /// Asks for `byteCount` bytes from `start` on.
  package static func memory(_ start: UnsafeRawPointer, _ byteCount: Int) {
    var line = UInt(bitPattern: start) & ~(lineBytes - 1)
    let end = UInt(bitPattern: start) &+ UInt(bitPattern: byteCount)
    while line < end {
      unsafe reel_prefetch(UnsafeRawPointer(bitPattern: line))
      line &+= lineBytes
    }
  }

  private static var lineBytes: UInt { 64 }
  /// What stands before an array's elements.
  private static var arrayHeaderBytes: Int { 32 }
}
