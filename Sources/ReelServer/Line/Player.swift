internal import ReelRealtime

/// Sends what the parties of calls are to hear, at the pace of a call.
final class Player: Beating {
  private let switchboard: Switchboard
  private let door: DeskDoor

  /// A packet's length.
  static let everySeconds = 0.02

  init(_ switchboard: Switchboard, _ door: DeskDoor) {
    self.switchboard = switchboard
    self.door = door
  }

  func beat(deadline: MonotonicTime) {
    let now = MonotonicTime.now()
    for line in switchboard.lines {
      let (begun, finished) = line.sound(now)
      if !begun.isEmpty || !finished.isEmpty { door.post(.played(line, begun: begun, finished: finished)) }
    }
  }
}
