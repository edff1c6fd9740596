internal import ReelCore
internal import ReelFiles

/// `reel recover`: closes what a crash left.
struct RecoverCommand: Command {
  static let json = Flag("--json", help: "print one line of JSON for each file")
  static let declaration = Declaration(
    name: "recover", summary: "close what a crash left in a folder, and in those within it",
    operands: .init(placeholder: "FOLDER", help: "where recordings were made", completion: .folders),
    sections: [.init(title: "options", options: [json.spec])],
    discussion: [
      "Nothing is encoded again and nothing that reached the disk is lost. What a living process records is left alone."
        + " Done a second time it changes nothing."
    ])

  private let folder: String
  private let printsJSON: Bool

  init(_ arguments: Arguments) throws {
    guard arguments.operands.count == 1 else {
      throw UsageError(problem: "\(arguments.operands.count) folders were given; allowed: one")
    }
    folder = arguments.operands[0]
    printsJSON = arguments.has(Self.json)
  }

  func run() throws {
    let report = try RecoveryReport(recovering: folder)
    for file in report.recovered.flatMap(\.files) { tell(file) }
    for path in report.held {
      Console.write(
        printsJSON
          ? "\(JSON.object([.init("path", .string(path)), .init("state", .string("recording"))]))\n"
          : "\(path): is being recorded\n")
    }
    for failure in report.failures { Console.complain("\(failure)") }
    if !report.failures.isEmpty { throw Unsound() }
  }

  private func tell(_ file: ClosedRecording.File) {
    guard printsJSON else {
      let but = file.failure.map { ", but it \($0)" } ?? ""
      return Console.write("\(file.path): recovered, \(file.samples) samples\(but)\n")
    }
    let facts: [JSON.Member] = [
      .init("path", .string(file.path)), .init("state", .string("recovered")),
      .init("samples", .number(Double(file.samples))), .init("bytes", .number(Double(file.byteCount))),
      .init("sha256", .string(file.sha256)), .init("failure", file.failure.map(JSON.string) ?? .null),
    ]
    Console.write("\(JSON.object(facts))\n")
  }
}

/// `reel verify`: says where a recording and its manifest differ.
struct VerifyCommand: Command {
  static let json = Flag("--json", help: "print one line of JSON for each file")
  static let declaration = Declaration(
    name: "verify", summary: "say whether finished recordings are still what their manifests say",
    operands: .init(placeholder: "FILE…", help: "recordings, each with its manifest beside it", completion: .files),
    sections: [.init(title: "options", options: [json.spec])],
    discussion: [
      "Hash, length, form and ledger are compared, and the file is decoded as a whole. The exit status is 1 if any file"
        + " differs."
    ])

  private let paths: [String]
  private let printsJSON: Bool

  init(_ arguments: Arguments) {
    paths = arguments.operands
    printsJSON = arguments.has(Self.json)
  }

  func run() throws {
    var isSound = true
    for path in paths {
      do {
        let verification = try Verification(of: path)
        tell(path, verification)
        isSound = isSound && verification.problems.isEmpty
      } catch {
        Console.complain("\(error)")
        isSound = false
      }
    }
    if !isSound { throw Unsound() }
  }

  private func tell(_ path: String, _ verification: Verification) {
    guard printsJSON else {
      let state = verification.state.map { " (\($0))" } ?? ""
      if verification.problems.isEmpty { Console.write("\(path): sound\(state)\n") }
      for problem in verification.problems { Console.write("\(path): \(problem)\n") }
      return
    }
    let facts: [JSON.Member] = [
      .init("path", .string(path)), .init("sound", .bool(verification.problems.isEmpty)),
      .init("state", verification.state.map(JSON.string) ?? .null),
      .init("problems", .array(verification.problems.map(JSON.string))),
    ]
    Console.write("\(JSON.object(facts))\n")
  }
}
