internal import Glibc
internal import ReelAudio
internal import ReelFiles
internal import ReelRealtime

/// Where something to be heard comes from.
enum PlaySource: Sendable {
  case item(PlayItem)
  /// A file of the service's own.
  case file(String)
}

/// What a call's parties are to hear.
struct PlayWish: Sendable {
  let line: Line
  let controlID: String
  let items: [PlaySource]
  let volumeDB: Double
  let loops: Int
}

/// The same, fetched and read.
struct LoadedPlay: Sendable {
  let wish: PlayWish
  let outcome: Result<[PlaySound], ServiceRefusal>
}

/// Fetches and reads what calls are to hear, on threads that may wait for it.
final class PlayLoader: Sendable {
  /// What has to be fetched, and what is at hand: the latter waits for nobody's server.
  private let fetched = Guarded(Inbox())
  private let atHand = Guarded(Inbox())
  private let threads: [WorkThread]

  private struct Inbox: Sendable {
    var wishes: [PlayWish] = []
    var atWork = 0
    var isOver = false
  }

  /// What is slow to come holds up no more than what waits behind it for one of these.
  private static let fetchingThreads = 8
  /// How long the end waits for what is being fetched.
  private static let farewellSeconds = 1.0
  /// Of a file that is fetched: an hour of MP3, some minutes of WAV.
  private static let longestBytes = 64 << 20
  private static let fetchSeconds = 30.0

  /// Whether a redirect may lead to an address of a private network or of this machine.
  init(_ door: DeskDoor, allowsPrivateRedirects: Bool) {
    let inboxes = Array(repeating: fetched, count: Self.fetchingThreads) + [atHand]
    threads = inboxes.enumerated().compactMap { index, inbox in
      WorkThread("reel play \(index)") {
        while let wish = Self.next(inbox) {
          door.post(.loaded(LoadedPlay(wish: wish, outcome: Self.load(wish, allowsPrivateRedirects))))
          inbox.withLock { $0.atWork -= 1 }
        }
      }
    }
  }

  func load(_ wish: PlayWish) {
    let isFetched = wish.items.contains { if case .item(.audio) = $0 { true } else { false } }
    (isFetched ? fetched : atHand).withLock { $0.wishes.append(wish) }
  }

  /// What is being fetched, and does not come soon, is left to the process's end.
  func stop() {
    for inbox in [fetched, atHand] {
      inbox.withLock { inbox in
        inbox.wishes = []
        inbox.isOver = true
      }
    }
    let end = MonotonicTime.now().advanced(bySeconds: Self.farewellSeconds)
    let isIdle = [fetched, atHand].allSatisfy { inbox in
      inbox.wait(until: { $0.atWork == 0 }, orBy: end) { $0.atWork == 0 }
    }
    for thread in threads { if isIdle { thread.join() } else { thread.detach() } }
  }

  private static func next(_ inbox: Guarded<Inbox>) -> PlayWish? {
    inbox.wait(until: { !$0.wishes.isEmpty || $0.isOver }) { inbox in
      guard !inbox.wishes.isEmpty else { return nil }
      inbox.atWork += 1
      return inbox.wishes.removeFirst()
    }
  }

  private static func load(_ wish: PlayWish, _ allowsPrivateRedirects: Bool) -> Result<[PlaySound], ServiceRefusal> {
    do throws(ServiceRefusal) {
      var sounds: [PlaySound] = []
      let rate = wish.line.callerRate
      for item in wish.items {
        guard let sound = try load(item, rate, allowsPrivateRedirects) else { continue }
        sounds.append(sound)
        // All of it is held in memory.
        let seconds = rate.seconds(of: sounds.reduce(0) { $0 + $1.count })
        guard seconds <= PlayItem.Limits.seconds else {
          throw ServiceRefusal(
            .tooLarge,
            "what is to be heard is longer than \(Int(PlayItem.Limits.seconds)) s; allowed: no more than that")
        }
      }
      guard !sounds.isEmpty else {
        throw ServiceRefusal(.notSupported, "speech is not made here; allowed: audio, silence and ringtones")
      }
      return .success(sounds)
    } catch {
      return .failure(error)
    }
  }

  /// Nil for speech: there is nobody who speaks.
  private static func load(
    _ source: PlaySource, _ rate: SampleRate, _ allowsPrivateRedirects: Bool
  ) throws(ServiceRefusal) -> PlaySound? {
    switch source {
    case .file(let path): return try read(path, rate)
    case .item(.speech): return nil
    case .item(.audio(let url)):
      let path = "\(Folder.temporary)/reel-play-\(UUIDText.random())"
      // Sound: the name outlives the call.
      defer { _ = unsafe unlink(path) }
      try HTTPFetch.get(
        url, to: path, limitBytes: longestBytes, timeoutSeconds: fetchSeconds, allowsPrivate: true,
        allowsPrivateRedirects: allowsPrivateRedirects)
      return try read(path, rate)
    case .item(let item): return item.sound(rate)
    }
  }

  private static func read(_ path: String, _ rate: SampleRate) throws(ServiceRefusal) -> PlaySound {
    do { return .samples(try PlayFile.samples(path, rate: rate)) } catch {
      throw ServiceRefusal(.unprocessable, "what is to be heard \(error)")
    }
  }
}
