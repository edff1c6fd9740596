// Strategy: the bench of voice activity as people run it, with a Python that has no peer and with the one that `make
// test` gives it; the figures are asked only what must be so on any machine.
import Foundation
import ReelCore
import ReelTesting
import Testing

/// The Python that `make peers` has made.
private let peersPython = "\(testdata)/../.build/peers/bin/python"
private let hasPeer = (try? run(peersPython, ["-c", "import webrtcvad"]))?.status == 0

@Suite struct VADBenchTests {
  private let scratch: Scratch

  init() throws {
    scratch = try Scratch()
  }

  /// The rows of the table and the remarks before it.
  private func bench(_ calls: String, python: String) throws -> (rows: [JSON], remarks: [String]) {
    let words = "bench vad \(calls) --json --seconds 1 --seeds 2 --python \(python)"
    let outcome = try shell("\"$reel\" \(words)", in: scratch)
    try #require(outcome.status == 0 && outcome.complaint.isEmpty, "\(outcome)")
    let lines = try outcome.output.split(separator: "\n").map { try JSON(String($0)) }
    #expect(try scratch.names.allSatisfy { !$0.hasPrefix("reel-bench") })
    return (lines.filter { $0["bench"]?.text == "vad" }, lines.compactMap { $0["remark"]?.text })
  }

  /// Of sound as it is, in percent.
  private func clean(_ rows: [JSON], _ detector: String, _ figure: String) throws -> Double {
    let row = try #require(rows.first { $0["noise"]?.text == "none" && $0["detector"]?.text == detector })
    guard case .number(let median) = row[figure]?["median"] else { return .nan }
    return median
  }

  @Test func aPeerThatIsNotThereIsNamedAndLeftOut() throws {
    #expect(try shell("printf '#!/bin/sh\\nexit 1\\n' > python && chmod +x python", in: scratch).status == 0)
    for python in ["./python", "./absent"] {
      let (rows, remarks) = try bench("$testdata/voicemail-8000.json", python: python)
      let named = "webrtcvad is not here: its rows are left out (\(python) -m pip install webrtcvad-wheels)"
      #expect(remarks.contains(named) && remarks.contains { $0.contains("200 ms") }, "\(remarks)")
      #expect(rows.count == 10 && rows.allSatisfy { $0["detector"]?.text == "reel" })
      #expect(try clean(rows, "reel", "recall_percent") > 95 && clean(rows, "reel", "precision_percent") > 75)
      #expect(rows.allSatisfy { $0["missed_turns"]?.integer != nil && $0["ends_not_found"]?.integer != nil })
    }
  }

  @Test func theSameSeedsGiveTheSameFigures() throws {
    let calls = "$testdata/voicemail-8000.json"
    #expect(try bench(calls, python: "false").rows == bench(calls, python: "false").rows)
  }

  @Test(.enabled(if: hasPeer, "webrtcvad-wheels is not here; make peers installs it where it can be had"))
  func webRTCsModesStandBesideOurs() throws {
    let calls = "$testdata/voicemail-8000.json $testdata/survey-16000.json"
    let (rows, remarks) = try bench(calls, python: peersPython)
    #expect(remarks.contains { $0.hasPrefix("beside webrtcvad") } && rows.count == 50)
    let detectors = ["reel"] + (0..<4).map { "WebRTC, mode \($0)" }
    #expect(rows.map { $0["detector"]?.text } == (0..<10).flatMap { _ in detectors })
    for detector in detectors {
      #expect(try clean(rows, detector, "recall_percent") > 95 && clean(rows, detector, "precision_percent") > 75)
    }
    // The stricter it is, the less it tells that is none.
    #expect(
      try clean(rows, detectors[1], "precision_percent") < clean(rows, detectors[4], "precision_percent"))
  }

  @Test(arguments: [
    ("", "can't be opened: No such file or directory"), ("{", "not JSON"), ("{}", "its version is not 1"),
    (#"{"version": 1}"#, "does not tell the rate"),
    (#"{"version": 1, "rate": 44100}"#, "is of 44100 Hz; allowed: 8000, 16000, 32000, 48000"),
    (#"{"version": 1, "rate": 8000, "samples": 65751}"#, "does not tell the legs"),
    (#"{"version": 1, "rate": 8000, "samples": 65751, "legs": {}}"#, "has no leg on which somebody speaks"),
    (leg("\"absent.flac\"", turns: "[]"), "absent.flac: can't be opened"),
    (leg("\"voice.flac\"", turns: "[]", samples: 5), "voice.flac: has 65751 samples"),
    (leg("\"voice.flac\"", turns: "[]", rate: 16_000), "voice.flac: is of 8000 Hz"),
    (leg("\"voice.flac\"", turns: "[]"), "has no leg on which somebody speaks"),
    (leg("\"voice.flac\"", turns: #"[{"start": 9, "end": 9}]"#), "has turns of caller that are not in order"),
    (leg("\"voice.flac\"", turns: #"[{"start": 9, "end": 65752}]"#), "not in order within its 65751 samples"),
    (leg("\"voice.flac\"", turns: #"[{"start": 9}]"#), "has turns of caller that are not in order"),
    (leg("3", turns: "[]"), "does not tell the file of caller"),
  ])
  func aTruthThatIsNoneIsNamed(text: String, says: String) throws {
    if !text.isEmpty { try scratch.write(Data(text.utf8), "call.json") }
    let words = "bench vad $testdata/voicemail-8000.json call.json --python false"
    let outcome = try shell("ln -s $testdata/voicemail-8000-caller.flac voice.flac; \"$reel\" \(words)", in: scratch)
    #expect(outcome.status == 1 && outcome.complaint.contains(says), "\(outcome.complaint)")
    #expect(outcome.complaint.hasPrefix("reel: ") && outcome.complaint.filter { $0 == "\n" }.count == 1)
    #expect(!outcome.output.contains("|") && outcome.complaint.contains("call.json") || says.contains("absent"))
  }

  private static func leg(_ file: String, turns: String, samples: Int = 65_751, rate: Int = 8_000) -> String {
    let legs = #"{"caller": {"file": \#(file), "turns": \#(turns), "digits": []}}"#
    return #"{"version": 1, "rate": \#(rate), "samples": \#(samples), "legs": \#(legs)}"#
  }

  @Test func allBenchesBeginWithATruthThatMayBeWrong() throws {
    let legs = "--caller $testdata/support-8000-caller.flac --agent $testdata/support-8000-agent.flac"
    let outcome = try shell("\"$reel\" bench all --quick \(legs) --truth absent.json", in: scratch)
    #expect(outcome.status == 1 && outcome.complaint.hasPrefix("reel: absent.json: can't be opened"))
    #expect(!outcome.output.contains("|"))
  }
}
