// Strategy: the built command, used as a person would, and its files judged by sox, which shares no code with us.
import Foundation
import ReelTesting
import Testing

@Suite struct CommandTests {
  @Test func aCallBecomesAStereoFileThatSoxReadsSampleForSample() throws {
    let scratch = try Scratch()
    let outcome = try reel(
      "record", "--stereo", "--caller", "\(testdata)/support-8000-caller.flac", "--agent",
      "\(testdata)/support-8000-agent.flac", "-o", "\(scratch.path)/call.wav")
    // In a pipe nothing is said of what went well.
    #expect(outcome.status == 0 && outcome.complaint.isEmpty && outcome.output.isEmpty)
    #expect(try difference(scratch.samples(of: "call.wav", channel: 1), TestCall.support.caller.samples) == nil)
    #expect(try difference(scratch.samples(of: "call.wav", channel: 2), TestCall.support.agent!.samples) == nil)
  }

  @Test func aVoicemailEndsAtItsTerminator() throws {
    let scratch = try Scratch()
    let outcome = try reel(
      "record", "--preset", "record", "--detect-dtmf", "--caller", "\(testdata)/voicemail-8000-caller.flac", "-o",
      "\(scratch.path)/mail.wav")
    #expect(outcome.status == 0 && outcome.complaint.isEmpty)
    let manifest = try String(contentsOfFile: "\(scratch.path)/mail.reel.json", encoding: .utf8)
    #expect(manifest.contains(#""reason": "the key # was pressed""#))
    let samples = try scratch.samples(of: "mail.wav", channel: 1)
    let tone = TestCall.voicemail.caller.digits[0].start
    #expect(samples.count <= tone && samples.count >= tone - 160)
    #expect(difference(samples, Array(TestCall.voicemail.caller.samples[..<samples.count])) == nil)
  }

  @Test func legsOfTwoRatesAreOneFile() throws {
    let scratch = try Scratch()
    let outcome = try reel(
      "record", "--caller", "\(testdata)/voicemail-8000-caller.flac", "--agent",
      "\(testdata)/survey-16000-agent.flac", "-o", "\(scratch.path)/mixed.wav")
    #expect(outcome.status == 0 && outcome.complaint.isEmpty)
    let length = max(2 * TestCall.voicemail.caller.samples.count, TestCall.survey.caller.samples.count)
    #expect(try scratch.samples(of: "mixed.wav", channel: 1).count == length)
  }

  @Test func oneCallBecomesThreeFilesThatVerifyUntilTheyAreTouched() throws {
    let scratch = try Scratch()
    let files = ["wav", "mp3", "mp4"].map { "\(scratch.path)/call.\($0)" }
    let arguments =
      ["record", "--stereo", "--caller", "\(testdata)/support-8000-caller.flac"]
      + ["--agent", "\(testdata)/support-8000-agent.flac"] + files.flatMap { ["-o", $0] }
    for _ in 0..<2 {
      let recorded = try run(products.appending(path: "reel").path, arguments)
      #expect(recorded.status == 0 && recorded.complaint.isEmpty, "\(recorded.complaint)")
    }
    let names = try FileManager.default.contentsOfDirectory(atPath: scratch.path)
    #expect(Set(names) == ["call.wav", "call.mp3", "call.mp4", "call.reel.json"])
    let sound = try run(products.appending(path: "reel").path, ["verify"] + files)
    #expect(sound.status == 0 && sound.output == files.map { "\($0): sound (finished)\n" }.joined())

    let handle = try FileHandle(forUpdating: URL(filePath: files[1]))
    try handle.seek(toOffset: 50_000)
    try handle.write(contentsOf: [0x55])
    try handle.close()
    let touched = try run(products.appending(path: "reel").path, ["verify"] + files)
    #expect(touched.status == 1 && touched.output.contains("call.mp3: its SHA-256 is"), "\(touched.output)")
    #expect(touched.output.contains("call.wav: sound") && touched.output.contains("call.mp4: sound"))
    #expect(try reel("verify", "\(scratch.path)/absent.wav").status == 1)
    #expect(try reel("verify").status == 64)
  }

  @Test func whatAKilledRecordingLeftIsRecoveredByCommand() throws {
    let scratch = try Scratch()
    let process = Process()
    process.executableURL = products.appending(path: "FaultTest")
    process.arguments = ["record", scratch.path, "wav+mp3", "200", "0", "wait"]
    let (input, output) = (Pipe(), Pipe())
    process.standardInput = input
    process.standardOutput = output
    try process.run()
    // It says "half", after 2 s of sound, and waits.
    #expect(output.fileHandleForReading.availableData == Data("half\n".utf8))
    let held = try reel("recover", scratch.path)
    #expect(held.status == 0 && held.output == "\(scratch.path)/call.part.reel.json: is being recorded\n")
    kill(process.processIdentifier, SIGKILL)
    process.waitUntilExit()
    let recovered = try reel("recover", scratch.path)
    #expect(recovered.status == 0 && recovered.complaint.isEmpty, "\(recovered.complaint)")
    #expect(recovered.output.contains("/call.wav: recovered, 16000 samples"), "\(recovered.output)")
    #expect(try reel("recover", scratch.path).output.isEmpty)
    let verified = try reel("verify", "\(scratch.path)/call.wav", "\(scratch.path)/call.mp3")
    #expect(verified.status == 0 && verified.output.contains("call.mp3: sound (recovered)"), "\(verified.output)")
    #expect(try reel("recover", "\(scratch.path)/nowhere").status == 1)
  }

  @Test func mistakesAreNamedAndLeaveNothing() throws {
    let scratch = try Scratch()
    let caller = "\(testdata)/voicemail-8000-caller.flac"
    let output = "\(scratch.path)/x.wav"
    let mistakes: [(arguments: [String], status: Int32, says: String)] = [
      (["record", "--caller", caller, "-o", output, "--input-sensitivity", "101"], 64, "input_sensitivity is 101"),
      (
        ["record", "--caller", caller, "-o", output, "--direction", "up"], 64,
        "--direction is up; allowed: speak, listen, both"
      ),
      (
        ["record", "--caller", caller, "-o", output, "--max-length", "long"], 64,
        "--max-length is long; allowed: a number"
      ),
      (["record", "--caller", caller, "-o", output, "--nonsense"], 64, "there is no option --nonsense; did you mean"),
      (["record", "-o", output], 64, "--caller and --agent are missing"),
      (["record", "--caller", caller], 64, "-o is missing"),
      (["record", "--caller", caller, "-o"], 64, "-o is without its value"),
      (["play"], 64, "there is no command play; did you mean"),
      ([], 64, "no command was given"),
      (["record", "--caller", "\(scratch.path)/absent.wav", "-o", output], 1, "absent.wav: "),
      (["record", "--caller", #filePath, "-o", output], 1, "CommandTests.swift: "),
      (
        ["record", "--caller", caller, "-o", "\(scratch.path)/no/where.wav"], 1,
        "/no/where.wav: can't be created: No such file or directory"
      ),
    ]
    for mistake in mistakes {
      let outcome = try run(products.appending(path: "reel").path, mistake.arguments)
      #expect(outcome.status == mistake.status, "\(mistake.arguments)")
      #expect(outcome.output.isEmpty && outcome.complaint.contains(mistake.says), "\(outcome.complaint)")
    }
    #expect(try FileManager.default.contentsOfDirectory(atPath: scratch.path).isEmpty)
  }

  @Test func anOddRateIsRefusedByName() throws {
    let scratch = try Scratch()
    let made = try run("/usr/bin/sox", ["-n", "-r", "7000", "-c", "1", "\(scratch.path)/odd.wav", "trim", "0", "0.1"])
    #expect(made.status == 0)
    let outcome = try reel("record", "--caller", "\(scratch.path)/odd.wav", "-o", "\(scratch.path)/out.wav")
    #expect(outcome.status == 1 && outcome.complaint.contains("odd.wav is 7000 Hz; allowed: 8000, 11025"))
  }
}

/// libav comes late or never. What is loaded is told by the system's loader; a libav that can't be loaded is an empty
/// file in a folder where the loader looks first.
@Suite struct LibavLoadingTests {
  private let scratch: Scratch
  private let caller = "\(testdata)/voicemail-8000-caller.flac"

  init() throws {
    scratch = try Scratch()
  }

  @Test func itIsLoadedForMP4Alone() throws {
    #expect(try !loadsLibav("help"))
    #expect(try !loadsLibav("record", "--caller", caller, "-o", path("a.wav"), "-o", path("b.mp3")))
    #expect(try !loadsLibav("verify", path("a.wav")))
    #expect(try loadsLibav("record", "--caller", caller, "-o", path("c.mp4")))
    #expect(try loadsLibav("verify", path("c.mp4")))
  }

  @Test func whatNeedsItIsRefusedWithItsReasonAndLeavesNothing() throws {
    #expect(try reel("record", "--caller", caller, "-o", path("a.mp4")).status == 0)
    let broken = try brokenLibav()
    let before = try names()
    let written = try reel("record", "--caller", caller, "-o", path("b.wav"), "-o", path("b.mp4"), with: broken)
    #expect(written.status == 1 && written.output.isEmpty)
    let refusal = /.*\/b\.mp4: MP4 needs libavcodec \d+, which can't be loaded: .*libavcodec\.so\.\d+: file too short\n/
    #expect(written.complaint.wholeMatch(of: refusal) != nil, "\(written.complaint)")
    let read = try reel("record", "--caller", path("a.mp4"), "-o", path("c.wav"), with: broken)
    #expect(read.status == 1 && read.output.isEmpty)
    let why = "a.mp4: is no audio that libsndfile can read; all else needs libavcodec "
    #expect(read.complaint.contains(why), "\(read.complaint)")
    #expect(try names() == before)
  }

  @Test func whatDoesNotNeedItGoesOn() throws {
    let broken = try brokenLibav()
    let written = try reel("record", "--caller", caller, "-o", path("a.wav"), "-o", path("b.mp3"), with: broken)
    #expect(written.status == 0, "\(written.complaint)")
    // libsndfile alone reads MP3 too.
    let read = try reel("record", "--caller", path("b.mp3"), "-o", path("c.wav"), with: broken)
    #expect(read.status == 0, "\(read.complaint)")
    #expect(try scratch.samples(of: "c.wav", channel: 1).count == scratch.samples(of: "a.wav", channel: 1).count)
  }

  @Test func aKilledMP4WaitsForIt() throws {
    let process = Process()
    process.executableURL = products.appending(path: "FaultTest")
    process.arguments = ["record", scratch.path, "mp4", "200", "0", "wait"]
    let (input, output) = (Pipe(), Pipe())
    process.standardInput = input
    process.standardOutput = output
    try process.run()
    #expect(output.fileHandleForReading.availableData == Data("half\n".utf8))
    kill(process.processIdentifier, SIGKILL)
    process.waitUntilExit()
    let refused = try reel("recover", scratch.path, with: brokenLibav())
    #expect(refused.status == 1 && refused.complaint.contains("MP4 needs libavcodec "), "\(refused)")
    #expect(try names().contains("call.part.mp4"))
    let recovered = try reel("recover", scratch.path)
    #expect(recovered.status == 0 && recovered.output.contains("/call.mp4: recovered, "), "\(recovered)")
  }

  private func path(_ name: String) -> String { "\(scratch.path)/\(name)" }

  private func names() throws -> Set<String> {
    Set(try FileManager.default.contentsOfDirectory(atPath: scratch.path))
  }

  private func loadsLibav(_ arguments: String...) throws -> Bool {
    // What the loader tells is more than a pipe holds; it adds the process's id to the name.
    let log = ["LD_DEBUG": "files", "LD_DEBUG_OUTPUT": path("loader")]
    let outcome = try run(products.appending(path: "reel").path, arguments, with: log)
    #expect(outcome.status == 0, "\(outcome.complaint)")
    let logs = try names().filter { $0.hasPrefix("loader.") }
    let told = try String(contentsOfFile: path(#require(logs.first)), encoding: .utf8)
    try #require(logs.count == 1 && told.contains("libsndfile"))
    try FileManager.default.removeItem(atPath: path(#require(logs.first)))
    return told.contains("libavcodec.so.")
  }

  /// For the environment of a process: libavcodec, in whichever version, can't be loaded.
  private func brokenLibav() throws -> [String: String] {
    let folder = path("broken")
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    for version in 59...79 {
      try Data().write(to: URL(filePath: "\(folder)/libavcodec.so.\(version)"))
    }
    return ["LD_LIBRARY_PATH": folder]
  }
}
