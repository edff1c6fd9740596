// Real-time: what `PacketWriter` does takes no lock, allocates nothing, counts no reference and makes no system call.
internal import ReelAudio
internal import Synchronization

/// Packets of samples from one thread to another, in order, each with what it needs to be placed.
///
///     let ring = PacketRing(samples: 4_000)
///     let writer = ring.makeWriter(), reader = ring.makeReader()     // each may be made once
///     writer.push(samples.span, at: nil)                             // the media thread
///     while let packet = reader.next(upTo: ring.stamp.tail) { … }          // the worker
///
/// Memory is slots of 16 bytes. A packet is a slot that tells of it, then its samples, 8 to a slot; where the slots end
/// it goes on at the first.
///
///     slots   . . . . │head│s s s│head│s s s│head│s s . . .
///                     ▲                          ▲
///                   head (reader's)            tail (writer's)
///
/// Both count slots since the beginning and never wrap; each side keeps its own place beside its count. A push that
/// finds no room is dropped whole and counted, and the next packet tells how much was lost before it.
///
/// - Push: two copies at most, whatever the reader does. About 15 ns for 160 samples in warm memory, half of them the
///   copy's.
/// - One writer and one reader, each on one thread at a time. A second writer is caught in debug builds.
package final class PacketRing: Sendable {
  /// The most samples that one packet can have.
  package let mostSamples: Int
  /// How many samples a slot, the unit of a tail, has room for.
  package static let slotSamples = RingMemory.slotSamples
  let memory: RingMemory
  private let writers = Atomic<Int>(0)
  private let readers = Atomic<Int>(0)

  /// A ring for at least so many samples, in packets of 160 or more.
  package init(samples: Int) {
    let packets = samples / Self.leastPacket + 1
    let slots = samples / RingMemory.slotSamples + 2 * packets
    memory = RingMemory(slots: slots)
    mostSamples = samples
  }

  /// 20 ms at 8 kHz: smaller ones fit too, only not as many samples of them.
  private static let leastPacket = 160

  /// The end for the thread that pushes.
  package func makeWriter() -> PacketWriter {
    precondition(writers.add(1, ordering: .relaxed).oldValue == 0, "a ring has one writer")
    return PacketWriter(memory)
  }

  /// The end for the thread that takes out.
  package func makeReader() -> PacketReader {
    precondition(readers.add(1, ordering: .relaxed).oldValue == 0, "a ring has one reader")
    return PacketReader(memory)
  }

  /// How far the writer has come: every push that returned before is in it. Any thread may ask.
  package var stamp: RingStamp { unsafe RingStamp(memory.writer) }
}

/// A moment of a ring, as its writer has it.
package struct RingStamp: Hashable, Sendable {
  /// In slots, how much was pushed.
  package var tail: Int
  /// How many samples found no room.
  package var lost: Int

  package init(tail: Int, lost: Int) {
    self.tail = tail
    self.lost = lost
  }

  /// Sound: a ring's writer changes both by atomics only.
  @inline(__always)
  init(_ writer: UnsafeMutablePointer<WriterState>) {
    // The tail first: what is lost after it comes after it.
    tail = unsafe writer.pointee.published.load(ordering: .acquiring)
    lost = unsafe writer.pointee.lost.load(ordering: .acquiring)
  }
}

/// A moment of both legs' rings.
package struct LegStamps: Hashable, Sendable {
  package var caller: RingStamp
  package var agent: RingStamp

  package init(caller: RingStamp, agent: RingStamp) {
    self.caller = caller
    self.agent = agent
  }
}

/// The end that a media thread pushes into. Not for two threads at once.
///
/// The wall round the pointers: they are the memory's, which this end keeps. That it can be handed to another thread is
/// sound, for the two sides touch each other's fields through atomics only.
@safe package struct PacketWriter: ~Copyable, @unchecked Sendable {
  // Two words, so that a call hands it over in registers.
  private let memory: RingMemory
  private let state: UnsafeMutablePointer<WriterState>

  init(_ memory: RingMemory) {
    self.memory = memory
    unsafe state = memory.writer
  }

  /// Takes a copy of the samples, at `position` by their own clock if they have one; gives whether there was room.
  /// Wait-free.
  @discardableResult
  package func push(_ samples: Span<Int16>, at position: Int? = nil) -> Bool {
    guard !samples.isEmpty else { return true }
    // Sound: the memory lives as long as `memory`; the writer's fields are this thread's alone, and a slot is written
    // only when the reader has published that it is done with it.
    unsafe state.pointee.enter()
    defer { unsafe state.pointee.leave() }
    let needed = 1 &+ (samples.count &+ RingMemory.slotSamples &- 1) / RingMemory.slotSamples
    let tail = unsafe state.pointee.published.load(ordering: .relaxed)
    let capacity = unsafe state.pointee.capacity
    guard hasRoom(needed, tail) else {
      lose(samples.count)
      return false
    }
    let place = unsafe state.pointee.place
    let header = PacketHeader(
      count: Int32(truncatingIfNeeded: samples.count), lostBefore: unsafe state.pointee.lostBefore,
      position: position ?? PacketHeader.noPosition)
    unsafe state.pointee.lostBefore = 0
    unsafe (state.pointee.slots + place &* RingMemory.slotBytes).storeBytes(of: header, as: PacketHeader.self)
    copy(samples, from: place &+ 1)
    let next = place &+ needed
    unsafe state.pointee.place = next >= capacity ? next &- capacity : next
    unsafe state.pointee.published.store(tail &+ needed, ordering: .releasing)
    return true
  }

  /// The same, with a position of 32 bits that begins anew when it is full, as RTP's does. Wait-free.
  @discardableResult
  package func push(_ samples: Span<Int16>, atStamp stamp: UInt32) -> Bool {
    // Sound: as for `push(_:at:)`. The position is the nearest to the last that the stamp can stand for.
    let last = unsafe state.pointee.position
    let position = last &+ Int(Int32(truncatingIfNeeded: stamp &- UInt32(truncatingIfNeeded: last)))
    unsafe state.pointee.position = position
    return push(samples, at: position)
  }

  private func lose(_ count: Int) {
    // Sound: as for `push(_:at:)`.
    unsafe state.pointee.lostBefore = unsafe UInt32(clamping: Int(state.pointee.lostBefore) &+ count)
    let lost = unsafe state.pointee.lost.load(ordering: .relaxed)
    unsafe state.pointee.lost.store(lost &+ count, ordering: .releasing)
  }

  private func hasRoom(_ needed: Int, _ tail: Int) -> Bool {
    if unsafe tail &+ needed &- state.pointee.headSeen <= state.pointee.capacity { return true }
    unsafe state.pointee.headSeen = unsafe state.pointee.reader.pointee.published.load(ordering: .acquiring)
    return unsafe tail &+ needed &- state.pointee.headSeen <= state.pointee.capacity
  }

  /// Copies to the slots from one on, and from the first on where they end.
  @inline(__always)
  private func copy(_ samples: Span<Int16>, from slot: Int) {
    // Sound: `hasRoom` was asked, so the slots, taken as a ring, are the writer's.
    let slots = unsafe state.pointee.slots
    let capacity = unsafe state.pointee.capacity
    unsafe samples.withUnsafeBufferPointer { source in
      guard let base = source.baseAddress else { return }
      let slot = slot == capacity ? 0 : slot
      let most = (capacity &- slot) &* RingMemory.slotSamples
      let first = min(source.count, most)
      unsafe RingMemory.copy(base, to: slots + slot &* RingMemory.slotBytes, first)
      if first < source.count { unsafe RingMemory.copy(base + first, to: slots, source.count &- first) }
    }
  }
}

/// A packet that waits in a ring.
package struct Packet {
  package let count: Int
  /// How many samples found no room between the packet before and this one.
  package let lostBefore: Int
  /// Where it begins by its own clock, if it said so.
  package let position: Int?
  /// How far the ring is read once the packet is.
  let end: Int
}

/// The end that a worker takes out of. Not for two threads at once.
///
/// The wall round the pointers: as for ``PacketWriter``.
@safe package struct PacketReader: ~Copyable, @unchecked Sendable {
  private let memory: RingMemory
  private let state: UnsafeMutablePointer<ReaderState>
  private let writer: UnsafeMutablePointer<WriterState>
  private let slots: UnsafeMutableRawPointer
  private let capacity: Int

  init(_ memory: RingMemory) {
    self.memory = memory
    unsafe state = memory.reader
    unsafe writer = memory.writer
    unsafe slots = memory.slots
    capacity = memory.capacity
  }

  /// As the ring's, by a shorter way.
  package var stamp: RingStamp { unsafe RingStamp(writer) }

  /// Asks for what tells whether there is something to read.
  package func fetchState() {
    unsafe Prefetch.memory(writer, RingMemory.lineBytes)
    unsafe Prefetch.memory(state, RingMemory.lineBytes)
  }

  /// Asks for what there is to read, once what tells of it is there.
  package func fetchSlots() {
    let place = unsafe state.pointee.place
    let waiting = unsafe writer.pointee.published.load(ordering: .relaxed) &- state.pointee.count
    unsafe Prefetch.memory(
      slots + place &* RingMemory.slotBytes, min(waiting, capacity &- place) &* RingMemory.slotBytes)
  }

  /// How far the ring is read.
  package var head: Int { unsafe state.pointee.count }

  /// The next packet, if it lies before `limit`, which must have been a tail of the ring's.
  package func next(upTo limit: Int) -> Packet? {
    // Sound: what lies below a published tail was written before it was published, and stays until `release`.
    let count = unsafe state.pointee.count
    guard count < limit else { return nil }
    let header = unsafe (slots + state.pointee.place &* RingMemory.slotBytes).load(as: PacketHeader.self)
    let samples = Int(header.count)
    return Packet(
      count: samples, lostBefore: Int(header.lostBefore),
      position: header.position == PacketHeader.noPosition ? nil : header.position,
      end: count &+ 1 &+ (samples &+ RingMemory.slotSamples &- 1) / RingMemory.slotSamples)
  }

  /// Hands out the samples of the next packet, in one piece: where the slots end in its midst, out of `scratch`, which
  /// grows to what is needed. The memory is the ring's, for the time of the call.
  package func withSamples(of packet: Packet, scratch: inout [Int16], _ body: (Span<Int16>) -> Void) {
    // Sound: as for `next`; the packet has not been released.
    let place = unsafe state.pointee.place &+ 1
    let slot = place == capacity ? 0 : place
    let most = (capacity &- slot) &* RingMemory.slotSamples
    let start = unsafe slots + slot &* RingMemory.slotBytes
    guard packet.count > most else {
      let samples = unsafe UnsafeBufferPointer(
        start: start.assumingMemoryBound(to: Int16.self), count: packet.count)
      #if TSAN
        unsafe RingMemory.watch(start, packet.count)
      #endif
      return body(unsafe samples.span)
    }
    if scratch.count < packet.count { scratch = [Int16](repeating: 0, count: packet.count) }
    unsafe scratch.withUnsafeMutableBytes { target in
      guard let base = target.baseAddress else { return }
      unsafe RingMemory.copy(start.assumingMemoryBound(to: Int16.self), to: base, most)
      unsafe RingMemory.copy(
        slots.assumingMemoryBound(to: Int16.self), to: base + most &* RingMemory.sampleBytes, packet.count &- most)
    }
    body(scratch.span.extracting(first: packet.count))
  }

  /// Gives the packet's memory back to the writer.
  package func release(_ packet: Packet) {
    let used = unsafe packet.end &- state.pointee.count
    let next = unsafe state.pointee.place &+ used
    unsafe state.pointee.place = next >= capacity ? next &- capacity : next
    unsafe state.pointee.count = packet.end
    unsafe state.pointee.published.store(packet.end, ordering: .releasing)
  }
}
