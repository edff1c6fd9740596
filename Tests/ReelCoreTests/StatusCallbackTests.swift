// Strategy: whole texts: the published payload member by member and in its order, what the command has always printed,
// what a RELAY client looks for in `record`, and the short form for each way to end.
import ReelCore
import Testing

private let origin = StatusCallback.Origin(
  eventChannel: "swml:s", projectID: "p", spaceID: "sp", nodeID: "n")

private let ending = StatusCallback.Ending(
  url: "https://h/rec", durationSeconds: 15.5, byteCount: 248_320, startSeconds: 1_640_000_000.123,
  endSeconds: 1_640_000_015.623)

private let nothing = StatusCallback.Ending(
  url: nil, durationSeconds: nil, byteCount: nil, startSeconds: 1, endSeconds: 2)

private func callback(
  _ state: StatusCallback.State, url: String? = nil, origin: StatusCallback.Origin? = nil
) -> StatusCallback {
  StatusCallback(
    state, callID: "c", recordingID: "r", controlID: "x", format: .wav, direction: .speak, isStereo: false,
    timestampSeconds: 1.5, url: url, origin: origin)
}

private let audio = #""audio":{"format":"wav","direction":"speak","stereo":false}"#

@Suite struct StatusCallbackTests {
  @Test func theServiceTellsThePublishedPayloadInItsOrder() {
    let text = callback(.ended(.finished, ending), url: "https://h/before", origin: origin).json.description
    #expect(
      text
        == #"{"event_type":"calling.call.record","event_channel":"swml:s","timestamp":1.5,"project_id":"p","#
        + #""space_id":"sp","params":{"state":"finished","control_id":"x","call_id":"c","node_id":"n","#
        + #""url":"https://h/rec","duration":15.5,"size":248320,"recording_id":"r","#
        + #""start_time":1640000000.123,"end_time":1640000015.623,"record":{\#(audio)}}}"#)
  }

  @Test func whatTheCommandPrintsHasNoOrigin() {
    #expect(
      callback(.ended(.noInput, ending)).json.description
        == #"{"event_type":"calling.call.record","timestamp":1.5,"params":{"call_id":"c","control_id":"x","#
        + #""recording_id":"r","state":"no_input","url":"https://h/rec","duration":15.5,"size":248320,"#
        + #""start_time":1640000000.123,"end_time":1640000015.623,"record":{\#(audio)}}}"#)
    #expect(
      callback(.paused(.skip)).json.description
        == #"{"event_type":"calling.call.record","timestamp":1.5,"params":{"call_id":"c","control_id":"x","#
        + #""recording_id":"r","state":"paused","pause_behavior":"skip","record":{\#(audio)}}}"#)
  }

  @Test func theAddressIsToldInEveryStateOnceItIsKnown() {
    let states: [StatusCallback.State] = [.recording, .paused(.silence), .ended(.error, nothing)]
    for state in states {
      #expect(callback(state, url: "https://h/rec", origin: origin).json["params"]?["url"]?.text == "https://h/rec")
      #expect(callback(state, origin: origin).json["params"]?["url"] == nil)
    }
    let paused = callback(.paused(.silence), origin: origin).json["params"]
    #expect(paused?["pause_behavior"]?.text == "silence" && paused?["start_time"] == nil)
    let failed = callback(.ended(.error, nothing), origin: origin).json["params"]
    #expect(failed?["duration"] == nil && failed?["size"] == nil && failed?["end_time"] == .number(2))
  }

  @Test func aClientOfRELAYFindsThreeMembersInRecordToo() {
    let ended = callback(.ended(.finished, ending), origin: origin)
    #expect(
      ended.relayParams["record"]?.description
        == #"{\#(audio),"url":"https://h/rec","duration":15.5,"size":248320}"#)
    #expect(ended.relayParams["url"]?.text == "https://h/rec" && ended.relayParams["size"] == .number(248_320))
    #expect(callback(.recording, origin: origin).relayParams["record"]?.description == "{\(audio)}")
  }

  @Test func theShortFormTellsOnlyTheEnd() {
    #expect(WebhookNote(callback(.recording)) == nil && WebhookNote(callback(.paused(.skip))) == nil)
    #expect(
      WebhookNote(callback(.ended(.finished, ending)))?.json.description
        == #"{"call_id":"c","recording_url":"https://h/rec","duration":15.5,"status":"completed"}"#)
    #expect(WebhookNote(callback(.ended(.noInput, ending)))?.json["status"]?.text == "no_input")
    #expect(
      WebhookNote(callback(.ended(.error, nothing)))?.json.description
        == #"{"call_id":"c","recording_url":null,"duration":null,"status":"failed"}"#)
  }
}
