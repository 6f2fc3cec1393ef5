"""Waiting for one of many descriptors, with poll(2)."""

import math
import select
import sys
from collections.abc import Collection

assert sys.platform == "linux"  # noqa: S101 — tells type checkers for other systems to stop here

#: poll(2) counts milliseconds in 32 bits.
_LONGEST_S = 3600.0


def wait_for_any(readers: Collection[int], writers: Collection[int], seconds: float) -> list[int]:
    """The descriptors that can be read or written, or whose other end is gone.

    Args:
        readers: Descriptors to read from.
        writers: Descriptors to write to; they may also be among the readers.
        seconds: When to return with none; a very long time may be cut.
    """
    poll = select.poll()
    for descriptor in {*readers, *writers}:
        wanted = (select.POLLIN if descriptor in readers else 0) | (select.POLLOUT if descriptor in writers else 0)
        poll.register(descriptor, wanted)
    return [descriptor for descriptor, _ in poll.poll(math.ceil(min(seconds, _LONGEST_S) * 1000))]
