// Strategy: what was there before, or can't be had again, outlives failures, kills and full disks, whatever the command
// was at. Kills are put between the system calls of a run that fails, or has just begun, over older files.
import Foundation
import ReelTesting
import Testing

@Suite struct KeepingTests {
  private let scratch: Scratch

  init() throws {
    scratch = try Scratch()
    let caller = TestCall.support.caller.samples
    try scratch.writeWAV(Array(caller[..<16_000]), hz: 8_000, "short.wav")
    try scratch.writeWAV(caller, hz: 8_000, "long.wav")
    try scratch.writeRaw(caller, "long.raw")
  }

  private func expectOlderFiles(_ sums: String, _ point: String) throws {
    #expect(try shell("sha256sum call.wav call.mp3 call.reel.json", in: scratch).output == sums, "\(point)")
    #expect(try shell(#""$reel" verify call.wav call.mp3"#, in: scratch).status == 0, "\(point)")
  }

  @Test func olderFilesOutliveAKillWhileAFailedRunIsClearedAway() throws {
    try #require(shell(#""$reel" record --caller short.wav -o call.wav -o call.mp3"#, in: scratch).status == 0)
    let sums = try shell("sha256sum call.wav call.mp3 call.reel.json", in: scratch).output
    var isThrough = false
    for index in 1...20 where !isThrough {
      let script = """
        ulimit -f 150
        strace -f -o trace -e trace=unlink -e inject=unlink:signal=KILL:when=\(index) \
          "$reel" record --caller long.wav -o call.wav -o call.mp3
        """
      isThrough = try shell("(\(script))", in: scratch).status == 1
      _ = try shell(#""$reel" recover ."#, in: scratch)
      try expectOlderFiles(sums, "unlink \(index)")
      _ = try shell("rm -f trace call.part.* .call.* call.reel.damaged", in: scratch)
    }
    #expect(isThrough, "the last unlink was never reached")
  }

  @Test func aRecordingThatWasCutOffDoesNotReplaceAWholeOne() throws {
    try #require(shell(#""$reel" record --caller long.wav -o call.wav -o call.mp3"#, in: scratch).status == 0)
    let sums = try shell("sha256sum call.wav call.mp3 call.reel.json", in: scratch).output
    let killed = try shell(
      "strace -f -o trace -e trace=pwrite64 -e inject=pwrite64:signal=KILL:when=12 "
        + #""$reel" record --caller short.wav -o call.wav -o call.mp3; rm trace"#, in: scratch)
    #expect(killed.status == 0)
    let recovered = try shell(#""$reel" recover ."#, in: scratch)
    #expect(recovered.status == 1 && recovered.complaint.contains("which is there still"), "\(recovered)")
    try expectOlderFiles(sums, "after a kill")
    let moved = try shell(
      #"mkdir old; mv call.wav call.mp3 call.reel.json old; "$reel" recover . && "$reel" verify call.wav old/*.wav"#,
      in: scratch)
    #expect(moved.status == 0, "\(moved)")
  }

  @Test func whatCameByAPipeIsKeptAsFarAsThereIsRoom() throws {
    let outcome = try shell(
      "cat long.raw long.raw long.raw | "
        + #"(ulimit -f 500; "$reel" record --raw 8000 --caller - --json -o a.wav -o a.mp3)"#,
      in: scratch)
    #expect(outcome.status == 1 && outcome.complaint.contains("a.wav: can't be written"), "\(outcome)")
    let last = try #require(outcome.output.split(separator: "\n").last)
    #expect(last.contains(#""state":"error""#))
    #expect(try shell(#""$reel" verify a.mp3"#, in: scratch).output == "a.mp3: sound (error)\n")
    #expect(try scratch.samples(of: "a.wav", channel: 1).count > 200_000)
  }

  @Test func whoMayReadAFileIsAskedOfTheOneThatItReplaces() throws {
    for command in ["transcode long.wav -o x.mp3", "record --caller long.wav -o x.mp3"] {
      let script = "rm -f x.*; touch x.mp3; chmod 600 x.mp3; \"$reel\" \(command) && stat -c %a x.mp3"
      #expect(try shell(script, in: scratch).output == "600\n", "\(command)")
    }
  }

  @Test func aPipeIsNotReplacedByAFile() throws {
    for command in ["transcode long.wav -o pipe.wav", "record --caller long.wav -o pipe.wav"] {
      let outcome = try shell("rm -f pipe.wav; mkfifo pipe.wav; \"$reel\" \(command); stat -c %F pipe.wav", in: scratch)
      #expect(outcome.complaint.contains("pipe.wav") && outcome.complaint.contains("a pipe or a device"))
      #expect(outcome.output == "fifo\n", "\(command)")
    }
  }

  @Test(.enabled(if: canMount, "this user may mount nothing"))
  func anMP4WithoutRoomToBeClosedInIsNoFile() throws {
    let outcome = try shell(
      #"mkdir disk; unshare -rm bash -c 'mount -t tmpfs -o size=140k none disk && "#
        + #""$reel" transcode long.wav -o disk/x.mp4; echo $?; ls -A disk'"#, in: scratch)
    #expect(outcome.output == "1\n" && outcome.complaint.contains("disk/x.mp4: "), "\(outcome)")
  }

  @Test func aLegThatIsOverTakesNoMemory() throws {
    let script = """
      sox -D -n -r 8000 -b 16 hour.wav synth 3000 noise vol 0.1
      python3 -c 'import resource, subprocess, sys
      done = subprocess.run(sys.argv[1:]).returncode
      print(done, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024)' "$reel" transcode --join \\
        short.wav hour.wav -o joined.wav; soxi -s joined.wav
      """
    let lines = try shell(script, in: scratch).output.split(separator: "\n")
    let words = try #require(lines.first).split(separator: " ")
    #expect(words.first == "0" && lines.last == "24000000", "\(lines)")
    // Fifty minutes are 96 MB of samples.
    #expect(try #require(words.last.flatMap { Int($0) }) < 40, "\(lines)")
  }
}
