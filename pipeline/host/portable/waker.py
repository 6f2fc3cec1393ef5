"""Lets one thread wake another through a descriptor: a pair of sockets."""

import socket
from contextlib import suppress

_MOST_BYTES = 1 << 16


class Waker:
    """As on Linux."""

    def __init__(self) -> None:
        self._reader, self._writer = socket.socketpair()
        self._reader.settimeout(0)
        self._writer.settimeout(0)

    def fileno(self) -> int:
        """As on Linux."""
        return self._reader.fileno()

    def wake(self) -> None:
        """As on Linux."""
        with suppress(OSError):  # it is full and so already readable, or it is closed
            self._writer.send(b"\0")

    def clear(self) -> None:
        """As on Linux."""
        with suppress(BlockingIOError):
            while self._reader.recv(_MOST_BYTES):
                pass

    def close(self) -> None:
        """As on Linux."""
        self._writer.close()
        self._reader.close()
