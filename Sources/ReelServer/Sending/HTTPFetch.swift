internal import Glibc
internal import ReelFiles

/// Fetches a file by HTTP: sound that a call is to hear.
package enum HTTPFetch {
  /// A server that takes longer to be reached is far away or not there.
  private static let connectSeconds = 5.0
  private static let mostRedirects = 3

  /// Fetches `url` into a new file, and returns when it is there as a whole; where it is refused there is none. Waits,
  /// so it is for a thread of the caller's. Addresses of private networks are refused unless allowed, whatever name
  /// leads to them; those that a redirect leads to must be allowed by themselves.
  ///
  /// Sound: the system's calls take texts of ours; the descriptor is closed once.
  package static func get(
    _ url: String, to file: String, limitBytes: Int, timeoutSeconds: Double, allowsPrivate: Bool = false,
    allowsPrivateRedirects: Bool = false
  ) throws(ServiceRefusal) {
    _ = try WebAddress(url)
    let descriptor = unsafe open(file, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw ServiceRefusal(.failed, "\(FileError(file, cannotBe: "created"))") }
    defer { close(descriptor) }
    do {
      let request = TransferRequest(
        url: url, userAgent: "Reel", connectSeconds: connectSeconds, totalSeconds: timeoutSeconds,
        refusesPrivate: !allowsPrivate, mostBytes: limitBytes, file: descriptor)
      try get(request, url, refusesPrivateRedirects: !allowsPrivateRedirects)
    } catch {
      _ = unsafe unlink(file)
      throw error
    }
  }

  private static func get(
    _ first: TransferRequest, _ asked: String, refusesPrivateRedirects: Bool
  ) throws(ServiceRefusal) {
    let host = try WebAddress(asked).receiver
    var request = first
    for _ in 0...mostRedirects {
      let outcome = try Transfer(request).perform()
      if outcome.isTooLong {
        throw ServiceRefusal(.tooLarge, "the sound from \(host) has more than \(first.mostBytes) bytes")
      }
      if let failure = outcome.failure {
        throw ServiceRefusal(.unprocessable, "the sound from \(host) can't be fetched: \(failure)")
      }
      if outcome.status == 200 { return }
      guard [301, 302, 303, 307, 308].contains(outcome.status), let redirect = outcome.redirect else {
        throw ServiceRefusal(.unprocessable, "the sound from \(host) can't be fetched: it answered \(outcome.status)")
      }
      request.url = WebAddress.withoutCredentials(redirect)
      request.refusesPrivate = refusesPrivateRedirects
      _ = try WebAddress(request.url)
      // What a redirect's body says is no sound.
      guard let file = request.file, ftruncate(file, 0) == 0, lseek(file, 0, SEEK_SET) == 0 else {
        throw ServiceRefusal(.failed, "the file for the sound from \(host) can't be written")
      }
    }
    throw ServiceRefusal(.unprocessable, "the sound from \(host) is redirected more than \(mostRedirects) times")
  }
}
