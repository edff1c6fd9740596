import Foundation
import ReelAudio
import ReelCore
import ReelRealtime
import ReelServer
import ReelTesting

/// One life of the service: calls come, are recorded, paused, resumed and stopped as chance will have it, until it is
/// killed.
struct KillRound {
  let number: Int
  let calls: Int
  let lifeSeconds: Double
  let statusURL: String
  let service: ServiceProcess

  /// What the service answered.
  struct Told: Sendable {
    /// Recordings that it said it had begun.
    var recordings: Set<String> = []
    var taken = 0
    var refused = 0
    var unanswered = 0
    /// Answers that no command should have.
    var wrong: [String] = []

    mutating func add(_ other: Told) {
      recordings.formUnion(other.recordings)
      taken += other.taken
      refused += other.refused
      unanswered += other.unanswered
      wrong += other.wrong
    }
  }

  func run(_ generator: inout SeededGenerator) async throws -> Told {
    let client = try WebClient(Log(least: .error))
    let player = CallPlayer(client)
    let web = Web(service)
    let seeds = (0..<calls).map { _ in generator.next() }
    let life = lifeSeconds
    let killing = Killing()
    let told = await withTaskGroup(of: Told.self) { group in
      for (index, seed) in seeds.enumerated() {
        let caller = KillCaller(
          callID: "round-\(number)-call-\(index)", statusURL: statusURL, web: web, killing: killing,
          chance: SeededGenerator(seed: seed))
        let (url, authorization) = (service.mediaURL, service.authorization)
        group.addTask {
          var caller = caller
          return await caller.live(player, url, authorization)
        }
      }
      try? await Task.sleep(for: .seconds(life))
      killing.begin()
      service.kill()
      return await group.reduce(into: Told()) { $0.add($1) }
    }
    player.hangUp()
    _ = player.wait(orBy: MonotonicTime.now().advanced(bySeconds: 10))
    client.stop()
    return told
  }
}

/// Whether the service was killed: what it does not answer from here on is no wonder.
final class Killing: Sendable {
  private let hasBegun = Guarded(false)

  func begin() { hasBegun.withLock { $0 = true } }
  var isOn: Bool { hasBegun.withLock { $0 } }
}

/// Whoever makes one call and controls its recordings.
struct KillCaller {
  let callID: String
  let statusURL: String
  let web: Web
  let killing: Killing
  var chance: SeededGenerator
  private var told = KillRound.Told()
  private var recordingCount = 0

  init(callID: String, statusURL: String, web: Web, killing: Killing, chance: SeededGenerator) {
    (self.callID, self.statusURL, self.web, self.killing) = (callID, statusURL, web, killing)
    self.chance = chance
  }

  private static let soundSeconds = 12
  private static let sound: [Int16] = {
    var chance = SeededGenerator(seed: 1)
    return (0..<soundSeconds * 8_000).map { _ in Int16(truncatingIfNeeded: Int(chance.next() >> 52)) - 2_048 }
  }()

  mutating func live(_ player: CallPlayer, _ url: String, _ authorization: String) async -> KillRound.Told {
    await sleep(0...0.5)
    let samples = Int(Double.random(in: 0.5...Double(Self.soundSeconds), using: &chance) * 8_000)
    let sound = CallPlan.Sound(Array(Self.sound.prefix(samples)), rate: .narrowband)
    guard var plan = try? CallPlan(caller: sound, agent: sound) else { return told }
    plan.callID = callID
    player.play(plan, to: url, headers: [("authorization", authorization)]) { _ in }
    while !killing.isOn, !(await beginRecording()) { await sleep(0.005...0.05) }
    while !killing.isOn {
      await sleep(0.02...0.4)
      await doSomething()
    }
    return told
  }

  private mutating func sleep(_ seconds: ClosedRange<Double>) async {
    try? await Task.sleep(for: .seconds(Double.random(in: seconds, using: &chance)))
  }

  private var controlID: String { "recording-\(recordingCount)" }

  private mutating func beginRecording() async -> Bool {
    let isMP3 = Int.random(in: 0..<4, using: &chance) == 0
    let audio: [JSON.Member] = [
      .init("format", .string(isMP3 ? "mp3" : "wav")), .init("stereo", .bool(isMP3 || Bool.random(using: &chance))),
      .init("direction", .string("both")), .init("initial_timeout", .number(0)),
      .init("end_silence_timeout", .number(0)),
    ]
    recordingCount += 1
    let answer = await command(
      "calling.record",
      [
        .init("record", .object([.init("audio", .object(audio))])), .init("status_url", .string(statusURL)),
      ])
    guard let answer, answer.status == 200 else { return false }
    if let id = answer.json?["recording_id"]?.text {
      told.recordings.insert(id)
    } else {
      told.wrong.append("\(callID): a recording was begun without a name: \(answer.text)")
    }
    return true
  }

  private mutating func doSomething() async {
    switch Int.random(in: 0..<10, using: &chance) {
    case 0..<4:
      let behavior = Bool.random(using: &chance) ? "skip" : "silence"
      _ = await command("calling.record.pause", [.init("behavior", .string(behavior))])
    case 4..<8: _ = await command("calling.record.resume", [])
    default:
      _ = await command("calling.record.stop", [])
      _ = await beginRecording()
    }
  }

  private mutating func command(_ name: String, _ members: [JSON.Member]) async -> Web.Answer? {
    let params: [JSON.Member] = [.init("control_id", .string(controlID))] + members
    let answer = await web.ask(
      "/api/calling/calls",
      .object([
        .init("command", .string(name)), .init("id", .string(callID)), .init("params", .object(params)),
      ]))
    switch answer?.status {
    case nil:
      told.unanswered += 1
      if !killing.isOn { told.wrong.append("\(callID): \(name) had no answer") }
    case 200?: told.taken += 1
    // Not there yet, there no more, or in another state than chance took it for.
    case 404?, 409?, 410?: told.refused += 1
    case let status?: told.wrong.append("\(callID): \(name) was answered \(status) \(answer?.text ?? "")")
    }
    return answer
  }
}
