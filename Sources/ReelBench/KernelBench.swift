internal import CPeers
internal import Glibc
internal import ReelAudio
internal import ReelRealtime

/// `reel bench kernels`: the inner loops beside the same loops in C and memcpy, a recorder's step, and what the
/// encoders' own loops leave of the encoders.
package struct KernelBench: Bench {
  package init() {}

  package func run(_ setting: BenchSetting) async throws {
    try kernels(setting)
    try StepBench().run(setting)
    try EncoderBench().run(setting)
  }

  private func kernels(_ setting: BenchSetting) throws {
    let table = setting.report.table(
      "kernels", "kernels, beside the same loop in C and a memcpy of what they read",
      [
        .words("kernel", "kernel", width: 10), .number("samples", "samples"), .figure("ours, ns", "ours_ns"),
        .figure("C / ours", "c_ratio"), .words("goal", "c_goal", width: 13), .figure("memcpy / ours", "memcpy_ratio"),
        .words("goal", "memcpy_goal", width: 15),
      ])
    for samples in Self.sizes {
      let workspace = WorkspaceBox(KernelWorkspace(samples: samples))
      for kernel in Kernel.all { try row(kernel, samples, workspace, table, setting) }
    }
  }

  /// 20 ms at 8 and at 48 kHz, and what does not fit the first cache.
  private static let sizes = [160, 960, 16_000]
  /// So many samples are enough for the clock not to count.
  private static let samplesTimed = 1_000_000
  private static let seconds = 1.0

  private func row(
    _ kernel: Kernel, _ samples: Int, _ workspace: WorkspaceBox, _ table: ReportTable, _ setting: BenchSetting
  ) throws {
    let repetitions = max(1, Self.samplesTimed / samples)
    let works: [() throws -> Double] = [
      { workspace.secondsEach(of: repetitions, kernel.swift) },
      { workspace.secondsEach(of: repetitions, kernel.c) },
      { workspace.secondsEach(of: repetitions) { kernel.copy(&$0, samples) } },
    ]
    let times = try TurnAbout(seconds: setting.seconds ?? Self.seconds).times(works, setting)
    let (c, copy) = (times.ratio(1, to: 0), times.ratio(2, to: 0))
    table.row([
      .text(kernel.name), .count(samples), .figure(times.figure(0, unitSeconds: 1e-9)), .figure(c),
      kernel.hasGoal ? .goal(1, c) : .nothing, .figure(copy), kernel.hasGoal ? .goal(0.5, copy) : .nothing,
    ])
  }
}

/// What several closures work on in turn.
package final class WorkspaceBox {
  private var workspace: KernelWorkspace

  package init(_ workspace: KernelWorkspace) {
    self.workspace = workspace
  }

  package func run(times: Int, _ work: (inout KernelWorkspace) -> Void) {
    // Taken once, for the language asks about every access of a class's own variables.
    Self.run(times, &workspace, work)
  }

  private static func run(
    _ times: Int, _ workspace: inout KernelWorkspace, _ work: (inout KernelWorkspace) -> Void
  ) {
    for _ in 0..<times { work(&workspace) }
  }

  func secondsEach(of repetitions: Int, _ work: (inout KernelWorkspace) -> Void) -> Double {
    let start = MonotonicTime.now()
    run(times: repetitions, work)
    return MonotonicTime.now().seconds(since: start) / Double(repetitions)
  }
}

/// A loop of ours and the same loop in C.
package struct Kernel: Sendable {
  package let name: String
  /// Bytes read for each sample, or frame.
  let inputBytesPerSample: Int
  /// Whether it must be no slower than C, and at half of memcpy's speed.
  let hasGoal: Bool
  package let swift: @Sendable (inout KernelWorkspace) -> Void
  let c: @Sendable (inout KernelWorkspace) -> Void

  package static let all = [
    Kernel(
      name: "mix", inputBytesPerSample: 4, hasGoal: true,
      swift: { w in mix(w.a, w.b, into: &w.left) },
      c: { w in unsafe peer_mix(w.a, w.b, &w.left, w.a.count) }),
    Kernel(
      name: "interleave", inputBytesPerSample: 4, hasGoal: true,
      swift: { w in interleave(w.a, w.b, into: &w.joined) },
      c: { w in unsafe peer_interleave(w.a, w.b, &w.joined, w.a.count) }),
    Kernel(
      name: "split", inputBytesPerSample: 4, hasGoal: false,
      swift: { w in split(w.joined, &w.left, &w.right) },
      c: { w in unsafe peer_split(w.joined, &w.left, &w.right, w.a.count) }),
    Kernel(
      name: "level", inputBytesPerSample: 2, hasGoal: true,
      swift: { w in w.sink &+= Level.sumOfSquares(w.a.span) },
      c: { w in w.sink &+= unsafe peer_sum_of_squares(w.a, w.a.count) }),
  ]

  /// A memcpy of what it reads.
  func copy(_ workspace: inout KernelWorkspace, _ samples: Int) {
    // Sound: both arrays have eight bytes for each sample.
    _ = unsafe memcpy(&workspace.bytesOut, workspace.bytesIn, inputBytesPerSample * samples)
  }

  // A span of one field and a mutable span of another may not be taken from one struct at once; arrays may.
  private static func mix(_ a: [Int16], _ b: [Int16], into output: inout [Int16]) {
    var span = output.mutableSpan
    Mix.saturating(a.span, b.span, into: &span)
  }

  private static func interleave(_ left: [Int16], _ right: [Int16], into output: inout [Int16]) {
    var span = output.mutableSpan
    Mix.interleave(left: left.span, right: right.span, into: &span)
  }

  private static func split(_ frames: [Int16], _ left: inout [Int16], _ right: inout [Int16]) {
    var leftSpan = left.mutableSpan
    var rightSpan = right.mutableSpan
    Mix.split(frames.span, left: &leftSpan, right: &rightSpan)
  }
}

/// Buffers that every kernel works on; `sink` takes what would otherwise be thrown away unseen.
package struct KernelWorkspace {
  let a: [Int16]
  let b: [Int16]
  var joined: [Int16]
  var left: [Int16]
  var right: [Int16]
  let bytesIn: [UInt8]
  var bytesOut: [UInt8]
  package var sink: UInt64 = 0

  package init(samples: Int) {
    var noise = Noise(seed: 1)
    a = noise.samples(samples, peak: 20_000)
    b = noise.samples(samples, peak: 20_000)
    joined = noise.samples(2 * samples, peak: 20_000)
    left = noise.samples(samples, peak: 20_000)
    right = noise.samples(samples, peak: 20_000)
    bytesIn = [UInt8](repeating: 1, count: 8 * samples)
    bytesOut = [UInt8](repeating: 0, count: 8 * samples)
  }
}
