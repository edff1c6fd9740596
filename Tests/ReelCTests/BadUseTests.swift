// Strategy: whatever a host in C can pass, by mistake or from outside, is answered: each wrong thing by its status, a
// message that names it, and nothing changed. What may not crash is tried with the worst values of its type.
import CReel
import Foundation
import ReelC
import ReelTesting
import Testing

@Suite struct BadUseTests {
  private let samples = [Int16](repeating: 7, count: 160)

  @Test func aHandleThatIsNone() {
    var engine: OpaquePointer?
    let all: [reel_status] = [
      reel_engine_new(nil, &engine, nil), reel_engine_close(nil, 1, nil, nil),
      reel_engine_event_descriptor(nil, nil, nil), reel_engine_next_event(nil, nil, nil),
      reel_engine_counters(nil, nil, 0, nil), reel_call_new(nil, nil, 0, 0, nil, nil),
      reel_call_push(nil, 0, samples, 160), reel_call_push_at(nil, 0, samples, 160, 0),
      reel_call_push_at_stamp(nil, 0, samples, 160, 0), reel_call_pull(nil, nil, 0),
      reel_call_press(nil, 0, nil), reel_call_hang_up(nil, nil), reel_call_end(nil, 0, nil, nil),
      reel_call_record(nil, nil, nil, nil), reel_call_recording(nil, nil, nil, nil),
      reel_recording_pause(nil, 0, nil), reel_recording_resume(nil, nil),
      reel_recording_stop(nil, nil), reel_recording_summary(nil, 0, nil, nil),
      reel_recover(nil, nil, nil), reel_engine_options_init(nil, 8),
      reel_record_options_init(nil, 8, 0), reel_rendition_init(nil, 8),
    ]
    #expect(all.allSatisfy { [REEL_ERROR_HANDLE, REEL_ERROR_ARGUMENT].contains(Int($0)) }, "\(all)")
    #expect(reel_call_id(nil) == nil && reel_recording_id(nil) == nil)
    #expect(reel_recording_control_id(nil) == nil && reel_recording_call_id(nil) == nil)
    let frees = [reel_engine_free(nil), reel_call_free(nil), reel_recording_free(nil)]
    #expect(frees == [0, 0, 0])
    reel_event_free(nil)
    reel_summary_free(nil)
    reel_call_summary_free(nil)
    reel_recovery_free(nil)
  }

  @Test func aHandleOfAnotherKind() throws {
    let host = try Host()
    #expect(reel_call_push(host.engine, 0, samples, 160) == REEL_ERROR_HANDLE)
    #expect(reel_call_pull(host.engine, nil, 0) == REEL_ERROR_HANDLE)
    #expect(reel_engine_free(host.call) == REEL_ERROR_HANDLE)
    let refusal = complaint { reel_recording_stop(host.call, $0) }
    #expect(
      refusal
        == Complaint(
          status: REEL_ERROR_HANDLE, message: "the recording is a handle of another kind, or was freed"))
  }

  @Test func samplesThatCanNotBe() throws {
    let host = try Host()
    #expect(host.record().refusal == nil)
    for count in [-1, .min, .max, Int(REEL_SAMPLE_LIMIT) + 1] {
      #expect(reel_call_push(host.call, 0, samples, count) == REEL_ERROR_ARGUMENT)
      #expect(reel_call_pull(host.call, nil, count) == REEL_ERROR_ARGUMENT)
    }
    for leg: reel_leg in [-1, 2, .max, .min] {
      #expect(reel_call_push(host.call, leg, samples, 160) == REEL_ERROR_ARGUMENT)
    }
    #expect(reel_call_push(host.call, 0, nil, 160) == REEL_ERROR_ARGUMENT)
    #expect(reel_call_push(host.call, 0, UnsafePointer(bitPattern: 4_097), 1) == REEL_ERROR_ARGUMENT)
    #expect(reel_call_push(host.call, 0, nil, 0) == REEL_OK)
    #expect(reel_call_pull(host.call, nil, 0) == 0)
    host.end()
  }

  @Test func anyPlaceOfAClockIsTaken() throws {
    let host = try Host()
    #expect(host.record().refusal == nil)
    for place in [Int64.min, .max, .min + 1, 0, .max - 80, 1 << 62, -1] {
      #expect(reel_call_push_at(host.call, reel_leg(REEL_CALLER), samples, 160, place) == REEL_OK)
      #expect(reel_call_push_at_stamp(host.call, reel_leg(REEL_AGENT), samples, 160, .max) == REEL_OK)
      usleep(10_000)
    }
    host.end()
    #expect(host.takeEvents().last?.kind == REEL_EVENT_ENDED)
  }

  @Test func optionsOutOfRange() throws {
    let host = try Host()
    func refusal(_ change: (inout reel_record_options) -> Void) -> String? {
      let refusal = host.record("x", change).refusal
      #expect(refusal == nil || refusal?.status == REEL_ERROR_OPTION)
      return refusal?.message
    }
    for value in [Double.nan, -1, .infinity, -.infinity, 1e300] {
      let sensitivity = refusal { $0.input_sensitivity = value }
      #expect(sensitivity?.hasPrefix("input_sensitivity is ") == true && sensitivity?.contains("0 to 100") == true)
      #expect(refusal { $0.initial_timeout_seconds = value }?.hasPrefix("initial_timeout is ") == true)
      #expect(refusal { $0.end_silence_timeout_seconds = value }?.hasPrefix("end_silence_timeout is") == true)
      #expect(refusal { $0.max_length_seconds = value }?.hasPrefix("max_length is ") == true)
      #expect(refusal { $0.max_leg_skew_seconds = value }?.hasPrefix("max_leg_skew is ") == true)
      #expect(refusal { $0.beep_interval_seconds = value }?.hasPrefix("beep_interval is ") == true)
    }
    for value: Int32 in [-1, 3, .max, .min] {
      #expect(refusal { $0.format = value }?.hasPrefix("format is ") == true)
      #expect(refusal { $0.legs = value }?.hasPrefix("legs is ") == true)
      #expect(refusal { $0.stereo = value }?.hasPrefix("stereo is ") == true)
      #expect(refusal { $0.beep = value }?.hasPrefix("beep is ") == true)
      #expect(refusal { $0.detects_dtmf = value }?.hasPrefix("detects_dtmf is ") == true)
      #expect(refusal { $0.encode = value }?.hasPrefix("encode is ") == true)
      #expect(refusal { $0.rate_hz = value }?.hasPrefix("rate is ") == true)
    }
    let keys = "x".withCString { text in refusal { $0.terminators = text } }
    #expect(keys == "terminators is x; allowed: keys of 0 to 9, *, # and A to D")
    #expect(host.record("x").refusal == nil)
  }

  @Test func engineOptionsOutOfRange() throws {
    let folder = TestFolder()
    func refusal(_ change: (inout reel_engine_options) -> Void) -> Complaint? {
      var options = reel_engine_options()
      reel_engine_options_init(&options, MemoryLayout<reel_engine_options>.size)
      return folder.path.withCString { path in
        options.folder = path
        change(&options)
        var engine: OpaquePointer?
        return complaint { reel_engine_new(&options, &engine, $0) }
      }
    }
    for value in [Double.nan, -1, .infinity, 0] {
      #expect(refusal { $0.ring_seconds = value }?.status == REEL_ERROR_OPTION)
      #expect(refusal { $0.beat_seconds = value }?.status == REEL_ERROR_OPTION)
    }
    for value: Int32 in [-1, .max, .min] {
      #expect(refusal { $0.workers = value }?.status == REEL_ERROR_OPTION)
      #expect(refusal { $0.encoders_after = value }?.status == REEL_ERROR_OPTION)
      #expect(refusal { $0.recording_limit = value }?.status == REEL_ERROR_OPTION)
      #expect(refusal { $0.event_limit = value }?.status == REEL_ERROR_OPTION)
      #expect(refusal { $0.backlog_bytes = value == .max ? .max : Int64(value) }?.status == REEL_ERROR_OPTION)
    }
    #expect(refusal { $0.folder = nil }?.status == REEL_ERROR_ARGUMENT)
    let missing = "/nowhere/at/all".withCString { path in refusal { $0.folder = path } }
    #expect(missing?.status == REEL_ERROR_FILE && missing?.message.hasPrefix("/nowhere/at/all") == true)
  }

  @Test func textThatIsNone() throws {
    let host = try Host()
    func newCall(_ id: [CChar]) -> Complaint? {
      var call: OpaquePointer?
      let refusal = complaint { reel_call_new(host.engine, id, 8_000, 8_000, &call, $0) }
      reel_call_free(call)
      return refusal
    }
    #expect(newCall([-1, -2, 0])?.message == "id is no UTF-8; allowed: text in UTF-8")
    #expect(newCall([CChar](repeating: 65, count: 4_096) + [0]) == nil)
    #expect(newCall([CChar](repeating: 65, count: 4_097) + [0])?.status == REEL_ERROR_ARGUMENT)
    for key in [CChar.min, -1, 0, 32, 97] {
      #expect(complaint { reel_call_press(host.call, key, $0) }?.status == REEL_ERROR_ARGUMENT)
    }
    let rate = complaint {
      var call: OpaquePointer?
      return reel_call_new(host.engine, "x", 7_000, 8_000, &call, $0)
    }
    #expect(rate?.status == REEL_ERROR_OPTION && rate?.message.hasPrefix("caller_hz is 7000 Hz") == true)
    let nowhere = complaint { reel_recover("/nowhere", nil, $0) }
    #expect(nowhere?.status == REEL_ERROR_FILE)
  }

  @Test func aMessageIsCutAtACharacter() throws {
    let host = try Host()
    let refusal = host.record(String(repeating: "é", count: 2_000)).refusal
    #expect(refusal == nil)
    let unknown = complaint { error in
      var recording: OpaquePointer?
      let id = "x" + String(repeating: "é", count: 2_000)
      return reel_call_recording(host.call, id, &recording, error)
    }
    #expect(unknown?.status == REEL_ERROR_UNKNOWN)
    #expect(unknown.map { $0.message.utf8.count <= 503 && $0.message.utf8.count > 500 } == true)
    #expect(unknown?.message.unicodeScalars.contains("\u{FFFD}") == false)
  }

  @Test func whatHasEndedTakesNoMore() throws {
    let host = try Host()
    let recording = host.record().recording
    #expect(complaint { reel_recording_resume(recording, $0) }?.status == REEL_ERROR_STATE)
    #expect(complaint { reel_recording_pause(recording, 2, $0) }?.status == REEL_ERROR_OPTION)
    #expect(host.record().refusal?.status == REEL_ERROR_IN_USE)
    #expect(complaint { reel_recording_stop(recording, $0) } == nil)
    #expect(complaint { reel_recording_stop(recording, $0) }?.status == REEL_ERROR_ENDED)
    var summary: UnsafePointer<reel_summary>?
    let nan = complaint { reel_recording_summary(recording, .nan, &summary, $0) }
    #expect(nan?.status == REEL_ERROR_ARGUMENT)
    host.end()
    #expect(reel_call_push(host.call, 0, samples, 160) == REEL_ERROR_ENDED)
    #expect(host.record().refusal?.status == REEL_ERROR_ENDED)
    #expect(complaint { reel_call_press(host.call, 35, $0) }?.status == REEL_ERROR_ENDED)
    #expect(complaint { reel_engine_close(host.engine, 5, nil, $0) } == nil)
    #expect(complaint { reel_engine_close(host.engine, 5, nil, $0) }?.status == REEL_ERROR_ENDED)
    let late = complaint { error in
      var call: OpaquePointer?
      return reel_call_new(host.engine, "x", 8_000, 8_000, &call, error)
    }
    #expect(late?.status == REEL_ERROR_ENDED)
    reel_recording_free(recording)
  }
}
