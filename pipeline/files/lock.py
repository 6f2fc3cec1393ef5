"""One daemon per outbox: an advisory lock that the kernel drops with its process, whatever ends it.

The lock belongs to the open file ("open file description locks", fcntl(2)).  Such a lock can be asked about without
being taken, so whoever asks never keeps a daemon out.
"""

import os
from pathlib import Path

from pipeline.errors import LockedError, PublishError
from pipeline.host.lock import is_taken, take

_PID_BYTES = 32


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
            # Python's descriptors are not inherited, so no worker keeps the lock after the daemon's death.
            self._handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
        except OSError as error:
            raise PublishError(f"{path}: cannot be made: {error.strerror}. Is the outbox writable?") from error
        try:
            self._take(path)
        except OSError as error:
            os.close(self._handle)
            raise PublishError(f"{path}: cannot be locked or written: {error.strerror}.") from error
        except LockedError:
            os.close(self._handle)
            raise

    def _take(self, path: Path) -> None:
        if not take(self._handle):
            holder = _read_pid(self._handle) or "unknown"
            raise LockedError(
                f"Another Dropleaf daemon (pid {holder}) works on {path.parent.parent}. "
                "Stop it first, or give this one an outbox of its own with --outbox."
            )
        os.ftruncate(self._handle, os.write(self._handle, f"{os.getpid()}\n".encode()))

    def release(self) -> None:
        """Let the next daemon in."""
        os.close(self._handle)


def holder_of(path: Path) -> int | None:
    """The process id of the daemon that holds the lock, 0 where it has not said yet, None where nobody holds it."""
    try:
        handle = os.open(path, os.O_RDONLY)
    except OSError:
        return None
    try:
        return _read_pid(handle) if is_taken(handle) else None
    except OSError:  # the file system has no locks, so nobody can hold one
        return None
    finally:
        os.close(handle)


def _read_pid(handle: int) -> int:
    os.lseek(handle, 0, os.SEEK_SET)
    first, *_ = os.read(handle, _PID_BYTES).split(b"\n")
    return int(first) if first.isdigit() else 0
