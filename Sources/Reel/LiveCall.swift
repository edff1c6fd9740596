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
  private let inbox: Mailbox<Order>
  private let inboxPlace: Prefetch.Place
  // Sound: the worker's alone. A recording that is given samples knows nothing of the call, and the list of them is
  // changed by commands only, and after a round of them.
  @safe @exclusivity(unchecked) private var caller: LegInlet
  @safe @exclusivity(unchecked) private var agent: LegInlet
  @safe @exclusivity(unchecked) private var recordings = Few<LiveRecording>()
  private var waitingForBeep: [LiveRecording] = []
  private var beepsHeard = 0
  private var hasEnded = false
  private var beepScratch: [Int16] = []

  // Sound to hand over: made on one thread, given to the worker by its mailbox, and used nowhere else.
  init(_ link: CallLink) {
    self.link = link
    inbox = link.orders
    inboxPlace = Prefetch.Place(link.orders)
    caller = LegInlet(.caller, link.callerRate, link.callerRing)
    agent = LegInlet(.agent, link.agentRate, link.agentRing)
  }

  /// How much of it every drain needs.
  static var hotBytes: Int { 64 + 2 * MemoryLayout<LegInlet>.size }

  /// Asks for all that its drain will need and that it knows the place of.
  func fetchParts() {
    inboxPlace.fetch(64)
    caller.fetchState()
    agent.fetchState()
    recordings.place.fetch(LiveRecording.hotBytes)
  }

  /// Asks for the samples that it will take, and for where they will go, once its parts are there.
  func fetchSamples() {
    caller.fetchSlots()
    agent.fetchSlots()
    recordings.withFirst { $0.fetchSamples() }
  }

  /// Asks for what makes files of them, once it is known where that is.
  func fetchEncoders() {
    recordings.withFirst { $0.fetchEncoders() }
  }

  /// Whether it has ended and all its recordings are in the writer's hands.
  var isOver: Bool { hasEnded && recordings.isEmpty }

  /// What a drain leaves to be done.
  struct Rest {
    /// There is work that takes time.
    var isBehind = false
    /// The call has ended and all its recordings are in the writer's hands.
    var isOver = false
  }

  /// Takes in all there is.
  func drain() -> Rest {
    // How far the legs are first: see above.
    let tails = LegStamps(caller: caller.stamp, agent: agent.stamp)
    for order in orders() {
      advance(to: order.stamps)
      perform(order.command)
    }
    advance(to: tails)
    return handOver()
  }

  /// Does the work that takes time, for each recording until `deadline`.
  func catchUp(until deadline: MonotonicTime) -> Rest {
    recordings.forEach { $0.catchUp(until: deadline) }
    return handOver()
  }

  private func handOver() -> Rest {
    var rest = Rest()
    var isAnyDone = false
    recordings.forEach { recording in
      recording.handOver()
      if recording.wantsBeep { orderBeep(recording) }
      rest.isBehind = rest.isBehind || recording.isBehind
      isAnyDone = isAnyDone || recording.isDone
    }
    if isAnyDone { recordings.removeAll(where: \.isDone) }
    rest.isOver = isOver
    return rest
  }

  /// Ends it as its owner would.
  func end() {
    link.end()
  }

  // MARK: Commands

  /// The orders since last time, with that of a beep that was heard where it belongs.
  private func orders() -> [Order] {
    guard !waitingForBeep.isEmpty else { return inbox.take() }
    let progress = link.tone.progress()
    var orders = inbox.take()
    let stamps = progress.stamps
    let place =
      orders.firstIndex { $0.stamps.caller.tail > stamps.caller.tail || $0.stamps.agent.tail > stamps.agent.tail }
      ?? orders.count
    // A host that pulls much at once, or a worker that is late, may have heard two since the last look.
    while beepsHeard < progress.played {
      beepsHeard += 1
      orders.insert(Order(stamps: stamps, command: .beepHeard), at: place)
    }
    return orders
  }

  private func perform(_ command: CallCommand) {
    switch command {
    case .begin(let recording):
      recordings.append(recording)
      recording.begin(callerClock: caller.clock, agentClock: agent.clock)
    case .pause(let recording, let behavior): live(recording)?.pause(behavior)
    case .resume(let recording): live(recording)?.resume()
    case .stop(let recording): live(recording)?.stop(.stopped)
    case .press(let digit): recordings.forEach { $0.press(digit) }
    case .beepHeard:
      guard !waitingForBeep.isEmpty else { return }
      if beepScratch.isEmpty { beepScratch = [Int16](repeating: 0, count: Self.beepPieceSamples) }
      waitingForBeep.removeFirst().hearBeep(scratch: &beepScratch)
    case .end:
      hasEnded = true
      recordings.forEach { $0.stop(.callEnded) }
    }
  }

  private static let beepPieceSamples = 2_048

  private func live(_ recording: Recording) -> LiveRecording? {
    recordings.first { $0.recording === recording }
  }

  private func orderBeep(_ recording: LiveRecording) {
    recording.awaitsBeep = true
    waitingForBeep.append(recording)
    link.tone.order()
  }

  // MARK: Samples

  /// Takes both rings' packets up to `stamps`. Of two legs the one with more to go comes first, so that both come to
  /// the end together, as they came in.
  private func advance(to stamps: LegStamps) {
    while true {
      let callerLeft = caller.left(upTo: stamps.caller)
      let agentLeft = agent.left(upTo: stamps.agent)
      guard callerLeft != nil || agentLeft != nil else { return }
      if let callerLeft, callerLeft * agent.rate.hz >= (agentLeft ?? 0) * caller.rate.hz {
        take(&caller, upTo: stamps.caller)
      } else {
        take(&agent, upTo: stamps.agent)
      }
    }
  }

  private func take(_ inlet: inout LegInlet, upTo stamp: RingStamp) {
    let leg = inlet.leg
    switch inlet.next(upTo: stamp) {
    case nil: return
    case .packet(let packet):
      inlet.take(packet) { samples in
        recordings.forEach { $0.push(samples, from: leg, at: packet.position) }
      }
    case .loss(let count, let run):
      inlet.pass(count, isLast: run != nil)
      link.lostInRings.add(count)
      link.engine.noteOverrun(count)
      recordings.forEach { recording in
        recording.lose(count, from: leg, told: run.map(inlet.rate.seconds(of:)))
      }
    }
  }
}
