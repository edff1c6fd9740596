"""Limits, which the configuration makes small, each with a clear answer; and a service that cleans up by itself.

    {"limits": {"calls": 3, "connections": 40, "recordings": 4, "recordings_per_call": 2, "body_bytes": 4096,
                "message_bytes": 8192}, "retention": [{"days": 0, "tag": "short"}], "retention_seconds": 1}
"""

import os
import socket
import time

import scenes
import sound
import wire
from wire import MediaCall, WebSocket, expect, expect_equal, expect_near


def calls():
    """The fourth call is refused, and taken when another has ended; the fifth recording, and a third of one call."""
    live = [MediaCall(form="binary").arrive() for _ in range(3)]
    fourth = MediaCall(form="binary")
    fourth.wait()
    expect_equal((fourth.events[0]["code"], fourth.socket.code), ("429", 1013), "the refusal")
    expect("3 calls go on; allowed: 3" in fourth.events[0]["message"], fourth.events)
    recordings = [wire.record(live[0].id), wire.record(live[0].id)]
    answer = wire.ask("POST", "/api/calling/calls", {"command": "calling.record", "id": live[0].id, "params": {}})
    expect_equal((answer.status, answer.headers["retry-after"]), (429, "1"), "a third of one call")
    expect("allowed: 2" in answer.json["message"], answer.json["message"])
    recordings += [wire.record(live[1].id), wire.record(live[1].id)]
    answer = wire.ask("POST", "/api/calling/calls", {"command": "calling.record", "id": live[2].id, "params": {}})
    expect_equal(answer.status, 429, "a fifth in all")
    for call in live:
        call.silence(0.2)
        call.stop()
    for id in recordings:
        expect_equal(wire.ended(id)["status"], "finished", "those that were taken")
    again = MediaCall(form="binary").arrive()
    id = wire.record(again.id)
    again.play(sound.tone(500, 0.2))
    again.stop()
    expect_near(wire.fetched(wire.ended(id)).seconds, 0.2, 0.001, "afterwards")


def sizes():
    """Bodies and messages that are too large, told before they are read to their end, and what is no JSON."""
    answer = wire.ask("POST", "/api/calling/calls", b'{"x": "' + b"y" * 5000 + b'"}')
    expect_equal(answer.status, 413, "a large body")
    expect("4096" in answer.json["message"], answer.json["message"])
    for body in (b"", b"{", b"\xff\xfe", b"[" * 4000, b'{"command": 1}', b"null", b'{"a": "\\ud800"}'):
        answer = wire.ask("POST", "/api/calling/calls", body)
        expect(answer.status in (400, 422), f"{body[:20]}: {answer.status} {answer.body}")
    stream = WebSocket("/media", {"Authorization": wire.basic()})
    stream.say(b"x" * 9000)
    while stream.hear() is not None:
        pass
    expect_equal(stream.code, 1009, "a large message")


def half_requests():
    """Those who say half of something and stop are not waited for, and hold up nobody."""
    address, port = wire.HOST.split(":")
    halves = []
    post = b"POST /api/calling/calls HTTP/1.1\r\nContent-Length: 100\r\n\r\nabc"
    for text in (b"", b"GET /healthz HT", post, b"\x16\x03"):
        half = socket.create_connection((address, int(port)))
        half.sendall(text)
        halves.append(half)
    began = time.monotonic()
    expect_equal(wire.ask("GET", "/healthz").status, 200, "health")
    expect(time.monotonic() - began < 2, "it was held up")
    for half in halves:
        half.close()


def cleaning():
    """The service deletes by rule by itself, and says so in the audit log; other tags stay."""
    ids = {}
    for tag in ("short", "long"):
        call = wire.comes("room for a call", lambda: room(tag))
        ids[tag] = wire.comes("room for a recording", lambda: some_recording(call))
        call.play(sound.tone(500, 0.2))
        call.stop()
    path = f"/api/relay/rest/recordings/{ids['short']}"
    wire.comes("the deletion", lambda: wire.ask("GET", path).status == 404)
    expect_equal(wire.ended(ids["long"])["status"], "finished", "the other tag")
    log = wire.reel("audit", ids["short"], "--data", wire.DATA)
    expect("deleted by retention" in log and "tag short" in log, log)
    folder = os.path.join(wire.DATA, "recordings")
    wire.comes("the files' end", lambda: not [name for name in os.listdir(folder) if ids["short"] in name])


def room(tag):
    """A call if one is taken now."""
    call = MediaCall(form="binary", tag=tag)
    wire.comes("an answer", lambda: call.is_over or call.is_known)
    return None if call.is_over else call


def some_recording(call):
    answer = wire.ask("POST", "/api/calling/calls", {"command": "calling.record", "id": call.id, "params": {}})
    return answer.json["recording_id"] if answer.status == 200 else None


def connections():
    """More than forty are answered that it is enough, and when some have gone there is room again."""
    address, port = wire.HOST.split(":")
    def status():
        request = f"GET /healthz HTTP/1.1\r\nHost: {wire.HOST}\r\n\r\n".encode()
        connection = socket.create_connection((address, int(port)), timeout=5)
        connection.sendall(request)
        text = connection.recv(4096).decode()
        return connection, text
    opened = [status() for _ in range(45)]
    codes = [text.split()[1] for _, text in opened]
    expect_equal(set(codes), {"200", "503"}, "the answers")
    expect(codes.count("200") <= 40, f"{codes.count('200')} connections were taken")
    refused = next(text for _, text in opened if " 503 " in text)
    expect("40 connections" in refused and "retry-after: 5" in refused, refused)
    for connection, _ in opened:
        connection.close()

    def has_room():
        connection, text = status()
        connection.close()
        return " 200 " in text
    wire.comes("room", has_room)


if __name__ == "__main__":
    scenes.run(globals())
