internal import ReelAudio
internal import ReelCore
internal import ReelRealtime

/// The worker's side of a call: takes the legs' samples out of their rings, in step, and gives them to every recorder.
///
/// A command takes effect at what was pushed before it, so the rings are read up to its stamps first. How far they are
/// read in all is asked before the commands are fetched: what was pushed after a command that is not here yet stays
/// where it is.
final class LiveCall: @unchecked Sendable {
  let link: CallLink
  private let caller: PacketReader
  private let agent: PacketReader
  /// Where each leg's own clock stands, if a position has told.
  private var callerClock: Int?
  private var agentClock: Int?
  /// How many samples of each leg the packets so far have told to be lost.
  private var callerLost = 0
  private var agentLost = 0
  private var recordings: [LiveRecording] = []
  private var waitingForBeep: [LiveRecording] = []
  private var beepsHeard = 0
  private var hasEnded = false
  private var scratch: [Int16] = []

  // Sound to hand over: made on one thread, given to the worker by its mailbox, and used nowhere else.
  init(_ link: CallLink) {
    self.link = link
    caller = link.callerRing.makeReader()
    agent = link.agentRing.makeReader()
  }

  /// Whether it has ended and all its recordings are in the writer's hands.
  var isOver: Bool { hasEnded && recordings.isEmpty }
  var isBehind: Bool { recordings.contains { $0.isBehind } }

  /// Takes in all there is.
  func drain() {
    let tails = link.stamps
    for order in orders() {
      advance(to: order.stamps)
      perform(order.command)
    }
    advance(to: tails)
    for recording in recordings { recording.handOver() }
    orderBeeps()
    removeDone()
  }

  /// Does the work that takes time, for each recording until `deadline`.
  func catchUp(until deadline: MonotonicTime) {
    for recording in recordings where recording.isBehind { recording.catchUp(until: deadline) }
    removeDone()
  }

  /// Ends it as its owner would.
  func end() {
    link.orders.post(Order(stamps: link.stamps, command: .end))
  }

  private func removeDone() {
    if recordings.contains(where: \.isDone) { recordings.removeAll(where: \.isDone) }
  }

  // MARK: Commands

  /// The orders since last time, with that of a beep that was heard where it belongs.
  private func orders() -> [Order] {
    let progress = link.tone.progress()
    var orders = link.orders.take()
    guard progress.played > beepsHeard else { return orders }
    beepsHeard = progress.played
    let place = orders.firstIndex { $0.stamps.caller > progress.stamps.caller } ?? orders.count
    orders.insert(Order(stamps: progress.stamps, command: .beepHeard), at: place)
    return orders
  }

  private func perform(_ command: CallCommand) {
    switch command {
    case .begin(let recording):
      recordings.append(recording)
      recording.begin(callerClock: callerClock, agentClock: agentClock)
    case .pause(let recording, let behavior): live(recording)?.pause(behavior)
    case .resume(let recording): live(recording)?.resume()
    case .stop(let recording): live(recording)?.stop(.stopped)
    case .press(let digit): for recording in recordings { recording.press(digit) }
    case .beepHeard:
      guard !waitingForBeep.isEmpty else { return }
      if scratch.count < Self.beepPieceSamples { scratch = [Int16](repeating: 0, count: Self.beepPieceSamples) }
      waitingForBeep.removeFirst().hearBeep(scratch: &scratch)
    case .end:
      hasEnded = true
      takeLoss(.caller, link.callerRing.lost)
      takeLoss(.agent, link.agentRing.lost)
      for recording in recordings { recording.stop(.callEnded) }
    }
  }

  private static let beepPieceSamples = 2_048

  private func live(_ recording: Recording) -> LiveRecording? {
    recordings.first { $0.recording === recording }
  }

  private func orderBeeps() {
    for recording in recordings where recording.wantsBeep {
      recording.awaitsBeep = true
      waitingForBeep.append(recording)
      link.tone.order()
    }
  }

  // MARK: Samples

  /// Takes both rings' packets up to `stamps`. Of two legs the one with more to go comes first, so that both come to
  /// the end together, as they came in.
  private func advance(to stamps: ToneOutlet.Stamps) {
    while true {
      let callerLeft = stamps.caller - caller.head
      let agentLeft = stamps.agent - agent.head
      guard callerLeft > 0 || agentLeft > 0 else { return }
      if callerLeft * link.agentRate.hz >= agentLeft * link.callerRate.hz {
        take(.caller, caller, upTo: stamps.caller)
      } else {
        take(.agent, agent, upTo: stamps.agent)
      }
    }
  }

  private func take(_ leg: Leg, _ reader: borrowing PacketReader, upTo limit: Int) {
    guard let packet = reader.next(upTo: limit) else { return }
    if packet.lostBefore > 0 { takeLoss(leg, lostSoFar(leg) + packet.lostBefore) }
    var block: [Int16] = []
    swap(&block, &scratch)
    let recordings = recordings
    reader.withSamples(of: packet, scratch: &block) { samples in
      for recording in recordings { recording.push(samples, from: leg, at: packet.position) }
    }
    swap(&block, &scratch)
    reader.release(packet)
    move(leg, packet)
  }

  private func move(_ leg: Leg, _ packet: Packet) {
    switch leg {
    case .caller: callerClock = (packet.position ?? callerClock).map { $0 &+ packet.count }
    case .agent: agentClock = (packet.position ?? agentClock).map { $0 &+ packet.count }
    }
  }

  private func lostSoFar(_ leg: Leg) -> Int { leg == .caller ? callerLost : agentLost }

  /// Samples of a leg found no room in its ring: `total` so far.
  private func takeLoss(_ leg: Leg, _ total: Int) {
    let count = total - lostSoFar(leg)
    guard count > 0 else { return }
    switch leg {
    case .caller:
      callerLost = total
      callerClock = callerClock.map { $0 &+ count }
    case .agent:
      agentLost = total
      agentClock = agentClock.map { $0 &+ count }
    }
    link.lostInRings.add(count)
    link.engine.noteOverrun(count)
    let rate = leg == .caller ? link.callerRate : link.agentRate
    for recording in recordings {
      recording.lose(count, from: leg)
      recording.recording.tell(.overrun(leg, seconds: rate.seconds(of: count)))
    }
  }
}
