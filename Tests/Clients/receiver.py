"""A receiver of callbacks that fails as it is told to, and remembers all that came."""

import hmac
import json
import os
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import wire


class Came:
    """One request."""

    def __init__(self, request, body):
        self.path, self.body, self.json = request.path, body, json.loads(body)
        self.headers = request.headers
        self.time = time.time()

    @property
    def event_id(self):
        return self.headers["X-Reel-Event-Id"]

    @property
    def state(self):
        return self.json["params"]["state"]

    def is_signed(self):
        with open(os.path.join(wire.DATA, "signing-key"), "rb") as file:
            key = file.read().strip()
        stamp = self.headers["X-Reel-Timestamp"]
        own = hmac.new(key, f"{stamp}.{self.body}".encode(), "sha256").hexdigest()
        return abs(time.time() - int(stamp)) < 60 and self.headers["X-Reel-Signature"] == f"v1={own}"


class Receiver:
    """`/fail/N/ANY` fails N times, `/slow/SECONDS/ANY` takes so long, and `files` are there to be fetched."""

    def __init__(self, port=0):
        self.taken, self.refused, self.counts, self.files = [], [], {}, {}
        self.lock = threading.Lock()
        self.port = port
        self.start()

    def start(self):
        owner = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
                self.send_response(owner.take(Came(self, body)))
                self.send_header("Content-Length", "0")
                self.end_headers()

            def do_GET(self):
                data = owner.files.get(self.path)
                self.send_response(200 if data is not None else 404)
                self.send_header("Content-Length", str(len(data or b"")))
                self.end_headers()
                self.wfile.write(data or b"")

            def log_message(self, *_):
                pass

        class Server(ThreadingHTTPServer):
            daemon_threads = True
            allow_reuse_address = True

            def handle_error(self, *_):
                pass

        self.server = Server(("127.0.0.1", self.port), Handler)
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()

    def take(self, came):
        parts = came.path.split("/")
        with self.lock:
            count = self.counts[came.path] = self.counts.get(came.path, 0) + 1
            fails = parts[1] == "fail" and count <= int(parts[2])
            (self.refused if fails else self.taken).append(came)
        if parts[1] == "slow":
            time.sleep(float(parts[2]))
        return 500 if fails else 200

    def stop(self):
        self.server.shutdown()
        self.server.server_close()

    def url(self, path):
        return f"http://127.0.0.1:{self.port}{path}"

    def of(self, path):
        with self.lock:
            return [came for came in self.taken if came.path == path]

    def states(self, path):
        return [came.state for came in self.of(path)]

    def wait(self, path, count, seconds=15):
        wire.comes(f"{count} callbacks at {path}", lambda: len(self.of(path)) >= count, seconds)
        return self.of(path)
