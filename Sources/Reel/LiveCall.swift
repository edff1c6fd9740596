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
  private let caller: LegInlet
  private let agent: LegInlet
  private var recordings: [LiveRecording] = []
  private var waitingForBeep: [LiveRecording] = []
  private var beepsHeard = 0
  private var hasEnded = false
  private var beepScratch: [Int16] = []

  // Sound to hand over: made on one thread, given to the worker by its mailbox, and used nowhere else.
  init(_ link: CallLink) {
    self.link = link
    caller = LegInlet(.caller, link.callerRate, link.callerRing)
    agent = LegInlet(.agent, link.agentRate, link.agentRing)
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
    link.end()
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
    let place = orders.firstIndex { $0.stamps.caller.tail > progress.stamps.caller.tail } ?? orders.count
    orders.insert(Order(stamps: progress.stamps, command: .beepHeard), at: place)
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
    case .press(let digit): for recording in recordings { recording.press(digit) }
    case .beepHeard:
      guard !waitingForBeep.isEmpty else { return }
      if beepScratch.isEmpty { beepScratch = [Int16](repeating: 0, count: Self.beepPieceSamples) }
      waitingForBeep.removeFirst().hearBeep(scratch: &beepScratch)
    case .end:
      hasEnded = true
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
  private func advance(to stamps: LegStamps) {
    while true {
      let callerLeft = caller.left(upTo: stamps.caller) * agent.rate.hz
      let agentLeft = agent.left(upTo: stamps.agent) * caller.rate.hz
      let callerStep = caller.hasMore(upTo: stamps.caller)
      guard callerStep || agent.hasMore(upTo: stamps.agent) else { return }
      if callerStep && callerLeft >= agentLeft {
        take(caller.next(upTo: stamps.caller), caller)
      } else {
        take(agent.next(upTo: stamps.agent), agent)
      }
    }
  }

  private func take(_ step: LegInlet.Step?, _ inlet: LegInlet) {
    switch step {
    case nil: return
    case .packet(let packet):
      let recordings = recordings
      inlet.take(packet) { samples in
        for recording in recordings { recording.push(samples, from: inlet.leg, at: packet.position) }
      }
    case .loss(let count, let run):
      inlet.pass(count, isLast: run != nil)
      link.lostInRings.add(count)
      link.engine.noteOverrun(count)
      for recording in recordings {
        recording.lose(count, from: inlet.leg)
        if let run { recording.recording.tell(.overrun(inlet.leg, seconds: inlet.rate.seconds(of: run))) }
      }
    }
  }
}
