internal import Reel
internal import ReelRealtime

/// What the desk is asked to do, by threads that must not wait.
enum Errand: Sendable {
  /// A request that a project's token came with.
  case request(HTTPRequest, projectID: String, any WebReply)
  case relayOpened(RelayLink)
  case relayHeard(RelayLink, [UInt8])
  case relayClosed(RelayLink)
  /// A call's media came, for the first time or again.
  case arrived(Line, MediaLink, MediaHello)
  case returned(Line, MediaLink)
  case mediaStopped(Line, MediaLink)
  case mediaLost(Line, MediaLink)
  /// A connection that was told why it is not wanted, to be closed when it has had time to read that.
  case refused(MediaLink, code: Int, reason: String)
  /// What a recording tells.
  case recording(id: String, RecordingEvent)
  /// The parties of a call have begun to hear, or have heard, what has these control ids.
  case played(Line, begun: [String], finished: [String])
  /// What a play wants is there, or can't be had.
  case loaded(LoadedPlay)
  /// The service is to end.
  case end
}

/// The desk's door: errands go in from any thread, and come out on the desk's own, in order.
final class DeskDoor: Sendable {
  private let inbox = Guarded<[Errand]>([])

  func post(_ errand: Errand) {
    inbox.withLock { $0.append(errand) }
  }

  /// Those that are there, once one is or the time has come.
  func take(by end: MonotonicTime) -> [Errand] {
    inbox.wait(until: { !$0.isEmpty }, orBy: end) { errands in
      defer { errands = [] }
      return errands
    }
  }
}
