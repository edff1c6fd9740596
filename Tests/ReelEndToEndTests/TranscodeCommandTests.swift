// Strategy: `reel transcode` over small trees of files whose sound is known; sox and ffprobe read what came out.
import Foundation
import ReelTesting
import Testing

@Suite struct TranscodeCommandTests {
  private let scratch: Scratch
  private let left: [Int16]
  private let right: [Int16]

  init() throws {
    scratch = try Scratch()
    left = Array(TestCall.support.caller.samples[20_000..<28_001])
    right = Array(TestCall.support.agent!.samples[..<6_001])
  }

  private func transcode(_ arguments: String...) throws -> Outcome {
    try run(products.appending(path: "reel").path, ["transcode"] + arguments, in: scratch.path)
  }

  private func expectDone(_ outcome: Outcome, _ comment: Comment = "") {
    #expect(outcome.status == 0 && outcome.complaint.isEmpty && outcome.output.isEmpty, "\(comment) \(outcome)")
  }

  private func writeStereo(_ name: String) throws {
    let both = left.indices.flatMap { [left[$0], $0 < right.count ? right[$0] : 0] }
    try scratch.writeWAV(both, hz: 8_000, channels: 2, name)
  }

  private var paddedRight: [Int16] { right + [Int16](repeating: 0, count: left.count - right.count) }

  // MARK: Sound

  @Test func sidesAreWhatIsAskedFor() throws {
    try writeStereo("s.wav")
    try expectDone(transcode("s.wav", "--mono", "-o", "m.wav"))
    #expect(try difference(scratch.samples(of: "m.wav", channel: 1), Signals.sum(left, paddedRight)) == nil)
    for (side, samples) in [("caller", left), ("agent", paddedRight)] {
      try expectDone(transcode("s.wav", "--side", side, "-o", "one.wav"))
      #expect(try scratch.probe("one.wav", "channels") == "1")
      #expect(try difference(scratch.samples(of: "one.wav", channel: 1), samples) == nil, "\(side)")
    }
    try scratch.writeWAV(left, hz: 8_000, "l.wav")
    try expectDone(transcode("l.wav", "--stereo", "-o", "two.wav"))
    #expect(try difference(scratch.samples(of: "two.wav", channel: 1), left) == nil)
    #expect(try difference(scratch.samples(of: "two.wav", channel: 2), left) == nil)
    let refused = try transcode("l.wav", "--side", "agent", "-o", "no.wav")
    #expect(refused.status == 1 && refused.complaint.contains("l.wav: has 1 channel"))
    #expect(try !scratch.names.contains("no.wav"))
  }

  @Test func twoFilesAreJoined() throws {
    try scratch.writeWAV(left, hz: 8_000, "l.wav")
    try scratch.writeWAV(right, hz: 8_000, "r.wav")
    try expectDone(transcode("--join", "l.wav", "r.wav", "-o", "j.wav"))
    #expect(try difference(scratch.samples(of: "j.wav", channel: 1), left) == nil)
    #expect(try difference(scratch.samples(of: "j.wav", channel: 2), paddedRight) == nil)
    try expectDone(transcode("--join", "r.wav", "l.wav", "-o", "k.wav", "--mono"))
    #expect(try difference(scratch.samples(of: "k.wav", channel: 1), Signals.sum(left, paddedRight)) == nil)
  }

  @Test func pairsInFoldersAreJoined() throws {
    let script =
      #"mkdir -p in/x; for n in a x/b; do cp l.wav in/$n-in.wav; cp r.wav in/$n-out.wav; done; cp l.wav in/c-in.wav"#
    try scratch.writeWAV(left, hz: 8_000, "l.wav")
    try scratch.writeWAV(right, hz: 8_000, "r.wav")
    #expect(try shell(script, in: scratch).status == 0)
    let outcome = try transcode("--join", "--pairs=-in,-out", "in", "-o", "out", "--format", "wav")
    #expect(outcome.status == 1 && outcome.complaint == "reel: in/c-in.wav: has no agent's leg c-out beside it\n")
    #expect(try difference(scratch.samples(of: "out/x/b.wav", channel: 2), paddedRight) == nil)
    #expect(try tree("out") == ["a.wav", "x", "x/b.wav"])
  }

  @Test func formatsRatesAndBitratesAreAsAsked() throws {
    try writeStereo("s.wav")
    try expectDone(transcode("s.wav", "-o", "o.mp3", "--rate", "16000", "--bitrate", "64", "--mono"))
    try expectDone(transcode("s.wav", "-o", "o.mp4", "--rate", "16000"))
    for name in ["o.mp3", "o.mp4"] { #expect(try scratch.probe(name, "sample_rate") == "16000", "\(name)") }
    #expect(try scratch.probe("o.mp3", "bit_rate") == "64000" && scratch.probe("o.mp4", "channels") == "2")
    // And back, with the length that it had.
    for name in ["o.mp3", "o.mp4"] {
      try expectDone(transcode(name, "-o", "back.wav", "--rate", "8000"))
      #expect(try scratch.samples(of: "back.wav", channel: 1).count == left.count, "\(name)")
    }
    try scratch.writeWAV([], hz: 8_000, "none.wav")
    for ending in ["wav", "mp3", "mp4"] {
      try expectDone(transcode("none.wav", "-o", "none-\(ending).\(ending)"), "\(ending)")
      #expect(scratch.size("none-\(ending).\(ending)") > 0)
    }
  }

  @Test func standardOutputHasTheFile() throws {
    try writeStereo("s.wav")
    let script = #""$reel" transcode s.wav -o - --format wav > o.wav && "$reel" transcode s.wav -o - | cmp - o.wav"#
    try expectDone(shell(script, in: scratch, with: ["TMPDIR": scratch.path]))
    #expect(try difference(scratch.samples(of: "o.wav", channel: 1), left) == nil)
    #expect(try !scratch.names.contains { $0.hasPrefix("reel-") })
  }

  // MARK: Many files

  private static let treeFiles = ["a.wav", "é à.wav", "sub/b.wav", "sub/deep/c.flac", "sub/deep/d 'q'.wav"]

  /// A tree of sound and of what is none.
  private func makeTree() throws {
    try scratch.writeWAV(Array(left[..<800]), hz: 8_000, "x.wav")
    try scratch.writeWAV(Array(left[..<800]), hz: 8_000, "x.flac")
    for name in Self.treeFiles {
      let path = URL(filePath: "\(scratch.path)/in/\(name)")
      try FileManager.default.createDirectory(at: path.deletingLastPathComponent(), withIntermediateDirectories: true)
      try FileManager.default.copyItem(atPath: "\(scratch.path)/x.\(path.pathExtension)", toPath: path.path)
    }
    let script =
      "echo text > in/notes.txt; cp x.wav in/.hidden.wav; cp x.wav in/sub/y.part.wav; ln -s a.wav in/link.wav"
    #expect(try shell(script + "; rm x.wav x.flac", in: scratch).status == 0)
  }

  private func tree(_ folder: String) throws -> [String] {
    try FileManager.default.subpathsOfDirectory(atPath: "\(scratch.path)/\(folder)").sorted()
  }

  private func made(_ ending: String) -> [String] {
    Self.treeFiles.map { ($0 as NSString).deletingPathExtension + "." + ending }.sorted()
  }

  @Test func foldersKeepTheirStructure() throws {
    try makeTree()
    for jobs in ["1", "2", "7"] {
      try expectDone(transcode("in", "-o", "out\(jobs)/new", "--format", "mp3", "--jobs", jobs))
      #expect(try tree("out\(jobs)/new").filter { $0.contains(".") } == made("mp3"))
    }
    let same = try shell("diff -r out1 out2 && diff -r out1 out7", in: scratch)
    #expect(same.status == 0, "\(same.output)")
    // Within the folder that is read, what is made is not read.
    for _ in 0..<2 { try expectDone(transcode("in", "-o", "in/made/", "--format", "mp3")) }
    #expect(try tree("in/made").filter { $0.contains(".") } == made("mp3"))
  }

  @Test func listsComeFromStandardInput() throws {
    try makeTree()
    for separator in ["", "-print0"] {
      let script =
        "find in -name '[abé]*.wav' -type f \(separator) | \"$reel\" transcode - -o out\(separator) --format wav"
      try expectDone(shell(script, in: scratch))
      let files = try tree("out\(separator)").filter { $0.contains(".") }
      #expect(files == ["in/a.wav", "in/sub/b.wav", "in/é à.wav"])
    }
    let twice = try shell(
      #"printf 'in/a.wav\nin/absent.wav\n' | "$reel" transcode - in/sub -o o --format wav"#, in: scratch)
    #expect(twice.status == 1 && twice.complaint == "reel: in/absent.wav: can't be opened: No such file or directory\n")
    #expect(try tree("o").filter { $0.contains(".") } == ["b.wav", "deep/c.wav", "deep/d 'q'.wav", "in/a.wav"])
    try expectDone(shell(#""$reel" transcode - -o none --format wav < /dev/null"#, in: scratch))
  }

  @Test func oneBadFileIsToldAndTheRestGoOn() throws {
    try makeTree()
    let script = #"""
      echo nonsense > in/bad.wav; : > in/empty.mp3
      sox -n -r 8000 -c 3 in/three.wav trim 0 0.1
      cp in/a.wav "$(printf 'in/nl\n.wav')"; cp in/a.wav "$(printf 'in/\377.wav')"
      cp in/a.wav "in/$(printf 'x%.0s' {1..251}).wav"
      "$reel" transcode in -o out --format mp3
      """#
    let outcome = try shell(script, in: scratch)
    #expect(outcome.status == 1 && outcome.output.isEmpty)
    let lines = outcome.complaint.split(separator: "\n")
    #expect(lines.count == 6 && lines.allSatisfy { $0.hasPrefix("reel: ") }, "\(outcome.complaint)")
    for name in ["bad", "empty", "three", "nl?", "xxx", "\u{FFFD}"] {
      #expect(lines.filter { $0.contains(name) }.count == 1, "\(name): \(outcome.complaint)")
    }
    #expect(try tree("out").filter { $0.contains(".") } == made("mp3"))
  }

  @Test func aFolderThatCannotBeListedIsToldAndTheRestGoOn() throws {
    try makeTree()
    // Root may list anything, so somebody else does.
    let script = #"""
      mkdir -m 0 in/locked; chmod 777 .; cp "$reel" ./copy; as=
      [ $(id -u) = 0 ] && as="setpriv --reuid 65534 --regid 65534 --clear-groups"
      $as ./copy transcode in -o out --format mp3; status=$?; chmod 755 in/locked; exit $status
      """#
    let outcome = try shell(script, in: scratch)
    #expect(outcome.status == 1)
    #expect(outcome.complaint == "reel: in/locked: can't be listed: Permission denied\n")
    #expect(try tree("out").filter { $0.contains(".") } == made("mp3"))
  }

  @Test func shardsAreDisjointAndTogetherAll() throws {
    let names = (1...40).map { "call-\($0)" }
    try scratch.writeWAV([1, 2, 3], hz: 8_000, "x.wav")
    let copies = "mkdir -p one/in two; for n in \(names.joined(separator: " ")); do cp x.wav one/in/$n.wav; done"
    #expect(try shell("\(copies); cp -r one/in two/other", in: scratch).status == 0)
    var all: [String] = []
    for shard in 1...3 {
      try expectDone(transcode("one/in", "-o", "out\(shard)", "--format", "wav", "--shard", "\(shard)/3"))
      // The same share wherever the folder lies.
      try expectDone(
        transcode("\(scratch.path)/two/other/", "-o", "far\(shard)", "--format", "wav", "--shard", "\(shard)/3"))
      #expect(try tree("out\(shard)") == tree("far\(shard)") && tree("out\(shard)").count > 3)
      all += try tree("out\(shard)")
    }
    #expect(all.sorted() == names.map { "\($0).wav" }.sorted())
    for wrong in ["0/3", "4/3", "1", "1/0", "a/b"] {
      #expect(try transcode("one/in", "--format", "wav", "--shard", wrong).status == 64, "\(wrong)")
    }
  }

  @Test func whatIsThereCanBeLeft() throws {
    try makeTree()
    #expect(try shell("mkdir -p out/sub; echo mine > out/sub/b.mp3", in: scratch).status == 0)
    let outcome = try transcode("in", "-o", "out", "--format", "mp3", "--skip-existing", "--json")
    #expect(outcome.status == 0 && outcome.complaint.isEmpty)
    let lines = try outcome.output.split(separator: "\n").map {
      try #require(try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
    }
    #expect(lines.count == 5 && lines.filter { $0["state"] as? String == "made" }.count == 4)
    let made = try #require(lines.first { $0["output"] as? String == "out/a.mp3" })
    #expect(made["duration"] as? Double == 0.1 && made["size"] as? Int == scratch.size("out/a.mp3"))
    #expect(made["inputs"] as? [String] == ["in/a.wav"])
    #expect(try scratch.bytes("out/sub/b.mp3") == Data("mine\n".utf8))
    try expectDone(transcode("in", "-o", "out", "--format", "mp3"))
    #expect(scratch.size("out/sub/b.mp3") > 100)
    // Beside their inputs, what was made is sound too.
    for _ in 0..<2 { try expectDone(transcode("in", "--format", "mp3", "--skip-existing")) }
  }

  // MARK: What must not be lost

  @Test func noInputIsReplaced() throws {
    try scratch.writeWAV(left, hz: 8_000, "call.wav")
    let script = #"""
      mkdir in in/out; lame --quiet call.wav in/call.mp3; mv call.wav in/call.wav; ln in/call.wav in/out/call.wav
      ln -s ../call.wav in/out/second.wav; cp in/call.mp3 second.mp3
      """#
    #expect(try shell(script, in: scratch).status == 0)
    let before = try scratch.bytes("in/call.wav")
    let tries: [[String]] = [
      ["in", "--format", "wav"], ["in/call.mp3", "in/call.wav", "--format", "wav"],
      ["in/call.wav", "-o", "in/call.wav"], ["in/call.wav", "-o", "in/../in/call.wav"],
      ["in/call.wav", "-o", "in/out/call.wav"], ["in/call.wav", "-o", "in/out/second.wav"],
      ["in/call.wav", "second.mp3", "-o", "in/out", "--format", "wav"], ["in/call.wav", "--format", "wav"],
    ]
    for arguments in tries {
      let outcome = try run(products.appending(path: "reel").path, ["transcode"] + arguments, in: scratch.path)
      #expect(
        outcome.status == 1 && outcome.complaint.contains("input") || outcome.complaint.contains("to be read too"))
      #expect(try scratch.bytes("in/call.wav") == before, "\(arguments)")
      #expect(try scratch.bytes("in/out/call.wav") == before, "\(arguments)")
    }
    #expect(try tree("in") == ["call.mp3", "call.wav", "out", "out/call.wav", "out/second.wav"])
  }

  @Test func twoInputsNeverMakeOneFile() throws {
    try scratch.writeWAV(left, hz: 8_000, "x.wav")
    #expect(try shell("mkdir a b; cp x.wav a/; sox x.wav b/x.flac", in: scratch).status == 0)
    let outcome = try transcode("a", "b", "-o", "out", "--format", "mp3")
    #expect(outcome.status == 1)
    #expect(outcome.complaint == "reel: b/x.flac: would make out/x.mp3, which a/x.wav makes already\n")
    // Two names that only look the same.
    let twins = "mkdir t; cp x.wav $'t/e\\u0301.wav'; cp x.wav $'t/\\u00e9.wav'"
    #expect(try shell(twins, in: scratch, with: ["LC_ALL": "C.UTF-8"]).status == 0)
    try expectDone(transcode("t", "-o", "u", "--format", "mp3"))
    #expect(try tree("u").count == 2)
    for output in ["o.mp3", "x.wav"] {
      let many = try transcode("a/x.wav", "b/x.flac", "-o", output, "--format", "mp3")
      #expect(many.status == 64 && many.complaint.contains("-o is \(output), a file's name"), "\(many.complaint)")
    }
    #expect(try scratch.names == ["a", "b", "out", "t", "u", "x.wav"])
  }

  /// Twenty minutes, which take a second or more, and a small file beside them.
  @Test(arguments: [SIGINT, SIGTERM, SIGKILL])
  func aBrokenRunLeavesNoHalfFile(signal: Int32) throws {
    try scratch.writeWAV(left, hz: 8_000, "small.wav")
    #expect(
      try shell("mkdir in out; sox -n -r 48000 -c 1 in/long.wav trim 0 1200; mv small.wav in", in: scratch).status == 0)
    try scratch.write(Data("old".utf8), "out/long.mp3")
    let process = Process()
    process.executableURL = products.appending(path: "reel")
    process.arguments = ["transcode", "in", "-o", "out", "--format", "mp3", "-j", "1"]
    process.currentDirectoryURL = URL(filePath: scratch.path)
    let messages = Pipe()
    process.standardError = messages
    try process.run()
    #expect(comes { scratch.size("out/.long.mp3.new") > 0 })
    kill(process.processIdentifier, signal)
    process.waitUntilExit()
    let said = String(decoding: messages.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    #expect(process.terminationStatus == (signal == SIGKILL ? SIGKILL : 1))
    #expect(
      signal == SIGKILL || said == "reel: interrupted: 0 of 2 files are done; --skip-existing goes on from here\n")
    #expect(try scratch.bytes("out/long.mp3") == Data("old".utf8))
    #expect(try tree("out").filter { !$0.hasPrefix(".") } == ["long.mp3"])
    #expect(try shell("mv in/small.wav in/long.wav", in: scratch).status == 0)
    try expectDone(transcode("in", "-o", "out", "--format", "mp3"))
    #expect(try tree("out") == ["long.mp3"] && scratch.size("out/long.mp3") > 1_000)
  }

  @Test func aTerminalSeesHowFarItIs() throws {
    try makeTree()
    let words = "stty cols 60; \"$reel\" transcode in -o out --format mp3"
    let outcome = try shell("script -qec '\(words)' /dev/null < /dev/null", in: scratch, with: ["TERM": "xterm"])
    #expect(outcome.status == 0 && outcome.output.contains("5 made in 0:0"), "\(outcome.output)")
    let drawn = outcome.output.split(separator: "\r").filter { $0.hasPrefix("[") }
    // A line that is wider than the terminal could not be drawn over.
    #expect(!drawn.isEmpty && drawn.allSatisfy { $0.prefix { $0 != "\u{1B}" }.count < 60 }, "\(drawn)")
    #expect(drawn.allSatisfy { $0.contains("of 5 files") && $0.hasSuffix("\u{1B}[K") })
  }
}
