"""HTTP/1.1 as bytes: requests read out of a stream, responses written with exactly the headers that are given."""

from collections.abc import Iterable
from dataclasses import dataclass
from http import HTTPStatus
from typing import TypeAlias

Headers: TypeAlias = tuple[tuple[str, str], ...]

#: The last chunk of a chunked body.
LAST_CHUNK = b"0\r\n\r\n"
CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"


class MalformedRequestError(Exception):
    """What arrived is not HTTP/1.1; the connection is of no further use."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One request.

    Attributes:
        path: Without the query.
        headers: Names in lower case.
        body: With the transfer coding undone, but any content coding left in place.
    """

    method: str
    path: str
    query: str = ""
    headers: dict[str, str]
    body: bytes = b""


class RequestReader:
    """Cuts a stream of bytes into requests; bytes of the next request stay until it is asked for."""

    def __init__(self) -> None:
        self._buffer = bytearray()
        self._head: Request | None = None
        self._body_start = 0

    def feed(self, data: bytes) -> None:
        """Take what has arrived."""
        self._buffer += data

    @property
    def expects_continue(self) -> bool:
        """Whether the client waits for a 100 Continue; true only once per request."""
        return self._head is not None and self._head.headers.pop("expect", "").lower() == "100-continue"

    def next_request(self) -> Request | None:
        """The next request, once it is complete.

        Raises:
            MalformedRequestError: It will never be one.
        """
        if self._head is None:
            end = self._buffer.find(b"\r\n\r\n")
            if end < 0:
                return None
            self._head, self._body_start = bytes_to_head(bytes(self._buffer[:end])), end + 4
        head = self._head
        if head.headers.get("transfer-encoding", "").lower() == "chunked":
            return self._finished(head, *chunked_to_body(self._buffer, self._body_start))
        length = head.headers.get("content-length", "0")
        if not length.isdecimal():
            raise MalformedRequestError(f"Content-Length: {length}")
        end = self._body_start + int(length)
        if len(self._buffer) < end:
            return None
        return self._finished(head, bytes(self._buffer[self._body_start : end]), end)

    def _finished(self, head: Request, body: bytes, end: int) -> Request | None:
        if end < 0:
            return None
        del self._buffer[:end]
        self._head = None
        return Request(method=head.method, path=head.path, query=head.query, headers=head.headers, body=body)


def bytes_to_head(data: bytes) -> Request:
    """The request line and headers.

    Raises:
        MalformedRequestError: They are no HTTP/1.x.
    """
    first, *lines = data.decode("latin-1").split("\r\n")
    words = first.split(" ")
    if len(words) != 3 or not words[2].startswith("HTTP/1."):
        raise MalformedRequestError(first[:80])
    path, _, query = words[1].partition("?")
    headers = {}
    for line in lines:
        name, _, value = line.partition(":")
        headers[name.strip().lower()] = value.strip()
    return Request(method=words[0], path=path, query=query, headers=headers)


def chunked_to_body(buffer: bytes | bytearray, start: int) -> tuple[bytes, int]:
    """A chunked body and where it ends; the end is -1 while it is incomplete.

    Raises:
        MalformedRequestError: A chunk's size is no number.
    """
    body = bytearray()
    while (end := buffer.find(b"\r\n", start)) >= 0:
        try:
            size = int(bytes(buffer[start:end]).split(b";")[0], 16)
        except ValueError as error:
            raise MalformedRequestError("chunk size") from error
        start = end + 2
        if len(buffer) < start + size + 2:
            break
        if size == 0:
            return bytes(body), start + 2
        body += buffer[start : start + size]
        start += size + 2
    return b"", -1


def head_to_bytes(status: int, headers: Iterable[tuple[str, str]]) -> bytes:
    """Status line, headers in the given order, and the empty line."""
    lines = [f"HTTP/1.1 {status} {HTTPStatus(status).phrase}", *(f"{name}: {value}" for name, value in headers)]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")


def chunk(data: bytes) -> bytes:
    """One chunk of a chunked body."""
    return b"%x\r\n%s\r\n" % (len(data), data)


def event(data: bytes, name: bytes = b"") -> bytes:
    """One server-sent event as a chunk."""
    return chunk((b"event: %s\n" % name if name else b"") + b"data: %s\n\n" % data)
