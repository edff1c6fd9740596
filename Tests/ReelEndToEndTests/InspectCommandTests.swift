// Strategy: what inspect tells against soxi, sox and sha256sum; what it says that other settings would have done
// against recordings made with these settings; its pictures against programs that read PNG and XML.
import Foundation
import ReelTesting
import Testing

@Suite struct InspectCommandTests {
  /// Records the support call with pauses of both kinds; gives the file.
  private func recordedCall(_ scratch: Scratch) throws -> String {
    let path = "\(scratch.path)/call.wav"
    let outcome = try reel(
      "record", "--stereo", "--caller", "\(testdata)/support-8000-caller.flac", "--agent",
      "\(testdata)/support-8000-agent.flac", "--pause", "6.5-8:skip", "--pause", "13-14.5", "-o", path)
    try #require(outcome.status == 0, "\(outcome.complaint)")
    return path
  }

  private func json(_ text: String) throws -> [String: Any] {
    try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
  }

  private func output(_ program: String, _ arguments: String...) throws -> String {
    let outcome = try run("/usr/bin/\(program)", arguments)
    try #require(outcome.status == 0, "\(program): \(outcome.complaint)")
    // sox tells of levels where others complain.
    return outcome.output + outcome.complaint
  }

  @Test func whatItTellsIsWhatOtherProgramsTell() throws {
    let scratch = try Scratch()
    let path = try recordedCall(scratch)
    let facts = try json(reel("inspect", path, "--json").output)
    #expect(facts["rate_hz"] as? Int == 8_000 && facts["channels"] as? Int == 2)
    let samples = try #require(Int(output("soxi", "-s", path).trimmingCharacters(in: .whitespacesAndNewlines)))
    #expect(facts["samples"] as? Int == samples)
    #expect(facts["duration_seconds"] as? Double == Double(samples) / 8_000)
    #expect(try output("sha256sum", path).hasPrefix(try #require(facts["sha256"] as? String)))
    let sides = try #require(facts["sides"] as? [[String: Any]])
    for (channel, side) in sides.enumerated() {
      let stats = try output("sox", path, "-n", "remix", "\(channel + 1)", "stats")
      for (line, key) in [("RMS lev dB", "level_dbfs"), ("Pk lev dB", "peak_dbfs")] {
        let row = try #require(stats.split(separator: "\n").first { $0.hasPrefix(line) })
        let theirs = try #require(row.split(separator: " ").last.flatMap { Double($0) })
        #expect(abs(theirs - (side[key] as? Double ?? 0)) < 0.011, "\(line): \(theirs)")
      }
    }
    let keys = (sides[0]["digits"] as? [[String: Any]])?.compactMap { $0["digit"] as? String }
    #expect(keys == ["4", "2", "#"])
    let recording = try #require(facts["recording"] as? [String: Any])
    #expect(recording["hash_agrees"] as? Bool == true && recording["state"] as? String == "finished")
    let gaps = try #require(recording["gaps"] as? [[String: Any]])
    let caller = gaps.filter { $0["leg"] as? String == "caller" }
    #expect(caller.map { $0["skipped_seconds"] as? Double } == [1.5, 0])
    #expect(caller.map { $0["seconds"] as? Double } == [0, 1.5])
  }

  @Test func peopleGetTheSameInLines() throws {
    let scratch = try Scratch()
    let path = try recordedCall(scratch)
    let text = try reel("inspect", path).output
    for words in ["WAV, PCM 16 bit, stereo, 8000 Hz", "152685 samples", "caller: 4 at", "paused at", "talk-over"] {
      #expect(text.contains(words), "\(words) is not in: \(text)")
    }
    let handle = try FileHandle(forUpdating: URL(filePath: path))
    try handle.seek(toOffset: 50_000)
    try handle.write(contentsOf: [0x55])
    try handle.close()
    #expect(try reel("inspect", path).output.contains("the file is NOT what was closed"))
  }

  @Test func whatOtherSettingsWouldHaveDoneIsWhatTheyDo() throws {
    let scratch = try Scratch()
    let call = "\(testdata)/support-8000-caller.flac"
    let facts = try json(reel("inspect", call, "--tune", "--json").output)
    let tuning = try #require(facts["tuning"] as? [String: Any])
    let trials = try #require(tuning["trials"] as? [[String: Any]])
    #expect(trials.count == 30)
    for index in [0, 7, 13, 22, 29] {
      let trial = trials[index]
      let sensitivity = try #require(trial["input_sensitivity"] as? Double)
      let timeout = try #require(trial["end_silence_timeout_seconds"] as? Double)
      let made = try reel(
        "record", "--caller", call, "--legs", "caller", "--input-sensitivity", "\(sensitivity)",
        "--end-silence-timeout", "\(timeout)", "--initial-timeout", "4", "--json", "-o", "\(scratch.path)/tuned.wav")
      let last = try json(String(try #require(made.output.split(separator: "\n").last)))
      let params = try #require(last["params"] as? [String: Any])
      #expect(params["duration"] as? Double == trial["stop_seconds"] as? Double, "\(trial)")
    }
    #expect(try reel("inspect", call, "--tune").output.contains("44 (-45.2 dBFS)"))
  }

  @Test func itsPicturesAreReadByOthers() throws {
    let scratch = try Scratch()
    let path = try recordedCall(scratch)
    let (png, svg) = ("\(scratch.path)/call.png", "\(scratch.path)/call.svg")
    #expect(try reel("inspect", path, "--plot", png).status == 0)
    #expect(try reel("inspect", path, "--plot", svg).status == 0)
    let facts = try output(
      "ffprobe", "-v", "error", "-show_entries", "stream=codec_name,width", "-of", "csv=p=0", png)
    #expect(facts == "png,1600\n")
    #expect(try output("ffmpeg", "-v", "error", "-i", png, "-f", "null", "-").isEmpty)
    #expect(try FileManager.default.attributesOfItem(atPath: png)[.size] as? Int ?? .max < 200_000)
    let texts = try output(
      "python3", "-c",
      "import sys, xml.etree.ElementTree as t; print([e.text for e in t.parse(sys.argv[1]).iter() if e.text])", svg)
    for word in ["Caller", "Agent", "Pause", "Pause taken out", "1.5 s out", "Both speak", "Speech", "0:02"] {
      #expect(texts.contains("'\(word)'"), "\(word) is not in: \(texts)")
    }
  }

  @Test func mistakesAreNamedAndNoPictureIsLost() throws {
    let scratch = try Scratch()
    let path = try recordedCall(scratch)
    let picture = "\(scratch.path)/call.svg"
    try "older".write(toFile: picture, atomically: false, encoding: .utf8)
    let mistakes: [(arguments: [String], status: Int32, says: String)] = [
      (["inspect", path, "--plot", "\(scratch.path)/call.gif"], 64, "allowed: a file that ends in .svg or .png"),
      (["inspect", path, path, "--plot", picture], 64, "--plot is with 2 files"),
      (["inspect"], 64, "FILE… is missing"),
      (
        ["inspect", path, "--input-sensitivity", "101"], 64,
        "--input-sensitivity is 101; allowed: a number from 0"
      ),
      (["inspect", "\(scratch.path)/absent.wav", "--plot", picture], 1, "absent.wav: can't be opened"),
      (["inspect", path, "--plot", "\(scratch.path)/no/call.svg"], 1, "no/call.svg: can't be created"),
    ]
    for mistake in mistakes {
      let outcome = try run(products.appending(path: "reel").path, mistake.arguments)
      #expect(outcome.status == mistake.status && outcome.complaint.contains(mistake.says), "\(outcome.complaint)")
    }
    let full = try run(
      "/bin/bash",
      ["-c", "ulimit -f 8; exec \"$0\" \"$@\"", products.appending(path: "reel").path]
        + ["inspect", path, "--plot", picture])
    #expect(full.status == 1 && full.complaint.contains("can't be written: File too large"), "\(full.complaint)")
    #expect(try String(contentsOfFile: picture, encoding: .utf8) == "older")
    let names = try FileManager.default.contentsOfDirectory(atPath: scratch.path)
    #expect(Set(names) == ["call.wav", "call.reel.json", "call.svg"])
  }
}
