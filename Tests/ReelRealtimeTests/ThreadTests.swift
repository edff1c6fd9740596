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
    let began = MonotonicTime.now().nanoseconds
    let thread = BeatThread("test beat", everySeconds: 0.01, keeper)
    usleep(200_000)
    thread.stop()
    let elapsed = MonotonicTime.now().nanoseconds - began
    let count = keeper.times.withLock { $0.count }
    // One beat in 10 ms, less the 5 that the long one ran over, which nobody makes up for; the stop brings one more.
    #expect(count > 3 && count <= Int(elapsed / 10_000_000) - 5 + 2, "\(count) beats in \(elapsed) ns")
  }
}

@Suite struct CrewTests {
  @Test func aCrewDoesAllTheWorkOnceAndIsWaitedFor() {
    let next = Tally(-1)
    let done = Guarded<[Int]>([])
    Crew.run(4) {
      while case let index = next.add(1), index < 1_000 { done.withLock { $0.append(index) } }
    }
    #expect(done.withLock { $0.sorted() } == Array(0..<1_000))
    Crew.run(0) { done.withLock { $0 = [] } }
    #expect(done.withLock { $0.isEmpty })
  }

  @Test func whoWaitsForAValueIsLetThroughWhenItIsAsAsked() {
    let turns = Guarded<[Int]>([])
    let turn = Tally()
    Crew.run(8) {
      let mine = turn.add(1) - 1
      for round in 0..<100 {
        turns.wait(until: { $0.count == round * 8 + mine }) { $0.append(mine) }
      }
    }
    #expect(turns.withLock { $0 } == (0..<800).map { $0 % 8 })
  }
}

@Suite struct WorkLineTests {
  @Test(arguments: [0, 1, 2, 7]) func productsComeInTheOrderOfTheirPieces(threads: Int) {
    let held = Tally()
    let most = Tally()
    let line = WorkLine(threads: threads) { (piece: Int) in
      if piece % 5 == 0 { usleep(500) }
      return -piece
    }
    var products: [Int] = []
    for piece in 0..<300 {
      most.raise(to: held.add(1))
      let some = line.put(piece)
      held.add(-some.count)
      products += some
    }
    #expect(most.value <= line.mostHeld + 1, "with the one that is being put")
    products += line.finish()
    #expect(products == (0..<300).map { -$0 })
    #expect(line.finish() == [])
    #expect(line.put(300) + line.finish() == [-300], "and it goes on")
  }

  @Test func aLineThatIsLeftWaitsForWhatIsUnderWay() {
    let (begun, ended) = (Tally(), Tally())
    var line: WorkLine? = WorkLine(threads: 3) { (piece: Int) in
      begun.add(1)
      usleep(20_000)
      ended.add(1)
    }
    for piece in 0..<4 { _ = line?.put(piece) }
    line = nil
    #expect(begun.value == ended.value)
  }

  @Test func aWaitEndsWhenItsTimeIsUp() {
    let value = Guarded(0)
    let start = MonotonicTime.now()
    let seen = value.wait(until: { $0 == 1 }, orBy: start.advanced(bySeconds: 0.05)) { $0 }
    #expect(seen == 0)
    #expect(MonotonicTime.now().seconds(since: start) >= 0.05)
    let thread = WorkThread("reel test") { value.withLock { $0 = 1 } }
    #expect(value.wait(until: { $0 == 1 }, orBy: start.advanced(bySeconds: 60)) { $0 } == 1)
    thread?.join()
  }
}
