// Strategy: `reel record` where sound comes by pipes, goes to them, or comes at a call's pace, and is broken off.
import Foundation
import ReelTesting
import Testing

@Suite struct RecordStreamTests {
  private let scratch: Scratch
  private let caller = TestCall.support.caller.samples
  private let agent = TestCall.support.agent!.samples

  init() throws {
    scratch = try Scratch()
    try scratch.writeRaw(caller, "c.raw")
    try scratch.writeRaw(agent, "a.raw")
    try scratch.writeWAV(Array(caller[..<8_000]), hz: 8_000, "short.wav")
  }

  // MARK: Pipes

  @Test(arguments: [
    #""$reel" record --raw 8000 --caller c.raw -o o.wav"#,
    #""$reel" record --raw 8000 --caller - -o o.wav < c.raw"#,
    #"cat c.raw | "$reel" record --raw 8000 --caller - -o o.wav"#,
    #"sox "$testdata/support-8000-caller.flac" -t wav - | "$reel" record --caller - -o o.wav"#,
    #"cat "$testdata/support-8000-caller.flac" | "$reel" record --caller /dev/stdin -o o.wav"#,
    #""$reel" record --raw 8000 --caller <(cat c.raw) -o o.wav"#,
    // Ends long before anybody reads it.
    #"mkfifo f; (cat c.raw > f &); "$reel" record --raw 8000 --caller - -o o.wav < f"#,
    // Bytes come one, two and three at a time, and so within samples.
    #"(dd bs=1 count=999; dd bs=3 count=5000; cat) 2>&- < c.raw | "$reel" record --raw 8000 --caller - -o o.wav"#,
    #""$reel" record --raw 8000 --caller c.raw -o - > o.wav"#,
    #""$reel" record --raw 8000 --caller c.raw -o - | cat > o.wav"#,
  ])
  func oneLegComesOrGoesInManyWays(script: String) throws {
    let outcome = try shell("set -o pipefail; " + script, in: scratch, with: ["TMPDIR": scratch.path])
    #expect(outcome.status == 0 && outcome.complaint.isEmpty, "\(outcome.complaint)")
    #expect(try difference(scratch.samples(of: "o.wav", channel: 1), caller) == nil)
    #expect(try !scratch.names.contains { $0.hasPrefix("reel-") }, "what was spooled is gone")
  }

  @Test func standardOutputHasOtherFormatsAndGoesWithFiles() throws {
    let script = #"""
      "$reel" record --raw 8000 --caller c.raw -o - --format mp3 > o.mp3 &&
      "$reel" record --raw 8000 --caller c.raw -o p.mp3 -o - > o.wav
      """#
    let outcome = try shell(script, in: scratch)
    #expect(outcome.status == 0 && outcome.complaint.isEmpty, "\(outcome.complaint)")
    #expect(try scratch.bytes("o.mp3") == scratch.bytes("p.mp3"))
    #expect(try difference(scratch.samples(of: "o.wav", channel: 1), caller) == nil)
  }

  /// A program that writes both legs in turns, having opened both pipes before it writes to either.
  @Test(arguments: [["c", "a"], ["a", "c"]], [["--raw", "8000"], [], ["--realtime"]])
  func twoPipesOfOneProgramNeverWaitForEachOther(order: [String], how: [String]) throws {
    let head = how == ["--raw", "8000"] ? "" : #"sox -t raw -e signed -b 16 -r 8000 -c 1 $1.part"#
    let count = how == ["--realtime"] ? 8_000 : 40_000
    for (name, samples) in [("c", caller), ("a", agent)] {
      let part = Array(samples[..<count])
      if head.isEmpty {
        try scratch.writeRaw(part, "\(name).in")
      } else {
        try scratch.writeWAV(part, hz: 8_000, "\(name).wav")
        try FileManager.default.moveItem(atPath: "\(scratch.path)/\(name).wav", toPath: "\(scratch.path)/\(name).in")
      }
    }
    let script = #"""
      mkfifo c a
      (exec 3>$first 4>$second 5<$first.in 6<$second.in
       for turn in {1..300}; do dd bs=320 count=1 <&5 >&3; dd bs=320 count=1 <&6 >&4; done) 2>/dev/null &
      timeout 10 "$reel" record $how --stereo --caller c --agent a -o o.wav; status=$?
      kill %1 2>/dev/null; exit $status
      """#
    let words = ["first": order[0], "second": order[1], "how": how.joined(separator: " ")]
    let outcome = try shell(script, in: scratch, with: words)
    #expect(outcome.status == 0 && outcome.complaint.isEmpty, "\(outcome.status) \(outcome.complaint)")
    #expect(try difference(scratch.samples(of: "o.wav", channel: 1), Array(caller[..<count])) == nil)
    #expect(try difference(scratch.samples(of: "o.wav", channel: 2), Array(agent[..<count])) == nil)
  }

  // MARK: Pace

  @Test func realPaceTakesItsTimeAndGivesTheSameBytes() throws {
    let arguments = ["--caller", "short.wav", "--pause", "0.2-0.4:skip"]
    let files = ["wav", "mp3", "mp4"]
    func record(_ stem: String, _ more: [String]) throws -> Double {
      let start = ContinuousClock.now
      let outputs = files.flatMap { ["-o", "\(stem).\($0)"] }
      let outcome = try run(
        products.appending(path: "reel").path, ["record"] + arguments + outputs + more, in: scratch.path)
      #expect(outcome.status == 0, "\(outcome.complaint)")
      return (ContinuousClock.now - start) / .seconds(1)
    }
    _ = try record("fast", [])
    let seconds = try record("real", ["--realtime"])
    #expect(seconds >= 0.98 && seconds < 4, "\(seconds)")
    for file in files { #expect(try scratch.bytes("fast.\(file)") == scratch.bytes("real.\(file)"), "\(file)") }
  }

  // MARK: Interruption

  @Test func anInterruptedCallIsClosed() throws {
    try scratch.write(Data("old".utf8), "o.wav")
    let process = try start("record", "--raw", "8000", "--caller", "c.raw", "--realtime", "-o", "o.wav")
    #expect(comes { scratch.size("o.part.wav") > 10_000 })
    process.interrupt()
    process.waitUntilExit()
    #expect(process.terminationStatus == 0)
    let samples = try scratch.samples(of: "o.wav", channel: 1)
    #expect(samples.count >= 4_000 && samples.count < caller.count)
    #expect(difference(samples, Array(caller[..<samples.count])) == nil)
    #expect(try reel("verify", "\(scratch.path)/o.wav").status == 0)
    #expect(try scratch.names.filter { $0.hasPrefix("o.") } == ["o.reel.json", "o.wav"])
  }

  @Test func aPipeThatSaysNothingCanBeInterrupted() throws {
    let pipe = Pipe()
    let process = try start("record", "--raw", "8000", "--caller", "-", "-o", "o.wav", from: pipe)
    try pipe.fileHandleForWriting.write(contentsOf: scratch.bytes("c.raw")[..<32_001])
    #expect(comes { scratch.size("o.part.wav") > 24_000 })
    process.interrupt()
    #expect(comes(within: 5) { !process.isRunning })
    if process.isRunning { process.terminate() }
    let samples = try scratch.samples(of: "o.wav", channel: 1)
    #expect(samples.count >= 15_800 && samples.count <= 16_000, "\(samples.count)")
    #expect(difference(samples, Array(caller[..<samples.count])) == nil)
  }

  /// Half an hour of stereo, which takes seconds.
  @Test func anInterruptedFastRunMakesNothing() throws {
    #expect(try shell("truncate -s 180M long.raw; echo old > o.mp3; echo older > o.reel.json", in: scratch).status == 0)
    let before = try scratch.names
    let process = try start("record", "--raw", "48000", "--caller", "long.raw", "-o", "o.mp3", "-o", "p.wav")
    #expect(comes { scratch.size("o.part.mp3") > 0 && scratch.size("p.part.wav") > 0 })
    process.interrupt()
    process.waitUntilExit()
    #expect(process.terminationStatus == 1)
    #expect(try scratch.names == before)
    #expect(try scratch.bytes("o.mp3") == Data("old\n".utf8) && scratch.bytes("o.reel.json") == Data("older\n".utf8))
  }

  @Test func anInterruptLeavesNothingOfWhatWasToGoToStandardOutput() throws {
    let pipe = Pipe()
    let process = try start("record", "--caller", "-", "-o", "-", from: pipe)
    usleep(300_000)
    process.interrupt()
    #expect(comes(within: 5) { !process.isRunning })
    #expect(try !scratch.names.contains { $0.hasPrefix("reel-") })
  }

  // MARK: Events

  @Test func eventsAreLinesInTheShapeOfACallback() throws {
    let script = #""$reel" record --preset relay --stereo --caller short.wav --json -o "o'\"ö.mp3" --pause 0.25-0.5"#
    let outcome = try shell(script, in: scratch)
    #expect(outcome.status == 0 && outcome.complaint.isEmpty, "\(outcome.complaint)")
    let events = try outcome.output.split(separator: "\n").map {
      try #require(try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
    }
    #expect(events.allSatisfy { $0["event_type"] as? String == "calling.call.record" })
    let all = events.compactMap { $0["params"] as? [String: Any] }
    #expect(all.compactMap { $0["state"] as? String } == ["recording", "paused", "recording", "finished"])
    #expect(all.compactMap { $0["pause_behavior"] as? String } == ["silence"])
    let times = events.compactMap { $0["timestamp"] as? Double }
    #expect(times.count == 4 && times == times.sorted() && abs(times[0] - Date.now.timeIntervalSince1970) < 60)
    let last = try #require(all.last)
    #expect(last["duration"] as? Double == 1 && last["size"] as? Int == scratch.size("o'\"ö.mp3"))
    let url = try #require((last["url"] as? String).flatMap(URL.init(string:)))
    #expect(url.isFileURL && url.path.hasSuffix("/o'\"ö.mp3") && FileManager.default.fileExists(atPath: url.path))
    let audio = try #require((last["record"] as? [String: Any])?["audio"] as? [String: Any])
    #expect(audio["format"] as? String == "mp3" && audio["direction"] as? String == "speak")
    #expect(audio["stereo"] as? Bool == true)
  }

  @Test func aRecordingThatFailsTellsOfItsEnd() throws {
    let script =
      #"head -c 2M /dev/zero > z.raw; ulimit -f 300; "$reel" record --raw 8000 --caller z.raw -o o.wav --json"#
    let outcome = try shell("(\(script)) | cat; exit ${PIPESTATUS[0]}", in: scratch)
    #expect(outcome.status == 1 && outcome.complaint.contains("File too large"), "\(outcome)")
    let lines = outcome.output.split(separator: "\n")
    #expect(lines.count == 2 && lines[0].contains(#""state":"recording""#) && lines[1].contains(#""state":"error""#))
    #expect(!outcome.output.contains("url") && !outcome.output.contains(#""size""#))
  }

  private func start(_ arguments: String..., from input: Pipe? = nil) throws -> Process {
    let process = Process()
    process.executableURL = products.appending(path: "reel")
    process.arguments = arguments
    process.currentDirectoryURL = URL(filePath: scratch.path)
    process.environment = ProcessInfo.processInfo.environment.merging(["TMPDIR": scratch.path]) { $1 }
    if let input { process.standardInput = input }
    process.standardError = FileHandle.nullDevice
    process.standardOutput = FileHandle.nullDevice
    try process.run()
    return process
  }
}
