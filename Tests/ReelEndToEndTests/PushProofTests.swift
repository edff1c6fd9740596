// Strategy: that a push and a pull are wait-free is read off the machine code, instruction by instruction, and seen
// from the system's side. Both ways of looking are shown to see what no push may do. Two more are in
// `Tests/ReelTests/PushCountTests.swift` (allocations, references) and `make realtime-test` (a sanitizer).
import Foundation
import ReelTesting
import Testing

private let program = products.appending(path: "PushProbe")

#if arch(x86_64) && !DEBUG && !TSAN
  private let canWalk = true
#else
  private let canWalk = false
#endif

@Suite(.enabled(if: canWalk, "only optimized code of x86-64 can be walked"))
struct CodeWalkTests {
  @Test func pushAndPullOnlyCopyAndReturn() throws {
    let code = MachineCode(program)
    let names = try code.names.filter { $0.hasPrefix("$s4Reel4CallC4pu") && $0.hasSuffix("F") }
    #expect(names.count == 4, "three ways to push, one to pull: \(names)")
    for name in names {
      let walk = try CodeWalk(code, from: name)
      #expect(walk.faults == [])
      #expect(walk.leaves == ["memmove@plt"], "\(name)")
      let room = walk.walked.contains { $0.hasPrefix("$s12ReelRealtime") }
      #expect(room, "\(name) never comes to the ring or the tone")
    }
  }

  @Test(arguments: [
    ("plantedMalloc", "calls malloc"), ("plantedLock", "calls pthread_mutex_lock"),
    ("plantedNanosleep", "calls nanosleep"), ("plantedWrite", "calls write"),
    ("plantedDeep", "plantedDeep → plantedMiddle → plantedBottom calls swift_"),
    ("plantedMutex", "calls $s15Synchronization12_MutexHandleV"), ("plantedReference", "calls swift_retain"),
    ("plantedIndirect", "calls what is only known then"), ("plantedEndless", "goes in circles"),
  ])
  func theWalkSees(plant: String, fault: String) throws {
    let walk = try CodeWalk(MachineCode(program), from: plant)
    #expect(walk.faults.contains { $0.contains(fault) }, "\(walk.faults)")
  }
}

@Suite(.enabled(if: canTrace, "this system lets nobody trace a process"))
struct SystemCallTests {
  @Test func pushesMakeNoSystemCall() throws {
    let few = try calls("1000")
    #expect(!few.isEmpty)
    #expect(try calls("1000000") == few)
  }

  @Test func aSystemCallWouldBeSeen() throws {
    let few = try calls("10", "write")
    let many = try calls("1000", "write")
    #expect((many["write"] ?? 0) - (few["write"] ?? 0) == 990)
  }

  /// How often each system call was made, by all threads, in so many pushes.
  private func calls(_ words: String...) throws -> [String: Int] {
    // Made here, for what a name of its own costs varies.
    let folder = TestFolder()
    let log = folder["calls"]
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = ["strace", "-f", "-c", "-o", log, program.path, "push", folder.path] + words
    process.standardOutput = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    try #require(process.terminationStatus == 0)
    // `% time  seconds  usecs/call  calls  [errors]  syscall`
    let rows = try String(contentsOfFile: log, encoding: .utf8).split(separator: "\n").compactMap { line in
      let words = line.split(separator: " ")
      guard words.count >= 5, let count = Int(words[3]), words.last != "total" else { return nil as (String, Int)? }
      return (String(words[words.count - 1]), count)
    }
    return Dictionary(uniqueKeysWithValues: rows)
  }
}
