// Every struct and constant of the header as Swift has it, for `HeaderTests` to compare with what C compilers say.
import CReel

/// Where the fields of a struct begin, and its size under the name `sizeof`.
private func layout<Value>(_ type: Value.Type, _ fields: [(String, PartialKeyPath<Value>)]) -> [String: Int] {
  var layout = Dictionary(uniqueKeysWithValues: fields.map { ($0.0, MemoryLayout<Value>.offset(of: $0.1) ?? -1) })
  layout["sizeof"] = MemoryLayout<Value>.size
  return layout
}

/// By the structs' names.
let layouts: [String: [String: Int]] = [
  "reel_error": layout(
    reel_error.self,
    [
      ("status", \.status), ("error_number", \.error_number), ("message", \.message),
    ]),
  "reel_leg_sums": layout(
    reel_leg_sums.self,
    [
      ("real", \.real), ("filled", \.filled), ("paused", \.paused), ("dropped", \.dropped), ("late", \.late),
    ]),
  "reel_file": layout(
    reel_file.self,
    [
      ("path", \.path), ("byte_count", \.byte_count), ("samples", \.samples), ("sha256", \.sha256),
      ("failure", \.failure),
    ]),
  "reel_summary": layout(
    reel_summary.self,
    [
      ("call_id", \.call_id), ("control_id", \.control_id), ("recording_id", \.recording_id), ("outcome", \.outcome),
      ("reason", \.reason), ("reason_text", \.reason_text), ("failure", \.failure),
      ("start_microseconds", \.start_microseconds), ("end_microseconds", \.end_microseconds),
      ("duration_seconds", \.duration_seconds), ("rate_hz", \.rate_hz), ("terminator", \.terminator),
      ("timeline_samples", \.timeline_samples), ("paused_samples", \.paused_samples),
      ("skipped_samples", \.skipped_samples), ("speech_samples", \.speech_samples), ("caller", \.caller),
      ("agent", \.agent), ("file_count", \.file_count), ("files", \.files), ("manifest_count", \.manifest_count),
      ("manifests", \.manifests),
    ]),
  "reel_call_summary": layout(
    reel_call_summary.self,
    [
      ("call_id", \.call_id), ("lost_samples", \.lost_samples), ("recording_count", \.recording_count),
      ("recordings", \.recordings),
    ]),
  "reel_event": layout(
    reel_event.self,
    [
      ("kind", \.kind), ("leg", \.leg), ("pause_behavior", \.pause_behavior), ("reserved", \.reserved),
      ("context", \.context), ("call_id", \.call_id), ("control_id", \.control_id), ("recording_id", \.recording_id),
      ("at_seconds", \.at_seconds), ("lost_seconds", \.lost_seconds), ("lost_events", \.lost_events),
      ("summary", \.summary),
    ]),
  "reel_engine_options": layout(
    reel_engine_options.self,
    [
      ("size", \.size), ("folder", \.folder), ("workers", \.workers), ("encoders_after", \.encoders_after),
      ("ring_seconds", \.ring_seconds), ("beat_seconds", \.beat_seconds), ("backlog_bytes", \.backlog_bytes),
      ("recording_limit", \.recording_limit), ("event_limit", \.event_limit), ("on_event", \.on_event),
      ("event_context", \.event_context),
    ]),
  "reel_closing": layout(
    reel_closing.self,
    [
      ("closed", \.closed), ("left", \.left),
    ]),
  "reel_counters": layout(
    reel_counters.self,
    [
      ("size", \.size), ("recordings", \.recordings), ("closed", \.closed), ("failed", \.failed),
      ("overrun_samples", \.overrun_samples), ("dropped_samples", \.dropped_samples),
      ("backlog_bytes", \.backlog_bytes), ("sync_failures", \.sync_failures), ("lost_events", \.lost_events),
      ("disk_wait_seconds", \.disk_wait_seconds), ("longest_disk_wait_seconds", \.longest_disk_wait_seconds),
      ("longest_beat_seconds", \.longest_beat_seconds),
    ]),
  "reel_rendition": layout(
    reel_rendition.self,
    [
      ("size", \.size), ("name", \.name), ("format", \.format), ("stereo", \.stereo), ("rate_hz", \.rate_hz),
      ("wav_encoding", \.wav_encoding), ("mp3_mode", \.mp3_mode), ("mp3_quality", \.mp3_quality),
      ("mp3_variable_level", \.mp3_variable_level), ("kilobits", \.kilobits),
    ]),
  "reel_record_options": layout(
    reel_record_options.self,
    [
      ("size", \.size), ("control_id", \.control_id), ("context", \.context), ("format", \.format),
      ("stereo", \.stereo), ("legs", \.legs), ("rate_hz", \.rate_hz), ("terminators", \.terminators),
      ("detects_dtmf", \.detects_dtmf), ("beep", \.beep), ("beep_interval_seconds", \.beep_interval_seconds),
      ("input_sensitivity", \.input_sensitivity), ("initial_timeout_seconds", \.initial_timeout_seconds),
      ("end_silence_timeout_seconds", \.end_silence_timeout_seconds), ("max_length_seconds", \.max_length_seconds),
      ("max_leg_skew_seconds", \.max_leg_skew_seconds), ("renditions", \.renditions),
      ("rendition_count", \.rendition_count), ("encode", \.encode), ("reserved", \.reserved),
    ]),
  "reel_recovery": layout(
    reel_recovery.self,
    [
      ("file_count", \.file_count), ("files", \.files), ("held_count", \.held_count), ("held", \.held),
      ("failure_count", \.failure_count), ("failures", \.failures),
    ]),
]

/// By the constants' names.
let constants: [String: Int] = [
  "REEL_OK": REEL_OK,
  "REEL_ERROR_HANDLE": REEL_ERROR_HANDLE,
  "REEL_ERROR_ARGUMENT": REEL_ERROR_ARGUMENT,
  "REEL_ERROR_OPTION": REEL_ERROR_OPTION,
  "REEL_ERROR_FILE": REEL_ERROR_FILE,
  "REEL_ERROR_STATE": REEL_ERROR_STATE,
  "REEL_ERROR_ENDED": REEL_ERROR_ENDED,
  "REEL_ERROR_UNKNOWN": REEL_ERROR_UNKNOWN,
  "REEL_ERROR_IN_USE": REEL_ERROR_IN_USE,
  "REEL_ERROR_LIMIT": REEL_ERROR_LIMIT,
  "REEL_ERROR_TIMEOUT": REEL_ERROR_TIMEOUT,
  "REEL_ERROR_THREAD": REEL_ERROR_THREAD,
  "REEL_ERROR_INTERNAL": REEL_ERROR_INTERNAL,
  "REEL_CALLER": REEL_CALLER,
  "REEL_AGENT": REEL_AGENT,
  "REEL_LEGS_CALLER": REEL_LEGS_CALLER,
  "REEL_LEGS_AGENT": REEL_LEGS_AGENT,
  "REEL_LEGS_BOTH": REEL_LEGS_BOTH,
  "REEL_PRESET_RECORD": REEL_PRESET_RECORD,
  "REEL_PRESET_RECORD_CALL": REEL_PRESET_RECORD_CALL,
  "REEL_PRESET_RELAY": REEL_PRESET_RELAY,
  "REEL_WAV": REEL_WAV,
  "REEL_MP3": REEL_MP3,
  "REEL_MP4": REEL_MP4,
  "REEL_PCM16": REEL_PCM16,
  "REEL_MULAW": REEL_MULAW,
  "REEL_ALAW": REEL_ALAW,
  "REEL_MP3_CONSTANT": REEL_MP3_CONSTANT,
  "REEL_MP3_AVERAGE": REEL_MP3_AVERAGE,
  "REEL_MP3_VARIABLE": REEL_MP3_VARIABLE,
  "REEL_ENCODE_LIVE": REEL_ENCODE_LIVE,
  "REEL_ENCODE_AFTER": REEL_ENCODE_AFTER,
  "REEL_PAUSE_SILENCE": REEL_PAUSE_SILENCE,
  "REEL_PAUSE_SKIP": REEL_PAUSE_SKIP,
  "REEL_FINISHED": REEL_FINISHED,
  "REEL_NO_INPUT": REEL_NO_INPUT,
  "REEL_FAILED": REEL_FAILED,
  "REEL_REASON_STOPPED": REEL_REASON_STOPPED,
  "REEL_REASON_CALL_ENDED": REEL_REASON_CALL_ENDED,
  "REEL_REASON_TERMINATOR": REEL_REASON_TERMINATOR,
  "REEL_REASON_END_SILENCE": REEL_REASON_END_SILENCE,
  "REEL_REASON_MAX_LENGTH": REEL_REASON_MAX_LENGTH,
  "REEL_REASON_NO_INPUT": REEL_REASON_NO_INPUT,
  "REEL_REASON_FAILED": REEL_REASON_FAILED,
  "REEL_EVENT_RECORDING": REEL_EVENT_RECORDING,
  "REEL_EVENT_PAUSED": REEL_EVENT_PAUSED,
  "REEL_EVENT_BEEP_NOT_PLAYED": REEL_EVENT_BEEP_NOT_PLAYED,
  "REEL_EVENT_DROPPED": REEL_EVENT_DROPPED,
  "REEL_EVENT_OVERRUN": REEL_EVENT_OVERRUN,
  "REEL_EVENT_ENDED": REEL_EVENT_ENDED,
  "REEL_VERSION_MAJOR": Int(REEL_VERSION_MAJOR),
  "REEL_VERSION_MINOR": Int(REEL_VERSION_MINOR),
  "REEL_VERSION_PATCH": Int(REEL_VERSION_PATCH),
  "REEL_VERSION_NUMBER": Int(reel_version()),
  "REEL_TEXT_LIMIT": Int(REEL_TEXT_LIMIT),
  "REEL_SAMPLE_LIMIT": Int(REEL_SAMPLE_LIMIT),
  "REEL_RENDITION_LIMIT": Int(REEL_RENDITION_LIMIT),
]
