internal import ReelFiles

/// Some files are not as they should be; which, has been said.
struct Unsound: Error {}

/// `reel recover`: closes what a crash left.
func recover(_ arguments: [String]) throws {
  guard arguments.count == 1 else { throw UsageError(problem: "recover takes one folder") }
  let report = try RecoveryReport(recovering: arguments[0])
  for recording in report.recovered {
    for file in recording.files {
      say("\(file.path): recovered, \(file.samples) samples\(file.failure.map { ", but it \($0)" } ?? "")\n")
    }
  }
  for path in report.held { say("\(path): is being recorded\n") }
  for failure in report.failures { complain("reel: \(failure)\n") }
  if !report.failures.isEmpty { throw Unsound() }
}

/// `reel verify`: says where a recording and its manifest differ.
func verify(_ arguments: [String]) throws {
  guard !arguments.isEmpty else { throw UsageError(problem: "verify takes one file or more") }
  var isSound = true
  for path in arguments {
    do {
      let verification = try Verification(of: path)
      let state = verification.state.map { " (\($0))" } ?? ""
      if verification.problems.isEmpty { say("\(path): sound\(state)\n") }
      for problem in verification.problems { say("\(path): \(problem)\n") }
      isSound = isSound && verification.problems.isEmpty
    } catch {
      complain("reel: \(error)\n")
      isSound = false
    }
  }
  if !isSound { throw Unsound() }
}
