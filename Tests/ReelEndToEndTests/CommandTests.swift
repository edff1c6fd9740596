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
