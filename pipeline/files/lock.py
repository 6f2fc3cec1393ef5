"""One daemon per outbox: an advisory lock that the kernel drops with its process, whatever ends it.

The lock belongs to the open file ("open file description locks", fcntl(2)).  Such a lock can be asked about without
being taken, so whoever asks never keeps a daemon out.
"""

import fcntl
import os
import struct
from pathlib import Path

from pipeline.errors import LockedError, PublishError

#: ``struct flock`` of fcntl(2): kind, whence, start, length (0: to the end of the file), process id.
_REQUEST = struct.Struct("hhqqi4x")


class Lock:
    """Held from construction until :meth:`release` or the death of the process."""

    def __init__(self, path: Path) -> None:
        """Take the lock.

        Raises:
            LockedError: A living process holds it; the message names it.
            PublishError: The file cannot be made.
        """
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            # Close-on-exec, so that no worker inherits the lock and keeps it after the daemon's death.
            self._handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        except OSError as error:
            raise PublishError(f"{path}: cannot be made: {error.strerror}. Is the outbox writable?") from error
        try:
            fcntl.fcntl(self._handle, fcntl.F_OFD_SETLK, _request(fcntl.F_WRLCK))
            os.ftruncate(self._handle, os.pwrite(self._handle, f"{os.getpid()}\n".encode(), 0))
        except BlockingIOError:
            holder = _read_pid(self._handle) or "unknown"
            os.close(self._handle)
            raise LockedError(
                f"Another Dropleaf daemon (pid {holder}) works on {path.parent.parent}. "
                "Stop it first, or give this one an outbox of its own with --outbox."
            ) from None
        except OSError as error:
            os.close(self._handle)
            raise PublishError(f"{path}: cannot be locked or written: {error.strerror}.") from error

    def release(self) -> None:
        """Let the next daemon in."""
        os.close(self._handle)


def holder_of(path: Path) -> int | None:
    """The process id of the daemon that holds the lock, 0 where it has not said yet, None where nobody holds it."""
    try:
        handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return None
    try:
        answer = fcntl.fcntl(handle, fcntl.F_OFD_GETLK, _request(fcntl.F_RDLCK))
        kind, *_ = _REQUEST.unpack(answer)
        return None if kind == fcntl.F_UNLCK else _read_pid(handle)
    except OSError:  # a file system that knows no locks: no daemon could have started on it
        return None
    finally:
        os.close(handle)


def _request(kind: int) -> bytes:
    return _REQUEST.pack(kind, os.SEEK_SET, 0, 0, 0)


def _read_pid(handle: int) -> int:
    first, *_ = os.pread(handle, 32, 0).split(b"\n")
    return int(first) if first.isdigit() else 0
