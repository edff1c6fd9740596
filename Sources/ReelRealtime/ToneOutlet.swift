// Real-time: what the media thread does here takes no lock, allocates nothing, counts no reference and makes no system
// call.
internal import Synchronization

/// The samples of a tone, for any number of outlets.
///
/// The wall round the pointer: the samples are written once, before the object is shared.
@safe package final class ToneSamples: @unchecked Sendable {
  fileprivate let samples: UnsafeMutableBufferPointer<Int16>

  package init(_ tone: [Int16]) {
    unsafe samples = UnsafeMutableBufferPointer<Int16>.allocate(capacity: tone.count)
    _ = unsafe samples.initialize(from: tone)
  }

  deinit {
    unsafe samples.deallocate()
  }
}

/// A tone that one thread orders and a media thread fetches, as often as it was ordered.
///
/// When a tone was handed out whole, how far each ring had been pushed then is noted beside the count, so that what
/// comes after the tone can be told from what came before.
///
/// The wall round the pointer: it is the tone's, which this object keeps.
@safe package final class ToneOutlet: @unchecked Sendable {
  private let tone: ToneSamples
  private let samples: UnsafeMutableBufferPointer<Int16>
  private let ordered = Atomic<Int>(0)
  private let played = Atomic<Int>(0)
  private let callerTail = Atomic<Int>(0)
  private let callerLost = Atomic<Int>(0)
  private let agentTail = Atomic<Int>(0)
  private let agentLost = Atomic<Int>(0)
  /// How much of the tone in progress was handed out: the media thread's alone.
  private let place = Atomic<Int>(0)

  package init(_ tone: ToneSamples) {
    self.tone = tone
    unsafe samples = tone.samples
  }

  /// Asks for the tone once more. The worker's.
  package func order() {
    ordered.store(ordered.load(ordering: .relaxed) + 1, ordering: .releasing)
  }

  /// How many tones were handed out whole, and how far the rings were when the last one was. The worker's.
  ///
  /// Where two ended between two looks, the stamps are the later one's.
  package func progress() -> (played: Int, stamps: LegStamps) {
    let count = played.load(ordering: .acquiring)
    let caller = RingStamp(tail: callerTail.load(ordering: .relaxed), lost: callerLost.load(ordering: .relaxed))
    let agent = RingStamp(tail: agentTail.load(ordering: .relaxed), lost: agentLost.load(ordering: .relaxed))
    return (count, LegStamps(caller: caller, agent: agent))
  }

  /// Copies what is due of the tone to the front of `output`; gives how many samples that is. The media thread's;
  /// wait-free.
  package func pull(into output: inout MutableSpan<Int16>, caller: PacketRing, agent: PacketRing) -> Int {
    let number = played.load(ordering: .relaxed)
    guard ordered.load(ordering: .acquiring) > number, output.count > 0 else { return 0 }
    let start = place.load(ordering: .relaxed)
    let count = unsafe min(output.count, samples.count &- start)
    // Sound: within both, and nobody writes the samples.
    unsafe output.withUnsafeMutableBufferPointer { target in
      guard let base = target.baseAddress, let source = unsafe samples.baseAddress else { return }
      unsafe RingMemory.copy(source + start, to: UnsafeMutableRawPointer(base), count)
    }
    guard unsafe start &+ count == samples.count else {
      place.store(start &+ count, ordering: .relaxed)
      return count
    }
    place.store(0, ordering: .relaxed)
    let (callerStamp, agentStamp) = (caller.stamp, agent.stamp)
    callerTail.store(callerStamp.tail, ordering: .relaxed)
    callerLost.store(callerStamp.lost, ordering: .relaxed)
    agentTail.store(agentStamp.tail, ordering: .relaxed)
    agentLost.store(agentStamp.lost, ordering: .relaxed)
    played.store(number &+ 1, ordering: .releasing)
    return count
  }
}

/// The end that a media thread fetches a tone from, with the rings whose stamps are noted. Not for two threads at once.
///
/// Whoever keeps it as a field calls it without counting a reference, which a call on the objects themselves would.
package struct ToneReader: ~Copyable, Sendable {
  private let outlet: ToneOutlet
  private let caller: PacketRing
  private let agent: PacketRing

  package init(_ outlet: ToneOutlet, caller: PacketRing, agent: PacketRing) {
    self.outlet = outlet
    self.caller = caller
    self.agent = agent
  }

  /// As ``ToneOutlet/pull(into:caller:agent:)``. Wait-free.
  package func pull(into output: inout MutableSpan<Int16>) -> Int {
    outlet.pull(into: &output, caller: caller, agent: agent)
  }
}
