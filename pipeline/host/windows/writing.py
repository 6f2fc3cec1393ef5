"""Writing to a descriptor without waiting for its reader: a thread waits, since no pipe says whether a write would."""

import os
import threading
from collections.abc import Callable
from contextlib import suppress

# Seconds after which a reader counts as slow; one that reads takes a line in microseconds.
_GRACE_S = 0.05
_PIECE = 1 << 16


class _Writer:
    """Writes one piece at a time; while one is not written, it takes no other."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._written = threading.Event()
        self._written.set()

    def __call__(self, data: bytes) -> int:
        """Take some bytes; returns how many.

        Raises:
            BlockingIOError: Those before them are not written yet.
        """
        if not self._written.is_set():
            raise BlockingIOError
        piece = data[:_PIECE]
        self._written.clear()
        threading.Thread(target=self._write, args=(piece,), name="log", daemon=True).start()
        self._written.wait(_GRACE_S)
        return len(piece)

    def _write(self, piece: bytes) -> None:
        with suppress(OSError):  # the disk is full, or the reader is gone
            while piece:
                piece = piece[os.write(self._descriptor, piece) :]
        self._written.set()

    def wait(self) -> None:
        """Wait until all is written that was taken."""
        self._written.wait()


def new_writer(descriptor: int) -> Callable[[bytes], int]:
    """A function that takes some bytes, and raises BlockingIOError instead of waiting for more than an instant."""
    return _Writer(descriptor)


def wait_for_reader(writer: Callable[[bytes], int], descriptor: int) -> None:
    """Wait until the writer takes bytes again."""
    del descriptor
    if isinstance(writer, _Writer):
        writer.wait()
