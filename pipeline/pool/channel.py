"""What the pool and a worker say to each other: frames of a kind, a length and a body, on a private socket.

The worker side is not trusted with anything but its own task.  It parses hostile files, so whatever it sends is
taken apart here without running code of its choice, without waiting for the rest of a half-sent message and without
reading more than was agreed.
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
    """To the worker: this may come next."""
    LEAVE = 3
    """To the worker: end when the running task is done."""
    READY = 4
    """From the worker: started, and waiting for a task."""
    STARTED = 5
    """From the worker: the task is in hand, so it is the one to blame from here on."""
    PROGRESS = 6
    """From the worker: a value that the running task reports."""
    DONE = 7
    """From the worker: the result of the task."""
    FAILED = 8
    """From the worker: a sentence that says why there is no result."""
    FAILED_FOR_GOOD = 9
    """The same, and the worker ends itself because it is not fit for another task."""
    BROKEN = 10
    """From the worker: a sentence that says why it cannot start."""


class OversizedError(Exception):
    """A worker announces more bytes than the pool takes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """One message.

    Attributes:
        body: A value as :mod:`pipeline.pool.codec` writes it, or UTF-8 text where the kind carries a sentence.
    """

    kind: Kind
    body: bytes = b""

    def to_bytes(self) -> bytes:
        """The frame as it travels."""
        return _HEADER.pack(self.kind, len(self.body)) + self.body


class FrameBuffer:
    """Bytes that have come so far, as frames.

    It never waits: a worker that sends half a frame and then hangs leaves half a frame lying here, and that is all.
    """

    def __init__(self, largest: int) -> None:
        self._bytes = bytearray()
        self._largest = largest

    def feed(self, data: bytes) -> None:
        """Add bytes as they came."""
        self._bytes += data

    def frames(self) -> Iterator[Frame]:
        """Take out every complete frame, oldest first.

        Raises:
            OversizedError: A frame is larger than agreed; nothing after it can be read.
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
