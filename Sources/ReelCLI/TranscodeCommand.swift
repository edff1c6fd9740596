internal import Glibc
internal import ReelAudio
internal import ReelCore
internal import ReelFiles
internal import ReelOffline
internal import ReelRealtime

/// `reel transcode`: makes other forms of sound files, many at once.
struct TranscodeCommand: Command {
  private enum Options {
    static let output = CommandOption(
      "-o", kind: .file,
      "the file to make, - for standard output, or the folder to make files in; beside their inputs "
        + "unless set")
    static let format = CommandOption(
      "--format", kind: ValueKind<RecordingOptions.Format>.word, "what to make; the output's ending says it too")
    static let mono = Flag("--mono", help: "both sides in one", group: "sides")
    static let stereo = Flag("--stereo", help: "two sides; of a mono file the same on both", group: "sides")
    static let side = CommandOption(
      "--side", kind: ValueKind<Leg>.word, "one side of stereo: the caller's is left, the agent's right", group: "sides"
    )
    static let join = Flag(
      "--join",
      help: "make one file of the two mono files of a call: of two that are named, caller first, or of pairs in "
        + "folders")
    static let pairs = CommandOption(
      "--pairs", kind: .pairs, "how the names of such a pair end; -caller,-agent unless set")
    static let rate = CommandOption("--rate", kind: .rate, "samples a second; as before unless set")
    static let bitrate = RecordOptions.bitrate
    static let quality = RecordOptions.quality
    static let jobs = CommandOption(
      "-j", "--jobs", kind: .whole("N", in: 1...1_024), "how many threads work; one for each core unless set")
    static let skip = Flag("--skip-existing", help: "leave alone what is there already")
    static let shard = CommandOption(
      "--shard", kind: .shard,
      "take the I-th of N shares of the files, for job arrays: which share a file is in depends "
        + "on its name alone")
    static let json = Flag("--json", help: "print a line of JSON for each file")
  }

  static let declaration = Declaration(
    name: "transcode", summary: "make WAV, MP3 or MP4 of sound files, on every core",
    operands: .init(
      placeholder: "FILE|FOLDER|-…",
      help: "what to read; a folder stands for all sound in it and in those within it, and "
        + "- for a list of files on standard input, one a line, whose folders are kept", completion: .files),
    sections: [
      .init(
        title: "files",
        options: [
          Options.output.spec, Options.skip.spec, Options.shard.spec, Options.join.spec, Options.pairs.spec,
        ]),
      .init(
        title: "sound",
        options: [
          Options.format.spec, Options.mono.spec, Options.stereo.spec, Options.side.spec, Options.rate.spec,
          Options.bitrate.spec, Options.quality.spec,
        ]),
      .init(title: "how it goes", options: [Options.jobs.spec, Options.json.spec]),
    ],
    discussion: [
      "Each file is made whole or not at all. What fails is told, and the rest goes on; the exit status is then 1."
        + " A run that was broken off can be run again, with --skip-existing for the rest.",
      "A long MP3 is encoded by every core that no other file keeps busy; the bytes are the same for any number.",
    ],
    examples: [
      "reel transcode call.wav -o call.mp3",
      "reel transcode /archive/2026 --format mp3 -o /archive/mp3 --skip-existing",
      "reel transcode --join caller.wav agent.wav -o call.wav",
      "find . -name '*.wav' -newer last | reel transcode - --format mp3 --mono",
      "reel transcode /archive --format mp3 -o /small --shard $SLURM_ARRAY_TASK_ID/16",
    ])

  private let words: [String]
  private let target: ConversionList.Target
  private let conversion: Conversion
  private let pairs: ConversionList.PairEndings?
  private let threads: Int
  private let skipsExisting: Bool
  private let shard: Shard?
  private let printsJSON: Bool
  /// Where what goes to standard output is made.
  private let spool: SpoolFolder?

  init(_ arguments: Arguments) throws {
    words = arguments.operands
    let joins = arguments.has(Options.join)
    guard joins || arguments[Options.pairs] == nil else { throw UsageError(problem: "--pairs is without --join") }
    pairs = joins ? arguments[Options.pairs] ?? .init(caller: "-caller", agent: "-agent") : nil
    (target, conversion, spool) = try Self.plan(arguments, isOne: Self.makesOne(words, joins: joins))
    threads = arguments[Options.jobs] ?? Console.cores
    skipsExisting = arguments.has(Options.skip)
    shard = arguments[Options.shard]
    printsJSON = arguments.has(Options.json)
    guard !(spool != nil && printsJSON) else {
      throw UsageError(problem: "-o - and --json both want standard output; allowed: one of them")
    }
  }

  /// Whether the words can only stand for one file to make.
  private static func makesOne(_ words: [String], joins: Bool) -> Bool {
    let areFiles = !words.contains { $0 == "-" || FileIdentity(of: $0)?.isFolder == true }
    return areFiles && words.count == (joins ? 2 : 1)
  }

  private static func plan(
    _ arguments: Arguments, isOne: Bool
  ) throws -> (ConversionList.Target, Conversion, SpoolFolder?) {
    let stated = arguments[Options.format]
    let coding = Coding(bitrate: arguments[Options.bitrate], quality: arguments[Options.quality])
    var spool: SpoolFolder?
    var (target, format) = (ConversionList.Target.beside, stated)
    if let output = arguments[Options.output] {
      let isFolder = output.hasSuffix("/") || FileIdentity(of: output)?.isFolder == true
      if isOne && !isFolder {
        let outputs = try Outputs([output], format: stated, layout: .mono, coding: coding)
        let rendition = outputs.renditions[0]
        (target, format, spool) = (.file(rendition.path), rendition.codec.format, outputs.spool)
      } else {
        guard output != "-" else { throw UsageError(problem: "-o is -; allowed for one file only") }
        guard isFolder || RecordingOptions.Format(endingOf: output) == nil && FileIdentity(of: output) == nil else {
          throw UsageError(problem: "-o is \(output), a file's name; allowed for more than one file: a folder's")
        }
        target = .folder(output.hasSuffix("/") && output != "/" ? String(output.dropLast()) : output)
      }
    }
    guard let format else { throw UsageError(problem: "--format is missing") }
    try coding.check([format])
    let sides: Conversion.Sides =
      arguments.has(Options.mono)
      ? .mono
      : arguments.has(Options.stereo)
        ? .stereo : arguments[Options.side].map { .only($0 == .caller ? .left : .right) } ?? .same
    if arguments.has(Options.join), case .only = sides {
      throw UsageError(problem: "--join and --side exclude each other")
    }
    return (
      target, Conversion(coding.codec(format), sides, rate: arguments[Options.rate].flatMap(SampleRate.init(hz:))),
      spool
    )
  }

  func run() throws {
    let (jobs, refusals) = try list()
    let batch = ConversionBatch(jobs, conversion, threads: threads, skipsExisting: skipsExisting)
    let bar = ProgressBar(files: jobs.count, bytes: batch.inputBytes)
    let failures = Tally(refusals.count)
    for refusal in refusals { bar.complain("\(refusal)") }
    Interruption.hold()
    try spool?.make()
    let printsJSON = printsJSON
    batch.run(
      .init(
        ended: { job, outcome in
          if case .failed = outcome { failures.add(1) }
          Self.tell(job, outcome, bar, asJSON: printsJSON)
        },
        went: { bar.show($0) },
        isUnwanted: { Interruption.hasCome }))
    let made = bar.end()
    if Interruption.hasCome {
      Console.complain("interrupted: \(made.files) of \(jobs.count) files are done; --skip-existing goes on from here")
      throw Unsound()
    }
    if failures.value > 0 { throw Unsound() }
    try spool?.copyToStandardOutput()
  }

  private func list() throws -> (jobs: [ConversionJob], refusals: [FileError]) {
    var list = ConversionList(to: target, conversion.codec.format, pairs: pairs)
    var refusals: [FileError] = []
    let named = words.filter { $0 != "-" }
    let listed = words.contains("-") ? try Console.linesOfInput() : []
    if pairs != nil, listed.isEmpty, named.count == 2, named.allSatisfy({ FileIdentity(of: $0)?.isFolder != true }) {
      list.add(caller: named[0], agent: named[1])
    } else {
      for (index, name) in (named + listed).enumerated() {
        do throws(FileError) { try list.add(name, keepsPlace: index >= named.count) } catch { refusals.append(error) }
      }
    }
    // What is skipped replaces nothing.
    if !skipsExisting { list.refuseInputsAsOutputs() }
    if let shard { list.keep(shard: shard.index, of: shard.count) }
    return (list.jobs, refusals + list.refusals)
  }

  private static func tell(_ job: ConversionJob, _ outcome: ConversionJob.Outcome, _ bar: ProgressBar, asJSON: Bool) {
    var facts: [JSON.Member] = []
    switch outcome {
    case .made(let seconds, let byteCount, let notes):
      for note in notes { bar.complain(note) }
      facts = [
        .init("state", .string("made")), .init("duration", .number(seconds)), .init("size", .number(Double(byteCount))),
        .init("notes", .array(notes.map(JSON.string))),
      ]
    case .skipped: facts = [.init("state", .string("skipped"))]
    case .failed(let error):
      bar.complain("\(error)")
      facts = [.init("state", .string("failed")), .init("error", .string("\(error)"))]
    }
    guard asJSON else { return }
    let names: [JSON.Member] = [
      .init("inputs", .array(job.inputs.map(JSON.string))), .init("output", .string(job.output)),
    ]
    Console.write("\(JSON.object(names + facts))\n")
  }
}

/// `2/8`
struct Shard: Sendable {
  let index: Int
  let count: Int
}

extension ValueKind<Shard> {
  static let shard = ValueKind(
    placeholder: "I/N", allowed: "I/N, with I from 1 to N",
    read: { text in
      let numbers = text.split(separator: "/", omittingEmptySubsequences: false).map { Int($0) }
      guard numbers.count == 2, let index = numbers[0], let count = numbers[1], count >= 1, (1...count).contains(index)
      else { return nil }
      return Shard(index: index, count: count)
    })
}

extension ValueKind<ConversionList.PairEndings> {
  static let pairs = ValueKind(
    placeholder: "CALLER,AGENT", allowed: "two endings of names, with a comma between them: -in,-out",
    read: { text in
      let parts = text.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
      guard parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty, parts[0] != parts[1] else { return nil }
      return ConversionList.PairEndings(caller: parts[0], agent: parts[1])
    })
}
