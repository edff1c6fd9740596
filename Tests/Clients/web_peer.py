"""Peers of the web host for its tests, from the standard library alone: raw sockets that do what good clients don't."""
import base64, concurrent.futures, hashlib, http.client, os, socket, ssl, struct, sys, time

port, authority, program, arguments = int(sys.argv[1]), sys.argv[2], sys.argv[3], sys.argv[4:]


def connect():
    plain = socket.create_connection(("127.0.0.1", port), timeout=60)
    plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    if authority == "-":
        return plain
    context = ssl.create_default_context()
    context.verify_flags |= ssl.VERIFY_X509_STRICT
    context.load_verify_locations(authority)
    return context.wrap_socket(plain, server_hostname="localhost")


class WebSocket:
    def __init__(self, path="/echo", protocols=None):
        self.socket = connect()
        key = base64.b64encode(os.urandom(16)).decode()
        head = f"GET {path} HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        head += f"Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n"
        if protocols:
            head += f"Sec-WebSocket-Protocol: {protocols}\r\n"
        self.socket.sendall(head.encode() + b"\r\n")
        self.buffer = b""
        self.answer = self.until(b"\r\n\r\n").decode()
        if " 101 " in self.answer:
            accept = base64.b64encode(hashlib.sha1((key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").encode()).digest())
            assert accept.decode() in self.answer, self.answer

    def until(self, end):
        while end not in self.buffer:
            self.more()
        head, _, self.buffer = self.buffer.partition(end)
        return head + end

    def more(self):
        some = self.socket.recv(1 << 20)
        if not some:
            raise EOFError(self.buffer)
        self.buffer += some

    def take(self, count):
        while len(self.buffer) < count:
            self.more()
        some, self.buffer = self.buffer[:count], self.buffer[count:]
        return some

    @staticmethod
    def frame(opcode, payload, final=True):
        mask = os.urandom(4)
        length = len(payload)
        head = bytes([opcode | (0x80 if final else 0)])
        if length < 126:
            head += bytes([0x80 | length])
        elif length < 65536:
            head += b"\xfe" + struct.pack(">H", length)
        else:
            head += b"\xff" + struct.pack(">Q", length)
        number = int.from_bytes(payload, "big") ^ int.from_bytes((mask * (length // 4 + 1))[:length], "big")
        return head + mask + number.to_bytes(length, "big")

    def send(self, opcode, payload, final=True):
        self.socket.sendall(self.frame(opcode, payload, final))

    def receive(self):
        """The next message: its opcode, what it holds, and in how many frames."""
        whole, first, count = b"", None, 0
        while True:
            head, length = self.take(2)
            length &= 0x7F
            if length == 126:
                length = struct.unpack(">H", self.take(2))[0]
            elif length == 127:
                length = struct.unpack(">Q", self.take(8))[0]
            payload = self.take(length)
            count += 1
            first = first or head & 0x0F
            whole += payload
            if head & 0x80:
                return first, whole


def echo():
    peer = WebSocket()
    for size in [0, 1, 125, 126, 127, 65535, 65536, 1 << 20]:
        payload = bytes((i * 7 + size) & 0xFF for i in range(size))
        for _ in range(2):
            peer.send(2, payload)
            assert peer.receive() == (2, payload), size
        text = ("ä" * (size // 2)).encode()
        peer.send(1, text)
        assert peer.receive() == (1, text), size
    print("ok")


def fragments():
    peer = WebSocket()
    peer.send(2, b"one ", final=False)
    peer.send(9, b"are you there?")
    peer.send(0, b"", final=False)
    peer.send(0, b"two ", final=False)
    peer.send(0, b"three")
    assert peer.receive() == (10, b"are you there?")
    assert peer.receive() == (2, b"one two three")
    # A frame that arrives byte by byte, and many in one piece.
    for byte in peer.frame(1, b"slowly"):
        peer.socket.sendall(bytes([byte]))
        time.sleep(0.002)
    assert peer.receive() == (1, b"slowly")
    peer.socket.sendall(b"".join(peer.frame(2, bytes([i & 255]) * (i % 300)) for i in range(2000)))
    for i in range(2000):
        assert peer.receive() == (2, bytes([i & 255]) * (i % 300)), i
    print("ok")


def closing():
    peer = WebSocket()
    peer.send(1, b"bye")
    opcode, payload = peer.receive()
    print(opcode, struct.unpack(">H", payload[:2])[0], payload[2:].decode())


def too_long():
    peer = WebSocket()
    size = int(arguments[0])
    try:
        peer.send(2, b"x" * size)
    except OSError:
        pass
    opcode, payload = peer.receive()
    print(opcode, struct.unpack(">H", payload[:2])[0])


def bad_text():
    peer = WebSocket()
    peer.send(1, b"\xff\xfe")
    opcode, payload = peer.receive()
    print(opcode, struct.unpack(">H", payload[:2])[0])


def upgrade():
    peer = WebSocket(*arguments)
    try:
        peer.socket.settimeout(2)
        peer.more()
    except (EOFError, OSError):
        pass
    print(peer.answer + peer.buffer.decode(errors="replace"))


def flood():
    peer = WebSocket("/flood")
    last = {}
    for _ in range(1000):
        thread, number = map(int, peer.receive()[1].split())
        assert number == last.get(thread, -1) + 1
        last[thread] = number
    print(sorted(last.items()))


def deaf():
    """Sends and never reads: what is echoed has nowhere to go."""
    peer = WebSocket()
    try:
        for _ in range(1000):
            peer.send(2, b"x" * 100_000)
    except OSError as failure:
        print("closed")


def abrupt():
    for i in range(200):
        kind = i % 8
        if kind == 0:
            connect().close()
            continue
        if kind == 1:
            s = connect()
            s.sendall(b"GET /mirror HTTP/1.1\r\nHo")
        elif kind == 2:
            s = connect()
            s.sendall(b"POST /body HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\nhalf")
        elif kind == 3:
            s = connect()
            s.sendall(b"GET /never HTTP/1.1\r\nHost: a\r\n\r\n")
        elif kind == 4:
            s = connect()
            s.sendall(b"GET /file/big HTTP/1.1\r\nHost: a\r\n\r\n")
            s.recv(1000)
        elif kind == 5:
            s = WebSocket().socket
        elif kind == 6:
            peer = WebSocket()
            s = peer.socket
            s.sendall(peer.frame(2, b"x" * 10_000)[:5_000])
        else:
            s = WebSocket("/flood").socket
        if i % 16 < 8:
            s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        s.close()
    print("ok")


def raw():
    """Sends what it is told as it is, and prints what comes until the end."""
    s = connect()
    s.sendall(arguments[0].encode().decode("unicode_escape").encode("latin-1"))
    s.settimeout(5)
    said = b""
    try:
        if len(arguments) > 1:
            s.shutdown(socket.SHUT_WR)
        while some := s.recv(65536):
            said += some
    except OSError as failure:
        said += f"\n<{type(failure).__name__}>".encode()
    print(said.decode(errors="replace"))


def slow():
    """Reads a large file slowly, then the rest at once."""
    s = connect()
    s.sendall(b"GET /file/big HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
    digest, head, size, began = hashlib.sha256(), b"", 0, time.time()
    while b"\r\n\r\n" not in head:
        head += s.recv(1000)
    body = head.partition(b"\r\n\r\n")[2] or s.recv(65536)
    while body:
        digest.update(body)
        size += len(body)
        if time.time() - began < 1.5:
            time.sleep(0.05)
        body = s.recv(65536)
    print(size, digest.hexdigest())


def parallel():
    count = int(arguments[0])

    def one(number):
        c = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        for turn in range(10):
            body = f"{number} {turn} ".encode() * 500
            c.request("POST", "/body", body)
            assert c.getresponse().read() == body
            c.request("GET", "/later")
            assert c.getresponse().read() == b"late"
        c.close()

    with concurrent.futures.ThreadPoolExecutor(count) as pool:
        list(pool.map(one, range(count)))
    print("ok")


def crowd():
    """Many WebSockets at once, each of which is heard."""
    peers = [WebSocket() for _ in range(int(arguments[0]))]
    for turn in range(3):
        for number, peer in enumerate(peers):
            peer.send(1, f"{number} {turn}".encode())
        for number, peer in enumerate(peers):
            assert peer.receive() == (1, f"{number} {turn}".encode())
    print("ok")


def surplus():
    held = [WebSocket() for _ in range(int(arguments[0]))]
    c = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    c.request("GET", "/mirror")
    answer = c.getresponse()
    print(answer.status, answer.getheader("retry-after"), WebSocket().answer.split("\r\n")[0])


globals()[program]()
