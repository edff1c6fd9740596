"""Takes a service's callbacks, as a receiver that is not always well: receiver.py FILE KEY SEED

Prints its port. What it takes it writes down in FILE, a line of JSON for each, in the order of arrival, with whether
the signature was right by the key that KEY holds. Of a hundred callbacks it refuses four, takes three and says that it
has not, takes two and says nothing, and keeps one waiting.
"""

import hashlib
import hmac
import http.server
import json
import random
import sys
import threading
import time

journal_path, key_path, seed = sys.argv[1:4]
journal = open(journal_path, "a", buffering=1)
lock = threading.Lock()
chance = random.Random(int(seed))


def is_signed(headers, body):
    with open(key_path, "rb") as key:
        secret = key.readline().strip()
    message = headers.get("X-Reel-Timestamp", "").encode() + b"." + body
    expected = "v1=" + hmac.new(secret, message, hashlib.sha256).hexdigest()
    return hmac.compare_digest(expected, headers.get("X-Reel-Signature", ""))


class Receiver(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 60

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        with lock:
            moods = ["refuse"] * 4 + ["take and refuse"] * 3 + ["take and hang up"] * 2 + ["wait"] + ["take"] * 90
            mood = chance.choice(moods)
        if mood == "wait":
            time.sleep(0.5)
        if mood != "refuse":
            self.take(body)
        if mood == "take and hang up":
            self.close_connection = True
            return
        self.send_response(200 if mood in ("take", "wait") else 503)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def take(self, body):
        line = {
            "event": self.headers["X-Reel-Event-Id"],
            "signed": is_signed(self.headers, body),
            "params": json.loads(body)["params"],
        }
        with lock:
            journal.write(json.dumps(line) + "\n")

    def log_message(self, *_):
        pass


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 256

    def handle_error(self, *_):
        # Connections of a service that was killed.
        pass


server = Server(("127.0.0.1", 0), Receiver)
print(server.server_address[1], flush=True)
server.serve_forever()
