"""Draws run.svg, the picture of one whole run, from a run that really happens.

    python examples/service/picture.py .build/release/reel examples/service/run.svg

It starts the service on a fresh folder, connects the published SDK's example, plays a call into it and looks at what
came of it. Each line is shown with the time at which it appeared. Ids are cut short, the folder's path is left out, the
port, which is a free one here, is shown as the one that the service takes by itself, and the log's own times are left
out, since the column of times is there. Python must be one that has signalwire-sdk.
"""

import html
import os
import pathlib
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
LONGEST = 118  # characters of a line
PATIENCE_SECONDS = 60
CALLER = "testdata/voicemail-8000-caller.flac"


class Terminal:
    """What is typed and what appears in one terminal, with its times."""

    def __init__(self, title, began):
        self.title, self.began, self.lines, self.lock = title, began, [], threading.Lock()

    def add(self, text, typed=False):
        """`typed` is True for a command, and None for a key."""
        with self.lock:
            self.lines.append((time.monotonic() - self.began, typed, text))

    def follow(self, stream):
        def read():
            for line in stream:
                self.add(line.rstrip("\n"))

        thread = threading.Thread(target=read, daemon=True)
        thread.start()
        return thread

    def wait_for(self, words):
        end = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < end:
            with self.lock:
                if any(words in text for _, typed, text in self.lines if typed is False):
                    return
            time.sleep(0.02)
        raise SystemExit(f"{self.title}: {words!r} did not appear; there is {self.lines}")


def start(arguments, **more):
    return subprocess.Popen(arguments, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, bufsize=1, **more)


def run(reel, folder):
    """The run itself: gives both terminals, and what in them is not the same twice."""
    began = time.monotonic()
    server, client = Terminal("terminal 1: the service", began), Terminal("terminal 2: its client, and a call", began)
    server.add("reel serve", True)
    service = start([reel, "serve", "--listen", "127.0.0.1:0"], cwd=folder)
    children = [service]
    try:
        followed = [server.follow(service.stdout)]
        server.wait_for('"event":"serving"')
        welcome = next(text for _, _, text in server.lines if text.startswith("serving at"))
        port = re.search(r"http://127\.0\.0\.1:(\d+)", welcome)[1]
        token = (folder / "reel-data" / "token").read_text().strip()
        environment = dict(
            os.environ, SIGNALWIRE_SPACE=f"127.0.0.1:{port}", SIGNALWIRE_PROJECT_ID="reel", SIGNALWIRE_API_TOKEN=token,
            SIGNALWIRE_RELAY_CA_FILE=str(folder / "reel-data" / "cert.pem"), PYTHONUNBUFFERED="1")
        client.add("export " + next(text for _, _, text in server.lines if "export " in text).split("export ")[1], True)
        client.add("python examples/service/voicemail.py &", True)
        children.append(start([sys.executable, str(HERE / "voicemail.py")], env=environment))
        client.follow(children[-1].stdout)
        server.wait_for("relay_connected")
        call = f"call --caller {CALLER} --digit 7.5:# --to ws://127.0.0.1:{port} --token-file reel-data/token"
        client.add(f"reel {call}", True)
        children.append(start([reel, *call.replace(CALLER, str(ROOT / CALLER)).split()], cwd=folder))
        followed.append(client.follow(children[-1].stdout))
        client.wait_for("Recording saved")
        children[-1].wait(PATIENCE_SECONDS)
        followed[-1].join(PATIENCE_SECONDS)
        fetch(reel, folder, client, token)
        server.add("^C", typed=None)
        service.send_signal(signal.SIGINT)
        service.wait(PATIENCE_SECONDS)
        followed[0].join(PATIENCE_SECONDS)
    finally:
        for child in children:
            if child.poll() is None:
                child.kill()
            child.wait()
    return server, client, port, token


def fetch(reel, folder, client, token):
    """Fetches what was recorded, and looks into it."""
    url = next(text for _, _, text in client.lines if text.startswith("Recording saved")).split()[-1]
    client.add("curl -s -u reel:$SIGNALWIRE_API_TOKEN -o message.mp3 URL; reel inspect message.mp3", True)
    subprocess.run(["curl", "-sf", "-u", f"reel:{token}", "-o", "message.mp3", url], cwd=folder, check=True)
    text = subprocess.run([reel, "inspect", "message.mp3"], cwd=folder, check=True, capture_output=True, text=True)
    for line in text.stdout.splitlines():
        client.add(line)


def plain(text, folder, port, token):
    """The line as it is shown: what differs from run to run is made the same, and what is long short."""
    text = text.replace(str(folder) + "/", "").replace(f":{port}", ":8443").replace(token, "…")
    text = re.sub(r'"time":"[^"]*",', "", text)
    return re.sub(r"([0-9a-f]{4})[0-9a-f]{4}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", r"\1…", text)


def rows(terminal, shown):
    """The rows of a terminal: what is longer than one goes on in the next, without a time."""
    for seconds, typed, text in terminal.lines:
        kind = "said" if typed is False else "typed"
        if '"level":"warning"' in text:
            kind = "note"
        text = ("$ " if typed else "") + shown(text)
        yield f"{seconds:5.1f}", kind, text[:LONGEST]
        for place in range(LONGEST, len(text), LONGEST):
            yield "", kind, text[place : place + LONGEST]


STYLE = """
  text { font: 13px ui-monospace, "SF Mono", "DejaVu Sans Mono", Menlo, Consolas, monospace; white-space: pre; }
  .pane { fill: #f6f8fa; stroke: #d0d7de; } .title, .time { fill: #59636e; } .said { fill: #1f2328; }
  .typed { fill: #0550ae; font-weight: bold; } .note { fill: #9a6700; }
  @media (prefers-color-scheme: dark) {
    .pane { fill: #151b23; stroke: #3d444d; } .title, .time { fill: #9198a1; } .said { fill: #f0f6fc; }
    .typed { fill: #79c0ff; } .note { fill: #e3b341; }
  }"""
ROW, COLUMN, EDGE = 18, 7.85, 14


def drawn(terminals, shown):
    """The picture: one terminal above the other, each line at its time in seconds."""
    parts, y = [], EDGE
    width = round(COLUMN * (LONGEST + 7) + 4 * EDGE)
    for terminal in terminals:
        lines = list(rows(terminal, shown))
        height = ROW * (len(lines) + 1) + EDGE
        parts.append(f'<rect class="pane" x="{EDGE}" y="{y}" width="{width - 2 * EDGE}" height="{height}" rx="8"/>')
        parts.append(f'<text class="title" x="{2 * EDGE}" y="{y + ROW}">{html.escape(terminal.title)}</text>')
        for row, (seconds, kind, text) in enumerate(lines):
            at = y + ROW * (row + 2)
            parts.append(f'<text class="time" x="{2 * EDGE}" y="{at}">{seconds}</text>')
            left = round(2 * EDGE + 7 * COLUMN)
            parts.append(f'<text class="{kind}" x="{left}" y="{at}">{html.escape(text, False)}</text>')
        y += height + EDGE
    head = f'<svg xmlns="http://www.w3.org/2000/svg" xml:space="preserve" viewBox="0 0 {width} {y}" width="{width}">'
    return "\n".join([head, f"<style>{STYLE}\n</style>", *parts, "</svg>", ""])


def main():
    reel, picture = str(pathlib.Path(sys.argv[1]).resolve()), pathlib.Path(sys.argv[2])
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name).resolve()
        server, client, port, token = run(reel, folder)
        picture.write_text(drawn([server, client], lambda text: plain(text, folder, port, token)))


if __name__ == "__main__":
    main()
