internal import ReelAudio
package import ReelRealtime

/// Takes its calls' samples out of the rings at each beat, and runs their recorders and encoders. A call keeps its
/// worker, for it is only there that its rings are read.
///
/// Sound to share: all but messages and tallies is the beat's, which one thread makes.
package final class Worker: Beating, @unchecked Sendable {
  enum Message: Sendable {
    case adopt(LiveCall)
    case endAll
  }

  let messages = Mailbox<Message>()
  /// How many calls it has, with those on their way to it.
  let load = Tally()
  /// How late its beats were at most.
  let longestBeat = Tally()
  private var calls: [Seat] = []

  private struct Seat {
    let call: LiveCall
    let place: Prefetch.Place

    /// Sound: the seat holds the call, and keeps it until the body has returned.
    @inline(__always)
    func with<Made>(_ body: (LiveCall) -> Made) -> Made {
      unsafe Unmanaged.passUnretained(call)._withUnsafeGuaranteedRef { body($0) }
    }
  }

  private var firstBehind = 0

  /// Of a beat's time, what drains and encoders may use together, so that a full beat does not make the next one late.
  /// The rings hold several beats for those that are late all the same.
  private static let encodingShare = 0.95

  package func beat(deadline: MonotonicTime) {
    let start = MonotonicTime.now()
    for message in messages.take() {
      switch message {
      case .adopt(let call): calls.append(Seat(call: call, place: Prefetch.Place(call)))
      case .endAll: for seat in calls { seat.call.end() }
      }
    }
    var behind: [LiveCall] = []
    var isAnyOver = false
    for index in calls.indices {
      fetch(after: index)
      let rest = calls[index].with { $0.drain() }
      if rest.isBehind { behind.append(calls[index].call) }
      isAnyOver = isAnyOver || rest.isOver
    }
    if !behind.isEmpty { isAnyOver = catchUp(behind, from: start, to: deadline) || isAnyOver }
    if isAnyOver { removeEnded() }
    longestBeat.raise(to: Int(MonotonicTime.now().nanoseconds - start.nanoseconds))
  }

  /// Asks for what the next calls will need: of each in four steps, for it takes one thing to know where the next is.
  @inline(__always)
  private func fetch(after index: Int) {
    if index + 4 < calls.count { calls[index + 4].place.fetch(LiveCall.hotBytes) }
    if index + 3 < calls.count { calls[index + 3].with { $0.fetchParts() } }
    if index + 2 < calls.count { calls[index + 2].with { $0.fetchSamples() } }
    if index + 1 < calls.count { calls[index + 1].with { $0.fetchEncoders() } }
  }

  /// Does what takes time, in turns that go on where the last beat's ended, so that nobody waits for ever. At least one
  /// call has its turn, however late it is. Gives whether any call is over.
  private func catchUp(_ behind: [LiveCall], from start: MonotonicTime, to deadline: MonotonicTime) -> Bool {
    let time = deadline.seconds(since: start) * Self.encodingShare
    let end = deadline == .never ? deadline : start.advanced(bySeconds: time)
    let first = firstBehind % behind.count
    firstBehind = 0
    var isAnyOver = false
    for index in behind.indices {
      let place = (first + index) % behind.count
      isAnyOver = behind[place].catchUp(until: end).isOver || isAnyOver
      if MonotonicTime.now() >= end {
        firstBehind = place + 1
        break
      }
    }
    return isAnyOver
  }

  private func removeEnded() {
    let before = calls.count
    calls.removeAll(where: \.call.isOver)
    load.add(calls.count - before)
  }
}
