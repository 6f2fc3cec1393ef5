"""A descriptor by which one thread wakes another: eventfd(2)."""

import os
import sys
from contextlib import suppress

assert sys.platform == "linux"  # noqa: S101 — tells type checkers for other systems to stop here


class Waker:
    """Readable from :meth:`wake` to :meth:`clear`."""

    def __init__(self) -> None:
        self._event = os.eventfd(0, os.EFD_CLOEXEC | os.EFD_NONBLOCK)

    def fileno(self) -> int:
        """To wait on; -1 once it is closed."""
        return self._event

    def wake(self) -> None:
        """Become readable; safe in any thread and in a signal handler.  A closed one does nothing."""
        if self._event >= 0:
            with suppress(OSError):  # it is full, and so readable
                os.eventfd_write(self._event, 1)

    def clear(self) -> None:
        """Be readable no longer."""
        with suppress(BlockingIOError):
            os.eventfd_read(self._event)

    def close(self) -> None:
        """Give the descriptor back; no other thread may wake it any more, but a signal may still come."""
        event, self._event = self._event, -1  # before closing, since the number is soon another file's
        os.close(event)
