"""A client that sees what really comes over the wire: header order, every byte's arrival, FIN and RST."""

import base64
import json
import socket
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self
from urllib.parse import urlsplit

from simulator.jsons import Json, JsonObject


@dataclass(frozen=True, slots=True, kw_only=True)
class RawResponse:
    """One response as it arrived.

    Attributes:
        headers: In order, with their own spelling.
        body: With the chunked coding undone, as far as it came.
        ended: ``complete``, ``closed`` (FIN before the end), ``reset`` or ``silent`` (nothing more within the time).
    """

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    ended: str

    @property
    def names(self) -> list[str]:
        """The headers' names in order."""
        return [name for name, _ in self.headers]

    def header(self, name: str) -> str | None:
        """A header's value, None where it is absent."""
        return {key.lower(): value for key, value in self.headers}.get(name.lower())

    def json(self) -> JsonObject:
        """The body as an object, its keys in order."""
        value: JsonObject = json.loads(self.body)
        return value

    def events(self) -> list[JsonObject]:
        """The data of all server-sent events that are JSON."""
        lines = self.body.decode().split("\n")
        return [json.loads(line[6:]) for line in lines if line.startswith("data: {")]

    @property
    def done(self) -> bool:
        """Whether a stream ended with ``[DONE]``."""
        return self.body.endswith(b"data: [DONE]\n\n")


class RawClient:
    """One connection; a context manager."""

    def __init__(self, root: str, patience: float = 20.0) -> None:
        where = urlsplit(root)
        self._peer = socket.create_connection((where.hostname or "", where.port or 80), timeout=60)
        self._patience = patience
        self._rest = b""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Leave, whatever is still to come."""
        self._peer.close()

    def send(self, data: bytes) -> None:
        """Send bytes as they are."""
        self._peer.sendall(data)

    def request(self, method: str, path: str, body: Json = None, headers: Iterable[str] = ()) -> None:
        """Send a request."""
        data = b"" if body is None else body.encode() if isinstance(body, str) else json.dumps(body).encode()
        lines = [f"{method} {path} HTTP/1.1", "Host: localhost", *headers]
        if method == "POST":
            lines.append(f"Content-Length: {len(data)}")
        self.send("\r\n".join(lines).encode() + b"\r\n\r\n" + data)

    def receive(self) -> RawResponse:
        """Read one response, as far as it comes."""
        data, ended = self._rest, ""
        self._rest = b""
        while not ended:
            if _complete(data):
                ended = "complete"
                break
            self._peer.settimeout(self._patience)
            try:
                piece = self._peer.recv(1 << 20)
            except TimeoutError:
                ended = "silent"
            except ConnectionResetError:
                ended = "reset"
            else:
                ended = "" if piece else "closed"
                data += piece
        return _parsed(data, ended)

    def read(self, count: int) -> bytes:
        """Read exactly so many bytes, each within ten seconds of the one before."""
        self._peer.settimeout(10)
        return b"".join(self._peer.recv(1) for _ in range(count))

    def ask(self, method: str, path: str, body: Json = None, headers: Iterable[str] = ()) -> RawResponse:
        """Send a request and read its response."""
        self.request(method, path, body, headers)
        return self.receive()

    def chat(self, body: Json) -> RawResponse:
        """Ask the model and read its response."""
        return self.ask("POST", "/v1/chat/completions", body)

    def at_end(self) -> bool:
        """Whether the server closes the connection within ten seconds."""
        self._peer.settimeout(10)
        return self._peer.recv(1) == b""


def chat_body(*pictures: bytes | str, stream: bool = False, max_tokens: int | None = 4000) -> JsonObject:
    """A chat request about pictures, given as bytes or as complete addresses."""
    urls = [picture if isinstance(picture, str) else data_uri(picture) for picture in pictures]
    parts: list[Json] = [{"type": "text", "text": "Convert this page."}]
    parts += [{"type": "image_url", "image_url": {"url": url}} for url in urls]
    body: JsonObject = {"model": "qwen2.5-vl-7b-instruct", "stream": stream, "max_tokens": max_tokens}
    if stream:
        body["stream_options"] = {"include_usage": True}
    return {**body, "messages": [{"role": "user", "content": parts}]}


def data_uri(data: bytes, kind: str = "image/png") -> str:
    """The bytes as a base64 data URI."""
    return f"data:{kind};base64,{base64.b64encode(data).decode()}"


def _complete(data: bytes) -> bool:
    head, blank, body = data.partition(b"\r\n\r\n")
    if not blank:
        return False
    lowered = head.lower()
    if b"transfer-encoding: chunked" in lowered:
        return body.endswith(b"0\r\n\r\n")
    length = lowered.partition(b"content-length: ")[2].partition(b"\r\n")[0]
    return len(body) >= int(length or b"0")


def _parsed(data: bytes, ended: str) -> RawResponse:
    head, _, body = data.partition(b"\r\n\r\n")
    if not head:
        return RawResponse(status=0, headers=(), body=b"", ended=ended)
    first, *lines = head.decode("latin-1").split("\r\n")
    headers = tuple((line.partition(":")[0], line.partition(":")[2].strip()) for line in lines)
    status = int(first.split(" ")[1])
    chunked = any(value == "chunked" for _, value in headers)
    return RawResponse(status=status, headers=headers, body=_unchunked(body) if chunked else body, ended=ended)


def _unchunked(data: bytes) -> bytes:
    out = b""
    while data:
        size, _, data = data.partition(b"\r\n")
        length = int(size or b"0", 16)
        out += data[:length]
        data = data[length + 2 :]
    return out
