"""REST by the published SDK's client, on loopback and so by plain HTTP, and over TLS."""

import os
import time

from signalwire.rest import RestClient
from signalwire.rest._base import HttpClient, SignalWireRestError, SignalWireRestTransportError
from signalwire.rest._pagination import PaginatedIterator

import scenes
import sound
import wire
from wire import MediaCall, expect, expect_equal, expect_near

PLAIN = {"format": "wav", "initial_timeout": 0, "end_silence_timeout": 0, "terminators": ""}
client = RestClient(project=wire.PROJECT, token=wire.TOKEN, host=wire.HOST)


def refusal(status, attempt, *words):
    """The error that the attempt raises, which names what is wrong and carries the request's id."""
    try:
        attempt()
    except SignalWireRestError as error:
        expect_equal(error.status_code, status, str(error))
        expect(error.request_id, f"no request id: {error.headers}")
        for word in words:
            expect(word in error.body["message"], str(error))
        return error
    raise AssertionError(f"it was taken, and not refused with {status}")


def life():
    """A recording from its beginning to its deletion."""
    call = MediaCall().arrive().go_on(sound.tone(500, 0.4), repeats=True)
    marks = [call.seconds]
    begun = client.calling.record(call.id, control_id="mine", audio=PLAIN)
    id = begun["recording_id"]
    expect_equal((begun["code"], begun["control_id"], begun["call_id"]), ("200", "mine", call.id), "the answer")
    call.more(0.5)
    marks.append(call.seconds)
    client.calling.record_pause(call.id, control_id="mine", extras={"behavior": "skip"})
    wire.comes("the pause", lambda: client.recordings.get(id)["status"] == "paused")
    call.more(0.6)
    marks.append(call.seconds)
    client.calling.record_resume(call.id, control_id="mine")
    wire.comes("going on", lambda: client.recordings.get(id)["status"] == "recording")
    refusal(409, lambda: wire_download(id), "goes on")
    call.more(0.5)
    marks.append(call.seconds)
    client.calling.record_stop(call.id, control_id="mine")
    row = wire.ended(id)
    without = marks[1] - marks[0] + marks[3] - marks[2]
    expect_near(row["duration_in_seconds"], without, 0.3, "the length without its pause")
    expect_near(wire.fetched(row).loud_seconds(), row["duration_in_seconds"], 0.05, "what is loud")
    published = {"id", "project_id", "created_at", "updated_at", "duration_in_seconds", "error_code", "price",
                 "price_unit", "status", "url", "stereo", "byte_size", "track", "relay_pstn_leg_id"}
    expect(published <= set(row), published - set(row))
    expect_equal((row["project_id"], row["stereo"], row["track"]), (wire.PROJECT, False, "speak"), "the row")
    refusal(404, lambda: client.calling.record_stop(call.id, control_id="mine"), "mine")
    expect_equal(client.recordings.delete(id), {}, "the answer to a deletion")
    refusal(404, lambda: client.recordings.get(id), id)
    refusal(404, lambda: client.recordings.delete(id), id)
    refusal(404, lambda: wire_download(id), id)
    folder = os.path.join(wire.DATA, "recordings")
    expect(not [name for name in os.listdir(folder) if id in name], "files of it are left")
    call.stop()


def wire_download(id):
    client._http.get(f"/api/v1/recordings/{id}/download")


def listing():
    """Pages that together have every recording once, the newest first, and filters by call, state and time."""
    call, other = MediaCall(speed=4).arrive(), MediaCall(speed=4).arrive()
    began = time.time()
    ids = [wire.record(call.id) for _ in range(7)]
    quiet = wire.record(other.id, audio={"initial_timeout": 1})
    call.play(sound.tone(500, 1))
    other.silence(1.5)
    call.stop()
    other.stop()
    for id in ids + [quiet]:
        wire.ended(id)
    def pages(**params):
        return [row["id"] for row in PaginatedIterator(client._http, "/api/relay/rest/recordings", params)]
    found = pages(call_id=call.id, page_size=3)
    expect_equal((sorted(found), len(found)), (sorted(ids), 7), "the recordings of a call")
    times = [client.recordings.get(id)["created_at"] for id in found]
    expect_equal(times, sorted(times, reverse=True), "the order")
    first = client.recordings.list(call_id=call.id, page_size=3)
    expect_equal((len(first["data"]), sorted(first["links"])), (3, ["first", "next", "self"]), "the first page")
    expect_equal(pages(call_id=other.id, status="no_input"), [quiet], "those of a state")
    expect_equal(pages(call_id=other.id, status="finished"), [], "those of another state")
    expect_equal(sorted(pages(call_id=call.id, created_after=str(began - 1))), sorted(ids), "those after a time")
    expect_equal(pages(call_id=call.id, created_before=str(began - 1)), [], "those before a time")
    expect_equal(pages(call_id="nobody"), [], "those of a call that is not there")
    refusal(422, lambda: client.recordings.list(page_size=0), "page_size is 0")
    refusal(422, lambda: client.recordings.list(page_token="x"), "page_token is x")
    refusal(422, lambda: client.recordings.list(status="lost"), "lost", "no_input")
    refusal(422, lambda: client.recordings.list(created_after="soon"), "soon")


def refusals():
    """Each names the thing, its value and what is allowed."""
    call = MediaCall().arrive()
    refusal(404, lambda: client.calling.record("nobody", audio=PLAIN), "nobody")
    refusal(404, lambda: client.recordings.get("../../etc/passwd"))
    refusal(422, lambda: client.calling.record(call.id, audio={"format": "ogg"}), "ogg", "wav")
    refusal(422, lambda: client.calling.record(call.id, extras={"colour": "red"}), "colour")
    refusal(400, lambda: client.calling.record(call.id, audio=PLAIN, status_url="ftp://example.org/x"), "ftp://")
    refusal(404, lambda: client.calling.record_pause(call.id, control_id="none"), "none")
    error = refusal(501, lambda: client._http.post("/api/calling/calls", {"command": "calling.dial", "params": {}}),
                    "calling.dial", "calling.record")
    expect(error.headers is not None, "an error without headers")
    stranger = RestClient(project=wire.PROJECT, token="wrong", host=wire.HOST)
    refusal(401, lambda: stranger.recordings.list(), "credentials")
    call.stop()


def over_tls():
    """The same by https, with the service's own certificate as the SDK is told of it."""
    os.environ["SIGNALWIRE_REST_CA_FILE"] = wire.CA
    # Where these are set they count more.
    for name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
        os.environ.pop(name, None)
    http = HttpClient(wire.PROJECT, wire.TOKEN, wire.HOST)
    # The client takes plain HTTP for whatever is on this machine.
    http._base_url = f"https://{wire.HOST}"
    expect("data" in http.get("/api/relay/rest/recordings"), "no list")
    http._session.verify = True
    try:
        http.get("/api/relay/rest/recordings")
    except SignalWireRestTransportError as error:
        expect("CERTIFICATE" in str(error).upper(), str(error))
    else:
        raise AssertionError("a certificate of nobody was trusted")


if __name__ == "__main__":
    scenes.run(globals())
