"""A lock on an open file, with the C library's ``locking``; a check takes the lock for an instant."""

import msvcrt
import os
import sys
import time

assert sys.platform == "win32"  # noqa: S101 — tells type checkers for other systems to stop here

# Far behind the end of the file, since others cannot read a locked byte.
_BYTE = 1 << 30
# A check holds the lock for microseconds only.
_TRIES, _PAUSE_S = 20, 0.005


def take(handle: int) -> bool:
    """As on Linux."""
    for _ in range(_TRIES):
        if _take_now(handle):
            return True
        time.sleep(_PAUSE_S)
    return False


def is_taken(handle: int) -> bool:
    """As on Linux, but the check itself holds the lock for an instant."""
    if not _take_now(handle):
        return True
    os.lseek(handle, _BYTE, os.SEEK_SET)
    msvcrt.locking(handle, msvcrt.LK_UNLCK, 1)
    return False


def _take_now(handle: int) -> bool:
    os.lseek(handle, _BYTE, os.SEEK_SET)
    try:
        msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
    except OSError:
        return False
    return True
