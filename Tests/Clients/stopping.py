"""Calls whose service ends in the middle of them, by a farewell or by a kill, and starts again."""

import http.client
import time

import receiver
import scenes
import sound
import wire
from wire import MediaCall, expect, expect_equal, expect_near

FORMS = {"one": ("binary", "wav", False), "two": ("binary", "mp3", False), "three": ("l16", "mp4", True),
         "four": ("mulaw", "wav", True)}


def begun(hook):
    """Four calls, each recorded in a form of its own, and how long each had been when it was asked last."""
    calls = {}
    for name, (form, format, stereo) in FORMS.items():
        call = MediaCall(form=form, tag=name).arrive()
        audio = {"format": format, "stereo": stereo, "direction": "both"}
        calls[name] = (call, wire.record(call.id, audio=audio, status_url=hook.url(f"/{name}")))
        call.go_on(sound.tone(500, 0.4), sound.tone(500, 0.4), repeats=True)
    time.sleep(2.5)
    return calls


def health():
    """The status of its answer, or None where nobody answers."""
    try:
        return wire.ask("GET", "/healthz", authorization="").status
    except (OSError, http.client.HTTPException):
        return None


def wait_for_end(calls):
    print("begun", flush=True)
    for call, _ in calls.values():
        call.wait(30)
    lengths = {name: call.sent / call.rate for name, (call, _) in calls.items()}
    wire.comes("the end of the service", lambda: health() is None, 20)
    return lengths


def judge(calls, lengths, missing, is_recovered):
    """After the next start everything is listed, ended, whole, and as long as it was, but for what may be missing."""
    print("stopped", flush=True)
    wire.comes("the next start", lambda: health() == 200, 30)
    expect_equal(wire.get("/api/calls"), {"data": []}, "calls that go on")
    listed = {row["id"] for row in wire.get("/api/relay/rest/recordings")["data"]}
    expect_equal(listed, {id for _, id in calls.values()}, "the list")
    for name, (call, id) in calls.items():
        row = wire.ended(id)
        expect_equal((row["status"], row["recovered"], row["error_code"]), ("finished", is_recovered, None), name)
        file = wire.fetched(row)
        expect_near(file.seconds, row["duration_in_seconds"], 0.05, f"{name}, the length that is told")
        lacking = lengths[name] - file.seconds
        expect(-0.1 < lacking < missing, f"{name} lacks {lacking} s of {lengths[name]}")
        for side in range(file.channels):
            expect(file.loud_seconds(side) > file.seconds - 0.3, f"{name} has holes: {file.loud_seconds(side)}")


def events(calls, hook):
    """Every state at least once, in order, and nothing after the last; the same event is the same event."""
    for name in calls:
        wire.comes(f"the last event of {name}", lambda: hook.states(f"/{name}")[-1:] == ["finished"], 15)
        states = hook.states(f"/{name}")
        expect_equal(sorted(set(states), key=states.index), ["recording", "finished"], f"the events of {name}")
        expect_equal(states, sorted(states, key=["recording", "finished"].index), f"the order of {name}")
        last = hook.of(f"/{name}")[-1]
        expect(last.is_signed(), f"the signature of {name}")
        expect(last.json["params"]["size"] > 1000, last.json)


def terminated():
    """The farewell ends every call, closes every file and tells of it, before the service is gone."""
    hook = receiver.Receiver()
    calls = begun(hook)
    lengths = wait_for_end(calls)
    for name, (call, _) in calls.items():
        expect_equal(call.socket.code, 1000, f"how {name} was ended")
        expect_equal(hook.states(f"/{name}"), ["recording", "finished"], f"what was told of {name} before the end")
    judge(calls, lengths, 0.25, False)
    events(calls, hook)
    hook.stop()


def killed():
    """The next start finds what there is, makes it whole and tells of it; a second at the most is missing."""
    hook = receiver.Receiver()
    calls = begun(hook)
    lengths = wait_for_end(calls)
    expect_equal([hook.states(f"/{name}") for name in calls], [["recording"]] * 4, "what was told before")
    judge(calls, lengths, 1.3, True)
    events(calls, hook)
    hook.stop()


def killed_untold():
    """What was not taken when the service was killed is told by the next, in order, and what came later after it."""
    hook = receiver.Receiver()
    hook.stop()
    calls = begun(hook)
    lengths = wait_for_end(calls)
    hook.start()
    judge(calls, lengths, 1.3, True)
    events(calls, hook)
    hook.stop()


def anew():
    """It takes calls as before."""
    call = MediaCall().arrive()
    id = wire.record(call.id)
    call.play(sound.tone(500, 0.4))
    call.stop()
    expect_near(wire.fetched(wire.ended(id)).seconds, 0.4, 0.001, "the length")


if __name__ == "__main__":
    scenes.run(globals())
