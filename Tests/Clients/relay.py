"""RELAY by the published SDK: what its clients are told, and what becomes of what they ask for."""

import asyncio
import os
import sys
import time
import traceback

os.environ["RELAY_MAX_CONNECTIONS"] = "64"

from signalwire.relay import RelayClient
from signalwire.relay.client import RelayError

import receiver
import sound
import wire
from wire import MediaCall, expect, expect_equal, expect_near

PLAIN = {"format": "wav", "initial_timeout": 0, "end_silence_timeout": 0, "terminators": ""}


class Client:
    """One client of the SDK in a context of its own, and the calls that it was offered."""

    def __init__(self, context, project=None, token=None):
        self.context = context
        self.relay = RelayClient(
            project=project or wire.PROJECT, token=token or wire.TOKEN, host=wire.HOST, contexts=[context])
        self.offered = asyncio.Queue()
        self.relay.on_call(self.take)

    async def take(self, call):
        await self.offered.put(call)

    async def __aenter__(self):
        await self.relay.connect()
        return self

    async def __aexit__(self, *_):
        await self.relay.disconnect()

    async def call(self, caller=None, agent=None, repeats=True, **media):
        """A call of its context, that goes on, as the SDK has it and as its caller has it."""
        caller = caller if caller is not None else sound.tone(500, 0.4)
        coming = await asyncio.to_thread(MediaCall, context=self.context, **media)
        coming.go_on(caller, agent, repeats=repeats)
        call = await asyncio.wait_for(self.offered.get(), 10)
        expect_equal(call.call_id, coming.id, "the call that was offered")
        return call, coming


def states(call, kind):
    """What the call is told of this kind from here on."""
    seen = []
    call.on(kind, lambda event: seen.append(event.params))
    return seen


async def file_of(url):
    recording = url.split("/")[-2]
    return await asyncio.to_thread(lambda: wire.fetched(wire.ended(recording)))


async def answered():
    """A call is offered with all that the published event has; it is answered, and ends with its reason."""
    async with Client("answered") as client:
        call, coming = await client.call(form="binary", tag="sales")
        expect_equal((call.state, call.direction, call.tag), ("created", "inbound", "sales"), "the call")
        expect_equal(call.device["params"], {"from_number": "+15550100", "to_number": "+15550199"}, "the device")
        expect(call.node_id and call.segment_id and call.project_id == wire.PROJECT, vars(call))
        seen = states(call, "calling.call.state")
        await call.answer()
        await call.wait_for_answered(5)
        await call.hangup("busy")
        event = await call.wait_for_ended(5)
        expect_equal([one["call_state"] for one in seen], ["answered", "ending", "ended"], "the states")
        expect_equal(event.params["end_reason"], "busy", "the reason")
        await asyncio.to_thread(coming.wait)


async def silenced():
    await paused_by(None, "silence")


async def skipped():
    await paused_by("skip", "skip")


async def paused_by(behavior, told):
    """Nothing of a pause is in the file; its time is, or is not. The length is exactly what was told."""
    async with Client(f"paused-{told}") as client:
        call, coming = await client.call(sound.tone(500, 0.4))
        marks = [coming.seconds]
        action = await call.record(audio=PLAIN)
        seen = states(call, "calling.call.record")
        await asyncio.to_thread(coming.more, 0.7)
        marks.append(coming.seconds)
        await action.pause(behavior) if behavior else await action.pause()
        await asyncio.to_thread(coming.more, 0.8)
        marks.append(coming.seconds)
        await action.resume()
        await asyncio.to_thread(coming.more, 0.7)
        marks.append(coming.seconds)
        result = await action.stop()
        expect_equal(result["code"], "200", "the answer to stop")
        event = await action.wait(10)
        states_seen = [one["state"] for one in seen]
        expect_equal(states_seen[-4:], ["recording", "paused", "recording", "finished"], "the states")
        expect_equal(seen[-3]["pause_behavior"], told, "the behaviour")
        record = event.params["record"]
        for name in ("url", "duration", "size"):
            expect_equal(event.params[name], record[name], f"{name} in both places")
        file = await file_of(record["url"])
        expect_near(record["duration"], file.seconds, 0.001, "the length that was told")
        expect_equal(record["size"], os.path.getsize(file.path), "the size that was told")
        loud = file.loud_seconds()
        paused, all = marks[2] - marks[1], marks[3] - marks[0]
        if told == "skip":
            expect_near(file.seconds, all - paused, 0.3, "the length without the pause")
            expect_near(loud, file.seconds, 0.05, "what is loud")
        else:
            expect_near(file.seconds, all, 0.3, "the length with the pause")
            expect_near(file.seconds - loud, paused, 0.2, "what is silent")
        await call.hangup()


async def wrong_token():
    """Is refused so that the SDK gives up after the tries that it has, and raises the service's words."""
    client = Client("nobody", token="wrong").relay
    began = time.monotonic()
    try:
        await asyncio.wait_for(client._run_forever(), 20)
    except RelayError as error:
        expect("token" in str(error) and "wrong" not in str(error), str(error))
    else:
        raise AssertionError("the SDK did not raise")
    expect_equal(client._auth_reject_attempts, 3, "the tries")
    expect(time.monotonic() - began > 2, "the tries came all at once")


async def contexts():
    """A call is offered to those who asked for its context, as long as they do, and to latecomers."""
    async with Client("contexts-a") as client:
        strange = await asyncio.to_thread(MediaCall, context="contexts-b")
        strange.go_on(sound.tone(500, 0.4), repeats=True)
        await asyncio.to_thread(strange.arrive)
        await client.call()
        expect(client.offered.empty(), "a call of another context was offered")
        await client.relay.receive(["contexts-b", "contexts-c"])
        late = await asyncio.wait_for(client.offered.get(), 5)
        expect_equal(late.call_id, strange.id, "the call that waited")
        await client.relay.unreceive(["contexts-a", "contexts-b"])
        other = await asyncio.to_thread(MediaCall, context="contexts-a")
        await asyncio.to_thread(other.arrive)
        last = await asyncio.to_thread(MediaCall, context="contexts-c")
        offered = await asyncio.wait_for(client.offered.get(), 5)
        expect_equal(offered.call_id, last.id, "the call after unreceive")


async def two_clients():
    """Both are offered the call and told of it; one that passes is not told any more."""
    async with Client("two") as one, Client("two") as other:
        first, coming = await one.call()
        second = await asyncio.wait_for(other.offered.get(), 5)
        expect_equal(second.call_id, first.call_id, "the call of both")
        seen = states(second, "calling.call.record")
        action = await first.record(audio=PLAIN, control_id="ours")
        await asyncio.sleep(0.4)
        await action.stop()
        await action.wait(10)
        await wait_for("the other's events", lambda: len(seen) >= 2)
        expect_equal([one["state"] for one in seen], ["recording", "finished"], "the other's events")
        await second.pass_()
        again = await first.record(audio=PLAIN)
        await again.stop()
        await again.wait(10)
        await asyncio.sleep(0.2)
        expect_equal(len(seen), 2, "events after pass")


async def wait_for(what, condition, seconds=10):
    end = time.monotonic() + seconds
    while not condition():
        expect(time.monotonic() < end, f"{what} did not come within {seconds} s")
        await asyncio.sleep(0.02)


async def reconnecting():
    """A client whose connection dies takes its session up: what it did not acknowledge comes again, and its recording
    is still its own."""
    client = Client("reconnecting")
    running = asyncio.create_task(client.relay._run_forever())
    await wait_for("the session", lambda: client.relay.relay_protocol)
    call, coming = await client.call()
    action = await call.record(audio=PLAIN)
    session = client.relay.relay_protocol
    lost = []
    # What came in before the connection died, and was never taken.
    handle, acknowledge = client.relay._handle_event, client.relay._send_event_ack

    async def never(identity):
        lost.append(identity)

    async def deaf(payload):
        pass
    client.relay._send_event_ack, client.relay._handle_event = never, deaf
    await action.stop()
    await wait_for("an event", lambda: lost)
    client.relay._send_event_ack, client.relay._handle_event = acknowledge, handle
    expect(not action.is_done, "the client heard what it was not to hear")
    client.relay._ws.transport.abort()
    event = await action.wait(15)
    expect_equal(event.params["state"], "finished", "the state that came again")
    expect_equal(client.relay.relay_protocol, session, "the session")
    await call.hangup()
    await call.wait_for_ended(5)
    client.relay._closing = True
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    await client.relay.disconnect()


async def unsupported():
    """Everything else is refused by an error that says so and what there is; nothing of the call is disturbed."""
    async with Client("unsupported") as client:
        call, coming = await client.call()
        tries = [
            lambda: call.connect([[{"type": "phone", "params": {}}]]), lambda: call.send_digits("1"),
            lambda: call.detect({"type": "machine", "params": {}}), lambda: call.echo(), lambda: call.hold(),
            lambda: call.tap({"type": "audio", "params": {}}, {"type": "rtp", "params": {}}),
            lambda: client.relay.execute("calling.nonsense", {}),
            lambda: client.relay.execute("messaging.send", {"context": "x"}),
            lambda: client.relay.execute("signalwire.subscribe", {}),
        ]
        for number, attempt in enumerate(tries):
            try:
                await attempt()
            except RelayError as error:
                expect("not supported" in str(error), f"{number}: {error}")
            else:
                raise AssertionError(f"{number} was taken")
        await call.answer()
        await call.hangup()


async def bad_options():
    """Are named with their value and what is allowed, and nothing is begun."""
    async with Client("bad-options") as client:
        call, coming = await client.call()
        tries = [
            ({"format": "ogg"}, "ogg"), ({"direction": "up"}, "up"), ({"input_sensitivity": 101}, "101"),
            ({"terminators": "x"}, "x"), ({"end_silence_timeout": -1}, "-1"), ({"colour": "red"}, "colour"),
        ]
        for audio, named in tries:
            try:
                await call.record(audio=audio)
            except RelayError as error:
                expect(named in str(error) and "allowed" in str(error), str(error))
                expect_equal(error.code, 422, str(error))
            else:
                raise AssertionError(f"{audio} was taken")
        await call.record(audio=PLAIN, control_id="same")
        try:
            await call.record(audio=PLAIN, control_id="same")
        except RelayError as error:
            expect_equal(error.code, 409, str(error))
        else:
            raise AssertionError("a control id was taken twice")
        expect_equal(len(wire.get(f"/api/calls/{call.call_id}")["recordings"]), 1, "recordings")


async def ended_call():
    """What is asked of a call that is over is taken quietly, as the SDK has it."""
    async with Client("ended-call") as client:
        call, coming = await client.call()
        action = await call.record(audio=PLAIN)
        done = asyncio.get_running_loop().create_future()
        await asyncio.to_thread(coming.stop)
        event = await action.wait(10)
        expect_equal(event.params["state"], "finished", "the recording's end")
        await call.wait_for_ended(5)
        expect_equal(await call.answer(), {}, "answer")
        expect_equal(await call.hangup(), {}, "hangup")
        for attempt in (action.stop, action.pause, action.resume):
            expect_equal(await attempt(), {}, "a command for its recording")


async def on_completed():
    """Is called once, with the last event; the recording's end comes before the call's."""
    async with Client("on-completed") as client:
        call, coming = await client.call()
        order = []
        call.on("calling.call.state", lambda event: order.append(event.params["call_state"]))
        action = await call.record(
            audio={**PLAIN, "stereo": True, "direction": "both"}, control_id="mine",
            on_completed=lambda event: order.append(event.params))
        await asyncio.sleep(0.3)
        await call.hangup()
        await call.wait_for_ended(5)
        expect_equal([one if isinstance(one, str) else one["state"] for one in order], ["ending", "finished", "ended"],
                     "the order")
        told = order[1]
        expect_equal(told["control_id"], "mine", "the control id")
        expect_equal(told["record"]["audio"], {"format": "wav", "direction": "both", "stereo": True}, "the audio")
        expect(told["recording_id"] in told["url"], told)
        expect(time.time() - 60 < told["start_time"] <= told["end_time"] < time.time() + 60, told)


async def no_input():
    """Is an end that the SDK waits for, too."""
    async with Client("no-input") as client:
        call, coming = await client.call(sound.silence(0.4), speed=2)
        action = await call.record(audio={"initial_timeout": 1})
        event = await action.wait(10)
        expect_equal(event.params["state"], "no_input", "the state")
        expect_near(event.params["duration"], 1.0, 0.001, "the length")


async def plays():
    """Silence, ringtones and files are heard by the caller, in order; they are told from playing to finished."""
    files = receiver.Receiver()
    path = os.path.join(wire.SCRATCH, "hold.wav")
    import wave
    with wave.open(path, "wb") as file:
        file.setparams((1, 2, 16000, 0, "NONE", ""))
        file.writeframes(sound.tone(800, 0.5, 16000).tobytes())
    files.files["/hold.wav"] = open(path, "rb").read()
    async with Client("plays") as client:
        call, coming = await client.call(form="l16")
        seen = states(call, "calling.call.play")
        await (await call.play_silence(0.3)).wait(5)
        quiet = len(coming.heard)
        expect_near(quiet / 8000, 0.3, 0.1, "the silence that was heard")
        expect_equal(sound.level(coming.heard), -float("inf"), "the silence")
        await (await call.play_audio(files.url("/hold.wav"))).wait(5)
        expect(sound.level_at(coming.heard[quiet + 800:quiet + 3200], 800, 8000) > -18, "the file was not heard")
        heard = len(coming.heard)
        await (await call.play_ringtone("us", duration=0.4)).wait(5)
        ring = coming.heard[heard:heard + 2400]
        expect(sound.level_at(ring, 440, 8000) > -30 and sound.level_at(ring, 480, 8000) > -30, "no ringtone was heard")
        expect_equal([one["state"] for one in seen], ["playing", "finished"] * 3, "what was told")
        action = await call.play_audio(files.url("/nothing.wav"))
        expect_equal((await action.wait(5)).params["state"], "error", "a file that is not there")
    files.stop()


async def play_stopped():
    """By `play.stop` at once; it can be paused meanwhile and goes on where it was."""
    async with Client("play-stopped") as client:
        call, coming = await client.call(form="l16")
        action = await call.play_ringtone("us", duration=20)
        await wait_for("the ringtone", lambda: len(coming.heard) > 1600)
        await action.pause()
        await asyncio.sleep(0.2)
        paused = len(coming.heard)
        await asyncio.sleep(0.3)
        expect(sound.level(coming.heard[paused:]) < -80, "a paused play was heard")
        await action.resume()
        before = len(coming.heard)
        await wait_for("the ringtone again", lambda: sound.level(coming.heard[before:]) > -40)
        await action.stop()
        expect_equal((await action.wait(5)).params["state"], "finished", "the end")
        await asyncio.sleep(0.1)
        stopped = len(coming.heard)
        await asyncio.sleep(0.3)
        expect(len(coming.heard) - stopped < 800, "a stopped play was heard")


async def also_called_back():
    """What RELAY is told is told to a status_url too, of the same recording and in the same order."""
    hook = receiver.Receiver()
    async with Client("also-called-back") as client:
        call, coming = await client.call()
        seen = states(call, "calling.call.record")
        action = await call.record(audio=PLAIN, status_url=hook.url("/relay"))
        await asyncio.to_thread(coming.more, 0.3)
        await action.stop()
        last = await action.wait(10)
        came = await asyncio.to_thread(hook.wait, "/relay", 2)
        expect_equal([one.state for one in came], [one["state"] for one in seen], "the states")
        told = came[-1].json["params"]
        for name in ("url", "duration", "size", "recording_id", "control_id", "start_time", "end_time"):
            expect_equal(told[name], last.params[name], name)
        expect_equal(came[-1].json["event_type"], last.event_type, "event_type")
    hook.stop()


async def over_restart():
    """A client that runs goes on with the service's next start, by itself, whether it was told to or not."""
    client = Client("over-restart")
    running = asyncio.create_task(client.relay._run_forever())
    await wait_for("the session", lambda: client.relay.relay_protocol)
    session = client.relay.relay_protocol
    call, coming = await client.call()
    action = await call.record(audio=PLAIN)
    await asyncio.to_thread(coming.more, 0.4)
    print("begun", flush=True)
    await asyncio.to_thread(coming.wait, 20)
    is_told = coming.socket.code is not None
    if is_told:
        expect_equal((await action.wait(5)).params["state"], "finished", "the end that was told before")
        await call.wait_for_ended(5)
    print("stopped", flush=True)
    await wait_for("another session", lambda: client.relay.relay_protocol not in ("", session), 25)
    again, coming = await client.call()
    action = await again.record(audio=PLAIN)
    await asyncio.to_thread(coming.more, 0.4)
    await action.stop()
    expect_equal((await action.wait(10)).params["state"], "finished", "the end after the next start")
    await again.hangup()
    client.relay._closing = True
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    await client.relay.disconnect()


async def secret_kept():
    """One project's client is neither offered nor told anything of another's calls."""
    async with Client("secret", project="other", token=os.environ["REEL_OTHER_TOKEN"]) as stranger:
        async with Client("secret") as client:
            call, coming = await client.call()
            expect(stranger.offered.empty(), "a call of another project was offered")
            try:
                await stranger.relay.execute("calling.record", {"call_id": call.call_id, "record": {"audio": PLAIN}})
            except RelayError as error:
                expect_equal(error.code, 404, str(error))
            else:
                raise AssertionError("a call of another project was recorded")


async def main():
    names = sys.argv[1:]
    outcomes = await asyncio.gather(*(globals()[name]() for name in names), return_exceptions=True)
    failed = [(name, outcome) for name, outcome in zip(names, outcomes) if isinstance(outcome, BaseException)]
    for name, outcome in failed:
        print(f"{name}: {''.join(traceback.format_exception(outcome))}", file=sys.stderr)
    print("played", *names)
    return 1 if failed or not names else 0


if __name__ == "__main__":
    status = asyncio.run(main())
    sys.stdout.flush()
    sys.stderr.flush()
    # The callers' threads would be waited for.
    os._exit(status)
