// Strategy: calls as a host in C has them, over the real engine: what it asks for by the header's numbers and structs
// is what the files, summaries and events say, by both ways to get events.
import CReel
import Foundation
import Reel
import ReelC
import ReelTesting
import Testing

/// What a handler was called with.
///
/// The wall round what threads share: the lock.
private final class Heard: @unchecked Sendable {
  private let lock = NSLock()
  private var events: [Seen] = []

  func append(_ event: Seen) { lock.withLock { events.append(event) } }
  var all: [Seen] { lock.withLock { events } }
}

@Suite struct CallTests {
  @Test func theEventsOfACallByPoll() throws {
    let host = try Host()
    let context = UnsafeMutableRawPointer(bitPattern: 4_711)
    let (recording, refusal) = host.record { $0.context = context }
    #expect(refusal == nil)
    host.push(5)
    #expect(complaint { reel_recording_pause(recording, reel_pause_behavior(REEL_PAUSE_SKIP), $0) } == nil)
    host.push(5)
    #expect(complaint { reel_recording_resume(recording, $0) } == nil)
    host.push(5)
    #expect(complaint { reel_call_press(host.call, 35, $0) } == nil)
    host.end()
    var descriptor: Int32 = -1
    #expect(reel_engine_event_descriptor(host.engine, &descriptor, nil) == REEL_OK)
    #expect(isReadable(descriptor))
    let kinds = [REEL_EVENT_RECORDING, REEL_EVENT_PAUSED, REEL_EVENT_RECORDING, REEL_EVENT_ENDED]
    #expect(host.takeEvents() == kinds.map { Seen($0, "main", context: 4_711) })
    #expect(!isReadable(descriptor))

    var summary: UnsafePointer<reel_summary>?
    #expect(reel_recording_summary(recording, 0, &summary, nil) == REEL_OK)
    let told = try #require(summary?.pointee)
    #expect(String(cString: told.call_id) == "c1" && String(cString: told.reason_text) == "the call ended")
    #expect(told.outcome == REEL_FINISHED && told.reason == REEL_REASON_CALL_ENDED && told.failure == nil)
    #expect(told.timeline_samples == 1_600 && told.skipped_samples == 800 && told.caller.real == 1_600)
    #expect(told.duration_seconds == 0.2 && told.rate_hz == 8_000 && told.file_count == 1)
    let file = told.files[0]!.pointee
    #expect(problems(of: String(cString: file.path)) == [])
    #expect(file.samples == 1_600 && file.byte_count > 3_200 && strlen(file.sha256) == 64)
    #expect(told.manifest_count == 1 && String(cString: told.manifests[0]!).hasSuffix(".reel.json"))
    reel_summary_free(summary)
    reel_recording_free(recording)
  }

  private func isReadable(_ descriptor: Int32) -> Bool {
    var wish = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    return poll(&wish, 1, 0) == 1
  }

  @Test func theEventsOfACallByCallback() throws {
    let heard = Heard()
    do {
      let host = try Host { options in
        options.event_context = Unmanaged.passUnretained(heard).toOpaque()
        options.on_event = { context, event in
          Unmanaged<Heard>.fromOpaque(context!).takeUnretainedValue().append(Seen(event!.pointee))
        }
      }
      #expect(reel_engine_next_event(host.engine, nil, nil) == REEL_ERROR_ARGUMENT)
      #expect(host.record("a", preset: REEL_PRESET_RECORD).refusal == nil)
      host.push(5)
      #expect(complaint { reel_call_press(host.call, 35, $0) } == nil)
      host.end()
    }
    // The engine is freed, so every event was heard.
    #expect(heard.all == [Seen(REEL_EVENT_RECORDING, "a"), Seen(REEL_EVENT_ENDED, "a")])
  }

  @Test func anEngineMayBeFreedInItsOwnCallback() throws {
    final class Hosted: @unchecked Sendable { var engine: OpaquePointer? }
    let hosted = Hosted()
    let host = try Host { options in
      options.event_context = Unmanaged.passUnretained(hosted).toOpaque()
      options.on_event = { context, event in
        guard event!.pointee.kind == REEL_EVENT_ENDED else { return }
        let hosted = Unmanaged<Hosted>.fromOpaque(context!).takeUnretainedValue()
        reel_engine_free(hosted.engine)
        hosted.engine = nil
      }
    }
    hosted.engine = host.giveUpEngine()
    #expect(host.record().refusal == nil)
    host.push(2)
    host.end()
    for _ in 0..<500 where hosted.engine != nil { usleep(10_000) }
    #expect(hosted.engine == nil)
    #expect(reel_call_push(host.call, 0, nil, 0) == REEL_ERROR_ENDED)
  }

  @Test func eventsThatNobodyTakesMakeRoom() throws {
    let host = try Host { $0.event_limit = 3 }
    for number in 0..<4 { #expect(host.record("r\(number)").refusal == nil) }
    host.push(2)
    host.end()
    let events = host.takeEvents()
    #expect(events.count == 3 && events[0].lost == 5 && events[1].lost == 0)
    var counters = reel_counters()
    #expect(reel_engine_counters(host.engine, &counters, MemoryLayout<reel_counters>.size, nil) == REEL_OK)
    #expect(counters.lost_events == 5 && counters.closed == 4 && counters.failed == 0 && counters.recordings == 0)
  }

  @Test func everyRenditionIsWhatWasAskedFor() throws {
    let host = try Host()
    let wishes = [
      rendition("a.wav", REEL_WAV) { $0.stereo = 1 },
      rendition("b.wav", REEL_WAV) { $0.wav_encoding = reel_wav_encoding(REEL_MULAW) },
      rendition("c.wav", REEL_WAV) { ($0.wav_encoding, $0.rate_hz) = (reel_wav_encoding(REEL_ALAW), 16_000) },
      rendition("d.mp3", REEL_MP3) { $0.kilobits = 24 },
      rendition("e.mp3", REEL_MP3) { $0.mp3_mode = reel_mp3_mode(REEL_MP3_VARIABLE) },
      rendition("f.mp3", REEL_MP3) { ($0.mp3_mode, $0.kilobits) = (reel_mp3_mode(REEL_MP3_AVERAGE), 20) },
    ]
    defer { for wish in wishes { free(UnsafeMutablePointer(mutating: wish.name)) } }
    let refusal = wishes.withUnsafeBufferPointer { list in
      host.record { ($0.renditions, $0.rendition_count) = (list.baseAddress, list.count) }.refusal
    }
    #expect(refusal == nil)
    host.push(20)
    host.end()
    #expect(host.folder.names.filter { !$0.hasSuffix(".json") } == wishes.map { String(cString: $0.name) })
    for wish in wishes { #expect(problems(of: host.folder[String(cString: wish.name)]) == []) }
    #expect(try AudioReader(host.folder["a.wav"]).channels == 2)
    #expect(try AudioReader(host.folder["c.wav"]).hz == 16_000)
  }

  /// Its name is to be freed.
  private func rendition(
    _ name: String, _ format: Int, _ change: (inout reel_rendition) -> Void
  ) -> reel_rendition {
    var rendition = reel_rendition()
    reel_rendition_init(&rendition, MemoryLayout<reel_rendition>.size)
    rendition.name = UnsafePointer(strdup(name))
    rendition.format = reel_format(format)
    change(&rendition)
    return rendition
  }

  @Test func structsOfOtherHeadersAreTaken() throws {
    let host = try Host()
    // An older one, which ends before the renditions: what it lacks has its default.
    let older = host.record("older") {
      $0.size = 48; $0.rendition_count = 99
    }
    #expect(older.refusal == nil)
    var newer = (reel_record_options(), UInt(0))
    let size = MemoryLayout.size(ofValue: newer)
    withUnsafeMutablePointer(to: &newer.0) { options in
      #expect(reel_record_options_init(options, size, 1) == REEL_OK)
    }
    func record() -> Complaint? {
      withUnsafePointer(to: &newer.0) { options in
        complaint { reel_call_record(host.call, options, nil, $0) }
      }
    }
    #expect(record() == nil)
    newer.1 = 1
    #expect(record()?.message.contains("newer than this library") == true)
    for size in [0, 8, 17, 5_000, -8, .max, .min] {
      #expect(reel_engine_options_init(nil, size) == REEL_ERROR_ARGUMENT)
      #expect(host.record("x") { $0.size = size }.refusal?.status == REEL_ERROR_ARGUMENT)
    }
    host.end()
  }

  @Test func aBeepIsPulled() throws {
    let host = try Host()
    let (recording, _) = host.record { $0.beep = 1 }
    #expect(complaint { reel_recording_pause(recording, 0, $0) }?.status == REEL_ERROR_STATE)
    var heard = 0
    var room = [Int16](repeating: 0, count: 160)
    for _ in 0..<200 where heard < 1_600 {
      host.push(1)
      heard += Int(reel_call_pull(host.call, &room, room.count))
      usleep(5_000)
    }
    #expect(heard == 1_600)
    reel_recording_free(recording)
    host.end()
  }

  @Test func whatWasCutOffIsRecovered() throws {
    let folder = TestFolder()
    var found: UnsafePointer<reel_recovery>?
    #expect(complaint { reel_recover(folder.path, &found, $0) } == nil)
    #expect(found?.pointee.file_count == 0 && found?.pointee.failure_count == 0)
    reel_recovery_free(found)
    let host = try Host()
    #expect(complaint { reel_recover(host.folder.path, &found, $0) } == nil)
    #expect(found?.pointee.held_count == 1)
    #expect(found.map { String(cString: $0.pointee.held[0]!) } == host.folder.path)
    reel_recovery_free(found)
  }
}
