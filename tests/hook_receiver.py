"""A program on this machine that hooks tell of documents: it keeps what came, and answers as it is told to."""

import hashlib
import hmac
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

SECRET = "a secret of the user"


class Receiver(ThreadingHTTPServer):
    """Whoever is told: keeps what came, and answers with ``status``."""

    def __init__(self, port: int = 0) -> None:
        super().__init__(("127.0.0.1", port), _Handler)
        self.status = 200
        self.bodies: list[dict] = []  # type: ignore[type-arg]  # as they came
        self.heard: list[dict] = []  # type: ignore[type-arg]  # those that were answered with 200
        self.paths: list[str] = []
        self.url = f"http://127.0.0.1:{self.server_address[1]}/told"

    def ids(self, event: str) -> list[str]:
        return [body["id"] for body in self.bodies if body["event"] == event]


class _Handler(BaseHTTPRequestHandler):
    server: Receiver

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        signature = hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()
        assert self.headers["X-Dropleaf-Signature"] == f"sha256={signature}"
        self.server.paths.append(self.path)
        status = self.server.status
        self.server.bodies.append(json.loads(body))
        if status == HTTPStatus.OK:
            self.server.heard.append(self.server.bodies[-1])
        self.send_response(status)
        self.send_header("Location", "/elsewhere")
        self.send_header("Content-Length", "6")
        self.end_headers()
        self.wfile.write(b"thanks")

    def do_GET(self) -> None:
        self.server.paths.append(self.path)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def receiver(port: int = 0) -> Iterator[Receiver]:
    """A receiver at work, on this port or any that is free."""
    with Receiver(port) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()
