internal import ReelBench

/// `reel bench vad`: our voice detector beside WebRTC's.
struct VADBenchCommand: Command {
  static let python = CommandOption(
    "--python", kind: .file, "the Python that has WebRTC's detector (webrtcvad-wheels); python3 unless set")
  private static let seeds = CommandOption(
    "--seeds", kind: .whole("N", in: 1...1_000), "how many times each noise is made; 11 unless set")

  static let declaration = Declaration(
    name: "bench vad", summary: "judge the voice detector beside WebRTC's, in noise, on calls whose truth is known",
    operands: .init(
      placeholder: "CALL.json…", help: "a call whose truth is known, as testdata/README.md has it; its sound beside it",
      completion: .files),
    sections: [.init(title: "work", options: [python.spec, seeds.spec]), BenchOptions.section],
    discussion: [
      "Precision and recall of frames of 10 ms, and the delay at the start and the end of turns, on the calls as they"
        + " are and with white noise, babble and hum 20, 10 and 5 dB below the speech. Nothing is timed, so --seconds"
        + " changes nothing: a run is another seed of the noise."
    ] + BenchOptions.discussion,
    examples: ["reel bench vad testdata/*.json --python .build/peers/bin/python"])

  private let bench: VADBench
  private let options: BenchOptions

  init(_ arguments: Arguments) throws {
    var bench = VADBench(truths: arguments.operands)
    bench.python = arguments[Self.python] ?? bench.python
    bench.seeds = arguments[Self.seeds] ?? bench.seeds
    self.bench = bench
    options = BenchOptions(arguments)
  }

  func run() async throws {
    try await options.run(bench)
  }
}
