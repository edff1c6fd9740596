"""Callbacks to receivers that fail, are down, or are slow."""

import time

import receiver
import scenes
import sound
import wire
from wire import MediaCall, expect, expect_equal, expect_near

STATES = ["recording", "paused", "recording", "finished"]


def recorded(url, call=None):
    """A call with a recording that was paused once; its states go to `url`."""
    call = call or MediaCall(form="binary").arrive()
    id = wire.record(call.id, control_id="told", status_url=url)
    call.play(sound.tone(500, 0.2))
    wire.command("calling.record.pause", call.id, control_id="told")
    wire.comes("the pause", lambda: wire.get(f"/api/relay/rest/recordings/{id}")["status"] == "paused")
    call.play(sound.tone(500, 0.2))
    wire.command("calling.record.resume", call.id, control_id="told")
    wire.comes("going on", lambda: wire.get(f"/api/relay/rest/recordings/{id}")["status"] == "recording")
    call.play(sound.tone(500, 0.2))
    call.stop()
    return wire.ended(id)


def payload():
    """Every state arrives once, in order, as it is published, signed, each with an id of its own."""
    hook = receiver.Receiver()
    row = recorded(hook.url("/all"))
    came = hook.wait("/all", 4)
    expect_equal([one.state for one in came], STATES, "the states")
    expect_equal(len({one.event_id for one in came}), 4, "different ids")
    for one in came:
        expect(one.is_signed(), f"the signature of {one.state}")
        expect_equal(one.headers["Content-Type"], "application/json", "the type")
        expect_equal(one.json["event_type"], "calling.call.record", "event_type")
        for name in ("event_channel", "timestamp", "project_id", "space_id", "params"):
            expect(name in one.json, f"{name} is not in {one.json}")
        params = one.json["params"]
        expect_equal((params["call_id"], params["control_id"], params["recording_id"]),
                     (row["call_id"], "told", row["id"]), "the names")
        expect_equal(params["record"], {"audio": {"format": "wav", "direction": "speak", "stereo": False}}, "record")
    last = came[-1].json["params"]
    expect_equal((last["url"], last["size"]), (row["url"], row["byte_size"]), "url and size")
    expect_near(last["duration"], row["duration_in_seconds"], 0.001, "duration")
    expect(time.time() - 60 < last["start_time"] < last["end_time"] < time.time() + 1, last)
    expect_equal(came[1].json["params"]["pause_behavior"], "silence", "pause_behavior")
    hook.stop()


def failing():
    """A receiver that fails twice gets the same event until it takes it, and all that follow after it, in order."""
    hook = receiver.Receiver()
    row = recorded(hook.url("/fail/2/x"))
    came = hook.wait("/fail/2/x", 4)
    expect_equal([one.state for one in came], STATES, "the states")
    expect_equal(len(hook.refused), 2, "refusals")
    expect_equal({one.event_id for one in hook.refused}, {came[0].event_id}, "what was sent again")
    expect_equal({one.body for one in hook.refused}, {came[0].body}, "what was sent again")
    expect(hook.refused[1].time - hook.refused[0].time > 0.7, "it was sent again at once")
    expect(came[0].time - hook.refused[1].time > 1.4, "the second pause was no longer than the first")
    expect(all(one.is_signed() for one in came + hook.refused), "signatures")
    hook.stop()
    return row


def down():
    """A receiver that is not there for a while gets everything, in order, when it is."""
    hook = receiver.Receiver()
    hook.stop()
    recorded(hook.url("/down"))
    time.sleep(0.5)
    hook.start()
    expect_equal([one.state for one in hook.wait("/down", 4)], STATES, "the states")
    hook.stop()


def slow():
    """A receiver that takes 1.5 seconds for each event delays nobody else, not even on the same recording's machine."""
    lame, quick = receiver.Receiver(), receiver.Receiver()
    recorded(lame.url("/slow/1.5/x"))
    began = time.time()
    recorded(quick.url("/quick"))
    came = quick.wait("/quick", 4, 4)
    expect(came[-1].time - began < 2.5, f"the quick one waited {came[-1].time - began} s")
    expect(len(lame.of("/slow/1.5/x")) < 4, "the slow one was not slow")
    came = lame.wait("/slow/1.5/x", 4)
    expect_equal([one.state for one in came], STATES, "the slow one's states")
    gaps = [b.time - a.time for a, b in zip(came, came[1:])]
    expect(min(gaps) > 1.4, f"the next was sent before the last was taken: {gaps}")
    lame.stop()
    quick.stop()


def replayed():
    """`reel events replay` tells again what was told, with the ids that it had."""
    hook = receiver.Receiver()
    row = recorded(hook.url("/replay"))
    first = hook.wait("/replay", 4)
    listed = wire.comes("the deliveries", lambda: [
        line for line in [wire.reel("events", "list", row["id"], "--data", wire.DATA)] if line.count("delivered") == 4])
    expect_equal(len(listed[0].splitlines()), 4, listed)
    said = wire.reel("events", "replay", row["id"], "--data", wire.DATA)
    expect("4 events wait" in said, said)
    again = hook.wait("/replay", 8)[4:]
    told, told_again = ([(one.event_id, one.body) for one in some] for some in (first, again))
    expect_equal(told_again, told, "the second time")
    wire.reel("events", "replay", first[2].event_id, "--data", wire.DATA)
    expect_equal(hook.wait("/replay", 9)[8].event_id, first[2].event_id, "one event")
    wire.reel("events", "replay", "nothing", "--data", wire.DATA, status=1)
    hook.stop()


def refused():
    """Addresses that are none of the web's are refused before anything is recorded."""
    call = MediaCall(form="binary").arrive()
    for url in ("file:///etc/passwd", "ftp://127.0.0.1/x", "nonsense", "http://", "javascript:alert(1)"):
        body = {"command": "calling.record", "id": call.id, "params": {"status_url": url}}
        answer = wire.ask("POST", "/api/calling/calls", body)
        expect_equal(answer.status, 400, f"{url}: {answer.body}")
        expect("allowed" in answer.json["message"], answer.json["message"])
    expect_equal(wire.get(f"/api/calls/{call.id}")["recordings"], [], "recordings")
    call.stop()


if __name__ == "__main__":
    scenes.run(globals())
