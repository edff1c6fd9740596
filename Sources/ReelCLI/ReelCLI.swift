// ReelCLI: the command `reel`. It puts words on a command line to the rooms' use and their results into words. It must
// never hold a rule of its own about what a recording is.
internal import Glibc

/// What the command's exit status says.
enum ExitStatus {
  static let done: Int32 = 0
  static let failed: Int32 = 1
  /// The command line can't be understood; BSD's number for it.
  static let usage: Int32 = 64
}

/// A command line that can't be understood.
struct UsageError: Error {
  let problem: String
}

private let usage = """
  usage: reel record --caller FILE [--agent FILE] -o OUT
                     [--preset record|record-call|relay] [--stereo]
                     [--direction speak|listen|both] [--terminators DIGITS]
                     [--detect-dtmf] [--input-sensitivity 0-100]
                     [--initial-timeout SECONDS] [--end-silence-timeout SECONDS]
                     [--max-length SECONDS]
         reel recover FOLDER
         reel verify FILE…
         reel bench live [--calls N[,N…]] [--seconds S] [--format wav|mp3|mp4] [--mono]
                     [--half silent|missing] [--of-bare PERCENT] [--after] [--hang S]
                     [--workers N] [--beat MS] [--folder FOLDER] [--keep] [--plot OUT.svg]
         reel bench push [--seconds S] [--folder FOLDER]

  record   records the two legs of a call, one mono sound file each, by the rules of a
           preset (record-call unless named). The name says the format: .wav, .mp3 or
           .mp4; -o may come several times.
  recover  closes what a crash left in a folder, and in those within it.
  verify   says whether finished recordings are still what their manifests say.
  bench    live: records calls at real pace, and says what that costs and whether anything
           was lost. push: how long a media thread's push takes, while the disk hangs too.

  """

/// Runs a command line without the command's own name; gives the exit status.
func run(_ arguments: [String]) async -> Int32 {
  do {
    switch arguments.first {
    case "record": try RecordCommand(Array(arguments.dropFirst())).run()
    case "recover": try recover(Array(arguments.dropFirst()))
    case "bench": try await BenchCommand(Array(arguments.dropFirst())).run()
    case "verify": try verify(Array(arguments.dropFirst()))
    case "help", "--help", "-h": say(usage)
    case let other?: throw UsageError(problem: "there is no command \(other)")
    case nil: throw UsageError(problem: "no command was given")
    }
    return ExitStatus.done
  } catch let error as UsageError {
    complain("reel: \(error.problem)\n\(usage)")
    return ExitStatus.usage
  } catch is Unsound {
    return ExitStatus.failed
  } catch {
    complain("reel: \(error)\n")
    return ExitStatus.failed
  }
}

/// Writes to standard output.
func say(_ text: String) {
  put(text, STDOUT_FILENO)
}

/// Writes to standard error.
func complain(_ text: String) {
  put(text, STDERR_FILENO)
}

private func put(_ text: String, _ descriptor: Int32) {
  var rest = Array(text.utf8)[...]
  while !rest.isEmpty {
    // Sound: the slice's memory outlives the call.
    let written = unsafe rest.withUnsafeBytes { bytes in
      unsafe write(descriptor, bytes.baseAddress, bytes.count)
    }
    // Nobody is left to be told that the terminal is gone.
    guard written > 0 || errno == EINTR else { return }
    rest = rest.dropFirst(max(0, written))
  }
}
