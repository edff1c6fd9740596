"""Callers of the published example: one who speaks and then is silent, one who presses # and one who says nothing."""

import os
import signal
import subprocess
import sys
import threading
import time

import scenes
import sound
import wire
from wire import MediaCall, expect, expect_equal, expect_near


class Example:
    """The example as a program of its own, in the Python that has the SDK."""

    def __init__(self):
        path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "published_example.py")
        self.log = open(os.path.join(wire.SCRATCH, "example.log"), "w")
        self.process = subprocess.Popen(
            [sys.executable, path], env={**os.environ, "PYTHONUNBUFFERED": "1"}, text=True, stdout=subprocess.PIPE,
            stderr=self.log)
        self.urls = []
        threading.Thread(target=self.read, daemon=True).start()

    def read(self):
        for line in self.process.stdout:
            if line.startswith("Recording saved: "):
                self.urls.append(line.removeprefix("Recording saved: ").strip())

    def end(self):
        """By what Ctrl-C sends."""
        self.process.send_signal(signal.SIGINT)
        try:
            expect_equal(self.process.wait(10), 0, "the example's status")
        finally:
            self.process.kill()
            self.log.close()


def recorded(call, example):
    """The row of the call's recording, once the example has printed its address and hung up."""
    call.wait(20)
    expect_equal(call.socket.code, 1000, "how the service ended the call")
    row = wire.comes("the row", lambda: wire.get(f"/api/relay/rest/recordings?call_id={call.id}")["data"])[0]
    wire.comes("the printed address", lambda: row["url"] in example.urls)
    return row


def judge(call, row, seconds, margin):
    file = wire.fetched(row)
    expect_equal((file.codec, file.channels, row["format"], row["stereo"]), ("mp3", 1, "mp3", False), "the form")
    expect_near(file.seconds, row["duration_in_seconds"], 0.05, "the file's length beside the one that was told")
    expect_near(file.seconds, seconds, margin, "the length")
    expect(sound.level_at(call.heard[:1600], 1400, 8000) > -30, "the caller heard no beep")
    expect(file.level_at(1400, 0, 0.5) < sound.level(call.heard[:1600]) - 20, "the beep is in the file")
    return file


def pressing(example):
    call = MediaCall(form="mulaw")
    call.silence(0.2)
    wait_for_beep(call)
    call.play(sound.speech(1.5, 1.0))
    call.press("5")
    call.press("#")
    call.go_on()
    row = recorded(call, example)
    expect_equal(row["status"], "finished", "the state")
    file = judge(call, row, 1.6, 0.35)
    expect(file.loud_seconds() > 0.5, "the speech is not in the file")


def wait_for_beep(call):
    """Silence goes out until the beep has come."""
    end = time.monotonic() + 15
    while len(call.heard) < 1600:
        expect(time.monotonic() < end, f"{call.id} heard no beep: {len(call.heard)} samples")
        call.silence(0.04)


def speaking(example):
    call = MediaCall(form="l16")
    wait_for_beep(call)
    call.play(sound.speech(2.4, 1.0))
    call.go_on()
    row = recorded(call, example)
    expect_equal(row["status"], "finished", "the state")
    file = judge(call, row, 5.4, 0.7)
    expect(file.loud_seconds() > 1, "the speech is not in the file")
    expect(file.level(file.seconds - 2.5) < -60, "the file does not end with the silence that ended it")


def saying_nothing(example):
    call = MediaCall(form="binary")
    call.go_on()
    row = recorded(call, example)
    expect_equal(row["status"], "no_input", "the state")
    judge(call, row, 5.0, 0.1)


def all_callers():
    """One run of the example answers them all."""
    example = Example()
    try:
        failures = []

        def play(scene):
            try:
                scene(example)
            except BaseException as failure:
                failures.append(f"{scene.__name__}: {failure!r}")
        threads = [threading.Thread(target=play, args=(scene,)) for scene in (speaking, pressing, saying_nothing)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        expect(not failures, f"{failures}; {open(example.log.name).read()[-2000:]}")
        expect_equal(len(example.urls), 3, "addresses printed")
    finally:
        example.end()


if __name__ == "__main__":
    scenes.run(globals())
