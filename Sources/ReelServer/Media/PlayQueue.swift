internal import Glibc

/// What a call's parties shall hear, in order: plays one after the other, each under its control id.
///
///     try queue.play([sound], controlID: "hold", loops: nil)
///     let count = call.pull(into: &frame)                           // a beep goes before all else
///     let taken = queue.take(frame.count - count)                   // and what is played waits for it
///
/// A play that is paused holds up those behind it. Nothing is made where there is nothing to hear.
package struct PlayQueue: Sendable {
  private var plays: [Play] = []
  /// Those that were stopped, whose end has yet to be told.
  private var stopped: [String] = []

  /// How many plays may wait for a call.
  package static let mostPlays = 8
  /// What a play may be made louder or softer by, as RELAY has it.
  package static let volumesDB = -40.0...40.0
  /// A play that is heard so often is as good as one for ever.
  package static let mostLoops = 10_000

  /// What is heard next.
  package struct Taken: Hashable, Sendable {
    /// As many as were asked for, or fewer where there is no more.
    package var samples: [Int16]
    /// Plays whose first sample is among them.
    package var begun: [String]
    /// Plays that are over with them, however that came.
    package var finished: [String]

    package init(samples: [Int16] = [], begun: [String] = [], finished: [String] = []) {
      self.samples = samples
      self.begun = begun
      self.finished = finished
    }
  }

  package init() {}

  /// Whether there is nothing to hear and nothing to tell.
  package var isEmpty: Bool { plays.isEmpty && stopped.isEmpty }

  /// Adds a play behind all others; `loops` is how often it is heard, nil for ever.
  package mutating func play(
    _ sounds: [PlaySound], controlID: String, volumeDB: Double = 0, loops: Int? = 1
  ) throws(ServiceRefusal) {
    guard !plays.contains(where: { $0.controlID == controlID }) else {
      throw ServiceRefusal(.conflict, "control_id is \"\(controlID)\", which plays already; allowed: one that does not")
    }
    guard plays.count < Self.mostPlays else {
      throw ServiceRefusal(.tooMany, "\(plays.count) plays wait for this call; allowed: \(Self.mostPlays)")
    }
    if let loops, !(1...Self.mostLoops ~= loops) {
      throw ServiceRefusal(.badRequest, "loop is \(loops); allowed: 1 to \(Self.mostLoops)")
    }
    let gain = try Self.gain(volumeDB)
    // What has no samples would loop in no time.
    plays.append(Play(controlID: controlID, sounds: sounds.filter { $0.count > 0 }, loopsLeft: loops, gain: gain))
  }

  package mutating func pause(_ controlID: String) throws(ServiceRefusal) {
    plays[try index(of: controlID)].isPaused = true
  }

  package mutating func resume(_ controlID: String) throws(ServiceRefusal) {
    plays[try index(of: controlID)].isPaused = false
  }

  package mutating func setVolume(_ controlID: String, dB: Double) throws(ServiceRefusal) {
    let gain = try Self.gain(dB)
    plays[try index(of: controlID)].gain = gain
  }

  /// Ends it here; the next ``take(_:)`` tells.
  package mutating func stop(_ controlID: String) throws(ServiceRefusal) {
    stopped.append(plays.remove(at: try index(of: controlID)).controlID)
  }

  /// Takes the next `count` samples.
  package mutating func take(_ count: Int) -> Taken {
    var taken = Taken()
    taken.finished = stopped
    stopped = []
    while let play = plays.first, !play.isPaused {
      if !play.hasBegun && (taken.samples.count < count || play.sounds.isEmpty) {
        plays[0].hasBegun = true
        taken.begun.append(play.controlID)
      }
      plays[0].take(count - taken.samples.count, into: &taken.samples)
      guard plays[0].isOver else { break }
      taken.finished.append(plays.removeFirst().controlID)
    }
    return taken
  }

  private func index(of controlID: String) throws(ServiceRefusal) -> Int {
    guard let index = plays.firstIndex(where: { $0.controlID == controlID }) else {
      throw ServiceRefusal(.notFound, "control_id is \"\(controlID)\"; allowed: a play that is not over")
    }
    return index
  }

  private static func gain(_ dB: Double) throws(ServiceRefusal) -> Double {
    guard volumesDB.contains(dB) else {
      let allowed = "\(Int(volumesDB.lowerBound)) to \(Int(volumesDB.upperBound)) dB"
      throw ServiceRefusal(.badRequest, "volume is \(dB); allowed: \(allowed)")
    }
    return dB == 0 ? 1 : pow(10, dB / 20)
  }
}

/// One control id's sounds, one after the other.
private struct Play {
  let controlID: String
  let sounds: [PlaySound]
  /// How often it is played yet, this time with it; nil is for ever.
  var loopsLeft: Int?
  var gain: Double
  var isPaused = false
  var hasBegun = false
  /// Where it is.
  var index = 0
  var place = 0

  var isOver: Bool { sounds.isEmpty || loopsLeft == 0 }

  /// Appends the next samples, at most `count`.
  mutating func take(_ count: Int, into samples: inout [Int16]) {
    var left = count
    while left > 0 && !isOver {
      let sound = sounds[index]
      let part = min(left, sound.count - place)
      for offset in 0..<part {
        let sample = sound.sample(at: place + offset)
        samples.append(gain == 1 ? sample : Int16(max(-32_768, min(32_767, (Double(sample) * gain).rounded()))))
      }
      left -= part
      place += part
      if place == sound.count { goOn() }
    }
  }

  private mutating func goOn() {
    place = 0
    index += 1
    guard index == sounds.count else { return }
    index = 0
    loopsLeft = loopsLeft.map { $0 - 1 }
  }
}
