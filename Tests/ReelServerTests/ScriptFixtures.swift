// Strategy: documents as the published SDK (signalwire-sdk 3.7.5) makes them, word for word: what
// `FunctionResult(…).to_dict()` gives, and what `AgentBase` renders for an agent with a prompt and nothing else.
import ReelCore
import ReelServer

enum SDK {
  /// `record_call` with every option.
  static let everyOption =
    ##"{"response": "Recording.", "action": [{"SWML": {"version": "1.0.0", "sections": {"main": [{"record_call": "##
    + ##"{"stereo": true, "format": "mp3", "direction": "both", "beep": true, "input_sensitivity": 50.5, "##
    + ##""control_id": "x", "terminators": "#*", "initial_timeout": 1.5, "end_silence_timeout": 3.0, "##
    + ##""max_length": 300.0, "status_url": "https://example.com/status"}}]}}}]}"##
  /// `record_call()`
  static let bare =
    #"{"response": "Recording.", "action": [{"SWML": {"version": "1.0.0", "sections": {"main": [{"record_call": "#
    + #"{"stereo": false, "format": "wav", "direction": "both", "beep": false, "input_sensitivity": 44.0}}]}}}]}"#
  /// `record_call(control_id="main").update_global_data({"recording_consent": True})`
  static let withGlobalData =
    #"{"response": "Recording.", "action": [{"SWML": {"version": "1.0.0", "sections": {"main": [{"record_call": "#
    + #"{"stereo": false, "format": "wav", "direction": "both", "beep": false, "input_sensitivity": 44.0, "#
    + #""control_id": "main"}}]}}}, {"set_global_data": {"recording_consent": true}}]}"#
  /// `stop_record_call(control_id="main")`
  static let stop =
    #"{"response": "Stopped.", "action": [{"SWML": {"version": "1.0.0", "sections": {"main": "#
    + #"[{"stop_record_call": {"control_id": "main"}}]}}}]}"#
  /// With `post_process=True`: `say("hi").stop_record_call()`
  static let sayAndStop =
    #"{"response": "E", "action": [{"say": "hi"}, {"SWML": {"version": "1.0.0", "sections": {"main": "#
    + #"[{"stop_record_call": {}}]}}}], "post_process": true}"#
  /// `stop_record_call("a").record_call(control_id="b")`
  static let stopAndRecord =
    #"{"response": "E", "action": [{"SWML": {"version": "1.0.0", "sections": {"main": [{"stop_record_call": "#
    + #"{"control_id": "a"}}]}}}, {"SWML": {"version": "1.0.0", "sections": {"main": [{"record_call": {"stereo": "#
    + #"false, "format": "wav", "direction": "both", "beep": false, "input_sensitivity": 44.0, "#
    + #""control_id": "b"}}]}}}]}"#
  /// `record_call(stereo="${st}", max_length="%{limit}")`
  static let withVariables =
    #"{"response": "V", "action": [{"SWML": {"version": "1.0.0", "sections": {"main": [{"record_call": "#
    + #"{"stereo": "${st}", "format": "wav", "direction": "both", "beep": false, "input_sensitivity": 44.0, "#
    + #""max_length": "%{limit}"}}]}}}]}"#
  /// `execute_swml({… "main": ["answer", {"record_call": {}}] …}, transfer=True)`
  static let transfer =
    #"{"response": "E", "action": [{"SWML": {"version": "1.0.0", "sections": {"main": ["answer", "#
    + #"{"record_call": {}}]}}, "transfer": "true"}]}"#
  /// `execute_swml("version: 1.0.0")`: YAML.
  static let yaml = #"{"response": "E", "action": [{"SWML": {"raw_swml": "version: 1.0.0"}}]}"#
  /// `AgentBase(record_call=True, record_format="mp3", record_stereo=True)`
  static let agent =
    #"{"version": "1.0.0", "sections": {"main": [{"answer": {}}, {"record_call": {"format": "mp3", "#
    + #""stereo": true}}, {"ai": {"prompt": {"text": "Hi"}, "params": {}}}]}}"#
  /// `set_params` with each of the five.
  static let params =
    #"{"version": "1.0.0", "sections": {"main": [{"answer": {}}, {"ai": {"prompt": {"text": "Hi"}, "params": "#
    + #"{"record_call": true, "record_format": "mp3", "record_stereo": true, "record_beep": true, "#
    + #""record_webhook_url": "https://example.com/recording-status"}}}]}}"#

  static let all = [
    everyOption, bare, withGlobalData, stop, sayAndStop, stopAndRecord, withVariables, transfer, agent, params,
  ]
}

/// A script of these verbs.
func script(_ main: String) throws -> Script {
  try Script(JSON("{\"version\": \"1.0.0\", \"sections\": {\"main\": \(main)}}"))
}

func start(_ main: String) throws -> ScriptRun {
  ScriptRun(try script(main), call: testCall)
}

let testCall = ScriptCall(id: "c1", projectID: "p1", from: "+1", to: "+2", state: .answered)
