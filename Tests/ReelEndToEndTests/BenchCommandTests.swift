// Strategy: each bench as a person runs it, with so little to do that it is about what is said and not how fast; a load
// that the machine can't bear and peers that are not there are asked for on purpose.
import Foundation
import ReelCore
import Testing

@Suite struct BenchCommandTests {
  private let scratch: Scratch

  init() throws {
    scratch = try Scratch()
  }

  private func names() throws -> [String] { try FileManager.default.contentsOfDirectory(atPath: scratch.path) }

  private func isEmpty() throws -> Bool { try names() == [] }

  private func rows(_ outcome: Outcome) throws -> [JSON] {
    try outcome.output.split(separator: "\n").map { try JSON(String($0)) }
  }

  /// Each run in a process of its own, and of all runs one row; the folder is empty again.
  @Test(arguments: [1, 2]) func liveTellsOfItsMachineAndItsRuns(runs: Int) throws {
    let outcome = try shell(
      "\"$reel\" bench live --json --calls 3,5 --runs \(runs) --seconds 0.5 --folder .", in: scratch)
    #expect(outcome.status == 0 && outcome.complaint == "", "\(outcome.complaint)")
    let rows = try rows(outcome)
    let machine = try #require(rows.first?["machine"])
    #expect(machine["libraries"]?["libmp3lame"]?.text?.hasPrefix("3.") == true && machine["kernel"]?.text != nil)
    #expect(machine["libraries"]?["libavcodec"] != nil && machine["libraries"]?["libsndfile"] != nil)
    #expect(rows.dropFirst().map { $0["recordings"]?.integer } == [3, 5])
    for row in rows.dropFirst() {
      #expect(row["bench"]?.text == "live" && row["cores"]?["runs"]?.integer == runs)
      #expect(row["failed"]?.integer == 0 && row["waiting_seconds"] != nil && row["kib_each"]?["low"] != nil)
    }
    #expect(try isEmpty())
  }

  @Test(arguments: [
    ("--calls 100000 --seconds 3600 --runs 1", "100000 recordings of stereo WAV at 8 kHz for 1:00:00 need "),
    ("--calls 100000 --seconds 3600", "100000 recordings of stereo WAV at 8 kHz for 1:00:00 need "),
  ])
  func aLoadTooLargeIsRefusedBeforeItBegins(words: String, says: String) throws {
    let began = Date.now
    let outcome = try shell("\"$reel\" bench live \(words) --folder .", in: scratch)
    #expect(outcome.status == 1 && outcome.complaint.hasPrefix("reel: \(says)"), "\(outcome.complaint)")
    #expect(outcome.complaint.contains(" are free") && outcome.complaint.filter { $0 == "\n" }.count == 1)
    let took = Date.now.timeIntervalSince(began)
    #expect(try took < 60 && isEmpty())
  }

  @Test(arguments: [
    ("live --plan", "--plan needs --calls with one number"),
    ("live --plan --calls 1,2", "--plan needs --calls with one number"),
    ("live --plan --calls 5 --runs 2", "--plan takes no"),
    ("live --of-bare 90", "--of-bare needs --format mp3 or mp4"),
    ("live --of-bare 90 --format mp3 --calls 5", "--of-bare comes in place of --calls"),
    ("live --seconds 0", "allowed: a number from 0.01 to 3600"),
    ("push --folder nowhere", "--folder is nowhere; allowed: a folder that can be written in"),
    ("transcode --caller x", "--agent"),
  ])
  func mistakesAreOneLine(words: String, says: String) throws {
    let outcome = try shell("\"$reel\" bench \(words)", in: scratch)
    #expect(outcome.status == 64 && outcome.output == "" && outcome.complaint.contains(says), "\(outcome.complaint)")
  }

  @Test func aLegThatIsNotThereIsNamed() throws {
    let outcome = try shell("\"$reel\" bench transcode --caller nobody.wav --agent nobody.wav --minutes 1", in: scratch)
    #expect(outcome.status == 1 && outcome.complaint.contains("nobody.wav"), "\(outcome.complaint)")
    #expect(try isEmpty())
  }

  /// With nothing in the path but what the shell needs, no peer is there: each is named, and none is judged.
  @Test func peersThatAreNotThereAreNamedAndLeftOut() throws {
    let outcome = try shell(
      """
      mkdir bin && for program in sh ls mkdir xargs taskset; do ln -s "$(command -v $program)" bin/; done
      PATH=$PWD/bin "$reel" bench transcode --caller "$testdata/support-8000-caller.flac" \
        --agent "$testdata/support-8000-agent.flac" --minutes 1 --files 2 --seconds 0.01 --json --folder .
      """, in: scratch)
    #expect(outcome.status == 0, "\(outcome.complaint)")
    let remarks = try rows(outcome).compactMap { $0["remark"]?.text }
    #expect(remarks == ["ffmpeg", "sox", "lame"].map { "\($0) is not here: its rows are left out" })
    #expect(try rows(outcome).allSatisfy { $0["ratio"] == nil })
    #expect(try names() == ["bin"])
  }

  /// The disk's share is exact: 16 bits, both sides, 8,000 times a second.
  @Test func aPlanSaysWhatCallsNeed() throws {
    let outcome = try shell("\"$reel\" bench live --plan --calls 40 --seconds 0.3 --json --folder .", in: scratch)
    // Other tests may have the machine to themselves for so long that sound is lost: then there is no plan.
    if outcome.complaint.contains("no plan is made") { return }
    #expect(outcome.status == 0, "\(outcome.complaint)")
    let rows = try rows(outcome).filter { $0["bench"]?.text == "plan" }
    let needs = Dictionary(uniqueKeysWithValues: rows.map { ($0["needs"]?.text ?? "", $0["how_much"]) })
    #expect(rows.count == 6 && rows[0]["table"]?.text?.contains("from 10 and 40 that were run here") == true)
    guard case .number(let perDay)?? = needs["disk, GB a day, all calls day and night"] else {
      Issue.record("no disk")
      return
    }
    #expect(abs(perDay - 40 * 32_000 * 86_400e-9) < 1e-6)
    guard case .number(let cores)?? = needs["cores like these, 75 % busy"].map({ $0?["low"] }) else {
      Issue.record("no cores")
      return
    }
    #expect(cores > 0 && cores < 8)
  }

  /// The peers that are there are judged, each in a row of its own, with what was missed or reached.
  @Test func peersThatAreThereAreJudged() throws {
    let outcome = try shell(
      """
      "$reel" bench transcode --caller "$testdata/support-8000-caller.flac" \
        --agent "$testdata/support-8000-agent.flac" --minutes 1 --files 2 --seconds 0.01 --json --folder .
      """, in: scratch)
    #expect(outcome.status == 0, "\(outcome.complaint)")
    let rows = try rows(outcome).filter { $0["bench"]?.text == "transcode" }
    #expect(rows.count == 13 && rows.allSatisfy { $0["ratio"]?["runs"] == .number(3) })
    #expect(rows.filter { $0["peer"]?.text == "sox -M" }.count == 2)
    let goals = rows.compactMap { $0["goal"]?["at_least"] }
    #expect(goals == [5, 2, 5, 2, 1.8, 1.8, 1, 1, 1, 1.2, 1.8].map { JSON.number($0) })
  }
}
