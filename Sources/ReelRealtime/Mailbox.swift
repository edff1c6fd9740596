internal import Synchronization

/// Messages from any threads to one, in order. Neither side is a media thread: both may wait for the lock, which is
/// held for the time of an append or an exchange.
///
///     mailbox.post(message)             // any thread
///     for message in mailbox.take()     // the receiver; costs an atomic load when there is none
package final class Mailbox<Message: Sendable>: Sendable {
  /// The messages that have not been taken.
  private let messages = Guarded<[Message]>([])
  private let isEmpty = Atomic<Bool>(true)

  package init() {}

  /// Appends a message; with `make` it is made under the lock, so that what it saw is in the messages' order.
  package func post(_ make: @autoclosure () -> Message) {
    messages.withLock { messages in
      messages.append(make())
      isEmpty.store(false, ordering: .releasing)
    }
  }

  /// All messages so far.
  package func take() -> [Message] {
    guard !isEmpty.load(ordering: .acquiring) else { return [] }
    return messages.withLock { messages in
      defer { messages = [] }
      isEmpty.store(true, ordering: .releasing)
      return messages
    }
  }

  /// The oldest message, for receivers of which there are several.
  package func takeFirst() -> Message? {
    guard !isEmpty.load(ordering: .acquiring) else { return nil }
    return messages.withLock { messages in
      guard !messages.isEmpty else { return nil }
      let first = messages.removeFirst()
      isEmpty.store(messages.isEmpty, ordering: .releasing)
      return first
    }
  }
}
