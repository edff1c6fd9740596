internal import CSystem
internal import Glibc
internal import ReelRealtime

/// A program that is run to its end, and what that cost.
struct ChildProcess {
  let seconds: Double
  /// Of all cores together, with the programs that it ran itself.
  let cpuSeconds: Double
  /// The most memory that it, or one that it ran, had at once; no less than what this process has of its own.
  let residentMebibytes: Double
  let status: Int32

  /// Runs the program of the first word, which is looked for where a shell would. What it says goes into a file, or
  /// where what we say goes; what it complains of goes nowhere, unless that shall be heard. Nil where it can't be run.
  init?(_ words: [String], output: String? = "/dev/null", complains: Bool = false) {
    // Sound: the words are copied, end with nil, and are freed when the program has ended.
    var arguments = unsafe words.map { unsafe strdup($0) } + [nil]
    defer { unsafe arguments.forEach { unsafe free($0) } }
    var usage = rusage()
    let start = MonotonicTime.now()
    status = unsafe reel_run(&arguments, output, complains, &usage)
    guard status != Int32(REEL_RUN_NOT_FOUND) else { return nil }
    seconds = MonotonicTime.now().seconds(since: start)
    func value(_ time: timeval) -> Double { Double(time.tv_sec) + Double(time.tv_usec) / 1e6 }
    cpuSeconds = value(usage.ru_utime) + value(usage.ru_stime)
    residentMebibytes = Double(usage.ru_maxrss) / 1_024
  }

  /// Runs a program that has to succeed; throws where it does not, or where somebody wanted it to end.
  static func succeeding(
    _ words: [String], output: String? = "/dev/null", complains: Bool = false, orElse failure: String,
    _ setting: BenchSetting
  ) throws(BenchFailure) -> ChildProcess {
    let process = ChildProcess(words, output: output, complains: complains)
    try setting.checkInterruption()
    guard let process, process.status == 0 else { throw .failed(failure) }
    return process
  }

  /// What a program says, line by line; nil where it can't be run or fails.
  static func lines(of words: [String], in folder: String) -> [String]? {
    let output = "\(folder)/said"
    // Sound: the name outlives the call.
    defer { unsafe unlink(output) }
    guard let process = ChildProcess(words, output: output), process.status == 0 else { return nil }
    return SystemFile.lines(of: output)
  }
}
