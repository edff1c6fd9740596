internal import CReel
internal import Glibc
internal import Reel
internal import ReelRealtime

/// What happened, and to which recording.
struct ToldEvent: Sendable {
  let callID: String
  let controlID: String
  let recordingID: String
  let tag: UInt
  let event: RecordingEvent
  /// Those that made room since the one before.
  var lostBefore = 0
}

/// Who is called for each event.
///
/// The wall round the pointers: the function and its argument are the host's, which promises that both are there as
/// long as the engine, and may be used by a thread of the engine's.
@safe struct EventHandler: @unchecked Sendable {
  let function: @convention(c) (UnsafeMutableRawPointer?, UnsafePointer<reel_event>?) -> Void
  let context: UnsafeMutableRawPointer?
}

/// The events of an engine's recordings, which the host takes, or which a thread takes to the host. Where nobody takes
/// them in time the oldest make room, and are counted.
final class EventQueue: Sendable {
  private let limit: Int
  private let state = Guarded(State())
  /// Readable while events wait; -1 where a handler has them.
  let descriptor: Int32
  private let thread: WorkThread?

  private struct State {
    var events = Fifo<ToldEvent>()
    var lost = 0
    var lostBefore = 0
    var isOver = false
  }

  /// With a handler there is a thread for it. Throws where the system gives none, or no descriptor.
  init(limit: Int, _ handler: EventHandler?) throws(Refusal) {
    self.limit = limit
    guard let handler else {
      thread = nil
      descriptor = eventfd(0, Int32(EFD_CLOEXEC | EFD_NONBLOCK))
      guard descriptor >= 0 else { throw Refusal(REEL_ERROR_FILE, "the system gives no descriptor for events") }
      return
    }
    descriptor = -1
    let state = state
    thread = WorkThread("reel events") {
      while let event = Self.next(of: state) {
        // Sound: the event's memory is there until the function has returned.
        let memory = CMemory()
        let told = unsafe memory.event(event)
        unsafe handler.function(handler.context, told)
        withExtendedLifetime(memory) {}
      }
    }
    guard thread != nil else { throw Refusal(REEL_ERROR_LIMIT, "the system gives no thread for events") }
  }

  deinit {
    if descriptor >= 0 { close(descriptor) }
  }

  /// Those that nobody took in time.
  var lost: Int { state.withLock { $0.lost } }

  func post(_ event: ToldEvent) {
    state.withLock { state in
      guard !state.isOver else { return }
      if state.events.count >= limit {
        state.lostBefore += (state.events.takeFirst()?.lostBefore ?? 0) + 1
        state.lost += 1
      }
      state.events.append(event)
      if descriptor >= 0 && state.events.count == 1 { eventfd_write(descriptor, 1) }
    }
  }

  /// The oldest, for who takes them itself.
  func take() -> ToldEvent? {
    state.withLock { state in
      let event = Self.first(of: &state)
      if event != nil && state.events.count == 0 {
        var count: eventfd_t = 0
        // Sound: a value of ours. It does not wait: what it reads was written when the first came.
        unsafe eventfd_read(descriptor, &count)
      }
      return event
    }
  }

  /// Takes nothing more in; returns when the handler has had all, but within the handler at once.
  func end() {
    let isWithin = thread?.isCurrent ?? false
    state.withLock { state in
      state.isOver = true
      if isWithin { state.events = Fifo() }
    }
    if isWithin { thread?.detach() } else { thread?.join() }
  }

  private static func next(of state: Guarded<State>) -> ToldEvent? {
    state.wait(until: { $0.events.count > 0 || $0.isOver }) { first(of: &$0) }
  }

  private static func first(of state: inout State) -> ToldEvent? {
    guard var event = state.events.takeFirst() else { return nil }
    event.lostBefore = state.lostBefore
    state.lostBefore = 0
    return event
  }
}

/// A queue whose ends cost the same: what was taken stays until it is half of the memory.
struct Fifo<Element> {
  private var elements: [Element?] = []
  private var head = 0

  var count: Int { elements.count - head }

  mutating func append(_ element: Element) {
    elements.append(element)
  }

  mutating func takeFirst() -> Element? {
    guard head < elements.count else { return nil }
    defer {
      elements[head] = nil
      head += 1
      if head * 2 >= elements.count {
        elements.removeFirst(head)
        head = 0
      }
    }
    return elements[head]
  }
}
