package import ReelAudio
internal import ReelCore
internal import ReelFiles

/// A call of testdata with the truth of who speaks when.
package struct TestCall: Sendable {
  package struct Turn: Hashable, Sendable {
    package let start: Int
    package let end: Int
  }

  package struct Digit: Hashable, Sendable {
    package let digit: DTMFDigit
    package let start: Int
    package let end: Int
  }

  /// One leg: its sound, when its party speaks and which keys it presses.
  package struct Party: Sendable {
    package let samples: [Int16]
    package let turns: [Turn]
    package let digits: [Digit]
  }

  package let name: String
  package let rate: SampleRate
  package let caller: Party
  /// Nil for a call of which only the caller's leg is there.
  package let agent: Party?

  package var parties: [Party] { [caller] + (agent.map { [$0] } ?? []) }

  package static let voicemail = TestCall("voicemail-8000")
  package static let support = TestCall("support-8000")
  package static let survey = TestCall("survey-16000")
  /// Long sentences without a breath.
  package static let monologue = TestCall("monologue-8000")
  package static let all = [voicemail, support, survey, monologue]

  /// Testdata is part of the repository: a test can't go on without it, so what is wrong with it traps.
  private init(_ name: String) {
    let folder = #filePath.split(separator: "/").dropLast(3).reduce("") { $0 + "/" + $1 } + "/testdata/"
    let truth = TruthReader(try! JSON(utf8: readBytes(folder + name + ".json")))
    self.name = name
    rate = SampleRate(hz: truth.number("rate"))!
    let legs = truth.object("legs")
    caller = Party(legs.object("caller"), folder: folder)
    agent = legs.has("agent") ? Party(legs.object("agent"), folder: folder) : nil
  }
}

extension TestCall.Party {
  fileprivate init(_ truth: TruthReader, folder: String) {
    samples = try! readSamples(folder + truth.string("file"))
    turns = truth.array("turns").map { TestCall.Turn(start: $0.number("start"), end: $0.number("end")) }
    digits = truth.array("digits").map {
      TestCall.Digit(
        digit: DTMFDigit(Character($0.string("digit")))!, start: $0.number("start"), end: $0.number("end"))
    }
  }
}

/// All samples of a mono file.
package func readSamples(_ path: String) throws -> [Int16] {
  let file = try AudioReader(path)
  precondition(file.channels == 1)
  var samples: [Int16] = []
  var block = [Int16](repeating: 0, count: 16_384)
  while true {
    let count = try file.readFrames(into: &block)
    guard count > 0 else { return samples }
    samples += block[..<count]
  }
}

private struct TruthReader {
  private let members: [JSON.Member]

  init(_ json: JSON) {
    guard case .object(let members) = json else { preconditionFailure("not an object: \(json)") }
    self.members = members
  }

  func has(_ name: String) -> Bool { members.contains { $0.name == name } }

  func object(_ name: String) -> TruthReader { TruthReader(value(name)) }

  func number(_ name: String) -> Int {
    guard case .number(let number) = value(name) else { preconditionFailure("\(name) is no number") }
    return Int(number)
  }

  func string(_ name: String) -> String {
    guard case .string(let text) = value(name) else { preconditionFailure("\(name) is no string") }
    return text
  }

  func array(_ name: String) -> [TruthReader] {
    guard case .array(let values) = value(name) else { preconditionFailure("\(name) is no array") }
    return values.map(TruthReader.init)
  }

  private func value(_ name: String) -> JSON {
    guard let member = members.first(where: { $0.name == name }) else {
      preconditionFailure("the truth has no \(name)")
    }
    return member.value
  }
}
