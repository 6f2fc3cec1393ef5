"""A lock on an open file, by flock(2); to ask is to take it for an instant."""

import fcntl
import sys
import time

assert sys.platform != "win32"  # noqa: S101 — tells type checkers for Windows to stop here

# Who only asks holds it for microseconds.
_TRIES, _PAUSE_S = 20, 0.005


def take(handle: int) -> bool:
    """As on Linux."""
    for _ in range(_TRIES):
        if _take_now(handle):
            return True
        time.sleep(_PAUSE_S)
    return False


def is_taken(handle: int) -> bool:
    """As on Linux, but who asks holds the lock for an instant, which :func:`take` waits for."""
    if not _take_now(handle):
        return True
    fcntl.flock(handle, fcntl.LOCK_UN)
    return False


def _take_now(handle: int) -> bool:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
