/// How events are sent. The defaults are meant for the public network.
package struct CourierSettings: Sendable {
  /// What receivers check signatures with.
  package var secret: [UInt8]
  package var userAgent = "Reel"
  /// A receiver that takes longer to be reached is far away or not there.
  package var connectSeconds = 5.0
  /// From the first packet to the last: a receiver that has more to do should answer first.
  package var totalSeconds = 15.0
  /// The pause after the first failure; each that follows is twice as long, up to ``longestPauseSeconds``.
  package var firstPauseSeconds = 1.0
  package var longestPauseSeconds = 300.0
  /// An event is given up when it could not be delivered for so long.
  package var patienceSeconds = 86_400.0
  /// Events in flight at once: each is a connection.
  package var places = 256
  /// How many of them one receiver (scheme, host and port) may have. One whose last answer was a failure has a single
  /// one until it takes an event again, so that those that are down leave room for the others.
  package var placesPerReceiver = 4
  /// What is read of an answer, whose body nobody here wants, before the connection is closed.
  package var mostAnswerBytes = 65_536
  /// Redirects followed for one event.
  package var mostRedirects = 3
  /// Whether a redirect may lead to an address of a private network or of this machine.
  package var allowsPrivateRedirects = false
  /// How often the catalogue is looked at for what other processes made due.
  package var lookSeconds = 1.0

  package init(secret: [UInt8]) {
    self.secret = secret
  }

  /// From a failure to the next attempt; `failures` counts it. A quarter more or less, so that what failed together
  /// does not come again together.
  func pauseSeconds(failures: Int) -> Double {
    let doublings = min(max(failures - 1, 0), 32)
    var pause = firstPauseSeconds
    for _ in 0..<doublings where pause < longestPauseSeconds { pause *= 2 }
    return min(pause, longestPauseSeconds) * Double.random(in: 0.75...1.25)
  }
}
