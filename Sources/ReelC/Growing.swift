internal import CReel

/// Structs that C fills, which begin with their size so that they can grow: a shorter one than the library's is from an
/// older header, and what it lacks has its default; a longer one is from a newer header, and is taken where all that
/// the library does not know is 0.
enum Growing {
  /// No header will have a larger struct; memory that nobody set seldom says less.
  static let mostBytes = 4_096
  /// The size and one thing more.
  static let leastBytes = 16

  static func check(_ size: Int, _ name: String) throws(Refusal) {
    guard (leastBytes...mostBytes).contains(size), size % 8 == 0 else {
      throw .argument("the size of \(name)", "\(size)", allowed: "sizeof, as by \(name)_init")
    }
  }

  /// What the caller filled, over the defaults.
  static func read<Value>(_ pointer: UnsafeRawPointer?, over defaults: Value, _ name: String) throws -> Value {
    guard let pointer = unsafe pointer else { throw Refusal.argument(name, "NULL", allowed: "where to read them") }
    let size = unsafe pointer.loadUnaligned(as: Int.self)
    try check(size, name)
    var value = defaults
    // Sound: the caller's promise that as much is there as it says; C's structs are their bytes.
    return try unsafe withUnsafeMutableBytes(of: &value) { known in
      let given = unsafe UnsafeRawBufferPointer(start: pointer, count: size)
      guard unsafe given.dropFirst(known.count).allSatisfy({ $0 == 0 }) else {
        throw Refusal.argument(name, "newer than this library", allowed: "0 in all that it does not know")
      }
      unsafe known.copyBytes(from: given.prefix(known.count))
      return unsafe known.load(as: Value.self)
    }
  }

  /// Writes as much as the caller has room for, and 0 beyond.
  static func write<Value>(_ value: Value, to pointer: UnsafeMutableRawPointer?, _ size: Int, _ name: String) throws {
    guard let pointer = unsafe pointer else { throw Refusal.argument(name, "NULL", allowed: "where to write them") }
    try check(size, name)
    // Sound: as for `read`.
    unsafe withUnsafeBytes(of: value) { known in
      let room = unsafe UnsafeMutableRawBufferPointer(start: pointer, count: size)
      unsafe room.copyBytes(from: known.prefix(size))
      for place in min(size, known.count)..<size { unsafe room[place] = 0 }
    }
    unsafe pointer.storeBytes(of: size, as: Int.self)
  }
}
