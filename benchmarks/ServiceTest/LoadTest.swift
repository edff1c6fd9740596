import Foundation
import ReelCore
import ReelRealtime
import ReelServer

/// Many calls at once, each recorded from its arrival, to the last sample.
struct LoadTest {
  private let streams: Int
  private let seconds: Int
  private let form: StreamForm
  private let folder: String

  static let context = "load"
  private static let params: [JSON.Member] = [
    .init("record_call", .bool(true)), .init("record_format", .string("wav")), .init("record_stereo", .bool(true)),
  ]
  static let arrival = JSON.Member(
    "contexts", .object([.init(context, .object([.init("params", .object(params))]))]))

  init(_ options: inout Options, _ ground: Ground) throws {
    streams = try options.number("streams", 500, in: 1...5_000)
    seconds = try options.number("seconds", 60, in: 1...120)
    let name = options.take("form") ?? "binary"
    guard let form = StreamForm(rawValue: name) else {
      throw UsageError(description: "--form is \(name); allowed: binary, json")
    }
    self.form = form
    folder = "\(ground.path)/load"
  }

  private var totalFrames: Int { seconds * 50 }

  /// Prints a table; gives whether nothing was lost.
  func run() throws -> Bool {
    let limits = JSON.object([
      .init("calls", .number(Double(streams + 10))), .init("connections", .number(Double(streams + 100))),
    ])
    let service = try ServiceProcess(folder, [Self.arrival, .init("limits", limits)])
    defer { if service.isRunning { service.kill() } }
    let web = Web(service)
    let sound = StreamSound(form)
    let calls = Streams(
      (0..<streams).map { Stream(StreamWriter(call: $0, form: form, sound: sound, context: Self.context)) },
      totalFrames: totalFrames)
    let measures = try play(calls, service, web)
    let status = service.stop()
    var problems = status == 0 ? [] : ["the service ended with \(status)"]
    problems += Self.complaints(calls)
    problems += Self.losses(measures.figures)
    let check = LoadCheck(folder: service.recordings, samples: totalFrames * StreamSound.frameSamples, sound: sound)
    let found = try check.run(try service.catalogue(), streams: streams)
    problems += found.problems
    tell(measures, found, problems, calls)
    return problems.isEmpty
  }

  struct Measures {
    var beganSeconds = 0.0
    var playedSeconds = 0.0
    var endedSeconds = 0.0
    var before = ProcessUse(0)
    var ownBefore = ProcessUse(0)
    var after = ProcessUse(0)
    var ownAfter = ProcessUse(0)
    var idleBytes = 0
    var mostBytes = 0
    var figures: [String: Double] = [:]
    var load = ""
  }

  /// All calls arrive; when each is being recorded, they speak.
  private func play(_ calls: Streams, _ service: ServiceProcess, _ web: Web) throws -> Measures {
    var measures = Measures()
    measures.idleBytes = service.use.residentBytes
    let client = try WebClient(Log(least: .error))
    defer { client.stop() }
    let start = MonotonicTime.now()
    for stream in calls.all {
      client.connect(service.mediaURL, headers: [("authorization", service.authorization)], authority: nil, stream)
    }
    guard try comes(within: 60, { try web.metrics()["reel_recordings_live"] == Double(streams) }) else {
      throw TestFailure("of \(streams) recordings \(try web.metrics()["reel_recordings_live"] ?? 0) began")
    }
    measures.beganSeconds = MonotonicTime.now().seconds(since: start)
    let thread = BeatThread("pace", everySeconds: Streams.beatSeconds, calls)
    defer { thread.stop() }
    (measures.before, measures.ownBefore) = (service.use, ProcessUse())
    let began = MonotonicTime.now()
    calls.start()
    while MonotonicTime.now().seconds(since: began) < Double(seconds) {
      usleep(250_000)
      measures.mostBytes = max(measures.mostBytes, service.use.residentBytes)
    }
    (measures.after, measures.ownAfter) = (service.use, ProcessUse())
    measures.playedSeconds = MonotonicTime.now().seconds(since: began)
    measures.load = machineLoad
    _ = comes(within: 60) { calls.areOver }
    measures.endedSeconds = MonotonicTime.now().seconds(since: began) - Double(seconds)
    _ = try comes(within: 30) { try web.metrics()["reel_recordings_live"] == 0 }
    measures.figures = try web.metrics()
    return measures
  }

  private static func complaints(_ calls: Streams) -> [String] {
    calls.all.flatMap { stream in
      stream.complaints.map { "\(stream.writer.callID) was told \($0)" }
        + (stream.ending == nil ? ["\(stream.writer.callID) did not end"] : [])
    }
  }

  private static func losses(_ figures: [String: Double]) -> [String] {
    let names = [
      "reel_samples_overrun_total", "reel_samples_dropped_total", "reel_samples_filled_total",
      "reel_media_errors_total", "reel_recordings_failed_total", "reel_sync_failures_total", "reel_recordings_live",
      "reel_catalogue_failures",
    ]
    return names.filter { figures[$0] != 0 }.map { "\($0) is \(figures[$0].map { "\($0)" } ?? "not there")" }
  }

  private func tell(_ measures: Measures, _ found: LoadCheck.Found, _ problems: [String], _ calls: Streams) {
    let played = measures.playedSeconds
    let server = measures.after.seconds - measures.before.seconds
    let own = measures.ownAfter.seconds - measures.ownBefore.seconds
    say("\(streams) calls of two legs, \(form.rawValue) form, \(seconds) s, recorded as stereo WAV")
    row("load of the machine", measures.load)
    row("until all were being recorded", "\(measures.beganSeconds.text(2)) s")
    row("server", "\((server / played).text(2)) cores")
    row("  by thread", measures.after.threads(since: measures.before, over: played))
    row("client", "\((own / played).text(2)) cores, at worst \((calls.latestSeconds * 1_000).text(0)) ms late")
    let waited = (measures.after.waitedSeconds - measures.before.waitedSeconds) / played
    let ownWaited = (measures.ownAfter.waitedSeconds - measures.ownBefore.waitedSeconds) / played
    row("threads that waited for a core", "\(waited.text(2)) of the server's, \(ownWaited.text(2)) of the client's")
    row("longest beat of a worker", "\(((measures.figures["reel_beat_longest_seconds"] ?? 0) * 1_000).text(0)) ms")
    let kibibytes = Double(measures.mostBytes - measures.idleBytes) / 1_024 / Double(streams)
    row("until all had ended", "\(measures.endedSeconds.text(2)) s")
    row("memory", "\(measures.mostBytes >> 20) MiB, \(kibibytes.text(0)) KiB a call")
    row("samples sent", "\(2 * streams * totalFrames * StreamSound.frameSamples)")
    row("samples recorded as sent", "\(found.samplesRight)")
    let overrun = Int(measures.figures["reel_samples_overrun_total"] ?? -1)
    row("filled, dropped, overrun", "\(found.filled), \(found.dropped), \(overrun)")
    row("violations", "\(problems.count)")
    for problem in some(problems) { say("    \(problem)") }
  }
}
