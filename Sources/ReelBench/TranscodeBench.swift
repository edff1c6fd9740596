internal import Glibc
internal import ReelAudio
internal import ReelFiles
internal import ReelOffline

/// `reel bench transcode`: the command beside other people's, as whole processes on the same files.
///
/// Each piece of work is done by all in turn, over and over; of each turn the ratio is taken.
package struct TranscodeBench: Bench {
  package var minutes = [10, 120]
  package var files = 200
  private let legs: (caller: String, agent: String)
  /// So long each piece of work goes on, but for the least number of turns.
  private static let seconds = 8.0
  /// Long work has fewer turns.
  private static let leastTurns = 3

  package init(caller: String, agent: String) {
    legs = (caller, agent)
  }

  package func run(_ setting: BenchSetting) async throws {
    let peers = Peer.find(["ffmpeg", "sox", "lame"], setting)
    // The legs of all lengths stay, and the folder's calls are of two minutes.
    let need = try CallFiles.need(minutes: minutes.reduce(0, +) + files, legs)
    try need.check("calls of \(minutes.map(String.init).joined(separator: " and ")) min", in: setting.folder)
    let table = setting.report.table(
      "transcode", "whole processes on the same files: the other's time by ours",
      [
        .words("work", "work", width: 42), .words("beside", "peer", width: 17), .figure("reel, ms", "reel_ms"),
        .figure("it, ms", "peer_ms"), .figure("it / reel", "ratio"), .words("goal", "goal", width: 15),
        .number("reel, MiB", "reel_mib"), .number("it, MiB", "peer_mib"),
      ])
    let contests = Contests(folder: setting.folder)
    for minutes in minutes {
      let input = try CallFiles(minutes: minutes, legs, in: setting.folder)
      for contest in contests.ofOneCall(input) { try hold(contest, peers, table, setting) }
    }
    let calls = try makeCalls(in: setting.folder)
    for format in ["mp3", "mp4"] {
      try hold(contests.ofFolder(calls, files: files, format), peers, table, setting)
    }
  }

  private func hold(_ contest: Contest, _ peers: [Peer], _ table: ReportTable, _ setting: BenchSetting) throws {
    let peers = contest.peers.filter { peer in peers.contains { peer.name.hasPrefix($0.name) } }
    guard !peers.isEmpty else { return }
    let runs = ([contest.ours] + peers.map(\.words)).map { ProcessRuns($0, setting) }
    let turns = TurnAbout(seconds: setting.seconds ?? Self.seconds, leastTurns: Self.leastTurns)
    let times = try turns.times(runs.map { run in { try run.go() } }, setting)
    for (index, peer) in peers.enumerated() {
      let ratio = times.ratio(index + 1, to: 0)
      table.row([
        .text(contest.name), .text(peer.name), .figure(times.figure(0, unitSeconds: 1e-3)),
        .figure(times.figure(index + 1, unitSeconds: 1e-3)),
        .figure(ratio), peer.goal.map { .goal($0, ratio) } ?? .nothing, .number(runs[0].mebibytes, places: 1),
        .number(runs[index + 1].mebibytes, places: 1),
      ])
    }
  }

  /// Calls of one to three minutes; gives their folder.
  private func makeCalls(in folder: String) throws -> String {
    let calls = "\(folder)/calls"
    try Folder.make(calls)
    let sound = try RepeatedSound(legs.caller)
    for index in 0..<files {
      let seconds = 60 + Double(index * 37 % 120)
      try sound.write(seconds: seconds, to: "\(calls)/call-\(index).wav")
    }
    return calls
  }
}

/// A program that is run over and over, on nothing that an earlier run made.
private final class ProcessRuns {
  private let words: [String]
  private let setting: BenchSetting
  /// The most memory that any run had.
  private(set) var mebibytes = 0.0

  init(_ words: [String], _ setting: BenchSetting) {
    self.words = words
    self.setting = setting
  }

  func go() throws -> Double {
    for name in ["ours", "peer"] { Folder.remove("\(setting.folder)/\(name)") }
    for name in ["out", "peer"] {
      // Sound: the name outlives the call.
      for ending in ["wav", "mp3", "mp4"] { unsafe unlink("\(setting.folder)/\(name).\(ending)") }
    }
    let process = try ChildProcess.succeeding(words, orElse: "\(words.joined(separator: " ")) failed", setting)
    mebibytes = max(mebibytes, process.residentMebibytes)
    return process.seconds
  }
}

/// Two legs of a stated length, made of shorter ones over and over.
struct CallFiles {
  let caller: String
  let agent: String
  let words: String

  init(minutes: Int, _ legs: (caller: String, agent: String), in folder: String) throws {
    caller = "\(folder)/caller-\(minutes).wav"
    agent = "\(folder)/agent-\(minutes).wav"
    words = minutes >= 60 ? "\((Double(minutes) / 60).text(minutes % 60 == 0 ? 0 : 1)) h" : "\(minutes) min"
    try RepeatedSound(legs.caller).write(seconds: Double(minutes) * 60, to: caller)
    try RepeatedSound(legs.agent).write(seconds: Double(minutes) * 60, to: agent)
  }

  /// Room for the legs, and for what is made of them: twice as much, and as much again by a peer.
  static func need(minutes: Int, _ legs: (caller: String, agent: String)) throws -> Need {
    let hz = try max(RepeatedSound(legs.caller).rate.hz, RepeatedSound(legs.agent).rate.hz)
    return Need(folderBytes: minutes * 60 * hz * 2 * 6)
  }

  func remove() {
    // Sound: the names outlive the calls.
    for path in [caller, agent] { unsafe unlink(path) }
  }
}
