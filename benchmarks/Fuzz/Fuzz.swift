// What libFuzzer drives: every parser of ours, the reader over whole files, and recovery over whole folders. One of
// them is chosen by the environment variable REEL_FUZZ_TARGET. A trap, a hang or a sanitizer's report is a finding.
import Foundation
import ReelCore
import ReelFiles

private let target = ProcessInfo.processInfo.environment["REEL_FUZZ_TARGET"] ?? "json"
/// Files in memory, where the system has them.
private let folder = "/dev/shm/reel-fuzz-\(getpid())"

@_silgen_name("LLVMFuzzerRunDriver")
private func runDriver(
  _ count: UnsafeMutablePointer<Int32>,
  _ words: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?>,
  _ one: @convention(c) (UnsafePointer<UInt8>, Int) -> Int32
) -> Int32

/// The package manager gives a program's beginning this name, and so takes libFuzzer's own away.
@_cdecl("Fuzz_main")
func begin(_ count: Int32, _ words: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?) -> Int32 {
  var (count, words) = unsafe (count, words)
  return unsafe runDriver(&count, &words, { unsafe fuzzOne($0, $1) })
}

private func fuzzOne(_ data: UnsafePointer<UInt8>, _ count: Int) -> Int32 {
  // Sound: libFuzzer lends so many bytes for the time of the call.
  let bytes = unsafe Array(UnsafeBufferPointer(start: data, count: count))
  switch target {
  case "json": fuzzJSON(bytes)
  case "head": fuzzHeads(bytes)
  case "wav", "mp3", "mp4", "other": read(bytes, ending: target)
  case "recover-wav", "recover-mp3", "recover-mp4": recover(bytes, ending: String(target.dropFirst(8)))
  case "journal": recover(bytes, ending: nil)
  case "manifest": verify(bytes)
  default: fatalError("no target \(target)")
  }
  return 0
}

/// What is read is written and read again: the same.
private func fuzzJSON(_ bytes: [UInt8]) {
  guard let value = try? JSON(utf8: bytes) else { return }
  let again = try? JSON("\(value)")
  precondition(again == value || "\(value)".contains("null"), "not the same again")
}

/// What is taken for a head is one: it is written as it was read.
private func fuzzHeads(_ bytes: [UInt8]) {
  if let head = WAVHead(bytes) {
    precondition(head.bytes(dataBytes: 0).count <= bytes.count + 1, "a head longer than its file")
  }
  let layout = try? WAVLayout(byteCount: bytes.count) { offset, count in
    offset < 0 || offset >= bytes.count ? [] : Array(bytes[offset..<min(bytes.count, offset + count)])
  }
  if let layout { precondition(layout.sound.upperBound <= bytes.count, "sound beyond the end") }
  _ = MP3InfoTag(bytes, at: ID3Tag.byteCount(bytes))
}

private func put(_ bytes: [UInt8], _ name: String) -> String {
  try? FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
  let path = "\(folder)/\(name)"
  precondition(FileManager.default.createFile(atPath: path, contents: Data(bytes)), "no room in memory")
  return path
}

private func read(_ bytes: [UInt8], ending: String) {
  guard let reader = try? AudioReader(put(bytes, "a.\(ending)")) else { return }
  var block = [Int16](repeating: 0, count: 4_096 * reader.channels)
  var frames = 0
  // A small file may stand for hours of sound; a minute shows enough.
  while frames < 60 * reader.hz, let count = try? reader.readFrames(into: &block), count > 0 { frames += count }
}

private let journal = """
  {"reel_journal":1,"recording_id":"r","call_id":"c","control_id":null,"legs":["caller"],"start_time":"",\
  "start_microseconds":0,"rate":8000,"files":[{"name":"a.ENDING","format":"ENDING","rate":8000}]}
  {"begun":true}

  """

/// A part, or the journal, that says anything: recovery ends, and ends the same way a second time.
private func recover(_ bytes: [UInt8], ending: String?) {
  try? FileManager.default.removeItem(atPath: folder)
  if let ending {
    _ = put(bytes, "a.part.\(ending)")
    _ = put(Array(journal.replacingOccurrences(of: "ENDING", with: ending).utf8), "a.part.reel.json")
  } else {
    _ = put(bytes, "a.part.reel.json")
    _ = put(WAVHead(encoding: .pcm16, hz: 8_000, channels: 1, info: []).bytes(dataBytes: 0) + bytes, "a.part.wav")
  }
  _ = try? RecoveryReport(recovering: folder)
  for name in (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? [] {
    _ = try? Verification(of: "\(folder)/\(name)")
  }
  let again = try? RecoveryReport(recovering: folder)
  precondition(again?.recovered.isEmpty ?? true, "recovered twice")
}

private func verify(_ bytes: [UInt8]) {
  _ = put(bytes, "a.reel.json")
  _ = put(WAVHead(encoding: .pcm16, hz: 8_000, channels: 1, info: []).bytes(dataBytes: 0), "a.wav")
  _ = try? Verification(of: "\(folder)/a.wav")
}
