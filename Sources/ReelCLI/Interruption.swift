internal import Glibc
internal import ReelRealtime

/// SIGTERM and SIGINT, counted instead of suffered: so that what goes on can be brought to an end.
enum Interruption {
  private static let signals = Tally()

  /// Counts the signals from now on.
  static func hold() {
    // Sound: the count is there before the first signal comes, so that all a handler does is an atomic addition.
    _ = signals.value
    for number in [SIGTERM, SIGINT] { _ = signal(number) { _ in Interruption.signals.add(1) } }
  }

  /// Whether one has come since ``hold()``.
  static var hasCome: Bool { signals.value > 0 }
}
