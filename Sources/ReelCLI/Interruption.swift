internal import Glibc
internal import ReelRealtime

/// SIGTERM and SIGINT, counted instead of suffered: so that what goes on can be brought to an end.
enum Interruption {
  private static let signals = Tally()
  private static let numbers = [SIGTERM, SIGINT]

  /// Lets the signals through: whoever started this process may have been a thread that takes none, which is inherited.
  static func allow() {
    var set = sigset_t()
    // Sound: the system's calls take a value of ours.
    unsafe sigemptyset(&set)
    for number in numbers { unsafe sigaddset(&set, number) }
    unsafe sigprocmask(SIG_UNBLOCK, &set, nil)
  }

  /// Counts the first of each signal from now on. The second does what it always did, should the end not come.
  static func hold() {
    // Sound: the count is there before the first signal comes, so that all a handler does is an atomic addition and a
    // call that signal handlers may make.
    _ = signals.value
    for number in numbers {
      _ = signal(number) { number in
        Interruption.signals.add(1)
        _ = signal(number, SIG_DFL)
      }
    }
  }

  /// Whether one has come since ``hold()``.
  static var hasCome: Bool { signals.value > 0 }
}
