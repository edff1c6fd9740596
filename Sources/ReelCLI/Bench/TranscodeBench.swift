internal import Glibc
internal import ReelAudio
internal import ReelCore
internal import ReelFiles
internal import ReelOffline
internal import ReelRealtime

/// `reel bench transcode`: the command beside other people's, as whole processes on the same files.
///
/// Each piece of work is done by all in turn, over and over; of each turn the ratio is taken, and of the ratios the
/// median. A peer that is not there is named and left out.
struct TranscodeBench {
  var legs: (caller: String, agent: String) = ("", "")
  var minutes = [10, 120]
  var files = 200
  var rounds = 5
  var printsJSON = false
  var folder = ""
  private let reel = Machine.thisProgram

  /// A piece of work, and how each does it.
  private struct Contest {
    let name: String
    let ours: [String]
    let peers: [(name: String, words: [String])]
  }

  func run() throws {
    Console.write("\(Machine.description)\n")
    if Machine.loadAverage > 1.5 { Console.write("others keep this machine busy: these figures are theirs too\n") }
    let missing = ["ffmpeg", "sox", "lame"].filter { !ChildProcess.exists($0) }
    for peer in missing { Console.write("\(peer) is not here: it is left out\n") }
    tell(["work", "beside", "reel, s", "it, s", "ratio", "from", "to", "reel, MiB", "it, MiB"])
    for contest in try contests() where !Interruption.hasCome { try hold(contest, without: missing) }
    if Interruption.hasCome { throw Unsound() }
  }

  /// A row as soon as it is known: all of them take minutes.
  private func tell(_ cells: [String]) {
    guard !printsJSON else { return }
    let padded = zip(cells, Self.columns).map { cell, width in
      let space = String(repeating: " ", count: max(0, abs(width) - cell.count))
      return width < 0 ? cell + space : space + cell
    }
    Console.write(padded.joined(separator: "  ") + "\n")
  }

  /// Widths; below 0 of what begins on the left.
  private static let columns = [-38, -18, 7, 7, 5, 5, 5, 9, 7]

  // MARK: Contests

  private func contests() throws -> [Contest] {
    var contests: [Contest] = []
    for minutes in minutes {
      let input = try Input(minutes, legs, in: folder)
      contests += [
        stereo(input), mono(input), recording(input), mp3(input, cores: 2), mp3(input, cores: 1), mp4(input),
      ]
    }
    let calls = try makeCalls()
    return contests + [folderContest(calls, "mp3"), folderContest(calls, "mp4")]
  }

  private func stereo(_ input: Input) -> Contest {
    let (caller, agent) = (input.caller, input.agent)
    return Contest(
      name: "two legs to stereo WAV, \(input.words)",
      ours: [reel, "transcode", "--join", caller, agent, "-o", "\(folder)/out.wav"],
      peers: [
        (
          "ffmpeg amerge",
          Self.ffmpeg + ["-i", caller, "-i", agent, "-filter_complex", "amerge=inputs=2", "\(folder)/peer.wav"]
        ),
        ("sox -M", ["sox", "-M", caller, agent, "\(folder)/peer.wav"]),
      ])
  }

  private func mono(_ input: Input) -> Contest {
    let (caller, agent) = (input.caller, input.agent)
    return Contest(
      name: "two legs to mono WAV, \(input.words)",
      ours: [reel, "transcode", "--join", "--mono", caller, agent, "-o", "\(folder)/out.wav"],
      peers: [
        (
          "ffmpeg amix",
          Self.ffmpeg + [
            "-i", caller, "-i", agent, "-filter_complex", "amix=inputs=2:normalize=0", "\(folder)/peer.wav",
          ]
        ),
        ("sox -m", ["sox", "-m", "-v", "1", caller, "-v", "1", agent, "\(folder)/peer.wav"]),
      ])
  }

  /// As a call, with everything that a recording has besides: speech, ledger, hash.
  private func recording(_ input: Input) -> Contest {
    let stereo = stereo(input)
    return Contest(
      name: "two legs recorded, stereo WAV, \(input.words)",
      ours: [
        reel, "record", "--stereo", "--caller", input.caller, "--agent", input.agent, "-o", "\(folder)/out.wav",
      ], peers: stereo.peers)
  }

  private func mp3(_ input: Input, cores: Int) -> Contest {
    let pinned = cores == 1 ? Self.onOneCore : []
    return Contest(
      name: "WAV to MP3, \(input.words), \(cores == 1 ? "one core" : "all cores")",
      ours: pinned + [
        reel, "transcode", input.caller, "-o", "\(folder)/out.mp3", "--bitrate", "32", "--quality", "5",
      ],
      peers: [
        ("lame", pinned + ["lame", "--quiet", "-q", "5", "-b", "32", input.caller, "\(folder)/peer.mp3"]),
        ("ffmpeg", pinned + Self.ffmpeg + ["-i", input.caller] + Self.ffmpegMP3 + ["\(folder)/peer.mp3"]),
      ])
  }

  private func mp4(_ input: Input) -> Contest {
    Contest(
      name: "WAV to MP4, \(input.words), one core",
      ours: Self.onOneCore + [reel, "transcode", input.caller, "-o", "\(folder)/out.mp4", "--bitrate", "32"],
      peers: [
        ("ffmpeg", Self.onOneCore + Self.ffmpeg + ["-i", input.caller] + Self.ffmpegAAC + ["\(folder)/peer.mp4"])
      ])
  }

  private func folderContest(_ calls: String, _ format: String) -> Contest {
    let options = (format == "mp3" ? Self.ffmpegMP3 : Self.ffmpegAAC).joined(separator: " ")
    let one = "\(Self.ffmpeg.joined(separator: " ")) -i {} \(options) \(folder)/peer/{}.\(format)"
    return Contest(
      name: "\(files) calls to \(format.uppercased()), all cores",
      ours: [reel, "transcode", calls, "--format", format, "--bitrate", "32", "-o", "\(folder)/ours"],
      peers: [
        (
          "ffmpeg, xargs -P\(Console.cores)",
          ["sh", "-c", "mkdir -p \(folder)/peer && cd \(calls) && ls | xargs -P\(Console.cores) -I{} \(one)"]
        )
      ])
  }

  private static let ffmpeg = ["ffmpeg", "-nostdin", "-y", "-loglevel", "error"]
  private static let ffmpegMP3 = ["-c:a", "libmp3lame", "-b:a", "32k", "-compression_level", "5"]
  private static let ffmpegAAC = ["-c:a", "aac", "-aac_coder", "fast", "-b:a", "32k"]
  private static let onOneCore = ["taskset", "-c", "0"]

  // MARK: Runs

  private struct Run {
    var seconds: [Double] = []
    var residentBytes = 0
  }

  private func hold(_ contest: Contest, without missing: [String]) throws {
    let peers = contest.peers.filter { peer in !missing.contains { peer.name.hasPrefix($0) } }
    var ours = Run()
    var theirs = [Run](repeating: Run(), count: peers.count)
    let start = MonotonicTime.now()
    // The first turn warms the caches, and is not counted. Long work has fewer turns.
    for round in 0...rounds where !Interruption.hasCome {
      if round > Self.leastRounds && MonotonicTime.now().seconds(since: start) > Self.enoughSeconds { break }
      try go(contest.ours, counted: round > 0, &ours)
      for index in peers.indices { try go(peers[index].words, counted: round > 0, &theirs[index]) }
    }
    guard !Interruption.hasCome else { return }
    for (peer, its) in zip(peers, theirs) {
      let ratios = zip(its.seconds, ours.seconds).map { $0 / $1 }.sorted()
      let row = [
        Self.median(ours.seconds).text(3), Self.median(its.seconds).text(3), Self.median(ratios).text(2),
        ratios[0].text(2), ratios[ratios.count - 1].text(2), (Double(ours.residentBytes) / 1_048_576).text(1),
        (Double(its.residentBytes) / 1_048_576).text(1),
      ]
      tell([contest.name, peer.name] + row)
      if printsJSON { Console.write("\(Self.json(contest.name, peer.name, row))\n") }
    }
  }

  private static let leastRounds = 2
  private static let enoughSeconds = 20.0

  private func go(_ words: [String], counted: Bool, _ run: inout Run) throws {
    for name in ["ours", "peer"] { Folder.remove("\(folder)/\(name)") }
    for name in ["out", "peer"] {
      // Sound: the name outlives the call.
      for ending in ["wav", "mp3", "mp4"] { unsafe unlink("\(folder)/\(name).\(ending)") }
    }
    guard let process = ChildProcess(words), process.status == 0 || Interruption.hasCome else {
      throw FileError(words.joined(separator: " "), "failed")
    }
    guard counted else { return }
    run.seconds.append(process.seconds)
    run.residentBytes = max(run.residentBytes, process.residentBytes)
  }

  private static func median(_ values: [Double]) -> Double {
    values.sorted()[values.count / 2]
  }

  private static func json(_ work: String, _ peer: String, _ row: [String]) -> JSON {
    let names = ["reel_seconds", "peer_seconds", "ratio", "ratio_least", "ratio_most", "reel_mib", "peer_mib"]
    return .object(
      [.init("work", .string(work)), .init("peer", .string(peer))]
        + zip(names, row).map { .init($0, .number(Double($1) ?? 0)) })
  }

  // MARK: Sound

  /// Two legs of a stated length, made of shorter ones over and over.
  private struct Input {
    let caller: String
    let agent: String
    let words: String

    init(_ minutes: Int, _ legs: (caller: String, agent: String), in folder: String) throws {
      caller = "\(folder)/caller-\(minutes).wav"
      agent = "\(folder)/agent-\(minutes).wav"
      words = minutes >= 60 ? "\((Double(minutes) / 60).text(minutes % 60 == 0 ? 0 : 1)) h" : "\(minutes) min"
      try RepeatedSound(legs.caller).write(seconds: Double(minutes) * 60, to: caller)
      try RepeatedSound(legs.agent).write(seconds: Double(minutes) * 60, to: agent)
    }
  }

  /// Calls of one to three minutes; gives their folder.
  private func makeCalls() throws -> String {
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
