internal import ReelFiles
internal import ReelRealtime

/// What the desk has to do at a time.
enum Appointment: Hashable, Sendable {
  /// A call's media has been away for too long.
  case graceOver(callID: String, losses: Int)
  /// A script's sleep is over.
  case scriptWakes(callID: String, scriptID: Int)
  /// A call's recordings have had time enough to close.
  case endingOver(callID: String)
  /// A call has been answered for as long as it may.
  case longEnough(callID: String, since: WallTime)
  /// A session's client has been away for too long.
  case sessionOver(name: String, losses: Int)
  case pings
  /// Connections that were refused so long ago are closed.
  case partings
  /// Calls have had time enough to end by themselves.
  case drainOver
  /// What could not be closed or written down until now never will be.
  case abandon
}

/// Appointments in order of time. There are few for each call: an array does.
struct Agenda {
  private var appointments: [(due: MonotonicTime, appointment: Appointment)] = []

  var next: MonotonicTime { appointments.first?.due ?? .never }

  mutating func add(_ appointment: Appointment, inSeconds seconds: Double) {
    let due = MonotonicTime.now().advanced(bySeconds: seconds)
    // Those that are due later stay behind it, by halving.
    var (low, high) = (0, appointments.count)
    while low < high {
      let middle = (low + high) / 2
      if appointments[middle].due <= due { low = middle + 1 } else { high = middle }
    }
    appointments.insert((due, appointment), at: low)
  }

  mutating func takeDue() -> [Appointment] {
    let now = MonotonicTime.now()
    let count = appointments.prefix { $0.due <= now }.count
    defer { appointments.removeFirst(count) }
    return appointments.prefix(count).map(\.appointment)
  }
}
