internal import Glibc
internal import Reel
internal import ReelRealtime

/// Threads that push both legs of many calls, one for the callers and one for the agents, a few calls every
/// millisecond as packets come from a network.
final class Producers: Sendable {
  let packets: Int
  private let calls: [Call]
  private let half: LiveLoad.Half
  private let sounds: [[Int16]]
  private let done = Tally()
  private let cpuNanoseconds = [Tally(), Tally()]

  /// Into so many parts the packets of 20 ms are spread.
  private static let groups = 20

  init(_ calls: [Call], _ half: LiveLoad.Half, seconds: Double) {
    self.calls = calls
    self.half = half
    packets = Int((seconds / LiveLoad.packetSeconds).rounded())
    sounds = Self.spoken
  }

  var areDone: Bool { done.value == Leg.allCases.count }
  var cpuSeconds: Double { Double(cpuNanoseconds.reduce(0) { $0 + $1.value }) / 1e9 }

  func start() -> [BeatThread] {
    Leg.allCases.enumerated().map { index, leg in
      BeatThread("bench \(leg.rawValue)", everySeconds: 0.001, Pusher(leg, index, self))
    }
  }

  /// A packet of a call's leg.
  static func packet(_ packet: Int, of call: Int, leg: Int) -> [Int16] {
    spoken[place(packet, of: call, leg: leg)]
  }

  /// Where a call's leg is in ``speech()``: no two calls say the same at once, nor do the legs of one.
  private static func place(_ packet: Int, of call: Int, leg: Int) -> Int {
    (packet + 7 * call + 50 * leg) % speechPackets
  }

  private static let spoken = speech()
  private static let speechPackets = 100

  /// Two seconds of something like speech: noise in syllables, with pauses between the words.
  static func speech() -> [[Int16]] {
    var state: UInt32 = 12_345
    return (0..<speechPackets).map { packet in
      let isSpeaking = packet % 25 < 17
      return (0..<160).map { index in
        state = state &* 1_664_525 &+ 1_013_904_223
        let noise = Int(Int32(bitPattern: state) >> 16)
        let syllable = abs(Int((packet * 160 + index) % 1_600) - 800)
        return Int16(clamping: noise * (isSpeaking ? syllable : 4) / 3_200)
      }
    }
  }

  /// One leg's thread, a millisecond at a time.
  private final class Pusher: Beating, @unchecked Sendable {
    // Sound to share: the beat's alone, which one thread makes.
    private var turn = 0
    private var began: Int64 = 0
    private let leg: Leg
    private let index: Int
    private let owner: Producers
    private let silence = [Int16](repeating: 0, count: 160)

    init(_ leg: Leg, _ index: Int, _ owner: Producers) {
      self.leg = leg
      self.index = index
      self.owner = owner
    }

    func beat(deadline: MonotonicTime) {
      if began == 0 { began = MonotonicTime.now().nanoseconds }
      // What was missed is made up for: calls keep their pace however late this thread is.
      while turn < owner.packets * Producers.groups, MonotonicTime.now().nanoseconds >= began + Int64(turn) * 1_000_000
      {
        push()
        turn += 1
        if turn == owner.packets * Producers.groups { owner.done.add(1) }
      }
      owner.cpuNanoseconds[index].set(Int(Usage.threadCPUSeconds() * 1e9))
    }

    private func push() {
      let packet = turn / Producers.groups
      let group = turn % Producers.groups
      let count = owner.calls.count
      for number in count * group / Producers.groups..<count * (group + 1) / Producers.groups {
        let isOdd = number % 2 == 1
        if isOdd && owner.half == .missing && leg == .agent { continue }
        let isSilent = isOdd && owner.half == .silent
        let sound = isSilent ? silence : owner.sounds[Producers.place(packet, of: number, leg: index)]
        owner.calls[number].push(sound.span, from: leg)
      }
    }
  }
}
