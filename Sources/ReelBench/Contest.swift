/// A piece of work, and how each does it.
struct Contest {
  let name: String
  let ours: [String]
  let peers: [Contestant]

  struct Contestant {
    let name: String
    let words: [String]
    /// How many times as long as ours it should take.
    let goal: Double?

    init(_ name: String, _ words: [String], goal: Double?) {
      self.name = name
      self.words = words
      self.goal = goal
    }
  }
}

/// The work that Reel and others are set to do, each with the same codec at the same settings.
struct Contests {
  let folder: String
  private let reel = Machine.thisProgram
  private static let ffmpeg = ["ffmpeg", "-nostdin", "-y", "-loglevel", "error"]
  private static let ffmpegMP3 = ["-c:a", "libmp3lame", "-b:a", "32k", "-compression_level", "5"]
  private static let ffmpegAAC = ["-c:a", "aac", "-aac_coder", "fast", "-b:a", "32k"]
  private static let onOneCore = ["taskset", "-c", "0"]

  init(folder: String) {
    self.folder = folder
  }

  func ofOneCall(_ call: CallFiles) -> [Contest] {
    [stereo(call), mono(call), recording(call), mp3(call, onOneCore: false), mp3(call, onOneCore: true), mp4(call)]
  }

  /// A folder of so many calls.
  func ofFolder(_ calls: String, files: Int, _ format: String) -> Contest {
    let cores = Machine.usableCores
    let isMP3 = format == "mp3"
    let options = (isMP3 ? Self.ffmpegMP3 : Self.ffmpegAAC).joined(separator: " ")
    let one = "\(Self.ffmpeg.joined(separator: " ")) -i {} \(options) ../peer/{}.\(format)"
    let all = "cd \"$1\" && mkdir -p ../peer && ls | xargs -P\(cores) -I{} \(one)"
    return Contest(
      name: "\(files) calls to \(format.uppercased()), all cores",
      ours: [reel, "transcode", calls, "--format", format, "--bitrate", "32", "-o", "\(folder)/ours"],
      peers: [.init("ffmpeg, xargs -P\(cores)", ["sh", "-c", all, "sh", calls], goal: isMP3 ? 1.2 : 1.8)])
  }

  private func stereo(_ call: CallFiles) -> Contest {
    Contest(
      name: "two legs to stereo WAV, \(call.words)",
      ours: [reel, "transcode", "--join", call.caller, call.agent, "-o", "\(folder)/out.wav"],
      peers: Self.joining(call, to: "\(folder)/peer.wav", goals: (5, 2)))
  }

  /// As a call, with everything that a recording has besides: speech, ledger, hash. Its peers do less.
  private func recording(_ call: CallFiles) -> Contest {
    Contest(
      name: "two legs recorded, stereo WAV, \(call.words)",
      ours: [reel, "record", "--stereo", "--caller", call.caller, "--agent", call.agent, "-o", "\(folder)/out.wav"],
      peers: Self.joining(call, to: "\(folder)/peer.wav", goals: (nil, nil)))
  }

  private static func joining(
    _ call: CallFiles, to output: String, goals: (ffmpeg: Double?, sox: Double?)
  ) -> [Contest.Contestant] {
    let filter = ["-i", call.caller, "-i", call.agent, "-filter_complex", "amerge=inputs=2", output]
    return [
      .init("ffmpeg amerge", ffmpeg + filter, goal: goals.ffmpeg),
      .init("sox -M", ["sox", "-D", "-M", call.caller, call.agent, output], goal: goals.sox),
    ]
  }

  private func mono(_ call: CallFiles) -> Contest {
    let output = "\(folder)/peer.wav"
    let filter = ["-i", call.caller, "-i", call.agent, "-filter_complex", "amix=inputs=2:normalize=0", output]
    return Contest(
      name: "two legs to mono WAV, \(call.words)",
      ours: [reel, "transcode", "--join", "--mono", call.caller, call.agent, "-o", "\(folder)/out.wav"],
      peers: [
        .init("ffmpeg amix", Self.ffmpeg + filter, goal: 5),
        .init("sox -m", ["sox", "-D", "-m", "-v", "1", call.caller, "-v", "1", call.agent, output], goal: 2),
      ])
  }

  private func mp3(_ call: CallFiles, onOneCore: Bool) -> Contest {
    let pinned = onOneCore ? Self.onOneCore : []
    let goal = onOneCore ? 1 : 1.8
    let output = "\(folder)/peer.mp3"
    return Contest(
      name: "WAV to MP3, \(call.words), \(onOneCore ? "one core" : "all cores")",
      ours: pinned
        + [reel, "transcode", call.caller, "-o", "\(folder)/out.mp3", "--bitrate", "32", "--quality", "5"],
      peers: [
        .init(
          "lame", pinned + ["lame", "--quiet", "--noreplaygain", "-q", "5", "-b", "32", call.caller, output], goal: goal
        ),
        .init("ffmpeg", pinned + Self.ffmpeg + ["-i", call.caller] + Self.ffmpegMP3 + [output], goal: goal),
      ])
  }

  private func mp4(_ call: CallFiles) -> Contest {
    let theirs = Self.onOneCore + Self.ffmpeg + ["-i", call.caller] + Self.ffmpegAAC + ["\(folder)/peer.mp4"]
    return Contest(
      name: "WAV to MP4, \(call.words), one core",
      ours: Self.onOneCore + [reel, "transcode", call.caller, "-o", "\(folder)/out.mp4", "--bitrate", "32"],
      peers: [.init("ffmpeg", theirs, goal: 1)])
  }
}
