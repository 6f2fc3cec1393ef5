"""A lock of the open file description (fcntl(2)), which can be tested without taking it."""

import fcntl
import os
import struct
import sys

from pipeline.host.portable import lock as unix

assert sys.platform == "linux"  # noqa: S101 — tells type checkers for other systems to stop here

# struct flock: type, whence, start, length, pid; a length of 0 is the whole file.
_FLOCK = struct.Struct("hhqqi4x")

open_lock_file = unix.open_lock_file


def take(handle: int) -> bool:
    """Take the lock if it is free, and return whether it was; it is held until the descriptor is closed.

    Args:
        handle: Of a file that is open for writing.

    Raises:
        OSError: The file system has no locks.
    """
    try:
        fcntl.fcntl(handle, fcntl.F_OFD_SETLK, _FLOCK.pack(fcntl.F_WRLCK, os.SEEK_SET, 0, 0, 0))
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)  # the lock of version 0.1.0, which may still be running
    except BlockingIOError:
        return False
    return True


def is_taken(handle: int) -> bool:
    """Whether somebody holds the lock; the question keeps nobody from taking it.

    Args:
        handle: Of the same file, opened again.

    Raises:
        OSError: The file system has no locks.
    """
    answer = fcntl.fcntl(handle, fcntl.F_OFD_GETLK, _FLOCK.pack(fcntl.F_WRLCK, os.SEEK_SET, 0, 0, 0))
    return bool(_FLOCK.unpack(answer)[0] != fcntl.F_UNLCK)
