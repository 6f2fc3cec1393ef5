"""The messages between the pool and a worker: frames of a kind, a length and a body, on a private socket.

A worker parses hostile files, so it is not trusted. Whatever it sends is decoded here without running code of its
choice, without waiting for the rest of a half-sent message, and without reading more than the limit.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum

_HEADER = struct.Struct("!BQ")
HEADER_BYTES = _HEADER.size


class Kind(IntEnum):
    """What a frame means."""

    TASK = 1
    """To the worker: do this."""
    HINT = 2
    """To the worker: this task may come next."""
    LEAVE = 3
    """To the worker: end when the running task is done."""
    READY = 4
    """From the worker: started, and waiting for a task."""
    STARTED = 5
    """From the worker: the task has begun, so from here on it may be the cause of the worker's death."""
    PROGRESS = 6
    """From the worker: a value that the running task reports."""
    DONE = 7
    """From the worker: the result of the task."""
    FAILED = 8
    """From the worker: why there is no result, as a sentence."""
    FAILED_FOR_GOOD = 9
    """The same, and the worker ends itself because it cannot take another task."""
    BROKEN = 10
    """From the worker: why it cannot start, as a sentence."""
    WORD = 11
    """To the worker: something that the running task must get."""


class OversizedError(Exception):
    """A worker announces more bytes than the pool accepts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """One message.

    Attributes:
        body: A value as :mod:`pipeline.pool.codec` encodes it, or UTF-8 text where the kind carries a sentence.
    """

    kind: Kind
    body: bytes = b""

    def to_bytes(self) -> bytes:
        """The frame as it is sent."""
        return _HEADER.pack(self.kind, len(self.body)) + self.body


class FrameBuffer:
    """Collects received bytes and splits them into frames.

    It never waits: of a worker that sends half a frame and then hangs, half a frame stays here, and nothing else
    happens.
    """

    def __init__(self, largest: int) -> None:
        self._bytes = bytearray()
        self._largest = largest

    def feed(self, data: bytes) -> None:
        """Add received bytes."""
        self._bytes += data

    def frames(self) -> Iterator[Frame]:
        """Take out every complete frame, oldest first.

        Raises:
            OversizedError: A frame is larger than the limit; nothing after it can be read.
            ValueError: The bytes are not frames.
        """
        while len(self._bytes) >= HEADER_BYTES:
            kind, length = header_to_facts(self._bytes[:HEADER_BYTES])
            if length > self._largest:
                raise OversizedError(f"{length} bytes were sent, {self._largest} are allowed")
            end = HEADER_BYTES + length
            if len(self._bytes) < end:
                return
            body = bytes(self._bytes[HEADER_BYTES:end])
            del self._bytes[:end]
            yield Frame(kind=kind, body=body)


def header_to_facts(header: bytes | bytearray) -> tuple[Kind, int]:
    """The kind of the frame and the length of its body in bytes.

    Raises:
        ValueError: There is no such kind.
    """
    kind, length = _HEADER.unpack(header)
    return Kind(kind), length
