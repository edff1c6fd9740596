// Strategy: the GStreamer element of the examples is built against the installed copy and records what GStreamer itself
// makes, reads and receives; what it recorded is judged from outside, and its gaps by the manifest.
import Foundation
import ReelTesting
import Testing

/// The element, built once, and pipelines that know it.
private final class Pipelines: Sendable {
  static let shared = Result { try Pipelines() }
  private let installation: Installation
  private let plugins = TestFolder()

  private init() throws {
    installation = try Installation.shared.get()
    let source = repository.appending(path: "examples/gstreamer/reelsink.c").path
    let gstreamer = try run("/usr/bin/env", ["pkg-config", "--cflags", "--libs", "gstreamer-base-1.0"])
    let flags = gstreamer.output.split(whereSeparator: \.isWhitespace).map(String.init)
    let built = try installation.build(source, ["gcc", "-std=c11", "-shared", "-fPIC"], with: flags)
    try FileManager.default.moveItem(atPath: built, toPath: plugins["libgstreelsink.so"])
  }

  func start(_ pipeline: String) throws -> Process {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments =
      ["timeout", "-s", "KILL", "30", "gst-launch-1.0", "-q"] + pipeline.split(separator: " ").map(String.init)
    process.environment = ProcessInfo.processInfo.environment.merging([
      "LD_LIBRARY_PATH": "\(installation.prefix)/lib", "GST_PLUGIN_PATH": plugins.path,
      "GST_REGISTRY": plugins["registry"],
    ]) { $1 }
    try process.run()
    return process
  }

  func play(_ pipeline: String) throws {
    let process = try start(pipeline)
    process.waitUntilExit()
    #expect(process.terminationStatus == 0)
  }

  /// The form of the one recording in a folder, and its manifest.
  func outcome(in folder: TestFolder) throws -> (form: String, manifest: String) {
    let file = try #require(folder.names.first { !$0.hasSuffix(".json") }, "\(folder.names)")
    let manifest = try #require(folder.names.first { $0.hasSuffix(".reel.json") })
    return (
      try installation.judge(folder[file]), try String(contentsOfFile: folder[manifest], encoding: .utf8)
    )
  }
}

@Suite(.enabled(if: canLink, "a sanitizer's build gives no library for others"))
struct GStreamerTests {
  /// What is filled on the caller's and the agent's leg, in samples.
  private func filled(_ manifest: String) -> [Int] {
    manifest.matches(of: #/"filled":(\d+)/#).compactMap { Int($0.1) }
  }

  @Test func aGapInOneLegIsFilled() throws {
    let folder = TestFolder()
    let pipelines = try Pipelines.shared.get()
    // One of the caller's buffers in five is lost.
    try pipelines.play(
      "reelsink name=r location=\(folder.path) stereo=true "
        + "audiotestsrc samplesperbuffer=160 num-buffers=75 ! audio/x-raw,rate=8000 ! "
        + "identity drop-probability=0.2 ! r.caller "
        + "audiotestsrc samplesperbuffer=160 num-buffers=75 wave=ticks ! audio/x-raw,rate=8000 ! r.agent")
    let (form, manifest) = try pipelines.outcome(in: folder)
    #expect(form == "8000,2,1.500000")
    let filled = filled(manifest)
    #expect(filled.count == 2 && filled[0] > 0 && filled[0] < 8_000 && filled[0] % 160 == 0, "\(filled)")
    #expect(filled.last == 0)
  }

  @Test func aFileIsRecordedWithTheOptionsOfProperties() throws {
    let folder = TestFolder()
    let pipelines = try Pipelines.shared.get()
    try pipelines.play(
      "reelsink name=r location=\(folder.path) preset=1 rate=16000 format=1 max-length=1 call-id=file legs=0 "
        + "filesrc location=\(testdata)/voicemail-8000-caller.flac ! flacparse ! flacdec ! audioconvert ! "
        + "audioresample ! identity eos-after=6 ! r.caller")
    let (form, manifest) = try pipelines.outcome(in: folder)
    #expect(form.hasPrefix("16000,1,1.") && folder.names.allSatisfy { $0.hasPrefix("file-") }, "\(form)")
    #expect(
      manifest.contains("the maximum length was reached") && manifest.contains("\"samples\": 16000"), "\(manifest)")
  }

  @Test func muLawByRTPOverLoopback() throws {
    let folder = TestFolder()
    let pipelines = try Pipelines.shared.get()
    let caps = "application/x-rtp,media=audio,clock-rate=8000,encoding-name=PCMU,payload=0"
    let ports = (0..<2).map { _ in Int.random(in: 20_000..<60_000) & ~1 }
    let receiving = zip(ports, ["caller", "agent"]).map { port, leg in
      "udpsrc num-buffers=70 address=127.0.0.1 port=\(port) caps=\(caps) ! rtpjitterbuffer latency=50 ! rtppcmudepay ! "
        + "mulawdec ! r.\(leg) "
    }
    let receiver = try pipelines.start("reelsink name=r location=\(folder.path) stereo=true " + receiving.joined())
    for _ in 0..<200 where folder.names.isEmpty { usleep(20_000) }
    let sending = ports.map { port in
      "audiotestsrc is-live=true samplesperbuffer=160 num-buffers=75 ! audio/x-raw,rate=8000 ! mulawenc ! "
        + "rtppcmupay min-ptime=20000000 max-ptime=20000000 ! udpsink host=127.0.0.1 port=\(port) "
    }
    try pipelines.play(sending.joined())
    receiver.waitUntilExit()
    #expect(receiver.terminationStatus == 0)
    let (form, manifest) = try pipelines.outcome(in: folder)
    let seconds = try #require(Double(form.split(separator: ",").last ?? ""))
    #expect(form.hasPrefix("8000,2,") && seconds > 1.3 && seconds < 1.5, "\(form)")
    #expect(filled(manifest).allSatisfy { $0 < 1_600 }, "\(filled(manifest))")
  }
}
