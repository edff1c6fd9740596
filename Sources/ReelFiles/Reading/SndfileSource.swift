/// Sound decoded by libsndfile.
final class SndfileSource: AudioSource {
  private(set) var facts: AudioFacts
  private(set) var note: String?
  private let handle: SndfileHandle
  /// Whether samples are wider than 16 bits, and so are read as floating point to be rounded and clamped here.
  private let isWide: Bool
  private var wideSamples: [Float] = []
  /// Of sound without a head; else nil.
  private var bytesPerFrame: Int?
  private var framesRead = 0
  private var hasEnded = false
  /// What ended the sound early.
  private var failure: FileError?

  /// The most frames that are read at once where they are converted on the way.
  private static let wideFrames = 4_096

  /// Opens a file if libsndfile knows what it is. `stated` is how many frames its header states, where libsndfile
  /// counts whole blocks only.
  convenience init?(_ file: InputFile, _ patches: [FileWindow.Patch], stated: Int?) throws(FileError) {
    // Of an MP3 whose header states no length, libsndfile makes a guess and ends there, be there more or not. When it
    // can't find the file's end, it doesn't guess.
    let start = try file.bytes(at: 0, count: 3)
    let mayBeMPEG = start.starts(with: "ID3".utf8) || start.count > 1 && start[0] == 0xFF && start[1] >= 0xE0
    if mayBeMPEG, let blind = SndfileHandle(FileWindow(file, hidesEnd: true)), blind.format.isMPEG {
      self.init(blind)
    } else if let handle = SndfileHandle(FileWindow(file, patches: patches)) {
      self.init(handle)
      if let stated, let count = facts.frameCount, stated < count { facts.frameCount = stated }
    } else {
      return nil
    }
  }

  /// Opens a file whose layout is stated from outside, and maybe how many frames of it are sound.
  convenience init(_ file: InputFile, _ raw: RawLayout, frames: Int? = nil) throws(FileError) {
    guard let handle = SndfileHandle(FileWindow(file), raw) else {
      throw FileError(file.path, "can't be read as raw PCM of \(raw.channels) channels at \(raw.hz) Hz")
    }
    if let byteCount = file.byteCount { try Self.requireWhole(byteCount, raw.bytesPerFrame, file) }
    self.init(handle)
    bytesPerFrame = raw.bytesPerFrame
    if file.byteCount == nil { facts.frameCount = frames }
  }

  private init(_ handle: SndfileHandle) {
    self.handle = handle
    let format = handle.format
    facts = AudioFacts(
      hz: handle.hz, channels: handle.channels, container: format.containerName, codec: format.codecName,
      frameCount: handle.frameCount, tags: handle.tags)
    isWide = format.isWide
    if isWide { wideSamples = [Float](repeating: 0, count: Self.wideFrames * max(1, handle.channels)) }
  }

  var isMPEG: Bool { handle.format.isMPEG }

  func readFrames(_ most: Int, into samples: inout [Int16]) throws(FileError) -> Int {
    if let failure { throw failure }
    let left = (facts.frameCount ?? .max) - framesRead
    let limit = hasEnded ? 0 : min(most, left, isWide ? Self.wideFrames : .max)
    let count = isWide ? readWide(limit, into: &samples) : handle.read(limit, into: &samples)
    framesRead += count
    if let error = handle.error { noteDamage(error) }
    if let failure, count == 0 { throw failure }
    if count == 0 && !hasEnded { try end() }
    return count
  }

  /// What the file's last bytes don't make whole is a torn end. What is not whole before that is damage, and ends the
  /// sound with an error when all that came before it was handed out.
  private func noteDamage(_ error: String) {
    let file = handle.window.file
    if handle.window.isAtEnd && file.failure == nil {
      hasEnded = true
      note = "the file is cut off"
    } else {
      failure = file.failure ?? FileError(file.path, "is damaged after \(framesRead) samples: \(error)")
    }
  }

  /// libsndfile takes an Ogg to end where its first stream does, and an MP3 where its rate changes or its header says,
  /// and is silent about what follows.
  private func end() throws(FileError) {
    hasEnded = true
    let window = handle.window
    if handle.format.isOgg, try OggPages.holdStreamAfterStream(in: window.file) {
      failure = FileError(window.file.path, "holds another stream after \(framesRead) samples; allowed: one stream")
    }
    if let bytesPerFrame, facts.frameCount != framesRead || window.file.byteCount != nil {
      do throws(FileError) {
        try Self.requireWhole(window.position, bytesPerFrame, window.file)
      } catch {
        failure = error
      }
    }
    if let failure { throw failure }
    let left = window.byteCount - window.position
    if isMPEG && left > Self.mostTagBytes { note = "the last \(left) bytes were not read" }
  }

  private static func requireWhole(_ byteCount: Int, _ bytesPerFrame: Int, _ file: InputFile) throws(FileError) {
    guard byteCount % bytesPerFrame > 0 else { return }
    throw FileError(file.path, "ends within a sample: \(byteCount) bytes are no whole number of them")
  }

  /// What may follow the sound of an MP3: a title and the like.
  private static let mostTagBytes = 4_096

  private func readWide(_ frames: Int, into samples: inout [Int16]) -> Int {
    let count = handle.read(frames, into: &wideSamples)
    for index in 0..<(count * facts.channels) { samples[index] = Int16(fullScale: wideSamples[index]) }
    return count
  }
}
