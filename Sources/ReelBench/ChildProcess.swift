internal import Glibc
internal import ReelRealtime

/// A program that is run to its end, and what that cost.
struct ChildProcess {
  let seconds: Double
  /// Of all cores together, with the programs that it ran itself.
  let cpuSeconds: Double
  /// The most memory that it, or one that it ran, had at once.
  let residentBytes: Int
  let status: Int32

  /// Runs the program of the first word, which is looked for where a shell would. What it says goes into a file, or
  /// nowhere; what it complains of goes nowhere, unless that shall be heard. Nil where it can't be run.
  init?(_ words: [String], output: String = "/dev/null", complains: Bool = false) {
    var actions = unsafe posix_spawn_file_actions_t()
    // Sound: the system fills values of ours and copies the words before it returns.
    unsafe posix_spawn_file_actions_init(&actions)
    defer { unsafe posix_spawn_file_actions_destroy(&actions) }
    _ = unsafe posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
    let made = O_WRONLY | O_CREAT | O_TRUNC
    _ = unsafe posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, output, made, 0o600)
    if !complains { _ = unsafe posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0) }
    var arguments = unsafe words.map { unsafe strdup($0) } + [nil]
    defer { unsafe arguments.forEach { unsafe free($0) } }
    let start = MonotonicTime.now()
    var process = pid_t()
    guard unsafe posix_spawnp(&process, words[0], &actions, nil, &arguments, environ) == 0 else { return nil }
    var (status, usage) = (Int32(0), rusage())
    while unsafe wait4(process, &status, 0, &usage) < 0 {
      guard errno == EINTR else { return nil }
    }
    seconds = MonotonicTime.now().seconds(since: start)
    func value(_ time: timeval) -> Double { Double(time.tv_sec) + Double(time.tv_usec) / 1e6 }
    cpuSeconds = value(usage.ru_utime) + value(usage.ru_stime)
    residentBytes = usage.ru_maxrss * 1_024
    self.status = status & 0x7F == 0 ? status >> 8 & 0xFF : -1
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
