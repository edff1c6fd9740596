"""A service that was told to end, and whose calls may go on."""

import time

import scenes
import sound
import wire
from wire import MediaCall, expect, expect_equal, expect_near


def drained():
    """What goes on ends by itself; what is new is refused, and health says so."""
    call = MediaCall(form="binary").arrive()
    id = wire.record(call.id)
    print("begun", flush=True)
    call.go_on(sound.tone(500, 0.4), repeats=True)
    wire.comes("draining", lambda: wire.ask("GET", "/healthz", authorization="").json == {"status": "draining"})
    late = MediaCall()
    late.wait()
    expect("ending" in late.events[0]["message"], late.events)
    answer = wire.ask("POST", "/api/calling/calls", {"command": "calling.record", "id": call.id, "params": {}})
    expect_equal(answer.status, 503, "a recording that is new")
    expect("retry-after" in answer.headers, answer.headers)
    time.sleep(0.5)
    expect(call.is_known and not call.is_over, "the call was ended")
    sent = call.sent / call.rate
    wire.command("calling.record.stop", call.id, control_id=id)
    row = wire.ended(id)
    expect_near(row["duration_in_seconds"], sent, 0.3, "the length")
    wire.fetched(row)
    call.stop()


if __name__ == "__main__":
    scenes.run(globals())
