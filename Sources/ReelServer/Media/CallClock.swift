package import ReelAudio
package import ReelCore

/// The clocks of a call's legs over all its connections.
///
/// A stream that was lost and returns begins to count anew, mostly at 0. The engine would take that for sound that came
/// before, and drop it, or for a clock of its own, and lose the time between. Here what a returned stream counts is put
/// behind what came before, by the time that it was away. A stream that goes on counting where it was is left alone.
///
///     clock.lost(atSeconds: now)                                    // the connection is gone
///     clock.returned(atSeconds: now)                                // another one says the call's id
///     call.push(samples, from: leg, at: clock.place(position, count: samples.count, of: leg))
package struct CallClock: Hashable, Sendable {
  private var caller: LegPlace
  private var agent: LegPlace
  private var lostAtSeconds: Double?

  private struct LegPlace: Hashable {
    let rate: SampleRate
    /// Where the leg's sound ends so far; nil before any.
    var end: Int?
    var offset = 0
    /// How long the stream was away, until its first position after that.
    var awaySeconds: Double?

    mutating func place(_ position: Int?, count: Int) -> Int {
      let expected = (end ?? 0) + (end == nil ? 0 : rate.samples(in: awaySeconds ?? 0))
      if let position, let end, awaySeconds != nil, position + offset < end { offset = expected - position }
      let place = position.map { $0 + offset } ?? expected
      awaySeconds = nil
      end = place + count
      return place
    }
  }

  /// No stream is away for longer: 11 days. The service ends such a call long before.
  private static let mostSeconds = 1e6

  package init(callerRate: SampleRate, agentRate: SampleRate) {
    caller = LegPlace(rate: callerRate)
    agent = LegPlace(rate: agentRate)
  }

  /// The connection is gone, and brought its last sound at a moment of any clock that only goes forward.
  package mutating func lost(atSeconds seconds: Double) {
    lostAtSeconds = lostAtSeconds ?? seconds
  }

  /// Another one has taken its place.
  package mutating func returned(atSeconds seconds: Double) {
    let away = min(max(0, seconds - (lostAtSeconds ?? seconds)), Self.mostSeconds)
    lostAtSeconds = nil
    caller.awaySeconds = (caller.awaySeconds ?? 0) + away
    agent.awaySeconds = (agent.awaySeconds ?? 0) + away
  }

  /// The place of samples that a stream puts at `position`; those without one follow what came before, and the time
  /// that the stream was away.
  package mutating func place(_ position: Int?, count: Int, of leg: Leg) -> Int {
    leg == .caller ? caller.place(position, count: count) : agent.place(position, count: count)
  }
}
