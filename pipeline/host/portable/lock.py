"""A lock on an open file, with flock(2); a check takes the lock for an instant."""

import fcntl
import os
import sys
import time
from pathlib import Path

assert sys.platform != "win32"  # noqa: S101 — tells type checkers for Windows to stop here

# A check holds the lock for microseconds only.
_TRIES, _PAUSE_S = 20, 0.005


def open_lock_file(path: Path) -> int:
    """Open a file for its lock, and create it where it is missing; its folder must exist.

    Raises:
        OSError: It cannot be created.
    """
    return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)


def take(handle: int) -> bool:
    """As on Linux."""
    for _ in range(_TRIES):
        if _take_now(handle):
            return True
        time.sleep(_PAUSE_S)
    return False


def is_taken(handle: int) -> bool:
    """As on Linux, but the check itself holds the lock for an instant; :func:`take` waits for that."""
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
