"""A lock on an open file, with LockFileEx; a check takes the lock for an instant."""

import ctypes
import msvcrt
import os
import sys
import time
from pathlib import Path

assert sys.platform == "win32"  # noqa: S101 — tells type checkers for other systems to stop here

from pipeline.host.windows.kernel import (
    KERNEL,
    OPEN_ALWAYS,
    READ_AND_WRITE,
    SHARE_ALL,
    handle_to_descriptor,
    open_file,
)

_EXCLUSIVE_AT_ONCE = 0x2 | 0x1
# One byte far behind the end of the file, since others cannot read a locked byte.
_PLACE = 1 << 62
# A check holds the lock for microseconds only.
_TRIES, _PAUSE_S = 20, 0.005


def open_lock_file(path: Path) -> int:
    """As on Linux; the file may be removed while it is open, as its name may be on Linux.

    Raises:
        OSError: It cannot be created.
    """
    handle = open_file(path, access=READ_AND_WRITE, share=SHARE_ALL, creation=OPEN_ALWAYS)
    return handle_to_descriptor(handle, os.O_RDWR)


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
    KERNEL.UnlockFileEx(msvcrt.get_osfhandle(handle), 0, 1, 0, _overlapped())
    return False


def _take_now(handle: int) -> bool:
    return bool(KERNEL.LockFileEx(msvcrt.get_osfhandle(handle), _EXCLUSIVE_AT_ONCE, 0, 1, 0, _overlapped()))


def _overlapped() -> ctypes.Array[ctypes.c_uint64]:
    """A structure OVERLAPPED that holds the place."""
    return (ctypes.c_uint64 * 4)(0, 0, _PLACE, 0)
