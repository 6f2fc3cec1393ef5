"""A lock on an open file: ``flock``, or the C library's ``locking`` on Windows; a test takes it for a moment."""

import os
import sys

if sys.platform == "win32":
    import msvcrt

    # Far behind the end of the file, since others cannot read a byte that is locked.
    _BYTE = 1 << 30

    def take(handle: int) -> bool:
        """As on Linux."""
        os.lseek(handle, _BYTE, os.SEEK_SET)
        try:
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

    def _release(handle: int) -> None:
        os.lseek(handle, _BYTE, os.SEEK_SET)
        msvcrt.locking(handle, msvcrt.LK_UNLCK, 1)

else:
    import fcntl

    def take(handle: int) -> bool:
        """As on Linux."""
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def _release(handle: int) -> None:
        fcntl.flock(handle, fcntl.LOCK_UN)


def is_taken(handle: int) -> bool:
    """As on Linux, but the question takes the lock for a moment."""
    if take(handle):
        _release(handle)
        return False
    return True
