package import ReelAudio
package import ReelCore
package import ReelFiles
internal import ReelOffline

/// A call that is played into a server, as a media server would bring it.
package struct CallPlan: Sendable {
  /// One party's sound.
  package struct Sound: Hashable, Sendable {
    package let samples: [Int16]
    package let rate: SampleRate

    package init(_ samples: [Int16], rate: SampleRate) {
      self.samples = samples
      self.rate = rate
    }

    package var seconds: Double { rate.seconds(of: samples.count) }

    /// Reads a mono file whole; `rawHz` says that it is samples of 16 bits without a head.
    package init(_ file: InputFile, rawHz: Int? = nil) throws {
      let leg = try LegFile(file, rawHz: rawHz)
      samples = Array(try leg.read(before: CallPlan.mostSeconds))
      rate = leg.rate
      guard try leg.read(before: CallPlan.mostSeconds + 1).isEmpty else {
        throw FileError(file.path, "is longer than \(Int(CallPlan.mostSeconds)) s, which is the most that is played")
      }
    }
  }

  /// A key that is pressed at a time of the call.
  package struct KeyPress: Hashable, Sendable {
    package let seconds: Double
    package let digit: DTMFDigit

    package init(at seconds: Double, _ digit: DTMFDigit) {
      self.seconds = seconds
      self.digit = digit
    }
  }

  package let caller: Sound?
  package let agent: Sound?
  /// In order of time.
  package let digits: [KeyPress]
  /// How many times faster than real.
  package let speed: Double
  package var callID: String?
  package var context: String?
  package var from: String?
  package var to: String?
  package var tag: String?
  package var parameters: [JSON.Member] = []

  /// A file is held in memory whole: 115 MB at 8 kHz.
  package static let mostSeconds = 7_200.0
  /// At the greatest, a beat of the player brings half a second of sound at once, which is what a leg's ring holds.
  package static let speeds = 0.1...50.0

  /// Throws where there is nothing to play, and for a speed or a key's time that can't be.
  package init(caller: Sound?, agent: Sound?, digits: [KeyPress] = [], speed: Double = 1) throws(OptionError) {
    let seconds = max(caller?.seconds ?? 0, agent?.seconds ?? 0)
    guard seconds > 0 else {
      throw OptionError("the call", given: "without sound", allowed: "a caller, an agent or both, with sound")
    }
    guard Self.speeds.contains(speed) else {
      let allowed = "\(Self.speeds.lowerBound) to \(Self.speeds.upperBound)"
      throw OptionError("speed", given: "\(speed)", allowed: allowed)
    }
    if let late = digits.first(where: { !(0...seconds ~= $0.seconds) }) {
      throw OptionError("digit", given: "\(late.seconds):\(late.digit)", allowed: "within the call's \(seconds) s")
    }
    self.caller = caller
    self.agent = agent
    self.digits = digits.sorted { $0.seconds < $1.seconds }
    self.speed = speed
  }

  package var seconds: Double { max(caller?.seconds ?? 0, agent?.seconds ?? 0) }

  /// The binary form's first message.
  package var hello: JSON {
    let rates = [("caller", caller), ("agent", agent)].compactMap { name, sound in
      sound.map { JSON.Member(name, .number(Double($0.rate.hz))) }
    }
    let texts = [("call_id", callID), ("context", context), ("from", from), ("to", to), ("tag", tag)]
    let members: [JSON.Member] = [
      .init("rate", .object(rates)), .init("legs", .array(rates.map { .string($0.name) })),
    ]
    let names = texts.compactMap { name, text in text.map { JSON.Member(name, .string($0)) } }
    return .object(members + names + (parameters.isEmpty ? [] : [.init("params", .object(parameters))]))
  }
}
