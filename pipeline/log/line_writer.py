"""Writes lines to a descriptor without ever waiting for its reader.

A pipe holds 64 KiB; a write to a full one blocks, and the loop with it, until the reader reads. So a line that cannot
be written at once is kept, up to a limit, for a thread that waits instead. Beyond the limit the oldest lines are
dropped, and the reader is told how many when it reads again.
"""

import atexit
import threading
from collections import deque
from collections.abc import Callable
from contextlib import suppress

from pipeline.host.writing import new_writer, wait_for_reader

#: Bytes that are kept for a slow reader.
MOST_BYTES = 1 << 20
#: Seconds for which the program waits at its end for a slow reader; one that does not read must not block the end.
LAST_WAIT_S = 0.5


class LineWriter:
    """Writes to one descriptor; any thread may."""

    def __init__(self, descriptor: int, *, tell_dropped: Callable[[int], str]) -> None:
        """Prepare; nothing is written yet.

        Args:
            descriptor: Of a file, pipe, terminal or socket; others may write to it, too.
            tell_dropped: Makes the line which says how many lines were dropped.
        """
        self._write_some = new_writer(descriptor)
        self._tell_dropped = tell_dropped
        self._lock = threading.Condition()
        self._waiting: deque[bytes] = deque()
        self._bytes = 0
        self._dropped = 0
        self._descriptor = descriptor
        self._thread: threading.Thread | None = None
        atexit.register(self.finish, LAST_WAIT_S)

    def write(self, text: str) -> None:
        """Write lines at once, or keep them for later; what can never be written is lost, without an error."""
        data = text.encode("utf-8", "backslashreplace")
        with self._lock:
            if not self._waiting:
                data = self._write_now(data)
            if data:
                self._keep(data)

    def finish(self, seconds: float) -> bool:
        """Wait until the kept lines are written; returns whether all of them are."""
        with self._lock:
            return self._lock.wait_for(lambda: not self._waiting, seconds)

    def _write_now(self, data: bytes) -> bytes:
        """Write what can be written at once; returns the rest."""
        try:
            while data:
                data = data[self._write_some(data) :]
        except BlockingIOError:
            return data
        except OSError:  # the disk is full, or the reader is gone
            return b""
        return data

    def _keep(self, data: bytes) -> None:
        self._waiting.append(data)
        self._bytes += len(data)
        while self._bytes > MOST_BYTES and len(self._waiting) > 1:
            # The oldest may be half written: its rest is kept, so that the next one begins on a new line.
            second = self._waiting[1]
            del self._waiting[1]
            self._bytes -= len(second)
            self._dropped += 1
        if self._thread is None:
            self._thread = threading.Thread(target=self._write_kept, name="log", daemon=True)
            self._thread.start()

    def _write_kept(self) -> None:
        while True:
            with suppress(OSError):
                wait_for_reader(self._write_some, self._descriptor)
            with self._lock:
                self._write_first()
                if not self._waiting:
                    self._thread = None
                    self._lock.notify_all()
                    return

    def _write_first(self) -> None:
        first = self._waiting.popleft()
        left = self._write_now(first)
        self._bytes -= len(first) - len(left)
        if left:
            self._waiting.appendleft(left)
        elif self._dropped:
            told = self._tell_dropped(self._dropped).encode()
            self._dropped = 0
            self._waiting.appendleft(told)
            self._bytes += len(told)
