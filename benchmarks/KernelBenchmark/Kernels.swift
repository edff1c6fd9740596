internal import CPeers
internal import Glibc
internal import ReelAudio

/// What is timed: a loop of ours and the same loop in C. Beside them stands a memcpy of what they read.
private struct Kernel: Sendable {
  let name: String
  /// Bytes read for each sample, or frame.
  let inputBytesPerSample: Int
  let swift: @Sendable (inout Workspace) -> Void
  let c: @Sendable (inout Workspace) -> Void
}

/// Buffers that every kernel works on; `sink` takes what would otherwise be thrown away unseen.
private struct Workspace {
  var a: [Int16]
  var b: [Int16]
  var joined: [Int16]
  var left: [Int16]
  var right: [Int16]
  var bytesIn: [UInt8]
  var bytesOut: [UInt8]
  var sink: UInt64 = 0

  init(samples: Int) {
    var generator = SystemRandomNumberGenerator()
    func noise(_ count: Int) -> [Int16] {
      (0..<count).map { _ in Int16.random(in: -20_000...20_000, using: &generator) }
    }
    a = noise(samples)
    b = noise(samples)
    joined = noise(2 * samples)
    left = noise(samples)
    right = noise(samples)
    bytesIn = [UInt8](repeating: 1, count: 8 * samples)
    bytesOut = [UInt8](repeating: 0, count: 8 * samples)
  }
}

private let kernels = [
  Kernel(
    name: "mix", inputBytesPerSample: 4,
    swift: { w in mix(w.a, w.b, into: &w.left) },
    c: { w in unsafe peer_mix(w.a, w.b, &w.left, w.a.count) }),
  Kernel(
    name: "interleave", inputBytesPerSample: 4,
    swift: { w in interleave(w.a, w.b, into: &w.joined) },
    c: { w in unsafe peer_interleave(w.a, w.b, &w.joined, w.a.count) }),
  Kernel(
    name: "split", inputBytesPerSample: 4,
    swift: { w in split(w.joined, &w.left, &w.right) },
    c: { w in unsafe peer_split(w.joined, &w.left, &w.right, w.a.count) }),
  Kernel(
    name: "level", inputBytesPerSample: 2,
    swift: { w in w.sink &+= Level.sumOfSquares(w.a.span) },
    c: { w in w.sink &+= unsafe peer_sum_of_squares(w.a, w.a.count) }),
]

// A span of one field and a mutable span of another may not be taken from one struct at once; arrays may.
private func mix(_ a: [Int16], _ b: [Int16], into output: inout [Int16]) {
  var span = output.mutableSpan
  Mix.saturating(a.span, b.span, into: &span)
}

private func interleave(_ left: [Int16], _ right: [Int16], into output: inout [Int16]) {
  var span = output.mutableSpan
  Mix.interleave(left: left.span, right: right.span, into: &span)
}

private func split(_ frames: [Int16], _ left: inout [Int16], _ right: inout [Int16]) {
  var leftSpan = left.mutableSpan
  var rightSpan = right.mutableSpan
  Mix.split(frames.span, left: &leftSpan, right: &rightSpan)
}

func benchmarkKernels() {
  print("kernel        samples   ours ns      C ns  memcpy ns   C / ours   memcpy / ours")
  for samples in [160, 960, 16_000] {
    var workspace = Workspace(samples: samples)
    for kernel in kernels { report(kernel, samples: samples, &workspace) }
  }
}

private func report(_ kernel: Kernel, samples: Int, _ workspace: inout Workspace) {
  let copied = kernel.inputBytesPerSample * samples
  let copy: (inout Workspace) -> Void = { w in _ = unsafe memcpy(&w.bytesOut, w.bytesIn, copied) }
  let times = Stopwatch.nanoseconds(
    repetitions: max(1, 2_000_000 / samples), &workspace, [kernel.swift, kernel.c, copy])
  let (ours, c, memory) = (times[0], times[1], times[2])
  print(
    column(kernel.name, 13), column(Double(samples), 7, 0), column(median(ours), 9, 1), column(median(c), 9, 1),
    column(median(memory), 10, 1), column(medianRatio(c, over: ours), 10, 2),
    column(medianRatio(memory, over: ours), 15, 2))
  if workspace.sink == 1 { print("") }
}
