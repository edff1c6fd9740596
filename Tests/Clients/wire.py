"""The service from outside, by the standard library alone: HTTP, WebSockets, and calls that play sound into it.

Where the service is, the environment says: REEL_HTTP, REEL_WSS, REEL_CA, REEL_PROJECT, REEL_TOKEN, REEL_DATA and
REEL_COMMAND, which is the command itself.
"""

import array
import base64
import http.client
import json
import os
import signal
import socket
import ssl
import struct
import subprocess
import threading
import time
import uuid

import sound

SERVICE = os.environ.get("REEL_HTTP", "http://127.0.0.1:0")
HOST = SERVICE.split("://")[1]
CA = os.environ.get("REEL_CA", "")
PROJECT = os.environ.get("REEL_PROJECT", "")
TOKEN = os.environ.get("REEL_TOKEN", "")
DATA = os.environ.get("REEL_DATA", "")
SCRATCH = os.environ.get("REEL_SCRATCH", "")
COMMAND = os.environ.get("REEL_COMMAND", "reel")

# Who runs this may have been a thread that takes no signals, and what it runs would take none either.
signal.pthread_sigmask(signal.SIG_SETMASK, [])

FINAL = ("finished", "no_input", "error")


def expect(condition, what):
    if not condition:
        raise AssertionError(what)


def expect_equal(found, wanted, what):
    expect(found == wanted, f"{what}: {found!r} and not {wanted!r}")


def expect_near(found, wanted, margin, what):
    expect(abs(found - wanted) <= margin, f"{what}: {found!r} and not {wanted!r} within {margin!r}")


def comes(what, condition, seconds=10):
    """Asks until it is so, and gives what was found."""
    end = time.monotonic() + seconds
    while True:
        found = condition()
        if found:
            return found
        expect(time.monotonic() < end, f"{what} did not come within {seconds} s; last: {found!r}")
        time.sleep(0.02)


def reel(*arguments, status=0):
    """Runs the command; gives what it printed."""
    done = subprocess.run([COMMAND, *arguments], capture_output=True, text=True, timeout=30)
    expect_equal(done.returncode, status, f"reel {arguments[0]}: {done.stdout}{done.stderr}")
    return done.stdout


def basic(project=None, token=None):
    pair = f"{project or PROJECT}:{token or TOKEN}"
    return "Basic " + base64.b64encode(pair.encode()).decode()


class Answer:
    def __init__(self, answer):
        self.status = answer.status
        self.headers = {name.lower(): value for name, value in answer.getheaders()}
        self.body = answer.read()

    @property
    def json(self):
        return json.loads(self.body)


def ask(method, path, body=None, headers=None, authorization=None):
    """One request, with the project's credentials unless others are given; "" gives none."""
    address, port = HOST.split(":")
    connection = http.client.HTTPConnection(address, int(port), timeout=20)
    headers = dict(headers or {})
    authorization = basic() if authorization is None else authorization
    if authorization:
        headers["Authorization"] = authorization
    if body is not None:
        body = body if isinstance(body, bytes) else json.dumps(body).encode()
        headers["Content-Type"] = "application/json"
    connection.request(method, path.removeprefix(SERVICE), body, headers)
    answer = Answer(connection.getresponse())
    connection.close()
    return answer


def get(path):
    answer = ask("GET", path)
    expect_equal(answer.status, 200, f"GET {path}: {answer.body[:300]}")
    return answer.json


def post(path, body):
    answer = ask("POST", path, body)
    expect_equal(answer.status, 200, f"POST {path}: {answer.body[:300]}")
    return answer.json


def command(name, call_id, **params):
    return post("/api/calling/calls", {"command": name, "id": call_id, "params": params})


def record(call_id, **params):
    """Begins a recording that nothing but the call's end or a stop ends, unless it is said."""
    audio = {"format": "wav", "initial_timeout": 0, "end_silence_timeout": 0, "terminators": ""}
    audio.update(params.pop("audio", {}))
    return command("calling.record", call_id, audio=audio, **params)["recording_id"]


def ended(recording_id, seconds=10):
    """The recording's row once it has its last state."""
    def row():
        found = get(f"/api/relay/rest/recordings/{recording_id}")
        return found if found["status"] in FINAL else None
    return comes(f"the end of {recording_id}", row, seconds)


def fetched(row):
    """The file of a recording, as it is downloaded."""
    answer = ask("GET", row["url"])
    expect_equal(answer.status, 200, f"GET {row['url']}: {answer.body[:300]}")
    path = os.path.join(SCRATCH, f"{row['id']}.{row['format']}")
    with open(path, "wb") as file:
        file.write(answer.body)
    expect_equal(len(answer.body), row["byte_size"], "byte_size")
    return sound.File(path)


class Refused(Exception):
    def __init__(self, status, text):
        super().__init__(f"{status}: {text}")
        self.status = status


class WebSocket:
    """A client of RFC 6455, of which one thread hears and others may say."""

    def __init__(self, path, headers=None, secure=False):
        address, port = HOST.split(":")
        self.socket = socket.create_connection((address, int(port)), timeout=20)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if secure:
            self.socket = ssl.create_default_context(cafile=CA).wrap_socket(self.socket, server_hostname=address)
        lines = [f"GET {path} HTTP/1.1", f"Host: {HOST}", "Upgrade: websocket", "Connection: Upgrade",
                 "Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: " + base64.b64encode(os.urandom(16)).decode()]
        lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
        self.socket.sendall(("\r\n".join(lines) + "\r\n\r\n").encode())
        self.stream = self.socket.makefile("rb")
        self.lock = threading.Lock()
        self.code = None
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            line = self.stream.readline()
            if not line:
                raise Refused(0, "the connection closed")
            head += line
        status = int(head.split()[1])
        if status != 101:
            raise Refused(status, head.decode())

    def say(self, message, kind=None):
        """Text or bytes. The mask is 0, which leaves them as they are."""
        code = kind or (1 if isinstance(message, str) else 2)
        data = message.encode() if isinstance(message, str) else message
        size = len(data)
        if size < 126:
            head = struct.pack(">BB", 0x80 | code, 0x80 | size)
        elif size < 65536:
            head = struct.pack(">BBH", 0x80 | code, 0x80 | 126, size)
        else:
            head = struct.pack(">BBQ", 0x80 | code, 0x80 | 127, size)
        with self.lock:
            self.socket.sendall(head + b"\0\0\0\0" + data)

    def hear(self):
        """The next message; None when the connection is over, and `code` then says why."""
        message, kind = b"", None
        while True:
            try:
                head = self.stream.read(2)
                if len(head) < 2:
                    return None
                size = head[1] & 127
                if size == 126:
                    size = struct.unpack(">H", self.stream.read(2))[0]
                elif size == 127:
                    size = struct.unpack(">Q", self.stream.read(8))[0]
                data = self.stream.read(size)
            except (OSError, ValueError, struct.error):
                return None
            code = head[0] & 15
            if code == 8:
                self.code = struct.unpack(">H", data[:2])[0] if size >= 2 else 1005
                self.close()
                return None
            if code == 9:
                self.say(data, 10)
            if code > 2:
                continue
            kind = kind or code
            message += data
            if head[0] & 0x80:
                return message.decode() if kind == 1 else message

    def close(self):
        try:
            self.say(struct.pack(">H", self.code or 1000), 8)
        except OSError:
            pass
        self.kill()

    def kill(self):
        """As a network does that is gone: no farewell."""
        try:
            self.socket.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        self.socket.close()


class MediaCall:
    """A call whose media come over a WebSocket at the pace of a call, or faster.

    `form` is "mulaw", "alaw" or "l16" for messages of JSON, or "binary".
    """

    encodings = {"mulaw": "audio/x-mulaw", "alaw": "audio/x-alaw", "l16": "audio/x-l16"}

    def __init__(self, call_id=None, form="mulaw", rate=8000, context="default", tag="", params=None, speed=1,
                 authorization=None, token=None, secure=False):
        self.id = call_id or f"call-{uuid.uuid4()}"
        self.form, self.rate, self.context, self.tag, self.speed = form, rate, context, tag, speed
        self.params, self.secure = dict(params or {}), secure
        self.headers = {} if token is not None else {"Authorization": authorization or basic()}
        self.path = "/media" if token is None else f"/media?token={token}"
        self.position = 0
        self.heard, self.events = array.array("h"), []
        self.thread = None
        self.connect()

    def connect(self):
        self.stream_id = f"MZ{uuid.uuid4().hex}"
        self.began, self.sent = time.monotonic(), 0
        self.is_over = False
        self.socket = WebSocket(self.path, self.headers, self.secure)
        for message in self.greeting():
            self.socket.say(json.dumps(message))
        self.hearing = threading.Thread(target=self.listen, daemon=True)
        self.hearing.start()

    def greeting(self):
        if self.form == "binary":
            return [{"call_id": self.id, "rate": self.rate, "legs": ["caller", "agent"], "context": self.context,
                     "tag": self.tag, "from": "+15550100", "to": "+15550199", "params": self.params}]
        custom = {"context": self.context, "tag": self.tag, "from": "+15550100", "to": "+15550199", **self.params}
        start = {"streamSid": self.stream_id, "accountSid": "AC0", "callSid": self.id,
                 "tracks": ["inbound", "outbound"], "customParameters": custom,
                 "mediaFormat": {"encoding": self.encodings[self.form], "sampleRate": self.rate, "channels": 1}}
        return [{"event": "connected", "protocol": "Call", "version": "1.0.0"},
                {"event": "start", "sequenceNumber": "1", "start": start, "streamSid": self.stream_id}]

    def listen(self):
        while (message := self.socket.hear()) is not None:
            if isinstance(message, bytes):
                self.heard.frombytes(message[1:])
                continue
            event = json.loads(message)
            if event["event"] == "media":
                self.heard.extend(sound.decoded(base64.b64decode(event["media"]["payload"]), self.form))
            else:
                self.events.append(event)
        self.is_over = True

    def push(self, track, samples):
        """A packet of one leg."""
        if self.form == "binary":
            # Every other packet says where it belongs, so that both kinds are in each call.
            if self.position // len(samples) % 2:
                self.socket.say(bytes([track]) + samples.tobytes())
            else:
                self.socket.say(struct.pack("<BQ", 128 + track, self.position) + samples.tobytes())
            return
        payload = base64.b64encode(sound.encoded(samples, self.form)).decode()
        media = {"track": ["inbound", "outbound"][track], "chunk": "1",
                 "timestamp": str(self.position * 1000 // self.rate), "payload": payload}
        self.socket.say(json.dumps({"event": "media", "streamSid": self.stream_id, "media": media}))

    def play(self, caller=None, agent=None):
        """Both legs, packet by packet; a leg that is not given brings silence."""
        count = max(len(caller or ()), len(agent or ()))
        size = self.rate // 50
        for start in range(0, count, size):
            if self.is_over:
                return
            for track, leg in enumerate((caller, agent)):
                packet = (leg or array.array("h"))[start:start + size]
                packet.extend([0] * (size - len(packet)))
                self.push(track, packet)
            self.position += size
            self.pace(size)

    def pace(self, count):
        self.sent += count
        due = self.began + self.sent / self.rate / self.speed
        time.sleep(max(0, due - time.monotonic()))

    def skip(self, seconds):
        """A time in which no packet comes, though the clock goes on."""
        self.position += int(seconds * self.rate)
        self.pace(int(seconds * self.rate))

    def silence(self, seconds):
        self.play(array.array("h", bytes(2 * int(seconds * self.rate))))

    def go_on(self, caller=None, agent=None, repeats=False):
        """Plays in the background, and then silence, or all again, until the call is over."""
        def run():
            try:
                while True:
                    self.play(caller, agent)
                    while not repeats and not self.is_over:
                        self.silence(0.2)
                    if self.is_over:
                        return
            except OSError:
                self.is_over = True
        self.thread = threading.Thread(target=run, daemon=True)
        self.thread.start()
        return self

    def press(self, digit):
        if self.form == "binary":
            message = {"event": "dtmf", "digit": digit}
        else:
            message = {"event": "dtmf", "streamSid": self.stream_id, "dtmf": {"track": "inbound_track", "digit": digit}}
        self.socket.say(json.dumps(message))

    def stop(self):
        """Says that the call is over, and waits until the service has understood."""
        message = {"event": "stop"}
        if self.form != "binary":
            message["streamSid"] = self.stream_id
        try:
            self.socket.say(json.dumps(message))
        except OSError:
            pass
        self.wait()

    def lose(self):
        self.socket.kill()
        self.hearing.join(5)

    def wait(self, seconds=15):
        self.hearing.join(seconds)
        expect(not self.hearing.is_alive(), f"the call {self.id} goes on after {seconds} s")

    @property
    def seconds(self):
        """How much of each leg was sent by this connection."""
        return self.sent / self.rate

    def more(self, seconds):
        """Waits until so much more was sent in the background."""
        end = self.seconds + seconds
        comes(f"{seconds} s more of {self.id}", lambda: self.seconds >= end, seconds + 20)

    @property
    def is_known(self):
        return ask("GET", f"/api/calls/{self.id}").status == 200

    def arrive(self):
        """Waits until the service knows of it."""
        comes(f"the call {self.id}", lambda: self.is_known)
        return self
