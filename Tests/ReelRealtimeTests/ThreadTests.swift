// Strategy: mailboxes under many posters, and a beat that is late on purpose. Times are only bounded from below, and
// loosely from above, for the machine may be busy.
import Glibc
import ReelRealtime
import ReelTesting
import Synchronization
import Testing

@Suite struct MailboxTests {
  @Test func everyMessageComesOnceAndEachSendersInOrder() {
    let mailbox = Mailbox<(sender: Int, number: Int)>()
    let senders = (0..<4).map { sender in
      TestThread { for number in 0..<5_000 { mailbox.post((sender, number)) } }
    }
    var seen = [0, 0, 0, 0]
    var isInOrder = true
    while seen != [5_000, 5_000, 5_000, 5_000] {
      for message in mailbox.take() {
        isInOrder = isInOrder && seen[message.sender] == message.number
        seen[message.sender] += 1
      }
    }
    for sender in senders { sender.join() }
    #expect(isInOrder)
    #expect(mailbox.take().isEmpty)
  }
}

/// Keeps the times of its beats; the third takes long.
private final class BeatKeeper: Beating {
  let times = Mutex<[Int64]>([])

  func beat(deadline: MonotonicTime) {
    let count = times.withLock { times in
      times.append(MonotonicTime.now().nanoseconds)
      return times.count
    }
    if count == 3 { usleep(55_000) }
  }
}

@Suite struct BeatThreadTests {
  @Test func aBeatKeepsItsTimeAndCatchesNothingUp() {
    let keeper = BeatKeeper()
    let thread = BeatThread("test beat", everySeconds: 0.01, keeper)
    usleep(200_000)
    thread.stop()
    let times = keeper.times.withLock { $0 }
    // 20 beats, less the 5 that the long one ran over; the last comes with the stop.
    #expect(times.count > 5 && times.count <= 18, "\(times.count)")
    let gaps = zip(times.dropFirst(3), times.dropFirst(4)).map { $1 - $0 }
    // No beat is made up for in haste: only the one after the long one may come early, and the one that ends it all.
    #expect(gaps.dropFirst().dropLast(2).allSatisfy { $0 > 1_000_000 }, "\(gaps)")
  }
}
