"""A receiver of events that fails on purpose.

    failing_receiver.py LOG [PORT]

Prints its port, then serves until it is ended. Each request is a line of JSON in LOG, written before it is answered.
What it does is said by the path, so that one receiver does for many tests:

    /ok                 200
    /status/N           N
    /fail/N/ANY         500 for the first N requests to this path, then 200
    /down/SECONDS/ANY   500 for so long since the first request to this path, then 200
    /hang               no answer
    /slow/SECONDS       200, after so long
    /endless            200, and a body that does not end
    /close              the connection closes with no answer
    /redirect/N?URL     N, to URL as it stands
    /bytes/N            200, and a body of N bytes
"""

import hmac
import json
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import unquote

SECRET = b"a secret of the tests"
lock = threading.Lock()
seen = {}


class Receiver(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        stamp = self.headers.get("X-Reel-Timestamp", "")
        own = "v1=" + hmac.new(SECRET, stamp.encode() + b"." + body, "sha256").hexdigest()
        with lock:
            first, count = seen.get(self.path, (time.time(), 0))
            seen[self.path] = (first, count + 1)
        status = self.status(first, count)
        line = {
            "method": self.command,
            "path": self.path,
            "body": body.decode(),
            "id": self.headers.get("X-Reel-Event-Id"),
            "signed": hmac.compare_digest(own, self.headers.get("X-Reel-Signature", "")),
            "type": self.headers.get("Content-Type"),
            "agent": self.headers.get("User-Agent"),
            "authorization": self.headers.get("Authorization"),
            "stamp": stamp,
            "peer": self.client_address[1],
            "status": status,
            "time": time.time(),
        }
        with lock:
            log.write(json.dumps(line) + "\n")
            log.flush()
        self.answer(status)

    do_GET = do_POST

    def status(self, first, count):
        parts = self.path.split("?")[0].split("/")
        if parts[1] == "fail":
            return 500 if count < int(parts[2]) else 200
        if parts[1] == "down":
            return 500 if time.time() < first + float(parts[2]) else 200
        if parts[1] in ("status", "redirect"):
            return int(parts[2])
        return 200

    def answer(self, status):
        parts = self.path.split("?")[0].split("/")
        if parts[1] == "hang":
            time.sleep(3600)
        if parts[1] == "close":
            self.close_connection = True
            return
        if parts[1] == "slow":
            time.sleep(float(parts[2]))
        self.send_response(status)
        if parts[1] == "redirect":
            self.send_header("Location", unquote(self.path.split("?", 1)[1]))
        if parts[1] == "endless":
            self.end_headers()
            while True:
                self.wfile.write(b"x" * 65536)
        body = b"y" * int(parts[2]) if parts[1] == "bytes" else b"{}"
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def handle_error(self, *_):
        pass


log = open(sys.argv[1], "a")
server = Server(("127.0.0.1", int(sys.argv[2]) if len(sys.argv) > 2 else 0), Receiver)
print(server.server_address[1], flush=True)
# It ends with who started it.
threading.Thread(target=server.serve_forever, daemon=True).start()
sys.stdin.read()
