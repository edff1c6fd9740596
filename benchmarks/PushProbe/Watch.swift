import CRealtime
import Foundation
import ReelTesting

/// Pushes and pulls under the real-time sanitizer, and what it must not let pass.
struct Watch {
  /// What the sanitizer sees, and what it says then.
  static let seen: [(plant: Plant, call: String)] = [
    (.malloc, "malloc"), (.lock, "pthread_mutex_lock"), (.nanosleep, "nanosleep"), (.write, "write"),
    (.deep, "malloc"),
    // A thread's first lock asks the system for its number; later ones, while nobody else holds it, are not seen.
    (.mutex, "syscall"),
  ]

  /// Prints what it finds; gives whether all is as it should be.
  func run() throws -> Bool {
    guard reel_realtime_is_watched() else {
      print("the real-time sanitizer is not linked: see `make realtime-test`")
      return false
    }
    let folder = TestFolder()
    let pushes = try Pushes(folder: folder.path, beeps: true)
    var heard = 0
    for _ in 0..<2_000 {
      heard += pushes.run(200)
      pushes.beat()
    }
    print("400000 pushes and pulls, \(pushes.lost) samples found no room, \(heard) of a beep: nothing caught")
    var isGood = pushes.lost > 0 && heard > 0
    for (plant, call) in Self.seen {
      let said = try Self.last(of: plant)
      let isCaught = said?.contains("unsafe function `\(call)`") == true
      print("planted \(plant): \(isCaught ? "caught" : "NOT CAUGHT: \(said ?? "it lived")")")
      isGood = isGood && isCaught
    }
    return isGood
  }

  /// Does once what no push may, while it is watched.
  static func plant(_ plant: Plant) {
    reel_realtime_enter()
    plant.run()
    reel_realtime_exit()
  }

  /// What another process says when it does that; nil when it outlives it.
  private static func last(of plant: Plant) throws -> String? {
    let child = Process()
    child.executableURL = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()
    child.arguments = ["watch", plant.rawValue]
    // To look up the names of all that was on the way takes a second.
    child.environment = ["RTSAN_OPTIONS": "symbolize=0"]
    let complaint = Pipe()
    child.standardOutput = FileHandle.nullDevice
    child.standardError = complaint
    try child.run()
    let said = String(decoding: complaint.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    child.waitUntilExit()
    return child.terminationStatus == 0 ? nil : said
  }
}
