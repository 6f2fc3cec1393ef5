"""A server on a bare socket, for what no HTTP library would send: each connection runs the test's own script."""

import json
import socket
import ssl
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress

from pipeline.server_target import ServerTarget

MODEL = "qwen3-vl-8b"


class Line:
    """One connection, as its script sees it."""

    def __init__(self, connection: socket.socket, server: "Server") -> None:
        self.connection = connection
        self.server = server
        self.stop = server.stop

    def request(self) -> bytes:
        """The next request, head and body; empty when the client has hung up."""
        data = b""
        while b"\r\n\r\n" not in data:
            if not (more := self.connection.recv(65536)):
                return b""
            data += more
        head, _, body = data.partition(b"\r\n\r\n")
        length = next((int(row[15:]) for row in head.split(b"\r\n") if row.lower().startswith(b"content-length:")), 0)
        while len(body) < length and (more := self.connection.recv(1 << 20)):
            body += more
        request = head + b"\r\n\r\n" + body
        self.server.requests.append(request)
        return request

    def send(self, *pieces: bytes) -> None:
        """Send each piece in a write of its own."""
        for piece in pieces:
            self.connection.sendall(piece)

    def drip(self, data: bytes, every_s: float) -> None:
        """Send one byte after the other."""
        for number in range(len(data)):
            self.send(data[number : number + 1])
            if self.stop.wait(every_s):
                return

    def until_closed(self) -> None:
        """Wait until the client hangs up, and note it."""
        while self.connection.recv(65536):
            pass
        self.server.closed.set()


class Server:
    """Listens until it is closed; ``requests`` holds what came, ``closed`` whether a client was seen to hang up."""

    def __init__(self, script: Callable[[Line], None], tls: ssl.SSLContext | None) -> None:
        self.script = script
        self.tls = tls
        self.requests: list[bytes] = []
        self.closed = threading.Event()
        self.stop = threading.Event()
        self.connections: list[socket.socket] = []
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self._threads = [threading.Thread(target=self._accept)]
        self._threads[0].start()
        port: int = self._listener.getsockname()[1]
        self.url = f"{'http' if tls is None else 'https'}://127.0.0.1:{port}/v1"
        self.target = ServerTarget(url=self.url, model=MODEL)

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self.connections.append(connection)
            thread = threading.Thread(target=self._run, args=(connection,))
            self._threads.append(thread)
            thread.start()

    def _run(self, connection: socket.socket) -> None:
        with connection:
            try:
                if self.tls is None:
                    self.script(Line(connection, self))
                else:
                    with self._wrapped(connection, self.tls) as wrapped:
                        wrapped.do_handshake()
                        self.script(Line(wrapped, self))
            except OSError:
                self.closed.set()

    def _wrapped(self, connection: socket.socket, tls: ssl.SSLContext) -> ssl.SSLSocket:
        """The connection under TLS, which takes the place of the bare one."""
        wrapped = tls.wrap_socket(connection, server_side=True, do_handshake_on_connect=False)
        self.connections[:] = [wrapped if each is connection else each for each in self.connections]
        return wrapped

    def forget_threads(self) -> None:
        """Let go of connections that are over, where there are to be very many."""
        self._threads[1:] = [thread for thread in self._threads[1:] if thread.is_alive()]

    def close(self) -> None:
        self.stop.set()
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._threads[0].join()
        for connection in self.connections:
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join()


@contextmanager
def serving(script: Callable[[Line], None], tls: ssl.SSLContext | None = None) -> Iterator[Server]:
    server = Server(script, tls)
    try:
        yield server
    finally:
        server.close()


def http(body: bytes, *, status: str = "200 OK", kind: str = "application/json", more: str = "") -> bytes:
    """A whole HTTP answer."""
    head = f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n{more}\r\n"
    return head.encode() + body


STREAM_HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"


def chunk(data: bytes) -> bytes:
    return b"%x\r\n%s\r\n" % (len(data), data)


def event(value: object) -> bytes:
    return b"data: " + (value if isinstance(value, bytes) else json.dumps(value).encode()) + b"\n\n"


def delta(text: str | None = None, *, finish: str | None = None, model: str = MODEL, **more: object) -> bytes:
    """One event of a stream."""
    content = {"content": text} if text is not None else {}
    return event({"model": model, "choices": [{"index": 0, "delta": content | more, "finish_reason": finish}]})


DONE = b"data: [DONE]\n\n"
USAGE = event({"choices": [], "usage": {"prompt_tokens": 1403, "completion_tokens": 3}})


def whole(*events: bytes) -> list[bytes]:
    """A complete chunked stream of these events, one write each."""
    return [STREAM_HEAD, *map(chunk, events), b"0\r\n\r\n"]


def answering(*pieces: bytes) -> Callable[[Line], None]:
    """A script that gives every request of a connection the same answer."""

    def script(line: Line) -> None:
        while line.request():
            line.send(*pieces)

    return script


def in_turn(*answers: Sequence[bytes]) -> Callable[[Line], None]:
    """A script that gives the server's n-th request the n-th answer, and the last one from then on."""

    def script(line: Line) -> None:
        while line.request():
            line.send(*answers[min(len(line.server.requests), len(answers)) - 1])

    return script


GOOD = whole(delta("<p>Hel"), delta("lo</p>"), delta(finish="stop"), USAGE, DONE)
