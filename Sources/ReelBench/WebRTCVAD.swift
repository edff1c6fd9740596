internal import ReelAudio
internal import ReelFiles

/// WebRTC's voice detector, as the Python package `webrtcvad-wheels` has it.
struct WebRTCVAD {
  /// The package and its version.
  let name: String
  private let python: String

  /// The rates that it knows.
  static let rates = [8_000, 16_000, 32_000, 48_000]
  /// From the one that lets most pass to the strictest.
  static let modes = 4

  /// Nil where that Python does not have it.
  init?(python: String, in folder: String) {
    guard let lines = ChildProcess.lines(of: [python, "-c", Self.asksVersion], in: folder), let name = lines.first
    else { return nil }
    self.name = name
    self.python = python
  }

  /// The same, and says which it is, or that it is not there.
  static func find(python: String, _ setting: BenchSetting) -> WebRTCVAD? {
    let found = WebRTCVAD(python: python, in: setting.folder)
    setting.report.remark(
      found.map { "beside \($0.name)" }
        ?? "webrtcvad is not here: its rows are left out (\(python) -m pip install webrtcvad-wheels)")
    return found
  }

  private static let asksVersion = """
    import webrtcvad
    from importlib import metadata
    for name in "webrtcvad-wheels", "webrtcvad":
      try:
        print(name, metadata.version(name))
        break
      except metadata.PackageNotFoundError:
        pass
    else:
      print("webrtcvad of an unknown version")
    """

  /// A line of 0 and 1 for each sound and mode.
  private static let decides = """
    import sys, webrtcvad
    sounds, told = open(sys.argv[1], "rb"), open(sys.argv[2], "w")
    for words in sys.argv[3:]:
      rate, count = map(int, words.split(":"))
      sound, size = sounds.read(2 * count), 2 * rate // 100
      frames = [sound[at:at + size] for at in range(0, len(sound) - size + 1, size)]
      for mode in range(4):
        detector = webrtcvad.Vad(mode)
        told.write("".join("01"[detector.is_speech(frame, rate)] for frame in frames) + "\\n")
    """

  /// What each mode decides of every 10 ms of each sound: by sound, then by mode. All in one process, for to start
  /// Python takes longer than to listen.
  func decisions(_ sounds: [JudgedLeg], _ setting: BenchSetting) throws -> [[[Bool]]] {
    let (input, output) = ("\(setting.folder)/sounds.raw", "\(setting.folder)/told")
    var bytes: [UInt8] = []
    bytes.reserveCapacity(2 * sounds.reduce(0) { $0 + $1.samples.count })
    for sound in sounds {
      for sample in sound.samples {
        bytes.append(UInt8(truncatingIfNeeded: sample))
        bytes.append(UInt8(truncatingIfNeeded: sample >> 8))
      }
    }
    try WholeFile.write(bytes.span, to: input)
    let words = sounds.map { "\($0.truth.rate.hz):\($0.samples.count)" }
    _ = try ChildProcess.succeeding(
      [python, "-c", Self.decides, input, output] + words, complains: true, orElse: "\(name) failed in \(python)",
      setting)
    return try read(output, sounds)
  }

  private func read(_ path: String, _ sounds: [JudgedLeg]) throws -> [[[Bool]]] {
    var lines: [[Bool]] = [[]]
    try WholeFile.readBlocks(of: path) { block in
      for index in block.indices {
        switch block[index] {
        case UInt8(ascii: "\n"): lines.append([])
        default: lines[lines.count - 1].append(block[index] == UInt8(ascii: "1"))
        }
      }
    }
    lines.removeLast()
    let wanted = sounds.flatMap { leg in
      [Int](repeating: leg.samples.count / (leg.truth.rate.hz / VADScore.framesPerSecond), count: Self.modes)
    }
    guard lines.map(\.count) == wanted else { throw BenchFailure.failed("\(name) told too little in \(python)") }
    return sounds.indices.map { Array(lines[($0 * Self.modes)..<(($0 + 1) * Self.modes)]) }
  }
}
