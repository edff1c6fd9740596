"""How calls come in: every form of a media stream, gaps, and connections that are lost."""

import time

import scenes
import sound
import wire
from wire import MediaCall, expect, expect_equal, expect_near


def tone_in_form(form, rate, hz):
    """Caller and agent each speak another tone: each is on its own side, as high and as loud as it was sent."""
    call = MediaCall(form=form, rate=rate, params={"language": "en"}).arrive()
    recording = wire.record(call.id, audio={"stereo": True, "direction": "both"})
    call.play(sound.tone(hz, 1.0, rate, -12), sound.tone(2 * hz, 1.0, rate, -18))
    call.stop()
    row = wire.ended(recording)
    file = wire.fetched(row)
    expect_equal((file.codec, file.rate, file.channels), ("pcm_s16le", rate, 2), "the file")
    expect_near(file.seconds, 1.0, 0.001, f"the length of {form}")
    expect_near(row["duration_in_seconds"], file.seconds, 0.001, "the length that is told")
    for side, (own, other, dbfs) in enumerate([(hz, 2 * hz, -12), (2 * hz, hz, -18)]):
        expect_near(file.level_at(own, side=side), dbfs - 3.01, 0.2, f"{form}, side {side} at {own} Hz")
        expect(file.level_at(other, side=side) < -55, f"{form}, side {side} has the other's tone")


def mulaw():
    tone_in_form("mulaw", 8000, 440)


def alaw():
    tone_in_form("alaw", 8000, 440)


def linear16():
    tone_in_form("l16", 16000, 440)


def binary():
    tone_in_form("binary", 16000, 440)


def binary_48k():
    tone_in_form("binary", 48000, 440)


def gap():
    """Packets that never come leave a silence as long as they would have been."""
    for_both = [gap_in("mulaw"), gap_in("binary")]
    for call, recording in for_both:
        call.stop()
        file = wire.fetched(wire.ended(recording))
        expect_near(file.seconds, 1.3, 0.001, f"the length of {call.form}")
        expect(file.level(0.42, 0.68) < -90, f"the gap of {call.form} is no silence: {file.level(0.42, 0.68)}")
        for start, end in [(0.05, 0.38), (0.72, 1.28)]:
            expect_near(file.level_at(600, start, end), -15.01, 0.3, f"{call.form} beside the gap, {start}")


def gap_in(form):
    call = MediaCall(form=form).arrive()
    recording = wire.record(call.id)
    call.play(sound.tone(600, 0.4))
    if form == "binary":
        # The packet after the gap has to be one that says where it belongs.
        call.position += call.position // 160 % 2 * 160
    call.skip(0.3)
    call.play(sound.tone(600, 0.6))
    return call, recording


def lost_and_back():
    """Within the grace time it is the same call, and the time away is silence in its recording."""
    call = MediaCall(form="l16").arrive()
    recording = wire.record(call.id)
    call.play(sound.tone(500, 0.6))
    call.lose()
    lost = time.monotonic()
    wire.comes("the loss", lambda: not wire.get(f"/api/calls/{call.id}")["media"])
    time.sleep(0.5)
    call.position = 0
    call.connect()
    away = time.monotonic() - lost
    call.play(sound.tone(700, 0.6))
    expect_equal(wire.get(f"/api/calls/{call.id}")["recordings"][0]["id"], recording, "the recording that goes on")
    call.stop()
    row = wire.ended(recording)
    file = wire.fetched(row)
    expect_equal(row["status"], "finished", "the state")
    expect_near(file.seconds, 1.2 + away, 0.1, "the length")
    expect_near(file.level_at(500, 0.05, 0.55), -15.01, 0.3, "before")
    expect(file.level(0.62, 0.5 + away) < -90, "the time away is no silence")
    expect_near(file.level_at(700, file.seconds - 0.55, file.seconds - 0.05), -15.01, 0.3, "after")


def lost_for_good():
    """After the grace time, which the configuration says is a second, the call ends and so does what records it."""
    call = MediaCall(form="binary").arrive()
    recording = wire.record(call.id)
    call.play(sound.tone(500, 0.5))
    call.lose()
    began = time.monotonic()
    row = wire.ended(recording)
    waited = time.monotonic() - began
    expect(0.8 < waited < 4, f"the call ended {waited} s after its media was lost")
    expect_equal(row["status"], "finished", "the state")
    expect_near(wire.fetched(row).seconds, 0.5, 0.02, "the length")
    expect(not call.is_known, "the call is still known")


def digits_end():
    """A digit ends where it was pressed, in both forms."""
    for form in ("mulaw", "binary"):
        call = MediaCall(form=form).arrive()
        recording = wire.record(call.id, audio={"terminators": "*#"})
        call.play(sound.tone(500, 0.5))
        call.press("5")
        call.play(sound.tone(500, 0.3))
        call.press("#")
        call.play(sound.tone(500, 0.3))
        row = wire.ended(recording)
        expect_near(row["duration_in_seconds"], 0.8, 0.021, f"{form}, the length")
        expect(call.is_known, "the call went with its recording")
        call.stop()


def beep():
    """It is heard, and what is recorded begins after it and has none of it."""
    call = MediaCall(form="l16").arrive().go_on(sound.tone(500, 0.04), repeats=True)
    recording = wire.record(call.id, audio={"beep": True})
    wire.comes("the recording", lambda: wire.get(f"/api/relay/rest/recordings/{recording}")["status"] == "recording")
    call.more(0.5)
    call.stop()
    file = wire.fetched(wire.ended(recording))
    expect(sound.level_at(call.heard[:1600], 1400, 8000) > -30, "the caller heard no beep")
    expect(0.3 < file.seconds < 1.2, f"the file has {file.seconds} s")
    expect(file.level_at(1400) < -55, f"the beep is in the file: {file.level_at(1400)}")


def many_recordings():
    """Of one call at once: each has what it was asked for. The seventeenth is refused."""
    call = MediaCall().arrive().go_on(sound.tone(500, 30), sound.tone(900, 30))
    recordings = [wire.record(call.id, audio={"direction": side, "format": kind})
                  for side in ("speak", "listen") for kind in ("wav", "mp3", "mp4")]
    more = [wire.record(call.id) for _ in range(10)]
    answer = wire.ask("POST", "/api/calling/calls", {"command": "calling.record", "id": call.id, "params": {}})
    expect_equal(answer.status, 429, "the seventeenth")
    expect("16" in answer.json["message"], answer.json["message"])
    call.more(0.8)
    call.stop()
    codecs = ["pcm_s16le", "mp3", "aac"]
    for number, recording in enumerate(recordings):
        file = wire.fetched(wire.ended(recording))
        expect_equal(file.codec, codecs[number % 3], "the codec")
        own, other = (500, 900) if number < 3 else (900, 500)
        expect(file.level_at(own, 0.3, 0.7) > -20, f"{file.path} lacks its leg")
        expect(file.level_at(other, 0.3, 0.7) < -45, f"{file.path} has the other leg")
    for recording in more:
        expect_equal(wire.ended(recording)["status"], "finished", "the state")


def refused():
    """Without the token nobody gets in; with it in the address, and by TLS, everybody does."""
    for authorization in (wire.basic(token="wrong"), "Bearer wrong"):
        try:
            MediaCall(authorization=authorization)
        except wire.Refused as refusal:
            expect_equal(refusal.status, 401, "the refusal")
        else:
            raise AssertionError(f"{authorization} was taken")
    call = MediaCall(token=wire.TOKEN, form="binary").arrive()
    call.stop()
    call = MediaCall(secure=True).arrive()
    recording = wire.record(call.id)
    call.play(sound.tone(500, 0.4))
    call.stop()
    expect_near(wire.fetched(wire.ended(recording)).seconds, 0.4, 0.001, "the length over TLS")


def nonsense():
    """What is no stream of a call is told so and closed; of a bad packet a good stream is told, and goes on."""
    stream = wire.WebSocket("/media", {"Authorization": wire.basic()})
    stream.say('{"event": "start", "start": {"streamSid": "x", "mediaFormat": {"encoding": "audio/opus"}}}')
    told = stream.hear()
    expect("audio/opus" in told and "audio/x-mulaw" in told, told)
    expect_equal((stream.hear(), stream.code), (None, 1008), "the end")
    call = MediaCall().arrive()
    recording = wire.record(call.id)
    call.play(sound.tone(500, 0.2))
    call.socket.say('{"event": "media", "media": {"track": "sideways", "payload": ""}}')
    call.socket.say("nonsense")
    call.play(sound.tone(500, 0.2))
    call.stop()
    expect_equal(len(call.events), 2, f"the complaints: {call.events}")
    expect("sideways" in call.events[0]["message"], call.events[0])
    expect_near(wire.fetched(wire.ended(recording)).seconds, 0.4, 0.001, "the length")


def same_name():
    """A second connection for a call whose media come is refused, and disturbs nobody."""
    call = MediaCall().arrive().go_on(sound.tone(500, 20))
    other = MediaCall(call_id=call.id)
    other.wait()
    expect("another connection" in other.events[0]["message"], other.events)
    expect(not call.is_over and call.is_known, "the first was disturbed")
    call.stop()


def faster():
    """At four times the pace of a call it is the same recording."""
    call = MediaCall(form="binary", rate=16000, speed=4).arrive()
    recording = wire.record(call.id)
    call.play(sound.tone(440, 4.0, 16000))
    call.stop()
    file = wire.fetched(wire.ended(recording))
    expect_near(file.seconds, 4.0, 0.001, "the length")
    expect_near(file.level_at(440), -15.01, 0.1, "the level")


if __name__ == "__main__":
    scenes.run(globals())
