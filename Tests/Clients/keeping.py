"""What is kept, for how long, for whom, and who had it."""

import json
import os
import re

import scenes
import sound
import wire
from wire import MediaCall, expect, expect_equal


def recorded(tag="", authorization=None):
    call = MediaCall(form="binary", speed=4, tag=tag, authorization=authorization)
    wire.comes("the call", lambda: wire.ask("GET", f"/api/calls/{call.id}", authorization=authorization).status == 200)
    body = {"command": "calling.record", "id": call.id, "params": {"audio": {"format": "wav", "initial_timeout": 0}}}
    id = wire.ask("POST", "/api/calling/calls", body, authorization=authorization).json["recording_id"]
    call.play(sound.tone(440, 0.4))
    call.stop()
    path = f"/api/relay/rest/recordings/{id}"
    wire.comes("its end", lambda: wire.ask("GET", path, authorization=authorization).json["status"] in wire.FINAL)
    return id


def status(method, id, rest="", authorization=None):
    return wire.ask(method, f"/api/relay/rest/recordings/{id}{rest}", authorization=authorization).status


def held():
    """What is held nobody deletes until it is released, by the interface or by the command."""
    id = recorded()
    expect_equal(status("PUT", id, "/hold"), 204, "hold")
    expect_equal(wire.get(f"/api/relay/rest/recordings/{id}")["hold"], True, "the row")
    answer = wire.ask("DELETE", f"/api/relay/rest/recordings/{id}")
    expect_equal(answer.status, 423, "a deletion of what is held")
    expect("hold" in answer.json["message"] or "held" in answer.json["message"], answer.json["message"])
    expect_equal(status("GET", id), 200, "what is held")
    expect_equal(status("DELETE", id, "/hold"), 204, "release")
    wire.reel("hold", id, "--data", wire.DATA)
    expect_equal(status("DELETE", id), 423, "a deletion of what the command holds")
    wire.reel("hold", "--release", id, "--data", wire.DATA)
    expect_equal(status("DELETE", id), 204, "a deletion")
    expect_equal(status("GET", id), 404, "what is deleted")
    wire.reel("hold", "nothing", "--data", wire.DATA, status=1)
    lines = wire.reel("audit", id, "--data", wire.DATA).splitlines()[::-1]
    deeds = [re.search(r" (held|released|deleted|fetched) by (\S+)", line).groups() for line in lines]
    expect_equal([deed for deed, _ in deeds], ["held", "released", "held", "released", "deleted"], "the audit log")
    expect_equal([who for _, who in deeds], [wire.PROJECT, wire.PROJECT, "user", "user", wire.PROJECT], "who it was")


def retention():
    """Rules of age delete what a tag says; a dry run says so and deletes nothing; what is held stays."""
    old, kept, other = recorded("short"), recorded("short"), recorded("long")
    wire.reel("hold", kept, "--data", wire.DATA)
    path = os.path.join(wire.SCRATCH, "retention.json")
    with open(path, "w") as file:
        json.dump({"data": wire.DATA, "retention": [{"days": 0, "tag": "short"}, {"days": 1}]}, file)
    said = wire.reel("retention", "--config", path, "--dry-run")
    expect_equal([line.split()[0] for line in said.splitlines()], [old], f"the dry run: {said}")
    expect("would be deleted" in said and "short" in said, said)
    expect_equal(status("GET", old), 200, "after a dry run")
    said = wire.reel("retention", "--config", path)
    expect(f"{old} deleted" in said and other not in said, said)
    expect_equal([status("GET", id) for id in (old, kept, other)], [404, 200, 200], "what is there")
    expect(not os.path.exists(os.path.join(wire.DATA, "recordings", f"{old}.wav")), "the file is there")
    log = wire.reel("audit", old, "--data", wire.DATA)
    expect("deleted by retention" in log and "short" in log, log)


def audited():
    """Who fetched it, how much of it, and who deleted it."""
    id = recorded()
    url = f"/api/v1/recordings/{id}/download"
    wire.ask("GET", url)
    wire.ask("GET", url, headers={"Range": "bytes=0-99"})
    wire.ask("GET", url, authorization="")
    wire.ask("DELETE", f"/api/relay/rest/recordings/{id}")
    # The newest stands first.
    lines = wire.reel("audit", id, "--data", wire.DATA).splitlines()[::-1]
    expect_equal(len(lines), 3, lines)
    for line, deed in zip(lines, ("fetched", "fetched", "deleted")):
        expect(f"{id} {deed} by {wire.PROJECT} from 127.0.0.1" in line, line)
    expect("range bytes=0-99" in lines[1], lines[1])


def another_project():
    """Sees nothing of the first's calls and recordings, nor the first of its."""
    other = wire.basic("other", os.environ["REEL_OTHER_TOKEN"])
    mine, its = recorded(), recorded(authorization=other)
    live = MediaCall(form="binary").arrive().go_on(sound.tone(440, 0.4), repeats=True)
    def seen(authorization):
        rows = wire.ask("GET", "/api/relay/rest/recordings?page_size=1000", authorization=authorization).json["data"]
        return {row["id"] for row in rows}
    expect(mine in seen(None) and its not in seen(None), "the first's list")
    expect_equal(seen(other), {its}, "the other's list")
    for method, rest in (("GET", ""), ("DELETE", ""), ("PUT", "/hold"), ("DELETE", "/hold")):
        expect_equal(status(method, mine, rest, other), 404, f"{method} {rest} of the first's by the other")
        expect_equal(status(method, its, rest), 404, f"{method} {rest} of the other's by the first")
    for path in (f"/api/v1/recordings/{mine}/download", f"/api/calls/{live.id}"):
        expect_equal(wire.ask("GET", path, authorization=other).status, 404, path)
    expect_equal(wire.ask("GET", "/api/calls", authorization=other).json, {"data": []}, "the other's calls")
    for path, body in (("/api/calling/calls", {"command": "calling.record", "id": live.id, "params": {}}),
                       (f"/api/calls/{live.id}/swml", {"sections": {"main": [{"hangup": {}}]}})):
        expect_equal(wire.ask("POST", path, body, authorization=other).status, 404, path)
    intruder = MediaCall(call_id=live.id, authorization=other)
    intruder.wait()
    expect(intruder.events and not live.is_over, "a call was taken over")
    live.stop()


def metrics():
    """In the form that Prometheus reads, and they move."""
    def figures():
        text = wire.ask("GET", "/metrics").body.decode()
        rows = [line.rsplit(" ", 1) for line in text.splitlines() if line and not line.startswith("#")]
        return {name: float(value) for name, value in rows}
    before = figures()
    call = MediaCall(form="binary").arrive()
    ids = [wire.record(call.id) for _ in range(3)]
    call.play(sound.tone(440, 0.3))
    moved = [name for name, value in figures().items() if value != before.get(name)]
    for word in ("live", "pushed"):
        expect(any(word in name for name in moved), f"no figure of {word} moved: {moved}")
    call.stop()
    for id in ids:
        wire.ended(id)


if __name__ == "__main__":
    scenes.run(globals())
