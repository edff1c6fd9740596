// What stands for the media server in the article's program: a call from beginning to end and one that goes on until
// the server is told to stop, with a thread for each leg that makes its sound up.
import Foundation
import Reel

func serve(_ engine: RecordingEngine) async throws {
  do {
    try await carry(makeCall(engine, id: "whole"))
  } catch {
    if Task.isCancelled { return }
    print("\(error)")
    exit(2)
  }
  let call = makeCall(engine, id: "cut-short")
  try call.record(.recordCall(), controlID: "main")
  startMedia(of: call)
  try await Task.sleep(for: .milliseconds(600))
  print("waiting")
  fflush(nil)
  try await Task.sleep(for: .seconds(3_600))
}

/// A call of less than two seconds.
private func carry(_ call: Call) async throws {
  let recording = try record(call)
  async let followed: Void = follow(recording)
  startMedia(of: call)
  // The beep takes 200 ms, after which a recording can be paused.
  try await Task.sleep(for: .seconds(1))
  try await takeCardNumber(call, recording)
  try await Task.sleep(for: .milliseconds(500))
  await end(call)
  await followed
}

/// Packets of 20 ms at real pace, until the process ends. The caller's thread sends too.
private func startMedia(of call: Call) {
  for (leg, packet) in [(Leg.caller, 160), (.agent, 320)] {
    Thread.detachNewThread {
      // As RTP has it, a timestamp begins anywhere.
      var timestamp = UInt32.max - 8_000
      let samples = (0..<packet).map { Int16($0 * 8_000 / packet) }
      var output = [Int16](repeating: 0, count: packet)
      while true {
        received(samples.span, at: timestamp, from: leg, of: call)
        timestamp &+= UInt32(packet)
        if leg == .caller {
          var memory = output.mutableSpan
          sending(&memory, of: call)
        }
        usleep(20_000)
      }
    }
  }
}
