"""Recordings fetched by curl."""

import hashlib
import os
import re
import subprocess
import threading

import scenes
import sound
import wire
from wire import MediaCall, expect, expect_equal


def recorded(**audio):
    call = MediaCall(form="binary", rate=16000, speed=4).arrive()
    id = wire.record(call.id, audio=audio)
    call.play(sound.tone(440, 1.0, 16000))
    call.stop()
    return wire.ended(id)


def curl(url, *options, user=None, status=200):
    """The headers, in lower case, and the body, without being asked for a certificate of anybody else."""
    head = os.path.join(wire.SCRATCH, f"{os.urandom(8).hex()}.head")
    user = ["-u", user or f"{wire.PROJECT}:{wire.TOKEN}"] if user != "" else []
    done = subprocess.run(["curl", "-sS", "-D", head, *user, *options, url], capture_output=True, timeout=20)
    expect_equal(done.returncode, 0, f"curl: {done.stderr}")
    lines = open(head).read().strip().split("\n")
    expect_equal(int(lines[0].split()[1]), status, f"{url} {options}: {done.stdout[:300]}")
    headers = dict(line.strip().split(": ", 1) for line in lines[1:])
    return {name.lower(): value for name, value in headers.items()}, done.stdout


def on_disk(row):
    with open(os.path.join(wire.DATA, "recordings", f"{row['id']}.{row['format']}"), "rb") as file:
        return file.read()


def whole():
    """Each format with its own type and name, whole and unchanged, by HTTP and HTTPS; HEAD without the body."""
    types = {"wav": "audio/wav", "mp3": "audio/mpeg", "mp4": "audio/mp4"}
    for format, type in types.items():
        row = recorded(format=format)
        headers, body = curl(row["url"])
        expect_equal(body, on_disk(row), "the body")
        expect_equal(hashlib.sha256(body).hexdigest(), row["sha256"], "sha256")
        expect_equal((headers["content-type"], headers["accept-ranges"]), (type, "bytes"), "the headers")
        expect_equal(headers["content-disposition"], f'attachment; filename="{row["id"]}.{format}"', "the name")
        expect_equal(int(headers["content-length"]), row["byte_size"], "the length")
        head, nothing = curl(row["url"], "-I")
        expect_equal(nothing.strip().split(b"\r\n")[0], b"HTTP/1.1 200 OK", "HEAD")
        for name in ("content-type", "content-length", "etag", "content-disposition"):
            expect_equal(head[name], headers[name], name)
        secure = row["url"].replace("http://", "https://")
        expect_equal(curl(secure, "--cacert", wire.CA)[1], body, "the body by HTTPS")
    done = subprocess.run(["curl", "-sS", secure], capture_output=True)
    expect_equal(done.returncode, 60, "curl's status for a certificate that nobody told it of")


def ranges():
    """The first bytes, some in the middle, the last, those from somewhere on, one, and none that are there."""
    row = recorded(format="wav")
    body = on_disk(row)
    size = len(body)
    asked = {"0-43": (0, 44), "1000-1999": (1000, 2000), "-100": (size - 100, size), f"{size - 7}-": (size - 7, size),
             "0-0": (0, 1), f"10-{size * 2}": (10, size), f"-{size * 2}": (0, size)}
    for text, (start, end) in asked.items():
        headers, part = curl(row["url"], "-r", text, status=206)
        expect_equal(part, body[start:end], f"bytes {text}")
        expect_equal(headers["content-range"], f"bytes {start}-{end - 1}/{size}", f"Content-Range of {text}")
    for text in (f"{size}-", f"{size * 3}-{size * 4}", "-0"):
        headers, _ = curl(row["url"], "-H", f"Range: bytes={text}", status=416)
        expect_equal(headers["content-range"], f"bytes */{size}", f"Content-Range of {text}")
    for text in ("bytes=5-1", "lines=1-2", "bytes=x"):
        expect_equal(curl(row["url"], "-H", f"Range: {text}")[1], body, f"Range: {text}")
    # Half now, half later, as curl goes on with what was broken off.
    path = os.path.join(wire.SCRATCH, "half.wav")
    with open(path, "wb") as file:
        file.write(body[:size // 2])
    curl(row["url"], "-C", "-", "-o", path, status=206)
    expect_equal(open(path, "rb").read(), body, "two halves")


def known():
    """What has not changed is not sent again; a part of what has changed is sent whole."""
    row = recorded(format="mp3")
    etag = curl(row["url"], "-I")[0]["etag"]
    expect(re.fullmatch(r'"[0-9a-f]{64}"', etag), etag)
    for tag in (etag, f'"x", {etag}', f"W/{etag}", "*"):
        headers, nothing = curl(row["url"], "-H", f"If-None-Match: {tag}", status=304)
        expect_equal((nothing, headers["etag"]), (b"", etag), "the answer")
    curl(row["url"], "-H", 'If-None-Match: "another"')
    curl(row["url"], "-r", "0-9", "-H", f"If-Range: {etag}", status=206)
    expect_equal(len(curl(row["url"], "-r", "0-9", "-H", 'If-Range: "another"')[1]), row["byte_size"], "the whole")


def strangers():
    """Nobody without a project's token gets anything, and no path leads out of the recordings."""
    row = recorded()
    places = [wire.SERVICE + path for path in ("/api/relay/rest/recordings", "/metrics", "/x")]
    for path in [row["url"]] + places:
        for user in ("", f"{wire.PROJECT}:wrong", f"other:{wire.TOKEN}", ":"):
            headers, _ = curl(path, user=user, status=401)
            expect("Basic" in headers["www-authenticate"], headers)
            expect(headers["x-request-id"], headers)
    for id in ("..%2f..%2ftoken", "../../token", "%2e%2e", "..", "x%00", "a" * 5000):
        done = subprocess.run(["curl", "-s", "--path-as-is", "-u", f"{wire.PROJECT}:{wire.TOKEN}",
                               f"{wire.SERVICE}/api/v1/recordings/{id}/download"], capture_output=True)
        expect(wire.TOKEN.encode() not in done.stdout and b'"code"' in done.stdout or not done.stdout, done.stdout)
    curl(f"{wire.SERVICE}/api/v1/recordings/{row['id']}", status=404)
    curl(row["url"], "-X", "POST", status=404)


def health():
    """Is told to everybody."""
    headers, body = curl(f"{wire.SERVICE}/healthz", user="")
    expect_equal(body, b'{"status":"ok"}\n', "health")
    curl(f"{wire.SERVICE.replace('http', 'https', 1)}/healthz", "--cacert", wire.CA, user="")


def many_at_once():
    """Twenty downloads of one file at once are twenty times the file."""
    row = recorded()
    body = on_disk(row)
    found = []
    threads = [threading.Thread(target=lambda: found.append(curl(row["url"])[1])) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    expect(len(found) == 20 and all(one == body for one in found), f"{len(found)} came")


if __name__ == "__main__":
    scenes.run(globals())
