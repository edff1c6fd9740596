"""`reel call`, which plays a call into the service as a media server would."""

import os
import subprocess
import time

import scenes
import sound
import wire
from wire import expect, expect_equal, expect_near

SUPPORT = [os.path.join(sound.TESTDATA, f"support-8000-{leg}.flac") for leg in ("caller", "agent")]


def calling(*arguments, to=None, token=None):
    """`reel call` under way."""
    environment = {**os.environ, "REEL_PROJECT": wire.PROJECT, "REEL_TOKEN": token or wire.TOKEN}
    return subprocess.Popen(
        [wire.COMMAND, "call", "--to", to or wire.SERVICE.replace("http", "ws", 1) + "/media", *arguments],
        env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


def told(process, status=0, seconds=30):
    said, _ = process.communicate(timeout=seconds)
    expect_equal(process.returncode, status, f"reel call: {said}")
    return said


def both_legs():
    """Of files, faster than a call: what is recorded is what the files hold, to the sample."""
    process = calling("--caller", SUPPORT[0], "--agent", SUPPORT[1], "--call-id", "legs", "--context", "wav",
                      "--speed", "8", "--tag", "support")
    told(process)
    row = wire.get("/api/relay/rest/recordings?call_id=legs")["data"][0]
    row = wire.ended(row["id"])
    expect_equal((row["tag"], row["status"]), ("support", "finished"), "the row")
    file = wire.fetched(row)
    expect_equal(file.channels, 2, "sides")
    for side, path in enumerate(SUPPORT):
        own = sound.File(path)
        # What came in before the recording had begun is not in it, and that is little.
        expect_near(file.seconds, own.seconds, 0.3, "the length")
        expect(file.sides[side] == own.sides[0][-len(file.sides[side]):], f"side {side} is not what was sent")


def digit():
    """Is pressed at its time, and the service, which hangs up for it, ends the call."""
    began = time.monotonic()
    process = calling("--caller", SUPPORT[0], "--call-id", "digit", "--context", "voicemail", "--digit", "1.5:#")
    said = told(process)
    expect(time.monotonic() - began < 8, "the call went on")
    row = wire.ended(wire.get("/api/relay/rest/recordings?call_id=digit")["data"][0]["id"])
    expect_near(row["duration_in_seconds"], 1.5, 0.1, f"the length; {said}")


def over_tls():
    """With the service's own certificate it is trusted; without, it is not."""
    secure = wire.SERVICE.replace("http", "wss", 1)
    caller = ["--caller", os.path.join(sound.TESTDATA, "voicemail-8000-caller.flac"), "--speed", "8"]
    told(calling(*caller, "--ca", wire.CA, to=secure))
    said = told(calling(*caller, to=secure), status=1)
    expect("could not connect" in said, said)


def refused():
    """A wrong token, and a place where nobody serves, are one line and a status."""
    said = told(calling("--caller", SUPPORT[0], token="wrong"), status=1)
    expect("401" in said or "credentials" in said, said)
    said = told(calling("--caller", SUPPORT[0], to="ws://127.0.0.1:9/media"), status=1)
    expect("127.0.0.1" in said, said)


def interrupted():
    """Ctrl-C hangs up: the recording is as long as the call was."""
    process = calling("--caller", SUPPORT[0], "--call-id", "interrupted", "--context", "always")
    wire.comes("the call", lambda: wire.ask("GET", "/api/calls/interrupted").status == 200)
    time.sleep(0.6)
    process.send_signal(2)
    process.communicate(timeout=10)
    row = wire.ended(wire.get("/api/relay/rest/recordings?call_id=interrupted")["data"][0]["id"])
    expect_equal(row["status"], "finished", "the state")
    expect(0.3 < row["duration_in_seconds"] < 3, row["duration_in_seconds"])
    expect_equal(wire.ask("GET", "/api/calls/interrupted").status, 404, "the call")


if __name__ == "__main__":
    scenes.run(globals())
