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
        """The descriptor to wait on; -1 once it is closed."""
        return self._event

    def wake(self) -> None:
        """Become readable; safe in any thread and in a signal handler.  A closed one does nothing."""
        if self._event >= 0:
            with suppress(OSError):  # it is full, and so it is readable
                os.eventfd_write(self._event, 1)

    def clear(self) -> None:
        """Become unreadable."""
        with suppress(BlockingIOError):
            os.eventfd_read(self._event)

    def close(self) -> None:
        """Close the descriptor; no other thread may wake it any more, but a signal handler may."""
        event, self._event = self._event, -1  # before closing, since another file may soon have the number
        os.close(event)
