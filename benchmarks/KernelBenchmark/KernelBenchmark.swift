internal import CPeers
internal import Glibc
internal import ReelAudio

/// What is timed: a loop of ours, the same loop in C, and a memcpy that reads and writes as many bytes in all.
private struct Kernel: Sendable {
  let name: String
  /// Bytes read and written for each sample of the first input.
  let bytesPerSample: Int
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
    name: "mix", bytesPerSample: 6,
    swift: { w in mix(w.a, w.b, into: &w.left) },
    c: { w in unsafe peer_mix(w.a, w.b, &w.left, w.a.count) }),
  Kernel(
    name: "interleave", bytesPerSample: 8,
    swift: { w in interleave(w.a, w.b, into: &w.joined) },
    c: { w in unsafe peer_interleave(w.a, w.b, &w.joined, w.a.count) }),
  Kernel(
    name: "split", bytesPerSample: 8,
    swift: { w in split(w.joined, &w.left, &w.right) },
    c: { w in unsafe peer_split(w.joined, &w.left, &w.right, w.a.count) }),
  Kernel(
    name: "level", bytesPerSample: 2,
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

func runKernelBenchmark() {
  print("kernel      samples   ours ns      C ns  memcpy ns   C / ours   memcpy / ours")
  for samples in [160, 960, 16_000] {
    var workspace = Workspace(samples: samples)
    for kernel in kernels { report(kernel, samples: samples, &workspace) }
  }
}

private func report(_ kernel: Kernel, samples: Int, _ workspace: inout Workspace) {
  // memcpy reads and writes each byte it copies, so half as many are copied as the kernel touches.
  let copied = kernel.bytesPerSample * samples / 2
  let copy: (inout Workspace) -> Void = { w in
    _ = unsafe memcpy(&w.bytesOut, w.bytesIn, copied)
  }
  let rounds = 31
  var ours: [Double] = []
  var c: [Double] = []
  var memory: [Double] = []
  let repetitions = max(1, 2_000_000 / samples)
  for _ in 0..<rounds {
    ours.append(nanoseconds(repetitions, &workspace, kernel.swift))
    c.append(nanoseconds(repetitions, &workspace, kernel.c))
    memory.append(nanoseconds(repetitions, &workspace, copy))
  }
  let againstC = median(zip(c, ours).map { $0 / $1 })
  let againstMemory = median(zip(memory, ours).map { $0 / $1 })
  print(
    column(kernel.name, 10, left: true), column("\(samples)", 8), column(median(ours), 9, 1),
    column(median(c), 9, 1), column(median(memory), 10, 1), column(againstC, 10, 2),
    column(againstMemory, 15, 2))
  if workspace.sink == 1 { print("") }
}

private func nanoseconds(
  _ repetitions: Int, _ workspace: inout Workspace, _ work: (inout Workspace) -> Void
) -> Double {
  let clock = ContinuousClock()
  let time = clock.measure {
    for _ in 0..<repetitions { work(&workspace) }
  }
  return Double(time.components.attoseconds) / 1e9 / Double(repetitions)
    + Double(time.components.seconds) * 1e9 / Double(repetitions)
}

private func median(_ values: [Double]) -> Double {
  values.sorted()[values.count / 2]
}

private func column(_ value: Double, _ width: Int, _ places: Int) -> String {
  let scale = pow(10, Double(places))
  return column("\((value * scale).rounded() / scale)", width)
}

private func column(_ text: String, _ width: Int, left: Bool = false) -> String {
  let space = String(repeating: " ", count: max(0, width - text.count))
  return left ? text + space : space + text
}
