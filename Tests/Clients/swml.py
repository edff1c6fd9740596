"""SWML documents and what the SDK's functions answer, run on calls that go on."""

from signalwire.core.function_result import FunctionResult

import receiver
import scenes
import sound
import wire
from wire import MediaCall, expect, expect_equal, expect_near


def document(*verbs):
    return {"version": "1.0.0", "sections": {"main": list(verbs)}}


def run(call, json):
    return wire.post(f"/api/calls/{call.id}/swml", json)


def refused(call, json, *words):
    answer = wire.ask("POST", f"/api/calls/{call.id}/swml", json)
    expect_equal(answer.status, 422, f"{json}: {answer.body}")
    for word in words:
        expect(word in answer.json["message"], answer.json["message"])


def variables(call):
    return wire.get(f"/api/calls/{call.id}")["variables"]


def rows(call):
    return wire.get(f"/api/relay/rest/recordings?call_id={call.id}")["data"]


def function_result():
    """What `record_call` and `stop_record_call` of the SDK make begins a recording and ends it."""
    call = MediaCall(form="binary").arrive().go_on(sound.tone(500, 0.4), sound.tone(900, 0.4), repeats=True)
    begin = FunctionResult("I record.").record_call(control_id="x", stereo=True, format="wav", direction="both")
    told = run(call, begin.to_dict())
    expect_equal(told["code"], "200", "the answer")
    found = wire.comes("record_call_url", lambda: variables(call).get("record_call_url") and variables(call))
    expect_equal(found["record_control_id"], "x", "record_control_id")
    expect_equal(found["record_call_result"], "success", "record_call_result")
    call.more(0.6)
    run(call, FunctionResult("No more.").stop_record_call(control_id="x").to_dict())
    row = wire.ended(rows(call)[0]["id"])
    expect_equal(row["url"], found["record_call_url"], "the address")
    file = wire.fetched(row)
    expect_equal((file.codec, file.channels), ("pcm_s16le", 2), "the form")
    expect(file.level_at(500, side=0) > -20 and file.level_at(900, side=1) > -20, "the sides")
    expect(call.is_known, "the call is over")
    # Without a name it is the last one that stops.
    run(call, FunctionResult("Again.").record_call(format="mp3").to_dict())
    run(call, FunctionResult("Enough.").stop_record_call().to_dict())
    expect_equal(wire.ended(rows(call)[0]["id"])["format"], "mp3", "the second")
    call.stop()


def function_options():
    """Every option of the SDK's helper is kept."""
    call = MediaCall(form="binary", speed=2).arrive().go_on(sound.speech(3, 1.0))
    begin = FunctionResult("").record_call(
        control_id="y", format="mp3", direction="listen", terminators="#", initial_timeout=3, end_silence_timeout=1,
        max_length=30, input_sensitivity=50.0)
    run(call, begin.to_dict())
    row = wire.ended(rows(call)[0]["id"])
    expect_equal((row["status"], row["format"], row["track"], row["control_id"]), ("finished", "mp3", "listen", "y"),
                 "the row")
    expect(row["duration_in_seconds"] < 5.5, f"end_silence_timeout was not kept: {row['duration_in_seconds']}")
    call.stop()


def foreground():
    """What follows a `record` waits for its end; then what was recorded is heard by the caller."""
    call = MediaCall(form="l16").arrive()
    told = run(call, document(
        {"set": {"who": "caller"}},
        {"record": {"format": "wav", "terminators": "#", "initial_timeout": 0, "end_silence_timeout": 0}},
        {"play": {"url": "${record_url}"}}, {"set": {"after": "${record_result}"}}, {"sleep": 100}, {"hangup": {}}))
    expect_equal((told["message"], told["variables"]["who"]), ("Running", "caller"), "the answer")
    call.play(sound.tone(700, 0.6))
    expect_equal(len(call.heard), 0, "something was heard while recording")
    expect("after" not in variables(call), "what follows did not wait")
    call.press("#")
    call.go_on()
    found = wire.comes("record_url", lambda: variables(call).get("record_url") and variables(call))
    expect_equal(found["record_result"], "success", "record_result")
    call.wait()
    heard = [n for n in range(0, len(call.heard) - 80, 80) if sound.level(call.heard[n:n + 80]) > -40]
    expect_near(len(heard) / 100, 0.6, 0.05, "how long it was heard")
    expect_near(sound.level_at(call.heard[heard[5]:heard[50]], 700, 8000), -15.01, 1, "what was heard")
    row = rows(call)[0]
    expect_equal((row["url"], row["status"]), (found["record_url"], "finished"), "the row")
    expect_near(row["duration_in_seconds"], 0.6, 0.05, "the length")


def unknown_verb():
    """Is refused by its name, and nothing before it has run either."""
    call = MediaCall().arrive()
    refused(call, document({"record_call": {}}, {"transcribe_all": {}}), "transcribe_all", "main[1]", "record_call")
    refused(call, document({"set": {"a": 1}}, {"record_call": {"stereo": "maybe"}}), "maybe")
    refused(call, {"response": "x", "action": [{"SWML": document({"fly": {}})}]}, "fly", "action[0].SWML")
    refused(call, ["x"], "sections")
    expect_equal((rows(call), variables(call)), ([], {}), "what has run")
    answer = wire.ask("POST", "/api/calls/nobody/swml", document({"record_call": {}}))
    expect_equal(answer.status, 404, "a call that is not there")
    call.stop()


def ignored():
    """What a function answers beside SWML is not the service's, which says so."""
    call = MediaCall().arrive()
    told = run(call, FunctionResult("Hello.").update_global_data({"a": 1}).record_call(control_id="z").to_dict())
    expect_equal(told["ignored"], ["set_global_data"] * 2 if told["ignored"].count("set_global_data") == 2
                 else ["set_global_data"], "what was ignored")
    call.stop()
    expect_equal(wire.ended(rows(call)[0]["id"])["control_id"], "z", "the recording")


def stream_parameters():
    """The `params` form in the parameters of a media stream; its webhook hears the short form, once."""
    hook = receiver.Receiver()
    for form in ("mulaw", "binary"):
        path = f"/hook/{form}"
        call = MediaCall(form=form, rate=16000 if form == "binary" else 8000, params={
            "record_call": "true", "record_format": "mp3", "record_stereo": "true",
            "record_webhook_url": hook.url(path)})
        call.play(sound.tone(500, 0.6, call.rate), sound.tone(900, 0.6, call.rate))
        call.stop()
        row = wire.ended(rows(call)[0]["id"])
        file = wire.fetched(row)
        expect_equal((file.codec, file.channels), ("mp3", 2), "the form")
        came = hook.wait(path, 1)
        expect_equal(came[0].json, {"call_id": call.id, "recording_url": row["url"], "status": "completed",
                                    "duration": row["duration_in_seconds"]}, "the short form")
        expect(came[0].is_signed(), "the signature")
        expect_near(file.seconds, 0.6, 0.15, "the length")
    hook.stop()


def contexts():
    """What the configuration says is done with calls of a context: the `params` form, or a document."""
    call = MediaCall(context="always").arrive()
    call.play(sound.tone(500, 0.4))
    call.stop()
    row = wire.ended(rows(call)[0]["id"])
    expect_equal((row["format"], row["stereo"]), ("mp3", True), "by params")
    call = MediaCall(context="voicemail", speed=2)
    call.play(sound.speech(3, 1.0))
    call.silence(6)
    call.wait()
    row = wire.ended(rows(call)[0]["id"])
    expect_equal((row["format"], row["status"]), ("wav", "finished"), "by a document")
    call = MediaCall(context="another").arrive()
    call.play(sound.tone(500, 0.2))
    call.stop()
    expect_equal(rows(call), [], "a context of which nothing is said")


if __name__ == "__main__":
    scenes.run(globals())
