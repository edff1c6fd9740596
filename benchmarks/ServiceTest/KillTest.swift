import Foundation
import ReelCore
import ReelServer
import ReelTesting

/// Kills the service at random moments while calls are recorded, again and again on one folder, and looks at what is
/// left of them when it serves again.
struct KillTest {
  private let rounds: Int
  private let calls: Int
  private let seed: UInt64
  private let folder: String

  private static let lifeSeconds = 0.2...4.0
  /// The longest pause between two attempts is minutes, but nothing here fails more than a few times in a row.
  private static let drainSeconds = 180.0

  init(_ options: inout Options, _ ground: Ground) throws {
    rounds = try options.number("rounds", 20, in: 1...1_000)
    calls = try options.number("calls", 50, in: 1...1_000)
    seed = UInt64(try options.number("seed", Int.random(in: 0...999_999), in: 0...Int.max))
    folder = "\(ground.path)/kill"
  }

  func run() async throws -> Bool {
    say("seed \(seed)")
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    let receiver = try Receiver(folder, key: "\(folder)/data/signing-key", seed: seed)
    defer { receiver.stop() }
    var generator = SeededGenerator(seed: seed)
    var told = KillRound.Told()
    var recovered: [Double] = []
    for number in 0..<rounds {
      let begin = Date.now
      let service = try ServiceProcess(folder)
      recovered.append(-begin.timeIntervalSinceNow)
      let lifeSeconds = Double.random(in: Self.lifeSeconds, using: &generator)
      let round = KillRound(
        number: number, calls: calls, lifeSeconds: lifeSeconds, statusURL: receiver.url, service: service)
      told.add(try await round.run(&generator))
    }
    let service = try ServiceProcess(folder)
    defer { if service.isRunning { service.kill() } }
    let catalogue = try service.catalogue()
    let load = machineLoad
    let isDrained = try comes(within: Self.drainSeconds, every: 0.2) { try catalogue.pendingEvents() == 0 }
    var check = KillCheck(service: service, folder: folder, told: told)
    if !isDrained { check.problems.append("\(try catalogue.pendingEvents()) events still wait for the receiver") }
    try await check.run(catalogue, try receiver.arrivals())
    let status = service.stop()
    if status != 0 { check.problems.append("the service ended with \(status)") }
    tell(check, told, longestStart: recovered.max() ?? 0, load)
    return check.problems.isEmpty
  }

  private func tell(_ check: KillCheck, _ told: KillRound.Told, longestStart: Double, _ load: String) {
    say(
      "\(rounds) rounds of \(calls) calls, each killed after \(Self.lifeSeconds.lowerBound) to "
        + "\(Self.lifeSeconds.upperBound) s")
    row("load of the machine", load)
    row("longest start, with recovery", "\(longestStart.text(2)) s")
    row("recordings that were answered for", "\(told.recordings.count)")
    row("commands taken, refused, cut off", "\(told.taken), \(told.refused), \(told.unanswered)")
    for (name, count) in check.counts { row(name, "\(count)") }
    row("violations", "\(check.problems.count)")
    for problem in some(check.problems) { say("    \(problem)") }
  }
}
