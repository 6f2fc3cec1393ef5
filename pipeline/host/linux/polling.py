"""Waiting for one of many descriptors, with poll(2)."""

import math
import select
import sys
from collections.abc import Collection

assert sys.platform == "linux"  # noqa: S101 — tells type checkers for other systems to stop here

#: poll(2) counts milliseconds in 32 bits.
_LONGEST_S = 3600.0


class Poll:
    """Waits again and again for nearly the same descriptors."""

    def __init__(self) -> None:
        self._poll = select.poll()
        self._wanted: dict[int, int] = {}

    def wait(self, readers: Collection[int], writers: Collection[int], seconds: float) -> list[int]:
        """The descriptors that can be read or written, or whose other end is gone.

        Args:
            readers: Descriptors to read from.
            writers: Descriptors to write to; they may also be among the readers.
            seconds: When to return with none; a very long time may be cut.
        """
        wanted = dict.fromkeys(readers, select.POLLIN)
        for descriptor in writers:
            wanted[descriptor] = wanted.get(descriptor, 0) | select.POLLOUT
        if wanted != self._wanted:
            for descriptor in self._wanted.keys() - wanted.keys():
                self._poll.unregister(descriptor)
            for descriptor, events in wanted.items() - self._wanted.items():
                self._poll.register(descriptor, events)
            self._wanted = wanted
        return [descriptor for descriptor, _ in self._poll.poll(math.ceil(min(seconds, _LONGEST_S) * 1000))]


def wait_for_any(readers: Collection[int], writers: Collection[int], seconds: float) -> list[int]:
    """As :meth:`Poll.wait`, once."""
    return Poll().wait(readers, writers, seconds)
