"""Waits for one of many descriptors, with select(2); on Windows they must be sockets."""

import select
from collections.abc import Collection

_LONGEST_S = 3600.0


def wait_for_any(readers: Collection[int], writers: Collection[int], seconds: float) -> list[int]:
    """As on Linux."""
    readable, writable, _ = select.select(list(readers), list(writers), [], min(seconds, _LONGEST_S))
    return list(dict.fromkeys([*readable, *writable]))


class Poll:
    """As on Linux."""

    def wait(self, readers: Collection[int], writers: Collection[int], seconds: float) -> list[int]:
        """As on Linux."""
        return wait_for_any(readers, writers, seconds)
