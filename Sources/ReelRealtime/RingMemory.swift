// Real-time: copying and the writer's steps take no lock, allocate nothing and make no system call.
internal import Synchronization

/// What stands before a packet's samples: one slot.
struct PacketHeader {
  var count: Int32
  var lostBefore: UInt32
  var position: Int

  /// No clock comes near it.
  static let noPosition = Int.min
}

/// What only the writer changes, and where it writes: beside each other, so that a push finds all of it in one place.
///
/// It is changed by assigning to its fields, never by a method of its own: that would take all of it for itself, while
/// the reader reads `published`.
///
/// The wall round the pointers: the memory's, which outlives its states.
@safe struct WriterState: ~Copyable {
  /// What the reader may see: every slot below it is written.
  let published = Atomic<Int>(0)
  /// How many samples found no room.
  let lost = Atomic<Int>(0)
  /// The slot that `published` falls on.
  var place = 0
  /// As much of the reader's count as the writer has needed to know.
  var headSeen = 0
  let slots: UnsafeMutableRawPointer
  let capacity: Int
  /// Samples that found no room since the last packet.
  var lostBefore: UInt32 = 0
  let reader: UnsafeMutablePointer<ReaderState>
  // So far a cache line, which is all that a push and a look by the reader need.
  /// The position that the last 32-bit one stood for.
  var position = 0
  #if DEBUG
    private let isBusy = Atomic<Bool>(false)
  #endif
  private let padding = InlineArray<7, Int>(repeating: 0)

  init(slots: UnsafeMutableRawPointer, capacity: Int, reader: UnsafeMutablePointer<ReaderState>) {
    unsafe self.slots = slots
    self.capacity = capacity
    unsafe self.reader = reader
  }

  @inline(__always)
  func enter() {
    #if DEBUG
      precondition(!isBusy.exchange(true, ordering: .acquiring), "two threads push the same leg at once")
    #endif
  }

  @inline(__always)
  func leave() {
    #if DEBUG
      isBusy.store(false, ordering: .releasing)
    #endif
  }
}

/// What only the reader changes.
struct ReaderState: ~Copyable {
  /// What the writer may see: every slot below it is free again.
  let published = Atomic<Int>(0)
  var count = 0
  var place = 0
  private let padding = InlineArray<5, Int>(repeating: 0)
}

/// The memory of a ring: the two sides' states, apart from each other so that no cache line is both's, and the slots.
///
/// The wall round the pointers: made and freed here, never moved, aligned to cache lines, and handed only to the ring's
/// two ends, which keep this object. Who may touch what is told at each field.
@safe final class RingMemory: @unchecked Sendable {
  let writer: UnsafeMutablePointer<WriterState>
  let reader: UnsafeMutablePointer<ReaderState>
  let slots: UnsafeMutableRawPointer
  let capacity: Int

  static let slotBytes = 16
  static let sampleBytes = 2
  static let slotSamples = slotBytes / sampleBytes
  static let lineBytes = 64

  init(slots count: Int) {
    capacity = count
    unsafe reader = Self.allocate(MemoryLayout<ReaderState>.size).bindMemory(to: ReaderState.self, capacity: 1)
    unsafe reader.initialize(to: ReaderState())
    unsafe slots = Self.allocate(count * Self.slotBytes)
    // Every page is there before the first push, which must not wait for the system to bring it.
    unsafe slots.initializeMemory(as: UInt8.self, repeating: 0, count: count * Self.slotBytes)
    unsafe writer = Self.allocate(MemoryLayout<WriterState>.size).bindMemory(to: WriterState.self, capacity: 1)
    unsafe writer.initialize(to: WriterState(slots: slots, capacity: count, reader: reader))
  }

  deinit {
    unsafe writer.deinitialize(count: 1)
    unsafe reader.deinitialize(count: 1)
    unsafe writer.deallocate()
    unsafe reader.deallocate()
    unsafe slots.deallocate()
  }

  private static func allocate(_ byteCount: Int) -> UnsafeMutableRawPointer {
    UnsafeMutableRawPointer.allocate(byteCount: byteCount, alignment: lineBytes)
  }

  /// Copies samples, which may not overlap. The thread sanitizer does not look into memory copies, so it gets a loop.
  @inline(__always)
  static func copy(_ source: UnsafePointer<Int16>, to target: UnsafeMutableRawPointer, _ count: Int) {
    #if TSAN
      let samples = unsafe target.assumingMemoryBound(to: Int16.self)
      for index in 0..<count { unsafe samples[index] = unsafe source[index] }
    #else
      unsafe target.copyMemory(from: source, byteCount: count &* sampleBytes)
    #endif
  }

  #if TSAN
    /// Reads memory where the thread sanitizer sees it, as reads through a span may not be.
    @inline(never)
    static func watch(_ start: UnsafeMutableRawPointer, _ count: Int) {
      let samples = unsafe start.assumingMemoryBound(to: Int16.self)
      var sum = 0
      for index in 0..<count { sum &+= Int(unsafe samples[index]) }
      withExtendedLifetime(sum) {}
    }
  #endif
}
