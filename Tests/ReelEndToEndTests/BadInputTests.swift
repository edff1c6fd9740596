// Strategy: everything that can't be recorded is told in one line that names it, and changes nothing: not a byte of
// what was there, not a name more. The folder is hashed before and after.
import Foundation
import ReelTesting
import Testing

@Suite struct BadInputTests {
  private let scratch: Scratch

  init() throws {
    scratch = try Scratch()
    try scratch.writeWAV(Array(TestCall.support.caller.samples[..<16_000]), hz: 8_000, "c.wav")
    try scratch.writeWAV(Array(TestCall.support.agent!.samples[..<16_000]), hz: 8_000, "a.wav")
    let script = #"""
      sox c.wav -c 2 two.wav; sox c.wav -r 7000 odd.wav; echo text > text.wav; : > empty.wav; mkdir folder folder.wav
      head -c 1001 c.wav > odd.raw; head -c 1000 c.wav > even.raw
      ln -s c.wav link.wav; ln c.wav hard.wav; mkfifo fifo.wav
      printf 'RIFF\377\377\377\377WAVEfmt ' > cut.wav
      mkdir manifest; mkdir manifest/x.reel.json; touch plain; ln -s gone dead.wav
      "$reel" record --caller c.wav -o old.wav -o old.mp3 && "$reel" record --caller c.wav -o older.wav && mkdir out
      """#
    let made = try shell(script, in: scratch)
    try #require(made.status == 0, "\(made.complaint)")
  }

  /// Names, kinds and contents of all that is there.
  private func state() throws -> String {
    let script = #"find . -printf '%p %y %i %m\n' | sort; find . -type f -print0 | sort -z | xargs -0 sha256sum"#
    return try shell(script, in: scratch).output
  }

  private func expectRefusal(_ script: String, _ status: Int32, _ says: String) throws {
    let before = try state()
    let outcome = try shell(script, in: scratch, with: ["TMPDIR": scratch.path])
    #expect(outcome.status == status, "\(script): \(outcome)")
    #expect(outcome.complaint.contains(says), "\(script): \(outcome.complaint)")
    let isLine = outcome.complaint.hasPrefix("reel: ") && outcome.complaint.filter { $0 == "\n" }.count == 1
    #expect(isLine && outcome.complaint.hasSuffix("\n") && outcome.output.isEmpty, "\(script): \(outcome)")
    let after = try state()
    #expect(before == after, "\(script) changed what was there")
  }

  @Test(
    arguments: [
      ("--caller absent.wav -o x.wav", 1, "absent.wav: can't be opened: No such file"),
      ("--caller '' -o x.wav", 64, "--caller is ; allowed: a file"),
      ("--caller folder -o x.wav", 1, "folder: is a folder"),
      ("--caller text.wav -o x.wav", 1, "text.wav: is no audio"),
      ("--caller cut.wav -o x.wav", 1, "cut.wav: "),
      ("--caller empty.wav -o x.wav", 1, "empty.wav: is empty"),
      ("--caller dead.wav -o x.wav", 1, "dead.wav: can't be opened"),
      ("--caller two.wav -o x.wav", 1, "two.wav: has 2 channels"),
      ("--caller odd.wav -o x.wav", 1, "the rate of odd.wav is 7000 Hz"),
      ("--caller c.wav --agent absent.wav -o x.wav", 1, "absent.wav: "),
      ("--caller c.wav --agent text.wav -o old.wav -o old.mp3", 1, "text.wav: "),
      ("--raw 8000 --caller odd.raw -o x.wav", 1, "odd.raw: ends within a sample"),
      ("--raw 8000 --caller - -o x.wav < odd.raw", 1, "/dev/stdin: ends within a sample"),
      ("--raw 8000 --caller <(cat odd.raw) -o old.wav -o old.mp3", 1, "ends within a sample"),
      ("--raw 7999 --caller even.raw -o x.wav", 64, "--raw is 7999; allowed: 8000, 11025"),
      ("--caller - --agent - -o x.wav", 64, "both standard input"),
      ("--caller - -o x.wav < /dev/null", 1, "/dev/stdin: is empty"),
      ("--caller - -o x.wav <&-", 1, "/dev/stdin: can't be read"),
      ("--caller c.wav -o folder", 64, "-o is folder; allowed: a file that ends in"),
      ("--caller c.wav -o folder.wav", 64, "-o is folder.wav, a folder"),
      ("--caller c.wav -o missing/x.wav", 1, "missing/x.wav: can't be created: No such file"),
      ("--caller c.wav -o plain/x.wav", 1, "plain/x.wav: can't be created: Not a directory"),
      ("--caller c.wav -o manifest/x.wav", 1, "x.reel.json: is a folder"),
      ("--caller c.wav -o old.wav -o old.mp3 -o manifest/x.wav", 1, "x.reel.json: is a folder"),
      ("--caller c.wav -o old.wav", 1, "tells of old.mp3 too"),
      ("--caller c.wav -o older.wav -o old.wav", 1, "tells of old.mp3 too"),
      ("--caller c.wav -o /dev/null", 64, "-o is /dev/null; allowed"),
      ("--caller c.wav -o x", 64, "-o is x; allowed"), ("--caller c.wav -o x.flac", 64, "-o is x.flac; allowed"),
      ("--caller c.wav -o .wav", 64, "-o is .wav; allowed"),
      ("--caller c.wav -o x.mp3 --format wav", 64, "x.mp3; allowed"),
      ("--caller c.wav -o .x.wav", 64, "does not begin with a dot"),
      ("--caller c.wav -o $'x\\ny.wav'", 64, "x?y.wav"),
      ("--caller c.wav -o $(printf 'x%.0s' {1..201}).wav", 64, "at most 200 bytes"),
      ("--caller c.wav -o x.wav -o x.wav", 64, "x.wav twice"),
      ("--caller c.wav -o x.wav -o ./x.wav", 64, "./x.wav twice"),
      ("--caller c.wav -o x.wav -o out/../x.mp3", 64, "-o calls one folder . and out/.."),
      ("--caller c.wav -o x.wav -o - --json", 64, "both want standard output"),
      ("--caller c.wav -o - -o -", 64, "-o is - twice"),
    ] as [(String, Int32, String)])
  func whatCannotBeRecordedIsTold(words: String, status: Int32, says: String) throws {
    try expectRefusal("\"$reel\" record \(words)", status, says)
  }

  @Test(arguments: ["c.wav", "./c.wav", "folder/../c.wav", "link.wav", "hard.wav", "$PWD/c.wav"])
  func noOutputIsAnInput(output: String) throws {
    let says = "which is the input"
    try expectRefusal("\"$reel\" record --caller c.wav -o \(output)", 64, says)
    try expectRefusal("\"$reel\" record --agent link.wav -o x.mp3 -o \(output)", 64, says)
    try expectRefusal("\"$reel\" record --caller a.wav --agent hard.wav -o \(output)", 64, says)
    try expectRefusal("\"$reel\" record --caller - -o \(output) < c.wav", 64, says)
  }

  @Test(arguments: [
    ("--pause 2-1", "--pause is 2-1; allowed: FROM-TO"), ("--pause 1-1", "--pause is 1-1"),
    ("--pause -1-1", "--pause is -1-1"), ("--pause 1", "--pause is 1;"), ("--pause 0-1:mute", "--pause is 0-1:mute"),
    ("--pause 0-nan", "--pause is 0-nan"), ("--pause 0-1e99", "--pause is 0-1e99"),
    ("--pause 0-1 --pause 0.5-2", "--pause 0.5-2 overlaps --pause 0-1"),
    ("--pause 1-3 --pause 0-1.5:skip", "--pause 1-3 overlaps --pause 0-1.5:skip"),
    ("--pause 0-2 --pause 0-1", "overlaps"), ("--digit 1", "--digit is 1;"), ("--digit 1:x", "--digit is 1:x"),
    ("--digit -1:5", "--digit is -1:5"), ("--terminators 5x", "terminators is \"5x\""),
    ("--input-sensitivity 101", "input_sensitivity is 101"), ("--initial-timeout -1", "initial_timeout is -1"),
    ("--max-length inf", "--max-length is inf"), ("--max-length -0.5", "max_length is -0.5"),
    ("--max-length 1e12", "max_length is"), ("--bitrate 7", "--bitrate is 7"),
    ("--bitrate 33", "bitrate is 33; allowed: "),
    ("--bitrate 64k", "--bitrate is 64k"), ("--quality 10", "--quality is 10"), ("--rate 44000", "--rate is 44000"),
    ("--rate", "--rate is without its value"), ("--stereo --mono", "--stereo and --mono exclude each other"),
    ("--direction both --legs both", "exclude each other"), ("--stereo=yes", "--stereo takes no value"),
    ("--stereo --stereo", "--stereo was given twice"),
    ("--max-length 1 --max-length 2", "--max-length was given twice"),
    ("surplus", "surplus is not an option"), ("-- -o", "-o is not an option"), ("--format ogg", "--format is ogg"),
  ])
  func whatCannotBeMeantIsTold(words: String, says: String) throws {
    try expectRefusal("\"$reel\" record --caller c.wav -o old.mp3 -o old.wav \(words)", 64, says)
  }

  // MARK: Failures on the way

  @Test(arguments: ["-o old.wav -o old.mp3", "-o old.mp3 -o old.wav -o out/new.mp4", "-o out/new.wav", "-o -"])
  func aFullDiskChangesNothing(outputs: String) throws {
    _ = try shell("head -c 4000000 /dev/urandom > big.raw; : > piped", in: scratch)
    let script = #"ulimit -f 300; "$reel" record --raw 8000 --caller big.raw"#
    try expectRefusal("\(script) \(outputs) > piped", 1, "File too large")
  }

  @Test func aFullDiskChangesNothingForOtherForms() throws {
    _ = try shell("sox -n -r 48000 -c 2 in.wav trim 0 20; cp in.wav new.wav; echo mine > new.mp4", in: scratch)
    try expectRefusal(#"ulimit -f 300; "$reel" transcode in.wav -o new.wav"#, 1, "new.wav: ")
    try expectRefusal(#"ulimit -f 4; "$reel" transcode in.wav -o new.mp4"#, 1, "new.mp4: ")
    try expectRefusal(#"ulimit -f 4; "$reel" transcode in.wav -o brand.mp3"#, 1, "brand.mp3: ")
  }

  @Test func damageFoundLateChangesNothing() throws {
    let script =
      "sox -n -r 8000 -c 1 -b 16 whole.flac synth 60 noise; head -c 500000 whole.flac > torn.flac;"
      + " dd if=/dev/zero of=torn.flac bs=1 seek=300000 count=4000 conv=notrunc 2>/dev/null"
    #expect(try shell(script, in: scratch).status == 0)
    try expectRefusal("\"$reel\" record --caller torn.flac -o old.wav -o old.mp3", 1, "torn.flac: ")
    try expectRefusal("\"$reel\" transcode torn.flac -o old.wav", 1, "torn.flac: ")
  }

  @Test func permissionIsAskedFor() throws {
    // Root may do anything, so somebody else does.
    let script = #"""
      cp "$reel" copy; chmod 000 a.wav; chmod 555 out; as=
      [ $(id -u) = 0 ] && as="setpriv --reuid 65534 --regid 65534 --clear-groups"; echo "$as" > as
      """#
    #expect(try shell(script, in: scratch).status == 0)
    try expectRefusal("$(cat as) ./copy record --caller a.wav -o /tmp/x.wav", 1, "a.wav: can't be opened: Permission")
    let denied = "can't be created: Permission denied"
    try expectRefusal("$(cat as) ./copy record --caller c.wav -o out/x.wav", 1, "out/x.part.reel.json: \(denied)")
    try expectRefusal("$(cat as) ./copy transcode c.wav -o out/x.wav", 1, "out/x.wav: \(denied)")
  }

  /// A descriptor that is closed must not be the next file's: what is said would go into it.
  @Test(arguments: ["<&-", ">&-", "2>&-", "<&- >&-", "<&- >&- 2>&-"])
  func closedDescriptorsAreNobodysFile(closed: String) throws {
    let made = try shell(#""$reel" record --caller c.wav -o plain.wav -o plain.mp3"#, in: scratch)
    #expect(made.status == 0)
    let script =
      #""$reel" record --caller c.wav --json -o x.wav -o x.mp3 \#(closed); "$reel" record \#(closed) -o y.wav"#
    _ = try shell(script, in: scratch)
    for ending in ["wav", "mp3"] {
      #expect(try scratch.bytes("x.\(ending)") == scratch.bytes("plain.\(ending)"), "\(closed)")
    }
    #expect(try shell(#"cmp c.wav hard.wav && "$reel" verify x.wav x.mp3"#, in: scratch).status == 0)
  }

  @Test func aFullOutputIsAnError() throws {
    for words in [
      "help", "record --caller c.wav -o x.wav --json", "record --caller c.wav -o -", "transcode c.wav -o -",
    ] {
      let outcome = try shell("\"$reel\" \(words) > /dev/full", in: scratch, with: ["TMPDIR": scratch.path])
      #expect(outcome.status == 1, "\(words)")
      #expect(outcome.complaint == "reel: standard output: can't be written: No space left on device\n", "\(words)")
      // Who reads no further knows why.
      let pipe = try shell("(sleep 0.05; \"$reel\" \(words); echo $? >&2) | true", in: scratch)
      #expect(pipe.complaint == "1\n", "\(words): \(pipe.complaint)")
    }
    #expect(try !scratch.names.contains { $0.hasPrefix("reel-") })
  }

  @Test func whatIsReplacedMayBeALinkOrReadOnly() throws {
    let script = #"""
      echo mine > target.txt; ln -s target.txt to.wav; chmod 444 older.wav
      "$reel" record --caller c.wav -o to.wav && "$reel" record --caller c.wav -o older.wav && cat target.txt
      """#
    let outcome = try shell(script, in: scratch)
    #expect(outcome.status == 0 && outcome.output == "mine\n", "\(outcome)")
    #expect(try scratch.samples(of: "to.wav", channel: 1).count == 16_000)
  }
}
